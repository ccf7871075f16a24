/*
 * Connections through a SOCKS 5 proxy (RFC 1928), with a login by user and
 * password (RFC 1929). The proxy resolves the host name.
 */
#ifndef NET_PROXY_H
#define NET_PROXY_H

#include <stdint.h>

#include "base/buf.h"

enum proxy_result {
	PROXY_DONE,
	PROXY_REFUSED,	 /* the proxy cannot connect, or is not allowed to */
	PROXY_NO_LOGIN,	 /* the login was refused, or is missing */
	PROXY_MALFORMED, /* the proxy does not speak SOCKS 5 */
	PROXY_TIMEOUT,
	PROXY_SIGNAL,
	PROXY_LOST, /* the connection to the proxy */
};

struct proxy_request {
	const char *host; /* a name or an address without brackets */
	unsigned short port;
	struct span user, password; /* user empty: no login */
};

/*
 * Asks the proxy at the other end of a connected, non-blocking socket for a
 * connection. After PROXY_DONE the next octet on the socket comes from the
 * server. On failure adds a phrase to `reason`, in which "it" is the proxy.
 */
enum proxy_result proxy_connect(int fd, const struct proxy_request *request,
    int64_t deadline, struct buf *reason);

#endif
