/*
 * A record says what it was made for. Where the profile now says something
 * else, the login is not used: its tokens would be for another mailbox, or go
 * to another service.
 */
#include "oauth/record_check.h"

#include <string.h>

#include "base/calendar.h"
#include "oauth/oauth_client.h"
#include "profile/secret_oauth.h"

/* "the login of "work" WHAT" */
static bool
refuse_login(const struct profile *profile, struct error *err, const char *what,
    const char *detail)
{
	error_set(err, ERROR_LOGIN, "the login of \"%s\" %s%s", profile->name,
	    what, detail != NULL ? detail : "");
	secret_oauth_add_hint(profile, "", err);
	return false;
}

static bool
differ(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) != 0;
}

static bool
is_of_service(const struct login_record *record, const struct profile *profile)
{
	struct span tenant;
	const struct oauth_provider *provider =
	    oauth_provider_find(span_from(profile->oauth.service), &tenant);

	return provider ==
	    oauth_provider_find(span_from(record->provider), &tenant) &&
	    (provider->title != NULL ||
		!differ(record->provider, profile->oauth.service));
}

void
record_check_judge_end(
    const struct login_record *record, struct token_error *error)
{
	struct span reason = span_from(record->dead_reason);
	struct span code = span_head(reason, span_find(reason, ','));

	token_error_judge(error, code, span_skip(reason, code.len + 2));
	if (error->fate != FATE_HUMAN)
		error->fate = FATE_ENDED;
	error->login_at = record->login_at > 0 ? record->login_at : 1;
	error->ended_at = record->dead_at;
}

/* Says what was said when the login ended. */
static bool
refuse_dead(const struct login_record *record, const struct profile *profile,
    struct error *err)
{
	struct oauth_client client;
	struct token_error error;

	if (oauth_client_init(&client, profile, err)) {
		record_check_judge_end(record, &error);
		token_error_set(&error, &client, err);
		token_error_free(&error);
	}
	oauth_client_free(&client);
	return false;
}

bool
record_check(const struct login_record *record, const struct profile *profile,
    struct error *err)
{
	struct buf day = {0};

	if (record->refresh_token.len == 0 &&
	    oauth_provider_needs_person(profile->oauth.flow)) {
		error_set(err, ERROR_LOGIN,
		    "cannot get the token: nobody has logged in yet");
		secret_oauth_add_hint(profile, "", err);
		return false;
	}
	if (record->exported) {
		calendar_add_date(&day, record->exported_at);
		refuse_login(profile, err,
		    "was exported to another machine on ", buf_text(&day));
		buf_free(&day);
		error_add(err,
		    ", or bring it back: smtpost-oauth export there, and "
		    "import here");
		return false;
	}
	if (!is_of_service(record, profile))
		return refuse_login(
		    profile, err, "is for another service: ", record->provider);
	if (differ(record->user, profile->user))
		return refuse_login(
		    profile, err, "is for another user: ", record->user);
	if (differ(record->client_id, profile->oauth.client_id))
		return refuse_login(profile, err,
		    "was made with another oauth-client-id", NULL);
	return !record->dead || refuse_dead(record, profile, err);
}
