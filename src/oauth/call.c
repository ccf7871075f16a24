/*
 * Reads the configuration and finds the profile of a call. It does so as
 * smtpost itself would, so that both programs mean the same profile.
 */
#include "oauth/call.h"

#include "profile/profile_choice.h"

struct profiles *
call_load(const struct oauth_call *call, struct error *err)
{
	/* smtpost runs this program without its variables SMTPOST_... */
	const struct profile_sources sources = {
	    .config = call->config,
	    .has_profile = call->profile != NULL,
	    .no_environment = true,
	};

	return profiles_load(&sources, err);
}

/* Nobody has set anything yet. */
static bool
refuse_nothing(const struct profiles *profiles, struct error *err)
{
	const struct buf *searched = &profiles->searched;

	return error_set(err, ERROR_CONFIG,
	    "no configuration file was found: %.*s\n"
	    "hint: smtpost --setup ADDRESS --write makes one; "
	    "smtpost-oauth(1) shows what to add",
	    (int)searched->len, searched->data);
}

/* Whether the call has to name a profile, and does not. */
static bool
lacks_name(const struct oauth_call *call, const struct profiles *profiles)
{
	return call->profile == NULL && profiles->count > 1 &&
	    profiles_find(profiles, SPAN("default")) == NULL;
}

static bool
refuse_choice(const struct profiles *profiles, struct error *err)
{
	error_set(err, ERROR_CONFIG,
	    "cannot choose a profile: none is named, and none is called "
	    "\"default\"\n"
	    "hint: name one of");
	profile_choice_add_names(profiles, err);
	return false;
}

bool
call_choose_profile(
    const struct oauth_call *call, struct profile *profile, struct error *err)
{
	struct profiles *profiles = call_load(call, err);
	bool done;

	*profile = (struct profile)PROFILE_UNSET;
	if (profiles != NULL && lacks_name(call, profiles))
		done = refuse_choice(profiles, err);
	else
		done = profiles != NULL &&
		    profile_choice_make(
			profile, profiles, call->profile, NULL, NULL, err);
	if (done && !profiles->has_file && profile->oauth.service == NULL)
		done = refuse_nothing(profiles, err);
	profiles_free(profiles);
	return done;
}
