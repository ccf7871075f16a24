/* Holds what a run of --doctor has learned. */
#include "doctor/diagnosis.h"

const struct trial *
diagnosis_try(struct diagnosis *diagnosis)
{
	const struct trial_options options = {
	    .profile = diagnosis->profile,
	    .secret = secret_is_wanted(diagnosis->profile) ? &diagnosis->secret
							   : NULL,
	    .sender = diagnosis->sender != NULL ? diagnosis->sender : "",
	    .observer = diagnosis->observer,
	    .deadline = diagnosis->deadline,
	    .no_login = diagnosis->no_login,
	};

	if (!diagnosis->trial.is_done)
		trial_run(&diagnosis->trial, &options);
	return &diagnosis->trial;
}

void
diagnosis_free(struct diagnosis *diagnosis)
{
	trial_free(&diagnosis->trial);
	secret_free(&diagnosis->secret);
	finding_free_all(&diagnosis->findings);
}
