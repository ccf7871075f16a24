/* Holds what a run of --doctor has learned. */
#include "doctor/diagnosis.h"

#include "doctor/destination.h"
#include "profile/client_key.h"

const struct survey *
diagnosis_survey(struct diagnosis *diagnosis)
{
	/* Without a login there is only a stand-in. */
	if (!diagnosis->no_login)
		diagnosis->survey.hidden = &diagnosis->secret;
	if (!diagnosis->is_surveyed) {
		/* A server may not speak without the client's certificate. */
		if (client_key_url(diagnosis->profile) != NULL)
			diagnosis_fetch_secret(diagnosis);
		survey_run(&diagnosis->survey, diagnosis->profile,
		    diagnosis->observer, diagnosis->deadline);
	}
	diagnosis->is_surveyed = true;
	return &diagnosis->survey;
}

struct outbound *
diagnosis_outbound(struct diagnosis *diagnosis)
{
	if (!diagnosis->is_outbound_found)
		outbound_find(&diagnosis->outbound, diagnosis->profile,
		    diagnosis->outbound_given);
	diagnosis->is_outbound_found = true;
	return &diagnosis->outbound;
}

struct obstacles *
diagnosis_obstacles(struct diagnosis *diagnosis)
{
	const struct obstacle_search search = {
	    .survey = diagnosis_survey(diagnosis),
	    .profile = diagnosis->profile,
	    .observer = diagnosis->observer,
	    .ask = diagnosis->ask,
	    .context = diagnosis->context,
	    .deadline = diagnosis->deadline,
	};

	if (!diagnosis->obstacles.is_found)
		obstacles_find(&diagnosis->obstacles, &search);
	return &diagnosis->obstacles;
}

struct probe
diagnosis_probe(const struct diagnosis *diagnosis,
    const struct survey_server *server, const struct survey_address *address)
{
	return (struct probe){
	    .profile = diagnosis->profile,
	    .server = server,
	    .address = address,
	    .hidden = diagnosis->survey.hidden,
	    .observer = diagnosis->observer,
	    .deadline = diagnosis->deadline,
	};
}

enum severity
diagnosis_limit(const struct diagnosis *diagnosis,
    const struct survey_address *address, enum severity severity)
{
	struct survey_walk walk = {0};

	if (severity != SEVERITY_FAILURE)
		return severity;
	while (survey_next_ready(&diagnosis->survey, &walk))
		if (walk.address != address)
			return SEVERITY_WARNING;
	return SEVERITY_FAILURE;
}

/*
 * Without a login no secret is read. A stand-in of the same kind, which is
 * never sent, is enough to find the mechanisms that it could be used with.
 */
static bool
stand_in(struct diagnosis *diagnosis)
{
	const struct profile *profile = diagnosis->profile;
	struct secret *secret = &diagnosis->secret;

	if (!secret_locate(secret, profile, &diagnosis->secret_error))
		return false;
	if (secret_needs_words(profile))
		buf_add_text(profile_has_token(profile) ? &secret->token
							: &secret->password,
		    "none");
	secret->is_set = true;
	return true;
}

bool
diagnosis_fetch_secret(struct diagnosis *diagnosis)
{
	if (diagnosis->secret.is_set || diagnosis->secret.key != NULL ||
	    diagnosis->secret.signing_keys.count > 0)
		return true;
	if (diagnosis->secret_error.kind != ERROR_NONE)
		return false;
	if (diagnosis->no_login && !secret_is_wanted(diagnosis->profile))
		return true;
	return diagnosis->no_login
	    ? stand_in(diagnosis)
	    : secret_fetch_until(&diagnosis->secret, diagnosis->profile, true,
		  diagnosis->deadline, &diagnosis->secret_error);
}

const struct trial *
diagnosis_try(struct diagnosis *diagnosis)
{
	struct buf domain = {0}, reason = {0};
	struct trial_options options = {
	    .profile = diagnosis->profile,
	    .secret = secret_is_wanted(diagnosis->profile) ? &diagnosis->secret
							   : NULL,
	    .sender = diagnosis->no_mail ? NULL : diagnosis->sender,
	    .observer = diagnosis->observer,
	    .deadline = diagnosis->deadline,
	    .no_login = diagnosis->no_login,
	};

	if (diagnosis->trial.is_done || diagnosis->trial.unasked != NULL ||
	    !diagnosis_fetch_secret(diagnosis))
		return &diagnosis->trial;
	if (!profile_is_direct(diagnosis->profile))
		trial_run(&diagnosis->trial, &options);
	else if (destination_find(
		     diagnosis->send_to, diagnosis->sender, &domain, &reason)) {
		options.domain = buf_text(&domain);
		options.is_any_domain =
		    !destination_is_given(diagnosis->send_to);
		trial_run(&diagnosis->trial, &options);
	} else
		diagnosis->trial.unasked = buf_take_text(&reason);
	buf_free(&domain);
	return &diagnosis->trial;
}

void
diagnosis_free(struct diagnosis *diagnosis)
{
	obstacles_free(&diagnosis->obstacles);
	survey_free(&diagnosis->survey);
	trial_free(&diagnosis->trial);
	secret_free(&diagnosis->secret);
	finding_free_all(&diagnosis->findings);
}
