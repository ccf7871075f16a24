/*
 * Reads the tokens of a reply. The access token alone is required: each of the
 * other members is left out by some service.
 */
#include "oauth/token_reply.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "profile/secret_line.h"

#define SCOPE_MAX ((size_t)4096)
#define CLAIMS_MAX ((size_t)16384)
#define ID_TOKEN_MAX ((size_t)32768)
#define ACCOUNT_MAX ((size_t)320)

/* Whether all of it is ASCII from `first` to the tilde. */
static bool
is_printable(struct span token, char first)
{
	for (size_t i = 0; i < token.len; i++)
		if (token.at[i] < first || token.at[i] > '~')
			return false;
	return token.len > 0;
}

/*
 * Reads a token, if it is there and not empty, and leaves none if it has a
 * character below `first`. False with a reason.
 */
static bool
take_token(struct buf *token, struct json reply, const char *name, char first,
    struct buf *reason)
{
	struct json member = json_find(reply, name);

	buf_init_secret(token, TOKEN_MAX);
	if (json_kind(member) == JSON_NONE || json_kind(member) == JSON_NULL ||
	    json_equals(member, SPAN("")))
		return true;
	if (json_add_string(member, token) &&
	    is_printable(buf_span(token), first))
		return true;
	buf_clear(token);
	buf_add_format(reason, "its %s is no token", name);
	return false;
}

/* RFC 6749 section 7.1: a token of an unknown type must not be used. */
static bool
check_type(struct json reply, struct buf *reason)
{
	struct json member = json_find(reply, "token_type");
	struct buf type = {.max = 64};
	bool is_bearer = json_kind(member) == JSON_NONE ||
	    json_kind(member) == JSON_NULL ||
	    (json_add_string(member, &type) &&
		span_equal_nocase(buf_span(&type), SPAN("Bearer")));

	buf_free(&type);
	if (!is_bearer)
		buf_add_text(reason, "its token_type is not Bearer");
	return is_bearer;
}

/* Adds the account that a claim names, unless it is known already. */
static void
add_account(struct name_list *accounts, struct json claims, const char *claim)
{
	struct buf account = {.max = ACCOUNT_MAX};
	bool is_new = json_add_string(json_find(claims, claim), &account) &&
	    account.len > 0 && !span_has_control(buf_span(&account));

	for (size_t i = 0; i < accounts->count; i++)
		if (span_equal_nocase(
			buf_span(&account), span_from(accounts->names[i])))
			is_new = false;
	if (is_new)
		name_list_add(accounts, buf_span(&account));
	buf_free(&account);
}

/*
 * The id_token came from the token endpoint over TLS, so its signature need not
 * be checked (OpenID Connect Core section 3.1.3.7). One that cannot be read
 * names nobody.
 */
static void
take_accounts(struct name_list *accounts, struct json reply)
{
	static const char *const names[] = {
	    "email", "preferred_username", "upn"};
	struct buf token, payload;
	struct json claims = {0};
	struct span part;

	buf_init_secret(&token, ID_TOKEN_MAX);
	buf_init_secret(&payload, CLAIMS_MAX);
	json_add_string(json_find(reply, "id_token"), &token);
	part =
	    span_skip(buf_span(&token), span_find(buf_span(&token), '.') + 1);
	part = span_head(part, span_find(part, '.'));
	if (part.len > 0 && base64_decode_url(&payload, part) &&
	    json_read(&claims, buf_span(&payload), NULL))
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			add_account(accounts, claims, names[i]);
	buf_wipe(&token);
	buf_wipe(&payload);
}

static void
take_scope(char **scope, struct json reply)
{
	struct buf text = {.max = SCOPE_MAX};

	if (json_add_string(json_find(reply, "scope"), &text) && text.len > 0 &&
	    !span_has_control(buf_span(&text)))
		*scope = buf_take_text(&text);
	buf_free(&text);
}

/* Keeps *seconds where there is no such number. */
static void
take_seconds(struct json reply, const char *name, int64_t max, int64_t *seconds)
{
	uint64_t number;

	if (json_number(json_find(reply, name), UINT64_MAX, &number))
		*seconds = number < (uint64_t)max ? (int64_t)number : max;
}

static bool
take(struct token_reply *reply, struct json json, struct buf *reason)
{
	/* Of Keycloak, where 0 means no end, and of Google. */
	take_seconds(json, "refresh_expires_in", TOKEN_REPLY_REFRESH_MAX,
	    &reply->refresh_lifetime);
	take_seconds(json, "refresh_token_expires_in", TOKEN_REPLY_REFRESH_MAX,
	    &reply->refresh_lifetime);
	/* A blank may be in a refresh token, but not in a Bearer token. */
	if (!take_token(
		&reply->refresh_token, json, "refresh_token", ' ', reason) ||
	    !take_token(
		&reply->access_token, json, "access_token", '!', reason) ||
	    !check_type(json, reason))
		return false;
	if (reply->access_token.len == 0) {
		buf_add_text(reason, "it has no access_token");
		return false;
	}
	reply->lifetime = TOKEN_REPLY_LIFETIME;
	take_seconds(
	    json, "expires_in", TOKEN_REPLY_LIFETIME_MAX, &reply->lifetime);
	take_scope(&reply->scope, json);
	take_accounts(&reply->accounts, json);
	return true;
}

bool
token_reply_read(
    struct token_reply *reply, struct span body, struct buf *reason)
{
	struct json json;

	*reply = (struct token_reply){0};
	if (!json_read(&json, body, reason))
		return false;
	if (json_kind(json) != JSON_OBJECT) {
		buf_add_text(reason, "it is no object");
		return false;
	}
	if (take(reply, json, reason))
		return true;
	buf_wipe(&reply->access_token);
	return false;
}

bool
token_reply_is_for(const struct token_reply *reply, const char *user)
{
	for (size_t i = 0; i < reply->accounts.count; i++)
		if (span_equal_nocase(
			span_from(reply->accounts.names[i]), span_from(user)))
			return true;
	return reply->accounts.count == 0;
}

void
token_reply_free(struct token_reply *reply)
{
	buf_wipe(&reply->access_token);
	buf_wipe(&reply->refresh_token);
	free(reply->scope);
	name_list_free(&reply->accounts);
	*reply = (struct token_reply){0};
}
