/*
 * DMARC records (RFC 9989): what one says, and which one counts for a domain.
 * The organisational domain is found by the walk up the tree of the DNS, with
 * at most eight questions.
 */
#ifndef DOCTOR_DMARC_RECORD_H
#define DOCTOR_DMARC_RECORD_H

#include <stdbool.h>

#include "doctor/lookup.h"

enum dmarc_policy { DMARC_NOTHING, DMARC_QUARANTINE, DMARC_REJECT };

struct dmarc_record {
	/* For the domain of the record, and for those below it. */
	enum dmarc_policy policy, below;
	bool is_policy_wrong; /* p= or sp= has another word */
	bool is_strict_spf, is_strict_dkim;
	bool is_test; /* t=y: receivers lower the policy by a step */
	bool is_suffix, is_organisation; /* psd=y, psd=n */
	const char *gone; /* a tag that RFC 9989 dropped, "pct"; or NULL */
	bool is_wrong;	  /* something is no tag; the text before it counts */
};

/* Public for the tests. False: it is no record of DMARC. */
bool dmarc_record_read(struct dmarc_record *record, struct span text);

enum dmarc_result {
	DMARC_FOUND,
	DMARC_NONE,
	DMARC_SEVERAL, /* the domain has several, which receivers ignore */
	DMARC_TROUBLE, /* a look-up failed */
};

struct dmarc {
	enum dmarc_result result;
	/* The record that counts, with its policy for the domain asked for. */
	struct dmarc_record record;
	char domain[DNS_NAME_ROOM];	  /* that has it */
	char organisation[DNS_NAME_ROOM]; /* also without any record */
};

/* Finds the record of a domain, which is in the form for the wire. */
void dmarc_record_find(
    struct dmarc *dmarc, const char *domain, struct lookup *lookup);

#endif
