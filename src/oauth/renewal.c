/*
 * Everything is decided inside the lock, after reading again: whoever waited
 * for it takes the token of the process that was first, or its failure. What a
 * login needs at its token endpoint comes from its record, since the profile or
 * the service's row may have changed since.
 */
#include "oauth/renewal.h"

#include <stdlib.h>
#include <time.h>

#include "base/calendar.h"
#include "base/mem.h"
#include "base/signals.h"
#include "oauth/login_pause.h"
#include "oauth/print.h"
#include "oauth/record_check.h"
#include "oauth/service_account.h"
#include "oauth/session_folder.h"
#include "oauth/token_cache.h"
#include "oauth/token_request.h"
#include "profile/secret_line.h"
#include "profile/secret_oauth.h"
#include "tls/sha256.h"

/*
 * Where a service wants a person, or a rule of an organisation stands in the
 * way, another network or an administrator may help without a login. So the
 * refresh token is kept and tried again, but not for each mail of a queue.
 */
#define HUMAN_PAUSE ((int64_t)10 * 60)

/* What one renewal has open. */
struct work {
	const struct renewal *renewal;
	const struct profile *profile;
	struct record_store store;
	struct login_record record;
	struct cached_token cached;
	struct oauth_client client;
	int64_t since; /* login_pause_clock, before the lock */
	bool is_lost;  /* what the service gave could not be stored */
};

/* Whether the cached token is the one that a server refused, or may be it. */
static bool
is_refused(const struct renewal *renewal, const struct cached_token *cached)
{
	struct buf mark = {0};
	bool is_other;

	if (!renewal->is_forced)
		return false;
	is_other = renewal->refused != NULL &&
	    sha256_add_mark(&mark, buf_span(&cached->token)) &&
	    !span_equal_nocase(buf_span(&mark), span_from(renewal->refused));
	buf_free(&mark);
	return !is_other;
}

static bool
can_use(const struct renewal *renewal, const struct cached_token *cached)
{
	int64_t now = time(NULL);

	/* A token that lasts for months must not let the login starve. */
	return token_cache_is_fresh(cached, now) &&
	    now - cached->obtained_at < RENEWAL_IDLE_SECONDS &&
	    !is_refused(renewal, cached);
}

/* Without a folder of the session, the token is in the record. */
static void
take_from_record(struct work *work)
{
	const struct login_record *record = &work->record;

	if (work->cached.token.len > 0 || record->access_token.len == 0)
		return;
	login_record_set_token(
	    &work->cached.token, buf_span(&record->access_token));
	work->cached.obtained_at = record->obtained_at;
	work->cached.expires_at = record->expires_at;
	work->cached.margin = record->margin;
}

static void
take_refresh_token(struct login_record *record, const struct token_reply *reply,
    int64_t asked_at)
{
	record->refresh_used_at = asked_at;
	if (reply->refresh_token.len > 0)
		record->refresh_ends_at = 0;
	if (reply->refresh_lifetime > 0)
		record->refresh_ends_at = asked_at + reply->refresh_lifetime;
	if (reply->refresh_token.len == 0)
		return;
	login_record_set_token(
	    &record->refresh_token, buf_span(&reply->refresh_token));
	record->refresh_obtained_at = asked_at;
}

bool
renewal_keep(struct record_store *store, struct login_record *record,
    const struct token_reply *reply, int64_t asked_at, int64_t margin,
    struct error *err)
{
	/* Half of its time is left to a token that lasts for a minute only. */
	struct cached_token cached = {
	    .token = reply->access_token, /* borrowed */
	    .obtained_at = asked_at,
	    .expires_at = asked_at + reply->lifetime,
	    .margin =
		margin < reply->lifetime / 2 ? margin : reply->lifetime / 2,
	};
	bool is_cached = token_cache_is_possible();
	struct error ignored = {0};

	take_refresh_token(record, reply, asked_at);
	record->dead = false;
	free(record->dead_reason);
	record->dead_reason = NULL;
	record->dead_at = 0;
	login_record_set_token(&record->access_token,
	    is_cached ? SPAN("") : buf_span(&cached.token));
	record->obtained_at = is_cached ? 0 : cached.obtained_at;
	record->expires_at = is_cached ? 0 : cached.expires_at;
	record->margin = is_cached ? 0 : cached.margin;
	/* An old token must not outlive a login. */
	token_cache_remove(store->profile, record->session, &ignored);
	free(record->session);
	record->session =
	    is_cached ? mem_copy_text(session_folder_place()) : NULL;
	if (!record_store_write(store, record, err))
		return false;
	if (is_cached)
		token_cache_write(&cached, store->profile);
	return true;
}

bool
renewal_keep_login(struct record_store *store, struct login_record *record,
    const struct oauth_client *client, const struct token_reply *reply,
    int64_t asked_at, struct error *err)
{
	const char *scope = reply->scope != NULL ? reply->scope : client->scope;

	record->provider = mem_copy_text(store->profile->oauth.service);
	record->issuer = mem_copy_text(client->issuer);
	record->token_endpoint = mem_copy_text(client->token);
	record->revoke_endpoint = mem_copy_text(client->revoke);
	record->client_id = mem_copy_text(client->id);
	record->scope = mem_copy_text(scope);
	record->user = mem_copy_text(store->profile->user);
	if (client->is_registered && client->secret.len > 0)
		login_record_set_token(
		    &record->client_secret, buf_span(&client->secret));
	record->client_auth = client->auth == CLIENT_AUTH_HEADER
	    ? mem_copy_text(LOGIN_RECORD_HEADER)
	    : NULL;
	record->registered = client->is_registered;
	record->login_at = asked_at;
	return renewal_keep(
	    store, record, reply, asked_at, client->margin, err);
}

static bool
is_refusal(const struct token_error *error)
{
	return span_equal(buf_span(&error->code), SPAN("invalid_grant"));
}

/*
 * Whether the refresh token must not be sent again: services lock accounts that
 * do. Microsoft says invalid_grant where only a person is missing, too.
 */
static bool
is_end(enum token_fate fate, const struct token_error *error)
{
	return fate == FATE_ENDED || (fate == FATE_HUMAN && is_refusal(error));
}

static bool
end_login(struct work *work, const struct token_error *error, struct error *err)
{
	struct login_record now = {0};
	struct error other = {0};
	struct buf reason = {0};
	bool is_same =
	    record_store_read(&work->store, &now, &other) != RECORD_FOUND ||
	    span_equal(buf_span(&now.refresh_token),
		buf_span(&work->record.refresh_token));

	login_record_free(&now);
	if (!is_same)
		return error_set(err, ERROR_TEMPORARY,
		    "cannot get the token: another program has renewed the "
		    "login of \"%s\" meanwhile",
		    work->profile->name);
	buf_add_span(&reason, buf_span(&error->code));
	if (error->detail.len > 0) {
		buf_add_text(&reason, ", ");
		buf_add_span(&reason, buf_span(&error->detail));
	}
	free(work->record.dead_reason);
	work->record.dead_reason = buf_take_text(&reason);
	work->record.dead = true;
	work->record.dead_at = time(NULL);
	login_record_set_token(&work->record.access_token, SPAN(""));
	token_cache_remove(work->profile, work->record.session, &other);
	record_store_write(&work->store, &work->record, &other);
	return error_join(err, &other);
}

static bool
keep(struct work *work, const struct token_reply *reply, int64_t asked_at,
    struct error *err)
{
	bool done = work->record.provider == NULL
	    ? renewal_keep_login(&work->store, &work->record, &work->client,
		  reply, asked_at, err)
	    : renewal_keep(&work->store, &work->record, reply, asked_at,
		  work->client.margin, err);

	work->is_lost = !done;
	return done;
}

/* Of a reply that is of no use, the refresh token is stored all the same. */
static void
keep_refresh_token(struct work *work, const struct token_reply *reply,
    int64_t asked_at, struct error *err)
{
	struct error other = {0};

	take_refresh_token(&work->record, reply, asked_at);
	work->is_lost =
	    !record_store_write(&work->store, &work->record, &other);
	error_join(err, &other);
}

/* Sends the request for a token that this flow needs. */
static enum token_fate
request_token(struct work *work, int64_t now, struct token_reply *reply,
    struct token_error *error, struct error *err)
{
	const struct login_record *record = &work->record;
	struct token_request request = {.scope = work->client.scope};
	enum token_fate fate = FATE_CONFIG;
	struct buf jwt;
	bool done = true;

	buf_init_secret(&jwt, SERVICE_ACCOUNT_TOKEN_MAX);
	if (oauth_provider_needs_person(work->profile->oauth.flow)) {
		request = (struct token_request){
		    .grant = GRANT_REFRESH,
		    .secret = buf_span(&record->refresh_token),
		    .login_at = record->login_at,
		    .endpoint = record->token_endpoint,
		};
	} else if (work->profile->oauth.flow == OAUTH_FLOW_CLIENT_CREDENTIALS) {
		request.grant = GRANT_CLIENT_CREDENTIALS;
	} else {
		request.grant = GRANT_ASSERTION;
		done = service_account_add_token(&jwt, &work->client, now, err);
		request.secret = buf_span(&jwt);
	}
	if (done)
		fate = token_request_send(
		    &request, &work->client, reply, error, err);
	buf_wipe(&jwt);
	return fate;
}

/* Whether the service has forgotten a client that was registered. */
static bool
is_client_gone(const struct work *work, const struct token_error *error)
{
	return work->record.registered &&
	    (span_equal(buf_span(&error->code), SPAN("invalid_client")) ||
		span_equal(
		    buf_span(&error->code), SPAN("unauthorized_client")));
}

/* The next login registers another one. */
static void
forget_client(struct work *work, struct error *err)
{
	struct error other = {0};

	error_set(err, ERROR_LOGIN,
	    "cannot get the token: %s no longer accepts the client that was "
	    "registered for the login of \"%s\"",
	    work->client.title, work->profile->name);
	secret_oauth_add_hint(work->profile, "", err);
	work->record.registered = false;
	record_store_write(&work->store, &work->record, &other);
	error_join(err, &other);
}

/* For how many seconds nobody should ask again. */
static int64_t
pause_after(const struct work *work, enum token_fate fate,
    const struct token_error *error, const struct error *err)
{
	if (fate == FATE_LATER)
		return error->retry_after;
	/* Without a refresh token the settings are wrong, and may be mended. */
	return work->record.refresh_token.len > 0 && !work->record.dead &&
		(err->kind == ERROR_LOGIN || is_refusal(error))
	    ? HUMAN_PAUSE
	    : 0;
}

/*
 * With the margin left, the old token does for this mail. Else false; err is
 * kept.
 */
static bool
use_old_token(struct work *work, struct buf *token, struct error *err)
{
	if (err->kind != ERROR_TEMPORARY || work->is_lost ||
	    is_refused(work->renewal, &work->cached) ||
	    !token_cache_is_valid(&work->cached, time(NULL)))
		return false;
	*err = (struct error){0};
	return buf_add_span(token, buf_span(&work->cached.token));
}

/* Asks the service once. */
static bool
ask(struct work *work, struct buf *token, struct error *err)
{
	const struct login_record *record = &work->record;
	struct token_reply reply = {0};
	struct token_error error = {0};
	int64_t asked_at = time(NULL);
	enum token_fate fate;
	bool has_login = record->refresh_token.len > 0, done = false;

	/*
	 * A token that the service rotates must not get lost by a signal: none
	 * counts from before the request until the login is stored. That ends
	 * at the deadline of the request (oauth/web.h) and the time of
	 * oauth-write-command, so that smtpost need not kill this program.
	 */
	signals_hold();
	fate = request_token(work, asked_at, &reply, &error, err);
	if (fate == FATE_GIVEN)
		done = keep(work, &reply, asked_at, err) &&
		    buf_add_span(token, buf_span(&reply.access_token));
	else if (has_login && is_end(fate, &error))
		end_login(work, &error, err);
	else if (is_client_gone(work, &error))
		forget_client(work, err);
	else if (has_login && reply.refresh_token.len > 0)
		keep_refresh_token(work, &reply, asked_at, err);
	else if (err->kind == ERROR_NONE)
		error_set(err, ERROR_TEMPORARY,
		    "cannot get the token: %s gave an answer that does not fit",
		    work->client.title);
	/* Those that wait for the lock learn of it. */
	if (!done)
		login_pause_begin(work->store.lock_fd,
		    pause_after(work, fate, &error, err), err);
	signals_release();
	token_error_free(&error);
	token_reply_free(&reply);
	return done;
}

/* Makes the client that the login was made with. */
static bool
restore_client(struct work *work, struct error *err)
{
	if (!oauth_client_restore(
		&work->client, work->profile, &work->record, err))
		return false;
	if (oauth_provider_needs_person(work->profile->oauth.flow))
		return true;
	if (oauth_client_discover(&work->client, err) &&
	    oauth_client_check(&work->client, work->profile->oauth.flow, err))
		return true;
	/* A signal for this process is no failure of the others. */
	if (!signals_are_pending())
		login_pause_begin(work->store.lock_fd, 0, err);
	return false;
}

/* Whether the service has just failed, or said that it need not be asked. */
static bool
is_paused(const struct work *work, struct error *err)
{
	struct login_pause pause;
	const struct profile *profile = work->profile;
	struct buf hint = {0};

	if (work->renewal->is_by_hand ||
	    !login_pause_read(work->store.lock_fd, &pause))
		return false;
	if (!login_pause_lasts(&pause)) {
		if (!login_pause_failed_since(&pause, work->since))
			return false;
		*err = pause.why;
		return true;
	}
	buf_add_text(&hint, "\nhint: the service is asked again after ");
	calendar_add_local(&hint, pause.until);
	buf_add_text(&hint, "; at once by ");
	secret_oauth_add_call(profile->config, profile->name, "refresh", &hint);
	*err = pause.why;
	error_add(err, "%s", buf_text(&hint));
	buf_free(&hint);
	return true;
}

/* With the lock. */
static bool
renew(struct work *work, struct buf *token, struct error *err)
{
	const struct profile *profile = work->profile;
	enum record_result result;

	token_cache_read(&work->cached, profile);
	if (can_use(work->renewal, &work->cached))
		return buf_add_span(token, buf_span(&work->cached.token));
	result = record_store_read(&work->store, &work->record, err);
	if (result == RECORD_FAILED)
		return false;
	if (oauth_provider_needs_person(profile->oauth.flow)) {
		if (!record_check(&work->record, profile, err))
			return false;
	} else if (result == RECORD_NONE ||
	    !record_check(&work->record, profile, err)) {
		/* What is stored belongs to other settings. */
		login_record_free(&work->record);
		*err = (struct error){0};
	}
	take_from_record(work);
	if (can_use(work->renewal, &work->cached))
		return buf_add_span(token, buf_span(&work->cached.token));
	return (!is_paused(work, err) && restore_client(work, err) &&
		   record_store_reserve(&work->store, err) &&
		   ask(work, token, err)) ||
	    use_old_token(work, token, err);
}

/* As long as the login is not in its place, each call says so. */
static void
warn_of_rescue(const struct profile *profile)
{
	char *path = record_store_rescued(profile);

	if (path != NULL)
		print_note("warning: the login of \"%s\" is kept in %s until "
			   "it can be stored",
		    profile->name, path);
	free(path);
}

bool
renewal_run(const struct renewal *renewal, const struct profile *profile,
    struct buf *token, struct error *err)
{
	struct work work = {.renewal = renewal, .profile = profile};
	bool done;

	if (profile->oauth.service == NULL)
		return error_set(err, ERROR_CONFIG,
		    "the profile \"%s\" does not set oauth", profile->name);
	token_cache_read(&work.cached, profile);
	if (can_use(renewal, &work.cached)) {
		warn_of_rescue(profile);
		done = buf_add_span(token, buf_span(&work.cached.token));
	} else {
		token_cache_free(&work.cached);
		work.since = login_pause_clock();
		done = record_store_open(
			   &work.store, profile, RECORD_CHANGE, err) &&
		    renew(&work, token, err);
		record_store_close(&work.store);
	}
	oauth_client_free(&work.client);
	login_record_free(&work.record);
	token_cache_free(&work.cached);
	return done;
}

bool
renewal_force(const struct profile *profile, struct error *err)
{
	const struct renewal renewal = {.is_forced = true, .is_by_hand = true};
	struct buf token;
	bool done;

	buf_init_secret(&token, TOKEN_MAX);
	done = renewal_run(&renewal, profile, &token, err);
	buf_wipe(&token);
	return done;
}
