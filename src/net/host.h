/*
 * From a host name to addresses, by the system's resolver, in the order in
 * which they are worth trying. The resolver works in a child, which a deadline
 * or a signal ends; addresses and "localhost" need none. Within net.
 */
#ifndef NET_HOST_H
#define NET_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/buf.h"

#define HOST_ADDRESSES_MAX 32

struct host_address {
	struct sockaddr_storage socket;
	socklen_t len;
};

struct host_addresses {
	struct host_address items[HOST_ADDRESSES_MAX];
	size_t count;
};

enum host_result {
	HOST_FOUND,
	HOST_UNKNOWN, /* the name does not exist, or has no address */
	HOST_TROUBLE, /* nobody could tell */
	HOST_SIGNAL,  /* interrupted */
};

struct host_question {
	const char *host; /* borrowed */
	unsigned short port;
	int family; /* AF_UNSPEC, AF_INET or AF_INET6 */
};

/*
 * At most HOST_ADDRESSES_MAX addresses, in the system's order but with the
 * families in turn (RFC 8305 section 4). On failure reason holds a phrase.
 */
enum host_result host_resolve(const struct host_question *question,
    int64_t deadline, struct host_addresses *list, struct buf *reason);
/* An address as text, without a port; false if it is none. */
bool host_parse_address(struct host_address *address, const char *text);
/* "192.0.2.1" or "2001:db8::1". */
void host_add_address(struct buf *buf, const struct sockaddr_storage *socket);
/*
 * An address as an address literal, "[192.0.2.1]" or "[IPv6:2001:db8::1]" (RFC
 * 5321 section 4.1.3); false if it is neither IPv4 nor IPv6.
 */
bool host_add_literal(struct buf *buf, const struct sockaddr_storage *socket);
/* Whether it is 127.0.0.0/8, ::1, or 127.0.0.0/8 mapped into IPv6. */
bool host_is_loopback(const struct sockaddr_storage *socket);

#endif
