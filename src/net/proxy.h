/*
 * SOCKS 5 (RFC 1928), with a login by RFC 1929: asks a proxy to connect us.
 * The proxy resolves the name. Nothing is read beyond its last octet, so what
 * comes next on the socket is the server's.
 */
#ifndef NET_PROXY_H
#define NET_PROXY_H

#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"

enum proxy_result {
	PROXY_DONE,
	PROXY_REFUSED,	 /* it says that it cannot or may not connect */
	PROXY_NO_LOGIN,	 /* the login was refused, or is missing */
	PROXY_SENSELESS, /* it does not speak SOCKS 5 */
	PROXY_TIMEOUT,
	PROXY_SIGNAL,
	PROXY_LOST, /* the connection to it */
};

struct proxy_request {
	const char *host; /* a name or an address without brackets */
	unsigned short port;
	struct span user, password; /* user empty: no login */
};

/* On a connected, non-blocking socket; on failure reason holds a phrase. */
enum proxy_result proxy_connect(int fd, const struct proxy_request *request,
    int64_t deadline, struct buf *reason);

#endif
