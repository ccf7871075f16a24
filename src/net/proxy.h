/*
 * Connections through a proxy: SOCKS 5 (RFC 1928) or HTTP (RFC 9110 section
 * 9.3.6). The proxy resolves the host name.
 */
#ifndef NET_PROXY_H
#define NET_PROXY_H

#include "net/proxy_talk.h"

enum proxy_kind {
	PROXY_NONE,
	PROXY_SOCKS,
	PROXY_HTTP,
	PROXY_COMMAND, /* a command is the connection: net/tunnel.h */
};

/*
 * Asks the proxy at the other end of a connected, non-blocking socket for a
 * connection. After PROXY_DONE the next octet on the socket comes from the
 * server. On failure adds a phrase to `reason`, in which "it" is the proxy;
 * what the proxy said is masked. `kind` is PROXY_SOCKS or PROXY_HTTP.
 */
enum proxy_result proxy_connect(int fd, enum proxy_kind kind,
    const struct proxy_target *target, int64_t deadline, struct buf *reason);

#endif
