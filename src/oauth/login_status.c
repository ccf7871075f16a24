/*
 * Judges each login by its record, and asks nobody. When a login ends is what
 * the service said, or what its row says about logins that are not used.
 */
#include "oauth/login_status.h"

#include <stdlib.h>
#include <time.h>

#include "base/calendar.h"
#include "base/json_text.h"
#include "base/utf8.h"
#include "oauth/login_pause.h"
#include "oauth/oauth_provider.h"
#include "oauth/print.h"
#include "oauth/record_check.h"
#include "oauth/record_store.h"
#include "oauth/token_cache.h"
#include "profile/profile_choice.h"
#include "profile/secret_oauth.h"

#define SOON_SECONDS ((int64_t)7 * 24 * 60 * 60)
#define DAY_SECONDS ((int64_t)24 * 60 * 60)

enum login_state { STATE_FINE, STATE_ENDING, STATE_ENDED, STATE_UNKNOWN };

static const char *const state_names[] = {
    [STATE_FINE] = "fine",
    [STATE_ENDING] = "ends soon",
    [STATE_ENDED] = "log in",
    [STATE_UNKNOWN] = "unknown",
};

/* Of several logins that of the highest rank counts. */
static const int ranks[] = {
    [STATE_FINE] = 0,
    [STATE_ENDING] = 1,
    [STATE_ENDED] = 3,
    [STATE_UNKNOWN] = 2,
};

struct login {
	const struct profile *profile; /* borrowed */
	struct login_record record;
	struct cached_token cached;
	enum login_state state;
	int64_t ends_at;      /* 0: not known */
	char *place;	      /* where it is stored */
	char *rescued;	      /* where it had to be kept instead */
	struct error trouble; /* why it is not fine */
};

/* The end of a login that nobody uses from now on. */
static int64_t
end_of(const struct login_record *record)
{
	struct span tenant;
	const struct oauth_provider *provider =
	    oauth_provider_find(span_from(record->provider), &tenant);

	if (record->refresh_ends_at > 0)
		return record->refresh_ends_at;
	if (provider->idle_days == 0 || record->refresh_used_at == 0)
		return 0;
	return record->refresh_used_at + provider->idle_days * DAY_SECONDS;
}

static void
judge(struct login *login, enum record_result result, int lock_fd)
{
	struct login_pause pause;
	int64_t now = time(NULL);

	if (result == RECORD_FAILED) {
		login->state = login->trouble.kind == ERROR_LOGIN
		    ? STATE_ENDED
		    : STATE_UNKNOWN;
		return;
	}
	/* Only a token that has come shows that the client may have one. */
	if (!oauth_provider_needs_person(login->profile->oauth.flow)) {
		if (login->cached.token.len == 0 && result == RECORD_NONE)
			login->state = STATE_UNKNOWN;
		return;
	}
	if (!record_check(&login->record, login->profile, &login->trouble)) {
		login->state = STATE_ENDED;
		return;
	}
	/* What the service said when it was asked last. */
	if (login_pause_read(lock_fd, &pause) && pause.until > 0 &&
	    pause.why.kind != ERROR_TEMPORARY) {
		login->trouble = pause.why;
		login->state = STATE_ENDED;
		return;
	}
	login->ends_at = end_of(&login->record);
	if (login->ends_at > 0 && now >= login->ends_at)
		login->state = STATE_ENDED;
	else if (login->ends_at > 0 && now >= login->ends_at - SOON_SECONDS)
		login->state = STATE_ENDING;
}

static void
find_out(struct login *login, const struct profile *profile)
{
	struct record_store store;
	enum record_result result = RECORD_FAILED;

	*login = (struct login){.profile = profile};
	if (record_store_open(&store, profile, RECORD_LOOK, &login->trouble))
		result =
		    record_store_read(&store, &login->record, &login->trouble);
	if (store.folder != NULL)
		login->place = record_store_place(&store);
	login->rescued = record_store_rescued(profile);
	token_cache_read(&login->cached, profile);
	judge(login, result, store.lock_fd);
	record_store_close(&store);
}

static void
forget(struct login *login)
{
	login_record_free(&login->record);
	token_cache_free(&login->cached);
	free(login->place);
	free(login->rescued);
}

static void
add_day(struct buf *text, const char *before, int64_t time)
{
	if (time <= 0)
		return;
	buf_add_text(text, before);
	calendar_add_date(text, time);
}

/* "work: fine: google, user@example.com, logged in on 2026-11-30" */
static void
add_text(const struct login *login, struct buf *text)
{
	const struct profile *profile = login->profile;
	const struct login_record *record = &login->record;
	struct span rest = span_from(login->trouble.text), line;

	utf8_add_masked(text, span_from(profile->name));
	buf_add_format(text, ": %s: ", state_names[login->state]);
	utf8_add_masked(text, span_from(profile->oauth.service));
	if (profile->user != NULL) {
		buf_add_text(text, ", ");
		utf8_add_masked(text, span_from(profile->user));
	}
	if (oauth_provider_needs_person(profile->oauth.flow))
		add_day(text, ", logged in on ", record->login_at);
	else
		buf_add_text(text, ", nobody has to log in");
	add_day(text, ", last renewed on ", record->refresh_used_at);
	add_day(text,
	    record->refresh_ends_at > 0 ? ", ends on "
					: ", ends without use on ",
	    login->ends_at);
	buf_add_char(text, '\n');
	if (login->rescued != NULL) {
		buf_add_text(text, "  warning: it is kept in ");
		utf8_add_masked(text, span_from(login->rescued));
		buf_add_text(text, " until it can be stored\n");
	}
	while (span_next_word(&rest, "\n", &line)) {
		buf_add_text(text, "  ");
		utf8_add_sentence(text, line);
		buf_add_char(text, '\n');
	}
}

static void
add_time(struct buf *text, const char *key, int64_t time)
{
	if (time > 0)
		json_text_add_time(text, key, time);
	else
		json_text_add_member(text, key, NULL);
}

static void
add_json(const struct login *login, struct buf *text)
{
	const struct profile *profile = login->profile;
	const struct login_record *record = &login->record;
	const char *reason = login->trouble.text;

	buf_add_char(text, '{');
	json_text_add_member(text, "profile", profile->name);
	json_text_add_member(text, "state", state_names[login->state]);
	json_text_add_number(text, "status", login->state);
	json_text_add_member(text, "service", profile->oauth.service);
	json_text_add_member(text, "user", profile->user);
	json_text_add_member(text, "place", login->place);
	json_text_add_member(text, "rescued", login->rescued);
	add_time(text, "login-at", record->login_at);
	add_time(text, "renewed-at", record->refresh_used_at);
	add_time(text, "ends-at", login->ends_at);
	add_time(text, "token-expires-at",
	    login->cached.token.len > 0 ? login->cached.expires_at
					: record->expires_at);
	json_text_add_list(text, "reason", span_from(reason), "\n");
	buf_add_text(text, "}\n");
}

static void
print(const struct oauth_call *call, const struct profile *profile, int *status,
    struct error *err)
{
	struct buf text = {0};
	struct login login;

	find_out(&login, profile);
	(call->is_json ? add_json : add_text)(&login, &text);
	if (ranks[login.state] > ranks[*status])
		*status = (int)login.state;
	print_output(buf_span(&text), err);
	buf_free(&text);
	forget(&login);
}

static int
print_all(const struct oauth_call *call, struct error *err)
{
	struct profiles *profiles = call_load(call, err);
	int status = STATE_FINE;
	size_t count = 0;

	for (size_t i = 0; profiles != NULL && i < profiles->count; i++) {
		struct profile profile = PROFILE_UNSET;

		if (!profile_choice_make(&profile, profiles,
			profiles->named[i].name, NULL, NULL, err)) {
			status = STATE_UNKNOWN;
		} else if (profile.oauth.service != NULL) {
			print(call, &profile, &status, err);
			count++;
		}
		profile_free(&profile);
	}
	if (profiles != NULL && count == 0 && err->kind == ERROR_NONE)
		print_note("no profile sets oauth");
	profiles_free(profiles);
	return status;
}

int
login_status_run(const struct oauth_call *call, struct error *err)
{
	struct profile profile = PROFILE_UNSET;
	int status = STATE_FINE;

	if (call->profile == NULL)
		status = print_all(call, err);
	else if (!call_choose_profile(call, &profile, err))
		status = STATE_UNKNOWN;
	else if (profile.oauth.service == NULL)
		error_set(err, ERROR_CONFIG,
		    "the profile \"%s\" does not set oauth", profile.name);
	else
		print(call, &profile, &status, err);
	profile_free(&profile);
	return err->kind != ERROR_NONE ? STATE_UNKNOWN : status;
}
