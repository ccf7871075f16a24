/*
 * The look-ups of the checks of a domain. Tests put a table of their own in the
 * place of the name server.
 */
#ifndef DOCTOR_LOOKUP_H
#define DOCTOR_LOOKUP_H

#include <stdint.h>

#include "net/dns.h"

struct lookup {
	/* As dns_ask; NULL: the system's name server. */
	enum dns_result (*ask)(void *context, const char *name,
	    enum dns_type type, struct dns_records *list);
	void *context;
	int64_t deadline; /* for all of them; clock_now */
	size_t asked;	  /* how many questions there were */
	/* Why the last look-up failed that did: "the name server ...". */
	struct buf trouble;
	bool is_interrupted; /* by a signal */
};

/*
 * Fills in an empty list with the records of a name, in the form for the wire;
 * the caller frees it with dns_answer_free. Never DNS_SIGNAL: that is
 * DNS_TROUBLE, as is every look-up after it, and after the deadline.
 */
enum dns_result lookup_ask(struct lookup *lookup, const char *name,
    enum dns_type type, struct dns_records *list);
void lookup_free(struct lookup *lookup);

#endif
