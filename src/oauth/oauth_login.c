/*
 * One row for each way to log in. A login is stored once it is whole, and is
 * then proved: a refresh by the code that `token` uses, and a login at the mail
 * server. A signal before that leaves the old login as it was.
 */
#include "oauth/oauth_login.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/calendar.h"
#include "base/signals.h"
#include "base/utf8.h"
#include "oauth/browser.h"
#include "oauth/code_flow.h"
#include "oauth/device_flow.h"
#include "oauth/login_trial.h"
#include "oauth/oauth_client.h"
#include "oauth/print.h"
#include "oauth/record_check.h"
#include "oauth/record_store.h"
#include "oauth/registration.h"
#include "oauth/renewal.h"
#include "oauth/token_cache.h"

#define SHOWN_MAX ((size_t)400)
#define LOCK_TRIES 3

struct login {
	const struct oauth_call *call;
	struct profile profile;
	struct oauth_client client;
	unsigned short port;
	bool is_reused; /* the client is that of the last login */
	struct token_reply reply;
	int64_t asked_at;
};

struct login_way {
	enum oauth_flow flow;
	bool (*suits)(void); /* whether it is chosen by itself; NULL: yes */
	/* Fills reply and asked_at. */
	bool (*run)(struct login *login, struct error *err);
};

static bool
run_browser(struct login *login, struct error *err)
{
	const struct code_flow flow = {
	    .client = &login->client,
	    .port = login->port,
	    .pastes = login->call->paste,
	    .opens_a_browser = !login->call->no_open && !login->call->paste,
	};

	return code_flow_run(&flow, &login->reply, &login->asked_at, err);
}

static bool
run_device(struct login *login, struct error *err)
{
	return device_flow_run(
	    &login->client, &login->reply, &login->asked_at, err);
}

/* The first that suits and works is chosen; if none suits, the last. */
static const struct login_way ways[] = {
    {OAUTH_FLOW_BROWSER, browser_has_display, run_browser},
    {OAUTH_FLOW_DEVICE, NULL, run_device},
};

#define WAY_COUNT (sizeof(ways) / sizeof(ways[0]))

static bool
check_options(struct login *login, struct error *err)
{
	const struct oauth_call *call = login->call;
	uint64_t port = 0;

	if (call->browser + call->device + call->paste > 1)
		return error_set(err, ERROR_USAGE,
		    "--browser, --device and --paste exclude each other");
	if (call->device && (call->port != NULL || call->no_open))
		return error_set(err, ERROR_USAGE,
		    "cannot use --%s with --device",
		    call->no_open ? "no-open" : "port");
	if (call->port != NULL &&
	    (!span_number(span_from(call->port), 65535, &port) || port == 0))
		return error_set(err, ERROR_USAGE,
		    "cannot use --port: its value is not a port (1 to 65535)");
	login->port = (unsigned short)port;
	return true;
}

/* The flow that the call or the profile names; AUTO: neither does. */
static enum oauth_flow
named_flow(const struct login *login)
{
	const struct oauth_call *call = login->call;

	if (call->device)
		return OAUTH_FLOW_DEVICE;
	if (call->browser || call->paste || call->port != NULL || call->no_open)
		return OAUTH_FLOW_BROWSER;
	return login->profile.oauth.flow;
}

static void
refuse_person(const struct profile *profile, struct error *err)
{
	struct buf call = {0};

	login_trial_add_call(profile, &call);
	error_set(err, ERROR_CONFIG,
	    "cannot log in with profile \"%s\": with this oauth-flow nobody "
	    "has to log in\n"
	    "hint: %s tries it",
	    profile->name, buf_text(&call));
	buf_free(&call);
}

/* NULL with an error. */
static const struct login_way *
choose_way(const struct login *login, struct error *err)
{
	enum oauth_flow flow = named_flow(login);
	const struct login_way *way = NULL;

	for (size_t i = 0; i < WAY_COUNT; i++) {
		bool works =
		    login->client.flows & oauth_provider_flow(ways[i].flow);

		if (flow == ways[i].flow)
			way = &ways[i];
		if (flow != OAUTH_FLOW_AUTO || !works)
			continue;
		way = &ways[i];
		if (way->suits == NULL || way->suits())
			break;
	}
	if (!oauth_client_check(
		&login->client, way != NULL ? way->flow : flow, err))
		return NULL;
	if (way == NULL)
		refuse_person(&login->profile, err);
	return way;
}

static bool
prepare(struct login *login, struct error *err)
{
	if (!call_choose_profile(login->call, &login->profile, err))
		return false;
	if (login->profile.name == NULL)
		return error_set(err, ERROR_USAGE,
		    "cannot log in: no profile is named\n"
		    "hint: smtpost-oauth login PROFILE");
	/* With auth = none a profile needs no user. */
	if (login->profile.oauth.service != NULL && login->profile.user == NULL)
		return error_set(err, ERROR_CONFIG,
		    "cannot log in with profile \"%s\": it has no user\n"
		    "hint: set user, and remove auth = none",
		    login->profile.name);
	return oauth_client_init(&login->client, &login->profile, err) &&
	    oauth_client_discover(&login->client, err);
}

/*
 * Takes the client that the last login registered at this issuer. A browser
 * does not come back to this machine if the service has forgotten that client;
 * so the record offers it only once, until a login with it has succeeded.
 */
static bool
take_client(struct login *login, struct record_store *store,
    struct login_record *record, struct error *err)
{
	struct oauth_client *client = &login->client;

	if (!oauth_client_needs_id(client) || !record->registered ||
	    record->client_id == NULL || record->issuer == NULL ||
	    client->issuer == NULL ||
	    strcmp(record->issuer, client->issuer) != 0)
		return true;
	oauth_client_use_record(client, record);
	login->is_reused = true;
	record->registered = false;
	return record_store_write(store, record, err);
}

/* Why the login that is replaced has ended: so may the next one. */
static void
tell_last_end(const struct login *login, const struct login_record *record)
{
	struct token_error error;
	const char *hint;

	record_check_judge_end(record, &error);
	hint = token_error_hint(&error, &login->client);
	print_note("the last login has ended: %s", record->dead_reason);
	if (hint != NULL)
		print_note("hint: %s", hint);
	token_error_free(&error);
}

/*
 * Whether the login could be stored, before a person logs in. A login that is
 * there may be a rescued one, which reading puts in its place; whatever is
 * wrong with it, a new one may follow.
 */
static bool
try_store(struct login *login, struct error *err)
{
	struct record_store store;
	struct login_record record = {0};
	struct error ignored = {0};
	bool done =
	    record_store_open(&store, &login->profile, RECORD_CHANGE, err);

	if (done) {
		record_store_read(&store, &record, &ignored);
		done = record_store_reserve(&store, err) &&
		    take_client(login, &store, &record, err);
		if (done && record.dead && record.dead_reason != NULL)
			tell_last_end(login, &record);
	}
	login_record_free(&record);
	record_store_close(&store);
	return done;
}

static bool
get_id(struct login *login, enum oauth_flow flow, struct error *err)
{
	return !oauth_client_needs_id(&login->client) ||
	    registration_run(&login->client, flow, err);
}

/* A service may forget clients that are not used: then registers another. */
static bool
run_way(struct login *login, const struct login_way *way, struct error *err)
{
	if (way->run(login, err))
		return true;
	if (!login->is_reused || err->kind != ERROR_CONFIG)
		return false;
	print_note("%s does not accept the client of the last login; another "
		   "one is registered",
	    login->client.title);
	*err = (struct error){0};
	token_reply_free(&login->reply);
	return registration_run(&login->client, way->flow, err) &&
	    way->run(login, err);
}

/* The names of the account, masked; caller frees. */
static char *
account_of(const struct login *login)
{
	const struct name_list *accounts = &login->reply.accounts;
	struct buf names = {0};
	char *shown;

	for (size_t i = 0; i < accounts->count; i++)
		buf_add_format(
		    &names, "%s%s", i > 0 ? ", " : "", accounts->names[i]);
	if (accounts->count == 0)
		buf_add_text(&names, login->profile.user);
	shown = utf8_excerpt_masked(buf_span(&names), SHOWN_MAX);
	buf_free(&names);
	return shown;
}

static bool
check_reply(const struct login *login, struct error *err)
{
	const struct token_reply *reply = &login->reply;
	const char *user = login->profile.user;
	char *account;

	if (reply->refresh_token.len == 0)
		return error_set(err, ERROR_CONFIG,
		    "cannot log in: %s gave no refresh token, so the login "
		    "would end with its first token\n"
		    "hint: many services need offline_access in oauth-scope",
		    login->client.title);
	if (token_reply_is_for(reply, user))
		return true;
	account = account_of(login);
	print_note("warning: you have logged in as %s, but the profile says "
		   "user = %s; most servers refuse that",
	    account, user);
	free(account);
	return true;
}

/*
 * With the lock. Another process may renew the old login, in more time than the
 * lock is waited for: the person must not log in again for that.
 */
static bool
open_store(
    const struct login *login, struct record_store *store, struct error *err)
{
	for (int tries = 1;; tries++) {
		if (record_store_open(
			store, &login->profile, RECORD_CHANGE, err))
			return true;
		if (tries == LOCK_TRIES)
			return false;
		record_store_close(store);
		*err = (struct error){0};
	}
}

static bool
keep(struct login *login, struct error *err)
{
	struct record_store store;
	struct login_record record = {0}, old = {0};
	struct error ignored = {0};
	bool done;

	/* From here on the login is whole or not there. */
	signals_hold();
	done = open_store(login, &store, err);
	if (done) {
		record_store_read(&store, &old, &ignored);
		token_cache_remove(&login->profile, old.session, &ignored);
		done = record_store_reserve(&store, err) &&
		    renewal_keep_login(&store, &record, &login->client,
			&login->reply, login->asked_at, err);
	}
	record_store_close(&store);
	login_record_free(&record);
	login_record_free(&old);
	signals_release();
	return done;
}

static void
tell_login(const struct login *login)
{
	char *account = account_of(login);

	print_note("logged in at %s as %s; the login is stored",
	    login->client.title, account);
	free(account);
}

/* A person may have allowed less than was asked for. */
static void
tell_scope(const struct login *login)
{
	/* Services leave these out of their replies. */
	static const struct span silent = SPAN("openid email profile "
					       "offline_access");
	struct span granted = span_from(login->reply.scope), word;
	struct span asked = span_from(login->client.scope);
	char *shown;

	if (granted.len == 0)
		granted = asked;
	if (granted.len == 0)
		return;
	shown = utf8_excerpt_masked(granted, SHOWN_MAX);
	print_note("granted: %s", shown);
	free(shown);
	while (span_next_word(&asked, " ", &word))
		if (!span_has_word(granted, " ", word) &&
		    !span_has_word(silent, " ", word))
			print_note("warning: %.*s was not granted",
			    (int)word.len, word.at);
}

static void
tell_end(const struct login *login)
{
	struct cached_token cached = {0};
	struct buf day = {0};

	token_cache_read(&cached, &login->profile);
	if (cached.token.len > 0) {
		print_note("the token is valid for %lld minutes and is then "
			   "renewed",
		    (long long)(cached.expires_at - time(NULL)) / 60);
	}
	if (login->reply.refresh_lifetime > 0) {
		calendar_add_date(
		    &day, login->asked_at + login->reply.refresh_lifetime);
		print_note("the service says that the login ends on %s",
		    buf_text(&day));
		buf_free(&day);
	}
	print_note("the login ends %s", login->client.provider->end);
	token_cache_free(&cached);
}

static bool
log_in(struct login *login, struct error *err)
{
	const struct login_way *way;

	if (!check_options(login, err) || !prepare(login, err))
		return false;
	way = choose_way(login, err);
	if (way == NULL || !try_store(login, err) ||
	    !get_id(login, way->flow, err) || !run_way(login, way, err) ||
	    !check_reply(login, err) || !keep(login, err))
		return false;
	tell_login(login);
	tell_scope(login);
	/* What is wrong with it shows now. */
	if (!renewal_force(&login->profile, err))
		return false;
	tell_end(login);
	if (!login_trial_run(&login->profile, login->call->config, err))
		return false;
	print_note("the login was renewed once, and the mail server accepts "
		   "it");
	return true;
}

int
oauth_login_run(const struct oauth_call *call, struct error *err)
{
	struct login login = {.call = call, .profile = PROFILE_UNSET};
	bool done = log_in(&login, err);

	token_reply_free(&login.reply);
	oauth_client_free(&login.client);
	profile_free(&login.profile);
	return done ? EXIT_SUCCESS : error_exit_status(err->kind);
}
