/*
 * The SRV records (RFC 2782) in a name server's answer (RFC 1035 section 4).
 * The parser works in memory only, and accepts any octets as input.
 */
#ifndef NET_DNS_ANSWER_H
#define NET_DNS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define DNS_NAME_ROOM 254  /* the longest name as text, and a NUL */
#define SRV_RECORDS_MAX 64 /* further records are ignored */
#define DNS_TYPE_SRV 33
#define DNS_CLASS_IN 1

struct srv_record {
	unsigned short priority, weight, port;
	/* A host name in lower case without a final dot; empty: ".". */
	char target[DNS_NAME_ROOM];
};

struct srv_records {
	struct srv_record items[SRV_RECORDS_MAX];
	size_t count;
};

/*
 * Fills in `list` with the SRV records of `name`, or of the name that its CNAME
 * records lead to, in the answer's order. A record is left out if its target is
 * not a host name or its port is 0, unless the target is ".". Returns false if
 * the answer is malformed, truncated, or answers another question.
 */
bool dns_answer_read(
    struct span answer, const char *name, struct srv_records *list);

#endif
