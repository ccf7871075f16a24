/*
 * The terms of an SPF record (RFC 7208 sections 4.6 and 12). The parser works
 * in memory only, and accepts any octets as input.
 */
#ifndef DOCTOR_SPF_RECORD_H
#define DOCTOR_SPF_RECORD_H

#include <stdbool.h>

#include "base/buf.h"

enum spf_kind {
	SPF_ALL,
	SPF_INCLUDE,
	SPF_A,
	SPF_MX,
	SPF_PTR,
	SPF_IP4,
	SPF_IP6,
	SPF_EXISTS,
	SPF_REDIRECT,
	SPF_EXP,
	SPF_OTHER, /* an unknown modifier: receivers ignore it */
};

struct spf_term {
	struct span word; /* as it was written */
	enum spf_kind kind;
	char qualifier;	     /* '+' (also if none is written), '-', '~', '?' */
	struct span domain;  /* empty: the domain that is asked for */
	bool has_macro;	     /* in the domain */
	struct span network; /* of SPF_IP4 and SPF_IP6: an address */
	/* The lengths of the prefixes that count; 32 and 128 by default. */
	unsigned prefix_ip4, prefix_ip6;
};

/* Why a word is wrong. */
struct spf_mistake {
	const char *why;     /* "is no term of SPF"; static */
	struct buf proposal; /* what it may be meant to be; empty: nothing */
};

enum spf_next {
	SPF_TERM,
	SPF_END,
	SPF_WRONG, /* term->word is wrong: receivers ignore the whole record */
};

/* Whether a TXT record is one of SPF. */
bool spf_record_is(struct span text);
/*
 * Reads the next term of *rest, which begins as the whole record. After
 * SPF_WRONG it goes on behind the word. The caller frees the proposal.
 */
enum spf_next spf_record_next(
    struct span *rest, struct spf_term *term, struct spf_mistake *mistake);
/*
 * What an unknown modifier is probably meant to be: "include:x" for
 * "include=x". False: nothing is known.
 */
bool spf_record_propose(const struct spf_term *term, struct buf *proposal);

#endif
