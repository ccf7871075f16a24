/*
 * The file is checked like any other with a secret. Of Google's JSON only the
 * account and the key are used: where the token is sent is for the profile to
 * say, not for a file that somebody else made.
 */
#include "oauth/service_account.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/json.h"
#include "base/json_text.h"
#include "tls/signature.h"

#define FILE_MAX ((size_t)64 * 1024)
#define NAME_MAX_OCTETS ((size_t)512)
/* Google refuses tokens that last longer. */
#define LIFETIME 3600

struct account {
	struct buf data; /* of the file; wiped */
	struct buf key;	 /* PEM; wiped */
	struct buf name, key_id;
};

static bool
refuse(const struct oauth_client *client, const char *why, struct error *err)
{
	return error_set(err, ERROR_CONFIG,
	    "cannot use oauth-key %s: %s\n"
	    "hint: oauth-key is the JSON file of a service account, or a "
	    "private RSA key in PEM form",
	    client->profile->oauth.key, why);
}

static bool
read_json(struct account *account, const struct oauth_client *client,
    struct error *err)
{
	struct buf why = {0};
	struct json json;

	if (!json_read(&json, buf_span(&account->data), &why)) {
		refuse(client, buf_text(&why), err);
		buf_free(&why);
		return false;
	}
	if (!json_equals(json_find(json, "type"), SPAN("service_account")))
		return refuse(
		    client, "it is not the key of a service account", err);
	json_add_string(json_find(json, "private_key_id"), &account->key_id);
	return (json_add_string(
		    json_find(json, "client_email"), &account->name) &&
		   json_add_string(
		       json_find(json, "private_key"), &account->key)) ||
	    refuse(client, "it has no client_email or no private_key", err);
}

static bool
read_account(struct account *account, const struct oauth_client *client,
    struct error *err)
{
	const char *path = client->profile->oauth.key;

	buf_init_secret(&account->data, FILE_MAX);
	buf_init_secret(&account->key, FILE_MAX);
	buf_init(&account->name, NAME_MAX_OCTETS);
	buf_init(&account->key_id, NAME_MAX_OCTETS);
	if (!file_read_path(
		path, FILE_PRIVATE, &account->data, ERROR_CONFIG, err))
		return false;
	if (span_starts(span_trim(buf_span(&account->data)), SPAN("{")))
		return read_json(account, client, err);
	if (client->id == NULL)
		return refuse(client,
		    "with a key in PEM form, oauth-client-id must name the "
		    "service account",
		    err);
	buf_add_text(&account->name, client->id);
	buf_add_span(&account->key, buf_span(&account->data));
	return true;
}

static void
add_header(struct buf *jwt, struct account *account)
{
	struct buf text = {0};

	buf_add_char(&text, '{');
	json_text_add_member(&text, "alg", "RS256");
	json_text_add_member(&text, "typ", "JWT");
	if (account->key_id.len > 0) {
		json_text_add_key(&text, "kid");
		json_text_add_exact(&text, buf_span(&account->key_id));
	}
	buf_add_char(&text, '}');
	base64_encode_url(jwt, buf_span(&text));
	buf_free(&text);
}

static void
add_claims(struct buf *jwt, const struct account *account,
    const struct oauth_client *client, int64_t now)
{
	const struct {
		const char *name;
		struct span value;
	} claims[] = {
	    {"iss", buf_span(&account->name)},
	    {"sub", span_from(client->profile->user)},
	    {"scope", span_from(client->scope)},
	    {"aud", span_from(client->token)},
	};
	struct buf text = {0};

	buf_add_char(&text, '{');
	for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
		if (claims[i].value.len == 0)
			continue;
		json_text_add_key(&text, claims[i].name);
		json_text_add_exact(&text, claims[i].value);
	}
	json_text_add_number(&text, "iat", (uint64_t)now);
	json_text_add_number(&text, "exp", (uint64_t)now + LIFETIME);
	buf_add_char(&text, '}');
	base64_encode_url(jwt, buf_span(&text));
	buf_free(&text);
}

static bool
sign(struct buf *jwt, const struct account *account,
    const struct oauth_client *client, struct error *err)
{
	struct tls_failure failure = {0};
	struct buf signature;
	bool done;

	buf_init_secret(&signature, 0);
	done = signature_add_rs256(&signature, buf_span(&account->key),
		   buf_span(jwt), &failure) ||
	    refuse(client, failure.text, err);
	if (done) {
		buf_add_char(jwt, '.');
		base64_encode_url(jwt, buf_span(&signature));
	}
	buf_wipe(&signature);
	return done;
}

bool
service_account_add_token(struct buf *jwt, const struct oauth_client *client,
    int64_t now, struct error *err)
{
	struct account account;
	bool done;

	if (client->profile->user == NULL)
		return error_set(err, ERROR_CONFIG,
		    "a service account needs user: the mailbox that it sends "
		    "for");
	done = read_account(&account, client, err);
	if (done) {
		add_header(jwt, &account);
		buf_add_char(jwt, '.');
		add_claims(jwt, &account, client, now);
		done = sign(jwt, &account, client, err);
	}
	if (done && jwt->full)
		done = refuse(client, "its token is too long", err);
	buf_wipe(&account.data);
	buf_wipe(&account.key);
	buf_free(&account.name);
	buf_free(&account.key_id);
	return done;
}
