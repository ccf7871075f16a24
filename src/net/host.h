/*
 * Resolves a host name to its addresses, in the order in which to try them, and
 * reads and writes addresses as text.
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
	HOST_TROUBLE, /* the look-up failed: the addresses are not known */
	HOST_SIGNAL,  /* interrupted */
};

struct host_question {
	const char *host; /* borrowed */
	unsigned short port;
	int family; /* AF_UNSPEC, AF_INET or AF_INET6 */
};

/*
 * Fills in `list` with at most HOST_ADDRESSES_MAX addresses, in the order of
 * the system's resolver but with IPv4 and IPv6 in turn (RFC 8305 section 4).
 * The resolver runs in a child process that ends at the deadline or a signal.
 * "localhost" and an address as text need neither the child nor a name server.
 * On failure adds a phrase that says why to `reason`.
 */
enum host_result host_resolve(const struct host_question *question,
    int64_t deadline, struct host_addresses *list, struct buf *reason);
/* Parses an address, without a port; false if the text is not an address. */
bool host_parse_address(struct host_address *address, const char *text);
/* Sets the port of an address of AF_INET or AF_INET6. */
void host_set_port(struct sockaddr_storage *socket, unsigned short port);
/* Turns an IPv4 address mapped into IPv6 into IPv4, without a port. */
void host_unmap(struct host_address *address);
/* Adds an address without its port: "192.0.2.1" or "2001:db8::1". */
void host_add_address(struct buf *buf, const struct sockaddr_storage *socket);
/*
 * Adds an address as an address literal, "[192.0.2.1]" or "[IPv6:2001:db8::1]"
 * (RFC 5321 section 4.1.3); false if it is neither IPv4 nor IPv6.
 */
bool host_add_literal(struct buf *buf, const struct sockaddr_storage *socket);
/* Whether it is 127.0.0.0/8, ::1, or 127.0.0.0/8 mapped into IPv6. */
bool host_is_loopback(const struct sockaddr_storage *socket);

#endif
