/*
 * Prints a token that is renewed if it must be, or only renews it. A caller
 * only wants to know whether to try later, to have a person log in, or
 * to mend the configuration; every other failure becomes the first.
 */
#include "oauth/token.h"

#include <errno.h>
#include <sysexits.h>
#include <time.h>

#include "base/environment.h"
#include "oauth/print.h"
#include "oauth/record_check.h"
#include "oauth/renewal.h"
#include "profile/profile_choice.h"
#include "profile/secret_line.h"

static int
status_of(struct error *err)
{
	if (err->kind != ERROR_LOGIN && err->kind != ERROR_CONFIG &&
	    err->kind != ERROR_USAGE)
		err->kind = ERROR_TEMPORARY;
	return error_exit_status(err->kind);
}

/* A caller that has ended, as smtpost after ^C, reads no token and no error. */
static bool
print(struct buf *token, struct error *err)
{
	bool done;

	buf_add_char(token, '\n');
	errno = 0;
	done = print_output(buf_span(token), err);
	if (!done && errno == EPIPE)
		err->kind = ERROR_NONE;
	return done;
}

/* The exit status; where smtpost wants the error, it gets it here. */
static int
fail(struct error *err)
{
	struct error unused;
	struct buf text = {0};
	int status = status_of(err);

	if (environment_get("SMTPOST_TOKEN_ERRORS") != NULL) {
		buf_add_format(&text, "%s\n", err->text);
		print_output(buf_span(&text), &unused);
		err->kind = ERROR_NONE;
		buf_free(&text);
	}
	return status;
}

int
token_run(const struct oauth_call *call, struct error *err)
{
	const char *renew = environment_get_text("SMTPOST_TOKEN_RENEW");
	const char *refused = environment_get("SMTPOST_TOKEN_REFUSED");
	const struct renewal renewal = {
	    .is_forced = renew != NULL || refused != NULL,
	    .refused = refused,
	};
	struct profile profile;
	struct buf token;
	bool done;

	/* The line feed is the one octet more. */
	buf_init_secret(&token, TOKEN_MAX + 1);
	done = call_choose_profile(call, &profile, err) &&
	    renewal_run(&renewal, &profile, &token, err) && print(&token, err);
	profile_free(&profile);
	buf_wipe(&token);
	/* A token that is given may have come with a warning. */
	if (done)
		return 0;
	return err->kind == ERROR_NONE ? EX_TEMPFAIL : fail(err);
}

/* A clock that was wrong may have put its last use into the future. */
static bool
is_idle(const struct login_record *record)
{
	int64_t now = time(NULL);

	return record->refresh_used_at > now ||
	    now - record->refresh_used_at >= RENEWAL_IDLE_SECONDS;
}

/* Whether the login is there, and nothing has kept it alive for a while. */
static bool
wants_refresh(const struct login_record *record, const struct profile *profile)
{
	struct error why = {0};
	struct span line = span_from(record->provider);

	if (line.len == 0 || !oauth_provider_needs_person(profile->oauth.flow))
		return false;
	if (record_check(record, profile, &why))
		return is_idle(record);
	line = span_from(why.text);
	line = span_head(line, span_find(line, '\n'));
	print_note(
	    "\"%s\" is skipped: %.*s", profile->name, (int)line.len, line.at);
	return false;
}

static bool
refresh_idle(const struct profile *profile, struct error *err)
{
	struct record_store store;
	struct login_record record = {0};
	bool done = record_store_open(&store, profile, RECORD_LOOK, err) &&
	    record_store_read(&store, &record, err) != RECORD_FAILED;
	bool wants = done && wants_refresh(&record, profile);

	login_record_free(&record);
	record_store_close(&store);
	return wants ? renewal_force(profile, err) : done;
}

static int
refresh_all(const struct oauth_call *call, struct error *err)
{
	struct profiles *profiles = call_load(call, err);
	int worst = 0;

	if (profiles == NULL)
		return status_of(err);
	for (size_t i = 0; i < profiles->count; i++) {
		struct profile profile = PROFILE_UNSET;
		struct error failed = {0};

		if (profile_choice_make(&profile, profiles,
			profiles->named[i].name, NULL, NULL, &failed) &&
		    (profile.oauth.service == NULL ||
			refresh_idle(&profile, &failed))) {
			profile_free(&profile);
			continue;
		}
		profile_free(&profile);
		print_fault(&failed);
		if (status_of(&failed) > worst)
			worst = status_of(&failed);
	}
	profiles_free(profiles);
	return worst;
}

int
token_refresh(const struct oauth_call *call, struct error *err)
{
	struct profile profile;
	bool done;

	if (call->all)
		return refresh_all(call, err);
	done = call_choose_profile(call, &profile, err) &&
	    renewal_force(&profile, err);
	profile_free(&profile);
	return done ? 0 : status_of(err);
}
