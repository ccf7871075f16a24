/*
 * Prints a login and marks it, and takes one that was printed. Two machines
 * that renew one login end it, so that only one may use it: the mark is written
 * before anything is printed.
 */
#include "oauth/transfer.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "net/url.h"
#include "oauth/print.h"
#include "oauth/record_check.h"
#include "oauth/record_store.h"
#include "oauth/token_cache.h"
#include "profile/secret_oauth.h"

/* Adds the record as another machine gets it. */
static void
add_for_other(const struct login_record *record, struct buf *text)
{
	struct login_record other = *record; /* borrowed */

	other.session = NULL;
	other.exported = false;
	other.exported_at = 0;
	other.access_token = (struct buf){0};
	other.obtained_at = other.expires_at = other.margin = 0;
	login_record_add(&other, text);
}

static bool
print_and_mark(
    struct record_store *store, struct login_record *record, struct error *err)
{
	bool was_exported = record->exported;
	int64_t before = record->exported_at;
	struct error other = {0};
	struct buf text;
	bool done;

	buf_init_secret(&text, LOGIN_RECORD_MAX);
	add_for_other(record, &text);
	record->exported = true;
	record->exported_at = time(NULL);
	login_record_set_token(&record->access_token, SPAN(""));
	done = record_store_write(store, record, err);
	if (done) {
		token_cache_remove(store->profile, record->session, &other);
		done = print_output(buf_span(&text), err);
		/* Nobody got it this time. */
		record->exported = was_exported;
		record->exported_at = before;
		if (!done && !record_store_write(store, record, &other))
			error_join(err, &other);
	}
	buf_wipe(&text);
	return done;
}

/*
 * A login can be exported again: the other machine may not have got it. The
 * caller marks it anew.
 */
static bool
may_export(struct login_record *record, const struct profile *profile,
    struct error *err)
{
	bool was_exported = record->exported, done;

	record->exported = false;
	done = record_check(record, profile, err);
	record->exported = was_exported;
	if (done && was_exported)
		print_note("warning: the login of \"%s\" was exported before; "
			   "only one machine may use it",
		    profile->name);
	return done;
}

static bool
check_flow(const struct profile *profile, struct error *err)
{
	return oauth_provider_needs_person(profile->oauth.flow) ||
	    error_set(err, ERROR_CONFIG,
		"\"%s\" has no login to move: with this oauth-flow nobody logs "
		"in\n"
		"hint: the other machine needs the same settings, and the key "
		"or secret that they name",
		profile->name);
}

static bool export(const struct profile *profile, struct error *err)
{
	struct record_store store;
	struct login_record record = {0};
	enum record_result result = RECORD_FAILED;
	bool done = record_store_open(&store, profile, RECORD_CHANGE, err);

	if (done)
		result = record_store_read(&store, &record, err);
	if (result == RECORD_NONE)
		error_set(err, ERROR_LOGIN, "\"%s\" has no login to export",
		    profile->name);
	done = result == RECORD_FOUND && may_export(&record, profile, err) &&
	    record_store_reserve(&store, err) &&
	    print_and_mark(&store, &record, err);
	login_record_free(&record);
	record_store_close(&store);
	return done;
}

int
transfer_export(const struct oauth_call *call, struct error *err)
{
	struct profile profile = PROFILE_UNSET;
	bool done;

	if (isatty(STDOUT_FILENO))
		done = error_set(err, ERROR_USAGE,
		    "export prints secrets, and standard output is a terminal\n"
		    "hint: smtpost-oauth export %s | ssh HOST smtpost-oauth "
		    "import %s",
		    call->profile, call->profile);
	else
		done = call_choose_profile(call, &profile, err) &&
		    check_flow(&profile, err) && export(&profile, err);
	profile_free(&profile);
	return done ? 0 : error_exit_status(err->kind);
}

/* Whether it is a URL, at the host of the known one (NULL: of any). */
static bool
has_host_of(const char *text, const char *known)
{
	struct url url, own = {0};
	bool done = url_parse(&url, span_from(text), NULL);

	if (done && known != NULL)
		done = url_parse(&own, span_from(known), NULL) &&
		    strcmp(url.host, own.host) == 0;
	url_free(&url);
	url_free(&own);
	return done;
}

/* Whether it is a login of this profile, whose secrets go where they should. */
static bool
is_for(const struct login_record *record, const struct profile *profile,
    struct error *err)
{
	struct oauth_client client = {0};
	bool done = true;

	if (record->provider == NULL || record->refresh_token.len == 0 ||
	    record->client_id == NULL || record->token_endpoint == NULL)
		return error_set(err, ERROR_DATA,
		    "standard input is not a login that export has "
		    "printed");
	done = oauth_client_init(&client, profile, err) &&
	    record_check(record, profile, err);
	if (done &&
	    (!has_host_of(record->token_endpoint, client.token) ||
		(record->revoke_endpoint != NULL &&
		    !has_host_of(record->revoke_endpoint, client.revoke))))
		done = error_set(err, ERROR_DATA,
		    "cannot import the login: its endpoints are not those of "
		    "%s",
		    client.title);
	oauth_client_free(&client);
	return done;
}

static bool
refuse_replacement(const struct profile *profile, struct error *err)
{
	struct buf call = {0};

	secret_oauth_add_call(profile->config, profile->name, "logout", &call);
	error_set(err, ERROR_CONFIG,
	    "\"%s\" has a login already\n"
	    "hint: %s deletes it",
	    profile->name, buf_text(&call));
	buf_free(&call);
	return false;
}

/* Only logout deletes a login that can be used. */
static bool
may_replace(struct record_store *store, const struct login_record *new,
    struct error *err)
{
	struct login_record old = {0};
	struct error ignored = {0};
	enum record_result result = record_store_read(store, &old, err);
	bool done = result != RECORD_FOUND || old.dead || old.exported ||
	    old.refresh_token.len == 0 ||
	    span_equal(
		buf_span(&old.refresh_token), buf_span(&new->refresh_token));

	if (done)
		token_cache_remove(store->profile, old.session, &ignored);
	login_record_free(&old);
	if (result == RECORD_FAILED && err->kind != ERROR_LOGIN)
		return false;
	*err = (struct error){0};
	return done || refuse_replacement(store->profile, err);
}

static bool
import(const struct profile *profile, struct login_record *record,
    struct error *err)
{
	struct record_store store;
	struct buf text, reason = {0};
	bool done;

	if (isatty(STDIN_FILENO))
		return error_set(err, ERROR_USAGE,
		    "import reads a login from standard input, which is a "
		    "terminal\n"
		    "hint: on the other machine: smtpost-oauth export %s | ssh "
		    "HOST smtpost-oauth import %s",
		    profile->name, profile->name);
	buf_init_secret(&text, LOGIN_RECORD_MAX);
	done =
	    file_read(STDIN_FILENO, "standard input", &text, ERROR_DATA, err);
	if (done && !login_record_read(record, buf_span(&text), &reason))
		done = error_set(err, ERROR_DATA,
		    "standard input is not a login that export has "
		    "printed: %s",
		    buf_text(&reason));
	buf_wipe(&text);
	buf_free(&reason);
	record->exported = record->dead = false;
	free(record->session);
	record->session = NULL;
	login_record_set_token(&record->access_token, SPAN(""));
	if (!done || !is_for(record, profile, err))
		return false;
	done = record_store_open(&store, profile, RECORD_CHANGE, err) &&
	    may_replace(&store, record, err) &&
	    record_store_write(&store, record, err);
	record_store_close(&store);
	return done;
}

int
transfer_import(const struct oauth_call *call, struct error *err)
{
	struct login_record record = {0};
	struct profile profile;
	bool done = call_choose_profile(call, &profile, err) &&
	    check_flow(&profile, err) && import(&profile, &record, err);

	login_record_free(&record);
	profile_free(&profile);
	return done ? 0 : error_exit_status(err->kind);
}
