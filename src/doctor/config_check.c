/* Judges the configuration as it was read. */
#include "doctor/config_check.h"

#define PROFILE_ID "config.profile"

void
config_check_profile(struct diagnosis *diagnosis)
{
	const struct profile *profile = diagnosis->profile;

	if (profile == NULL)
		finding_add_error(&diagnosis->findings, PROFILE_ID,
		    SEVERITY_FAILURE, diagnosis->unusable);
	else
		finding_add(&diagnosis->findings, PROFILE_ID, SEVERITY_OK,
		    "profile %s, chosen by %s", profile->name, profile->choice);
}
