/*
 * A run of --doctor: what the caller wants to know, what was learned so far,
 * and the findings. checkup.h runs it, check_table.h lists the checks.
 */
#ifndef DOCTOR_DIAGNOSIS_H
#define DOCTOR_DIAGNOSIS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "doctor/finding.h"
#include "doctor/obstacle.h"
#include "doctor/outbound.h"
#include "doctor/probe.h"
#include "doctor/survey.h"
#include "doctor/trial.h"
#include "profile/profiles.h"
#include "profile/secret.h"
#include "smtp/observer.h"

struct check;

struct diagnosis {
	/* The caller sets these; all are borrowed. */
	const struct profiles *profiles; /* NULL: could not be read */
	const struct profile *profile; /* NULL: none, and `unusable` says why */
	const struct error *unusable;
	/* Reverse-path of a mail; "" null; NULL: only a mail can say it. */
	const char *sender;
	const struct error *no_sender;	 /* why it is not known */
	const struct observer *observer; /* may be NULL */
	bool no_login;
	int64_t warn_days;	    /* 0: by the certificate's lifetime */
	const char *outbound_given; /* --outbound; NULL: not named */
	/* For each row of check_table; NULL: all are wanted. */
	const bool *selected;
	int64_t deadline; /* clock_now: of the whole run */
	/*
	 * Asks the user a question that "yes" answers; NULL: nobody can be
	 * asked.
	 */
	bool (*ask)(void *context, const char *question);
	/* Called before each check; may be NULL. */
	void (*begin)(void *context, const struct check *check);
	/* The recipient of a test mail; NULL: none is sent; "": not known. */
	const char *send_to;
	/*
	 * Sends that mail with the secret. False, with err: it could not be
	 * made. NULL: see send_to.
	 */
	bool (*send)(void *context, struct diagnosis *diagnosis,
	    struct outcome *outcome, struct error *err);
	void *context; /* of these functions */

	bool no_mail; /* no check that is made needs MAIL */
	/* Learned when the first check asks. */
	struct secret secret;
	struct error secret_error; /* ERROR_NONE: it was fetched, or not yet */
	struct outbound outbound;
	bool is_outbound_found;
	struct survey survey;
	bool is_surveyed;
	struct obstacles obstacles;
	struct trial trial;

	struct findings findings;
	bool is_interrupted; /* by a signal: not all was checked */
};

/* The look at all servers, which the first call takes. Needs the profile. */
const struct survey *diagnosis_survey(struct diagnosis *diagnosis);
/* The addresses that receivers see, which the first call finds. */
struct outbound *diagnosis_outbound(struct diagnosis *diagnosis);
/* What is in the way of each address, which the first call finds out. */
struct obstacles *diagnosis_obstacles(struct diagnosis *diagnosis);
/*
 * The severity of what is wrong with one address: a failure is only a warning
 * if a mail gets through by another address or server. Call diagnosis_survey
 * before.
 */
enum severity diagnosis_limit(const struct diagnosis *diagnosis,
    const struct survey_address *address, enum severity severity);
/* For a second connection to an address. */
struct probe diagnosis_probe(const struct diagnosis *diagnosis,
    const struct survey_server *server, const struct survey_address *address);
/*
 * Fetches the secret at the first call, as a submission does. False:
 * secret_error says why there is none.
 */
bool diagnosis_fetch_secret(struct diagnosis *diagnosis);
/*
 * The one attempt to log in, which the first call makes. It is not done if
 * there is no secret for it.
 */
const struct trial *diagnosis_try(struct diagnosis *diagnosis);
void diagnosis_free(struct diagnosis *diagnosis);

#endif
