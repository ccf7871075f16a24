/*
 * The checks of TLS in their order. Each fault of a connection belongs to one
 * of them, so that it is reported once; the later ones do not judge that
 * address.
 */
#ifndef DOCTOR_TLS_STEP_H
#define DOCTOR_TLS_STEP_H

#include "doctor/judgement.h"

enum tls_step {
	TLS_STEP_VERSION,
	TLS_STEP_INTERCEPT,
	TLS_STEP_TRUST,
	TLS_STEP_NAME,
	TLS_STEP_EXPIRY,
	TLS_STEP_CRL,
	TLS_STEP_STAPLE,
	TLS_STEP_CLIENT, /* never a fault of the server */
	TLS_STEP_PIN,
	TLS_STEP_NONE, /* there is no fault */
};

/* The step that reports the fault of an address with TLS, or without it. */
enum tls_step tls_step_of(const struct survey_address *address);
/*
 * Whether this address has TLS, and no fault that an earlier step or a check
 * before TLS reports.
 */
bool tls_step_is_reached(const struct judgement *judgement, enum tls_step step);
/*
 * The severity of a fault of this address. It is a note where a submission goes
 * on all the same (tls = opportunistic without a login).
 */
enum severity tls_step_severity(const struct judgement *judgement);
/*
 * Gathers the judgements of a step. If nothing is said of any address, the
 * check is skipped: because an earlier step has reported the fault, or because
 * TLS is not used, or else for the reason `otherwise`.
 */
void tls_step_gather(struct diagnosis *diagnosis, enum tls_step step,
    void (*judge)(struct judgement *judgement), const char *otherwise);
/*
 * The name of the authority in its chain that is known to open TLS on the way;
 * NULL: none is. Borrowed.
 */
const char *tls_step_interceptor(const struct tls_facts *facts);

#endif
