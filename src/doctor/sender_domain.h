/*
 * The domains of the sender whose DNS the checks look at: that of the
 * reverse-path, and that of From. Domains that are not the user's own are left
 * out.
 */
#ifndef DOCTOR_SENDER_DOMAIN_H
#define DOCTOR_SENDER_DOMAIN_H

#include "doctor/diagnosis.h"
#include "doctor/lookup.h"
#include "profile/provider_table.h"

enum sender_domain {
	SENDER_DOMAIN_PATH, /* of the reverse-path */
	SENDER_DOMAIN_FROM, /* of a From that smtpost adds */
};

/*
 * Adds the domain, in the form for the wire, to an empty `domain`. If it is not
 * to be looked at, adds instead a phrase that says why to `reason`.
 */
bool sender_domain_find(const struct diagnosis *diagnosis,
    enum sender_domain which, struct buf *domain, struct buf *reason);
/*
 * The same, but if there is nothing to look at, or a look-up of an earlier
 * check failed, adds a finding that says so.
 */
bool sender_domain_take(struct diagnosis *diagnosis, const char *id,
    enum sender_domain which, struct buf *domain);
/*
 * The id of an earlier check whose look-up failed; NULL: none. The next look-up
 * would fail, too, after the same wait.
 */
const char *sender_domain_failed(const struct diagnosis *diagnosis);
/* The mail service that the profile sends through; NULL: none is known. */
const struct provider *sender_domain_provider(
    const struct diagnosis *diagnosis);
/* The look-ups of one check. */
struct lookup sender_domain_lookup(const struct diagnosis *diagnosis);
/* Frees them. */
void sender_domain_end(struct diagnosis *diagnosis, struct lookup *lookup);

#endif
