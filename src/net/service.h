/*
 * Which servers a domain names for a service: SRV records (RFC 2782), asked
 * of the system's name server by a child that a deadline or a signal ends.
 */
#ifndef NET_SERVICE_H
#define NET_SERVICE_H

#include <stdint.h>

#include "base/buf.h"
#include "net/dns_answer.h"

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
void service_order(
    struct service_list *list, const struct service_lot *lot);

#endif
