/*
 * The TLSA records of a mail exchanger (RFC 7672 section 2.2): whether DANE
 * decides about its certificate.
 */
#ifndef NET_TLSA_H
#define NET_TLSA_H

#include <stdint.h>

#include "base/buf.h"
#include "net/mail_exchanger.h"
#include "tls/dane.h"

enum tlsa_result {
	TLSA_FOUND,    /* tlsa->dane decides */
	TLSA_UNUSABLE, /* TLS is needed, but no record is one that mail uses */
	TLSA_NONE,     /* the host has no records, or none with DNSSEC */
	TLSA_TROUBLE,  /* not known: without an answer the host is not used */
	TLSA_SIGNAL,   /* a signal interrupted it */
};

struct tlsa_question {
	const struct mail_exchanger *host;
	const struct mail_exchangers *exchangers; /* that have the host */
	const char *domain; /* of the recipients, as A-labels */
	struct name_server *name_server;
};

struct tlsa {
	struct dane dane; /* of TLSA_FOUND; its pointers lead into this struct
			     and to what the question borrowed */
	/*
	 * The name that has the records, also the one for SNI; "": there are
	 * none.
	 */
	char base[DNS_NAME_ROOM];
	struct dane_record *records; /* owned */
	struct dns_records answer;   /* owned */
};

/*
 * Asks for the records of the host, at the name that its aliases lead to, and
 * else at its own name. What the question points to must outlive `tlsa`. Adds a
 * phrase that says why to `reason` for TLSA_TROUBLE and TLSA_SIGNAL. The caller
 * calls tlsa_free, whatever the result; the struct must not be moved.
 */
enum tlsa_result tlsa_find(struct tlsa *tlsa,
    const struct tlsa_question *question, int64_t deadline, struct buf *reason);
void tlsa_free(struct tlsa *tlsa);

#endif
