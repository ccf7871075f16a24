/*
 * From a host name to addresses, by the system's resolver, in the order in
 * which they are worth trying. The resolver works in a child, which a deadline
 * or a signal ends; addresses and "localhost" need none. Within net.
 */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/buf.h"

#define RESOLVE_MAX 32

struct address {
	struct sockaddr_storage socket;
	socklen_t len;
};

struct address_list {
	struct address items[RESOLVE_MAX];
	size_t count;
};

enum resolve_result {
	RESOLVE_DONE,
	RESOLVE_NO_HOST, /* the name does not exist, or has no address */
	RESOLVE_TROUBLE, /* nobody could tell */
	RESOLVE_SIGNAL,	 /* interrupted */
};

struct resolve_question {
	const char *host; /* borrowed */
	unsigned short port;
	int family; /* AF_UNSPEC, AF_INET or AF_INET6 */
};

/*
 * At most RESOLVE_MAX addresses, in the system's order but with the families
 * in turn (RFC 8305 section 4). On failure reason holds a phrase.
 */
enum resolve_result resolve_host(const struct resolve_question *question,
    int64_t deadline, struct address_list *list, struct buf *reason);
/* An address as text, without a port; false if it is none. */
bool resolve_parse_address(struct address *address, const char *text);
/* "192.0.2.1" or "2001:db8::1". */
void resolve_add_address(
    struct buf *buf, const struct sockaddr_storage *socket);

#endif
