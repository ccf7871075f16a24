/* Of several faults of a certificate, only the first step's is reported. */
#include "doctor/tls_step.h"

#include <string.h>

#include "tls/interception.h"

static const char *const ids[] = {
    [TLS_STEP_VERSION] = "tls.version",
    [TLS_STEP_INTERCEPT] = "tls.intercept",
    [TLS_STEP_TRUST] = "tls.trust",
    [TLS_STEP_NAME] = "tls.name",
    [TLS_STEP_EXPIRY] = "tls.expiry",
    [TLS_STEP_CRL] = "tls.crl",
    [TLS_STEP_STAPLE] = "tls.staple",
    [TLS_STEP_CLIENT] = "tls.client",
    [TLS_STEP_PIN] = "tls.pin",
    [TLS_STEP_NONE] = NULL,
};

/* The faults that each step reports; for FAULT_REVOKED see tls_step_of. */
static const struct {
	unsigned faults;
	enum tls_step step;
} places[] = {
    {FAULT_WEAK, TLS_STEP_VERSION},
    {FAULT_ISSUER_UNKNOWN | FAULT_ROOTS | FAULT_PURPOSE | FAULT_OTHER,
	TLS_STEP_TRUST},
    {FAULT_NAME, TLS_STEP_NAME},
    {FAULT_EXPIRED | FAULT_NOT_YET, TLS_STEP_EXPIRY},
    {FAULT_CRL, TLS_STEP_CRL},
    {FAULT_STAPLE, TLS_STEP_STAPLE},
    {FAULT_PIN, TLS_STEP_PIN},
};

const char *
tls_step_interceptor(const struct tls_facts *facts)
{
	for (size_t i = 0; i < facts->count; i++)
		if (facts->chain[i].is_used &&
		    interception_is_name(span_from(facts->chain[i].issuer)))
			return facts->chain[i].issuer;
	return NULL;
}

enum tls_step
tls_step_of(const struct survey_address *address)
{
	const struct tls_facts *facts = &address->tls;
	enum tls_step revoked = TLS_STEP_NONE;

	if (!address->is_tls)
		return TLS_STEP_VERSION;
	if ((facts->faults & FAULT_WEAK) == 0 &&
	    (facts->faults & FAULT_ISSUER_UNKNOWN) != 0 &&
	    tls_step_interceptor(facts) != NULL)
		return TLS_STEP_INTERCEPT;
	if ((facts->faults & FAULT_REVOKED) != 0)
		revoked = strcmp(facts->staple, "revoked") == 0
		    ? TLS_STEP_STAPLE
		    : TLS_STEP_CRL;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if ((facts->faults & places[i].faults) != 0)
			return places[i].step < revoked ? places[i].step
							: revoked;
	return revoked;
}

bool
tls_step_is_reached(const struct judgement *judgement, enum tls_step step)
{
	return judgement->obstacle >= OBSTACLE_TLS &&
	    judgement->address->is_tls &&
	    tls_step_of(judgement->address) >= step;
}

enum severity
tls_step_severity(const struct judgement *judgement)
{
	if (judgement->address->is_tls && !judgement->address->needs_trust)
		return SEVERITY_NOTE;
	return diagnosis_limit(
	    judgement->diagnosis, judgement->address, SEVERITY_FAILURE);
}

/* The first step that reports a fault of any address; TLS_STEP_NONE: none. */
static enum tls_step
first_fault(const struct obstacles *obstacles, bool *has_tls)
{
	enum tls_step first = TLS_STEP_NONE;

	*has_tls = false;
	for (size_t i = 0; i < obstacles->count; i++) {
		const struct obstacle *item = &obstacles->items[i];

		if (item->kind < OBSTACLE_TLS ||
		    (!item->address->is_tls &&
			item->address->trouble.stage != STAGE_TLS))
			continue;
		*has_tls = true;
		if (tls_step_of(item->address) < first)
			first = tls_step_of(item->address);
	}
	return first;
}

void
tls_step_gather(struct diagnosis *diagnosis, enum tls_step step,
    void (*judge)(struct judgement *judgement), const char *otherwise)
{
	struct findings *findings = &diagnosis->findings;
	const char *furthest, *id = ids[step];
	enum tls_step first;
	bool has_tls;

	if (judgement_gather(diagnosis, id, judge))
		return;
	first = first_fault(diagnosis_obstacles(diagnosis), &has_tls);
	furthest = obstacles_furthest(diagnosis_obstacles(diagnosis));
	if (first < step)
		finding_add_skipped(findings, id, ids[first]);
	else if (!has_tls && furthest != NULL)
		finding_add_skipped(findings, id, furthest);
	else
		finding_add(findings, id, SEVERITY_SKIPPED, "%s",
		    has_tls ? otherwise : "TLS is not used");
}
