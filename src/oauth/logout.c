/*
 * The only command that deletes a login. A service that cannot be reached does
 * not keep it here, but the person is told that it still exists there.
 */
#include "oauth/logout.h"

#include "base/buf.h"
#include "net/url.h"
#include "oauth/client_form.h"
#include "oauth/oauth_client.h"
#include "oauth/print.h"
#include "oauth/record_store.h"
#include "oauth/token_cache.h"
#include "oauth/web.h"

#define FORM_OCTETS ((size_t)64 * 1024)

/* RFC 7009. */
static bool
send_revocation(const struct login_record *record, struct oauth_client *client,
    struct error *err)
{
	struct http_reply reply = {0};
	struct buf form;
	bool done;

	buf_init_secret(&form, FORM_OCTETS);
	url_add_field(&form, "token", buf_span(&record->refresh_token));
	url_add_field(&form, "token_type_hint", SPAN("refresh_token"));
	done = client_form_send(
	    client, record->revoke_endpoint, &form, &reply, err);
	if (done && reply.status != 200)
		done = error_set(err, ERROR_TEMPORARY,
		    "%s answered with status %d", client->title, reply.status);
	http_reply_free(&reply);
	buf_wipe(&form);
	return done;
}

static void
revoke(const struct login_record *record, const struct profile *profile)
{
	struct oauth_client client = {0};
	struct error err = {0};

	if (record->exported)
		print_note("the login was exported, and goes on elsewhere");
	if (record->refresh_token.len == 0 || record->exported)
		return;
	if (record->revoke_endpoint == NULL) {
		print_note("the service cannot be told to end a login; remove "
			   "it in the settings of your account");
		return;
	}
	if (!oauth_client_restore(&client, profile, record, &err) ||
	    !send_revocation(record, &client, &err)) {
		print_note("the login is deleted here but was not revoked: %s",
		    err.text);
		print_note("hint: remove it in the settings of your account");
	}
	oauth_client_free(&client);
}

static bool
log_out(const struct profile *profile, struct error *err)
{
	struct record_store store;
	struct login_record record = {0};
	enum record_result result = RECORD_FAILED;
	bool done = record_store_open(&store, profile, RECORD_CHANGE, err);

	if (done)
		result = record_store_read(&store, &record, err);
	if (result == RECORD_FOUND)
		revoke(&record, profile);
	else if (result == RECORD_NONE)
		print_note("\"%s\" has no login", profile->name);
	else if (err->kind == ERROR_LOGIN)
		print_note("the login cannot be read: it is deleted here but "
			   "was not revoked");
	/* A damaged record is deleted, too. */
	done = done && (result != RECORD_FAILED || err->kind == ERROR_LOGIN);
	if (done) {
		*err = (struct error){0};
		token_cache_remove(profile, record.session, err);
		done = record_store_remove(&store, record.session, err);
	}
	login_record_free(&record);
	record_store_close(&store);
	return done;
}

int
logout_run(const struct oauth_call *call, struct error *err)
{
	struct profile profile;
	bool done =
	    call_choose_profile(call, &profile, err) && log_out(&profile, err);

	profile_free(&profile);
	return done ? 0 : error_exit_status(err->kind);
}
