/*
 * A value may come from the profile itself, from one that it extends, or from
 * the settings above all profiles.
 */
#include "import/import_token.h"

#include "base/buf.h"
#include "profile/mechanism.h"
#include "profile/profile.h"

/* NULL: the profile does not have it, or has it empty. */
static const struct import_setting *
find(const struct translation *translation,
    const struct import_profile *profile, const char *name)
{
	const struct import_profile *top = translation->profiles[0];
	const struct import_setting *found = NULL, *base;

	/* No chain is longer than the number of profiles. */
	for (size_t i = 0; i < translation->count; i++) {
		found = import_profile_find(profile, name);
		base = import_profile_find(profile, "extends");
		if (found != NULL || profile == top)
			break;
		profile = base != NULL
		    ? translation_find(translation, buf_span(&base->value))
		    : NULL;
		if (profile == NULL)
			profile = top;
	}
	return found != NULL && found->value.len > 0 ? found : NULL;
}

/* Whether each mechanism of the value of auth takes a token. */
static bool
wants_token(const struct import_setting *auth)
{
	struct profile scratch = PROFILE_UNSET;
	struct error ignored;
	bool wants = auth->setting->type->parse(auth->setting, &scratch,
			 buf_span(&auth->value), &ignored) &&
	    scratch.auth.count > 0;

	for (size_t i = 0; wants && i < scratch.auth.count; i++) {
		const struct mechanism *mechanism =
		    mechanism_find(span_from(scratch.auth.names[i]));

		wants = mechanism != NULL &&
		    mechanism->credential == CREDENTIAL_TOKEN;
	}
	profile_free(&scratch);
	return wants;
}

static void
replace_auth(struct import_profile *profile, const struct import_setting *auth)
{
	struct buf text = {0}, keys = {0};

	buf_add_format(
	    &keys, "%s: a comment below says how to set it", auth->keys);
	buf_add_text(&text, "auth = ");
	buf_add_span(&text, buf_span(&auth->value));
	import_profile_set_text(profile, "auth", "auto", buf_text(&keys));
	import_profile_comment(profile,
	    "A stored access token ends after about an hour, so it is not "
	    "taken over. To log in with a token, put these two lines in place "
	    "of auth = auto, without the #; the command prints a new token:");
	import_profile_comment(profile, buf_text(&text));
	import_profile_comment(profile, "token-command = COMMAND");
	buf_free(&text);
	buf_free(&keys);
}

void
import_token_explain_missing(const struct translation *translation)
{
	for (size_t i = 0; i < translation->count; i++) {
		struct import_profile *profile = translation->profiles[i];
		const struct import_setting *auth =
		    find(translation, profile, "auth");

		/* Settings above all profiles need not be a profile. */
		if (auth != NULL &&
		    find(translation, profile, "server") != NULL &&
		    find(translation, profile, "user") != NULL &&
		    find(translation, profile, "token-command") == NULL &&
		    wants_token(auth))
			replace_auth(profile, auth);
	}
}
