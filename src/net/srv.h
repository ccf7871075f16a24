/*
 * Finds the servers that a domain names for a service in its SRV records (RFC
 * 2782).
 */
#ifndef NET_SRV_H
#define NET_SRV_H

#include <stdint.h>

#include "base/buf.h"
#include "net/dns_answer.h"

#define SRV_RECORDS_MAX 64 /* further records are ignored */

struct srv_record {
	unsigned short priority, weight, port;
	/* A host name in lower case without a final dot; empty: ".". */
	char target[DNS_NAME_ROOM];
};

struct srv_records {
	struct srv_record items[SRV_RECORDS_MAX];
	size_t count;
	bool is_authentic; /* validated (DNSSEC), says a trusted name server */
};

enum srv_result {
	SRV_FOUND,
	SRV_NONE,    /* no such name, no such record, or no usable server */
	SRV_REFUSED, /* the only target is ".": the service is not offered */
	SRV_TROUBLE, /* the lookup failed: the records are not known */
	SRV_SIGNAL,  /* a signal interrupted the lookup */
};

/*
 * Looks up `service` ("_submissions" or the like) over TCP for `domain`, in a
 * child process that ends at the deadline or a signal. Fills in `list` in the
 * order in which to try the servers. For any result but SRV_FOUND, adds a
 * phrase that says why to `reason`.
 */
enum srv_result srv_find(const char *service, const char *domain,
    int64_t deadline, struct srv_records *list, struct buf *reason);

/*
 * Fills in `list` with the records of an answer, in its order. A record is left
 * out if its target is not a host name or its port is 0, unless the target is
 * ".". Public for the tests.
 */
void srv_select(struct srv_records *list, const struct dns_records *answer);

/* Draws a number from 0 to `most`, both included. */
struct srv_lot {
	unsigned (*draw)(void *context, unsigned most);
	void *context;
};

/*
 * Sorts by priority, and within one priority at random by weight (RFC 2782).
 * Public for the tests, which supply the numbers drawn.
 */
void srv_order(struct srv_records *list, const struct srv_lot *lot);

#endif
