/*
 * Judges the SPF record of a domain (RFC 7208) and the records that it
 * includes: what every receiver would meet that has to evaluate all of it.
 * Whether a mail passes is not said, since that depends on the address that its
 * last server sends from.
 */
#ifndef DOCTOR_SPF_H
#define DOCTOR_SPF_H

#include <stdbool.h>

#include "doctor/lookup.h"
#include "doctor/spf_record.h"

#define SPF_LOOKUPS_MAX 10 /* RFC 7208 section 4.6.4 */
#define SPF_VOIDS_MAX 2

/* The first reason for which receivers ignore the whole record. */
enum spf_fault {
	SPF_FAULT_NONE,
	SPF_FAULT_MISSING, /* the domain has no record */
	SPF_FAULT_SEVERAL,
	SPF_FAULT_WORD,	   /* `word`, `mistake` */
	SPF_FAULT_TWICE,   /* `word`: a modifier that may be there only once */
	SPF_FAULT_INCLUDE, /* it includes `target`, which has no record */
	SPF_FAULT_LOOP,	   /* it includes `target`, which leads to itself */
	SPF_FAULT_HOSTS,   /* `target` has more than ten mail servers */
	SPF_FAULT_TROUBLE, /* a look-up failed: nothing more is known */
};

struct spf {
	enum spf_fault fault;
	char place[DNS_NAME_ROOM];  /* the domain whose record is at fault */
	char target[DNS_NAME_ROOM]; /* see above */
	struct buf word;
	struct spf_mistake mistake;
	bool is_in_strings; /* the record at fault has several strings */

	unsigned lookups, voids; /* of all terms */
	bool is_cut;		 /* there are more than were counted */
	/* The provider is named: include or redirect, at any depth. */
	bool names_provider;
	/* How many look-ups there are up to that one. */
	unsigned lookups_before;
	/* All of it was evaluated; the fault was found after it. */
	bool is_provider_done, is_behind_provider;

	/* Of the domain's own record. */
	struct buf text;
	bool has_all, has_redirect, has_ptr;
	char all; /* its qualifier, if has_all */
	/* A word that receivers ignore, and what it may be meant to be. */
	struct buf ignored, meant;
};

/*
 * Fills in an all-zero struct. `includes` are the domains, with blanks between
 * them, of which any names the provider; NULL: not known.
 */
void spf_judge(struct spf *spf, const char *domain, const char *includes,
    struct lookup *lookup);
void spf_free(struct spf *spf);

#endif
