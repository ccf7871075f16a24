/*
 * Reads the answer of a name server (RFC 1035 section 4) to a question for
 * SRV records (RFC 2782). The octets are hostile: nothing is read outside of
 * them, names only point backwards, and every count has a bound. Within net.
 */
#ifndef NET_DNS_ANSWER_H
#define NET_DNS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

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
bool dns_read_services(
    struct span answer, const char *name, struct service_list *list);

#endif
