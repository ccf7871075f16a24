/*
 * The records of one type in a name server's answer (RFC 1035 section 4). The
 * parser works in memory only, and accepts any octets as input.
 */
#ifndef NET_DNS_ANSWER_H
#define NET_DNS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define DNS_NAME_ROOM 254 /* the longest name as text, and a NUL */
#define DNS_CLASS_IN 1

enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5, /* of the name itself: it is not followed */
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_SRV = 33,
	DNS_TLSA = 52,
};

struct dns_record {
	unsigned short priority;     /* SRV; the preference of MX */
	unsigned short weight, port; /* SRV */
	/*
	 * CNAME, MX, NS, PTR and SRV: a name in lower case without a final dot;
	 * empty: ".". Characters that are not in host or service names are '?'.
	 */
	char target[DNS_NAME_ROOM];
	/*
	 * A, AAAA and TLSA: the data; TXT: its strings joined. Borrowed from
	 * the list.
	 */
	struct span data;
	/* TXT: how many strings it has. */
	size_t strings;
};

struct dns_records {
	struct dns_record *items; /* in the answer's order */
	size_t count;
	struct buf data;
	/* The name that has these records: an alias has led to it, or not. */
	char owner[DNS_NAME_ROOM];
	/* dns.h: a name server that is trusted says that it has validated. */
	bool is_authentic;
	/* The same, but the name server need not be one that is trusted. */
	bool is_claimed_authentic;
};

/*
 * Fills in an empty list with the records of `name`, or of the name that its
 * CNAME records lead to; no record is no fault. Returns false, with an empty
 * list, if the answer is malformed, truncated, or answers another question.
 */
bool dns_answer_read(struct span answer, const char *name, enum dns_type type,
    struct dns_records *list);
/* Frees the memory; the list is then empty and can be used again. */
void dns_answer_free(struct dns_records *list);

#endif
