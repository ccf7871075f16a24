/*
 * The result of SPF for a mail: check_host() of RFC 7208 section 4. (Faults of
 * a record, whatever the mail: spf.h)
 */
#ifndef DOCTOR_SPF_VERDICT_H
#define DOCTOR_SPF_VERDICT_H

#include "doctor/lookup.h"
#include "doctor/spf_mail.h"

enum spf_result {
	SPF_RESULT_NONE, /* the domain has no record */
	SPF_RESULT_NEUTRAL,
	SPF_RESULT_PASS,
	SPF_RESULT_FAIL,
	SPF_RESULT_SOFTFAIL,
	SPF_RESULT_TEMPERROR, /* a look-up failed: `why` */
	SPF_RESULT_PERMERROR, /* receivers cannot evaluate it: `why` */
};

struct spf_verdict {
	enum spf_result result;
	/*
	 * The term that decided, and the domain whose record has it. Empty: no
	 * term fits. If an include fits, it is the include, not the term inside
	 * that fits.
	 */
	struct buf term;
	char place[DNS_NAME_ROOM];
	struct buf why; /* "x.example has no SPF record" */
	unsigned lookups, voids;
	struct buf record; /* of the domain itself; empty: it has none */
};

/*
 * Fills in an all-zero struct with the result for the domain, which is in the
 * form for the wire. The number of questions is bounded, whatever the records
 * say.
 */
void spf_verdict_find(struct spf_verdict *verdict, const struct spf_mail *mail,
    const char *domain, struct lookup *lookup);
/* "pass", "softfail" */
const char *spf_verdict_name(enum spf_result result);
void spf_verdict_free(struct spf_verdict *verdict);

#endif
