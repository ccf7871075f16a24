/*
 * Which servers a domain names for a service: SRV records (RFC 2782), asked
 * of the system's name server by a child that a deadline or a signal ends.
 */
#ifndef NET_SERVICE_H
#define NET_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"

/*
 * Reads the answer of a name server (RFC 1035 section 4) to a question for
 * SRV records (RFC 2782). The octets are hostile: nothing is read outside of
 * them, names only point backwards, and every count has a bound. Within net.
 */
#define DNS_NAME_ROOM 254 /* the longest name as text, and a NUL */
#define SERVICE_MAX 64	  /* what more there is, is not looked at */
#define DNS_TYPE_SRV 33
#define DNS_CLASS_IN 1

struct service {
	unsigned short priority, weight, port;
	/* LDH in lower case, without a last dot; empty: the root, "." */
	char target[DNS_NAME_ROOM];
};

struct service_list {
	struct service items[SERVICE_MAX];
	size_t count;
};

/*
 * The SRV records of `name`, or of the name that CNAMEs lead to. Records whose
 * target is no host name or whose port is 0 are left out. False: the answer is
 * malformed, cut off, or to another question.
 */
bool service_read_answer(
    struct span answer, const char *name, struct service_list *list);

enum service_result {
	SERVICE_FOUND,
	SERVICE_NONE,	 /* no such name, or no such record */
	SERVICE_REFUSED, /* the target is ".": decidedly not offered */
	SERVICE_TROUBLE, /* nobody could tell */
	SERVICE_SIGNAL,
};

/*
 * `service` is "_submissions" or the like, by TCP. The list is in the order in
 * which the servers are to be tried. Without it, reason holds a phrase.
 */
enum service_result service_find(const char *service, const char *domain,
    int64_t deadline, struct service_list *list, struct buf *reason);

/* Draws a number from 0 to `most`. */
struct service_lot {
	unsigned (*draw)(void *context, unsigned most);
	void *context;
};

/* By priority; among equals by lot, as their weights have it (RFC 2782). */
void service_order(struct service_list *list, const struct service_lot *lot);

#endif
