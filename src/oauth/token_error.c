/*
 * Judges errors by three tables: the codes of the RFCs, the codes of Microsoft
 * (https://learn.microsoft.com/entra/identity-platform/reference-error-codes),
 * and the HTTP statuses. What is in no table is tried again later: nothing that
 * a server says for the first time may end a login.
 */
#include "oauth/token_error.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "base/utf8.h"
#include "profile/secret_oauth.h"

#define CODE_MAX ((size_t)64)
#define DETAIL_MAX ((size_t)200)
/* Google gives 7 days; a day more for a clock that is wrong. */
#define TESTING_SECONDS ((int64_t)8 * 24 * 60 * 60)
#define PART_HIDDEN ((size_t)12)
#define DESCRIPTION_MAX ((size_t)8192)

#define PUBLIC_CLIENT                                                        \
	"at https://entra.microsoft.com/ set \"Allow public client flows\" " \
	"to Yes, or set oauth-client-secret"
#define NO_SECRET "the client is a public one: remove oauth-client-secret"
#define OTHER_TENANT                                                          \
	"set oauth-tenant to the tenant of the account, or to consumers for " \
	"outlook.com and hotmail.com"
#define ANOTHER_FLOW                                                     \
	"the organisation forbids this way to log in: use --browser or " \
	"--paste, or ask its administrator"
#define ASK_ADMINISTRATOR \
	"an administrator of the organisation must allow the application"
#define SECOND_FACTOR "the service wants one more proof of who logs in"
#define NOT_USED                                                            \
	"a login that nobody uses for 90 days ends; smtpost-oauth refresh " \
	"--all keeps it alive"
#define CONSENT                                                              \
	"the account has not allowed the application yet; if the page does " \
	"not let you allow it, an administrator must"
#define ANOTHER_SCOPE "remove oauth-scope, or ask the service for its scopes"

struct code_row {
	const char *code;
	enum token_fate fate;
	const char *hint; /* NULL: none */
};

/* RFC 6749 sections 4.1.2.1 and 5.2, RFC 8628, RFC 8707, OpenID, Microsoft. */
static const struct code_row codes[] = {
    {"authorization_pending", FATE_PENDING, NULL},
    {"slow_down", FATE_SLOW_DOWN, NULL},
    {"expired_token", FATE_NEW_CODE, NULL},
    {"code_expired", FATE_NEW_CODE, NULL},
    {"access_denied", FATE_DENIED, NULL},
    {"authorization_declined", FATE_DENIED, NULL},
    {"invalid_grant", FATE_ENDED, NULL},
    {"interaction_required", FATE_HUMAN, NULL},
    {"consent_required", FATE_HUMAN, NULL},
    {"login_required", FATE_HUMAN, NULL},
    {"account_selection_required", FATE_HUMAN, NULL},
    {"invalid_client", FATE_CONFIG,
	"check oauth-client-id and oauth-client-secret"},
    {"unauthorized_client", FATE_CONFIG,
	"the service does not allow this client to log in this way; check "
	"oauth-client-id and oauth-flow"},
    {"invalid_scope", FATE_CONFIG, ANOTHER_SCOPE},
    {"invalid_target", FATE_CONFIG, ANOTHER_SCOPE},
    {"invalid_resource", FATE_CONFIG, ANOTHER_SCOPE},
    {"unsupported_grant_type", FATE_CONFIG,
	"the service has no such login; set another oauth-flow"},
    {"unsupported_response_type", FATE_CONFIG,
	"the service has no such login; set another oauth-flow"},
    {"redirect_uri_mismatch", FATE_CONFIG,
	"the client must be one of a desktop application"},
    {"bad_verification_code", FATE_BUG, NULL},
    /* Google says so of a client without its secret. */
    {"invalid_request", FATE_LATER,
	"if this client has a secret, set oauth-client-secret"},
    {"temporarily_unavailable", FATE_LATER, NULL},
    {"server_error", FATE_LATER, NULL},
};

/*
 * The suberrors of Microsoft that need a person. bad_token and token_expired
 * are not here: they say no more than invalid_grant.
 */
static const char *const human_suberrors[] = {"basic_action",
    "additional_action", "message_only", "consent_required",
    "user_password_expired", "protection_policy_required"};

/* Numbers after AADSTS. A fate of FATE_GIVEN leaves it to the error's code. */
struct aadsts_row {
	unsigned number;
	enum token_fate fate;
	const char *hint;
};

static const struct aadsts_row aadsts[] = {
    {50011, FATE_CONFIG,
	"add the redirect http://localhost to the application at "
	"https://entra.microsoft.com/, under \"Mobile and desktop "
	"applications\""},
    {50020, FATE_CONFIG, OTHER_TENANT},
    {50033, FATE_LATER, NULL},
    {50034, FATE_CONFIG, "the tenant has no such user: check oauth-tenant"},
    {50055, FATE_HUMAN, "the password has expired: set another one"},
    {50057, FATE_HUMAN, "the account is disabled: ask its administrator"},
    {50058, FATE_HUMAN, NULL},
    {50072, FATE_HUMAN, SECOND_FACTOR},
    {50074, FATE_HUMAN, SECOND_FACTOR},
    {50076, FATE_HUMAN, SECOND_FACTOR},
    {50079, FATE_HUMAN, SECOND_FACTOR},
    {50087, FATE_LATER, NULL},
    {50105, FATE_HUMAN, ASK_ADMINISTRATOR},
    {50126, FATE_HUMAN, NULL},
    {50158, FATE_HUMAN, SECOND_FACTOR},
    {50173, FATE_GIVEN, "the password was changed or reset"},
    {50194, FATE_CONFIG, "the application is for one tenant: set oauth-tenant"},
    {53000, FATE_HUMAN, ANOTHER_FLOW},
    {53001, FATE_HUMAN, ANOTHER_FLOW},
    {53002, FATE_HUMAN, ASK_ADMINISTRATOR},
    {53003, FATE_HUMAN, ANOTHER_FLOW},
    {65001, FATE_HUMAN, CONSENT},
    {65004, FATE_DENIED, NULL},
    {70008, FATE_GIVEN, NOT_USED},
    {70012, FATE_LATER, NULL},
    {70016, FATE_PENDING, NULL},
    {70019, FATE_NEW_CODE, NULL},
    {70043, FATE_GIVEN, "the organisation limits how long a login lasts"},
    {90002, FATE_CONFIG, "there is no such tenant: check oauth-tenant"},
    {90006, FATE_LATER, NULL},
    {90012, FATE_LATER, NULL},
    {90024, FATE_LATER, NULL},
    {90033, FATE_LATER, NULL},
    {90055, FATE_LATER, NULL},
    {90090, FATE_LATER, NULL},
    {90094, FATE_HUMAN, ASK_ADMINISTRATOR},
    {90124, FATE_CONFIG, OTHER_TENANT},
    {90130, FATE_CONFIG, OTHER_TENANT},
    {530032, FATE_HUMAN, ANOTHER_FLOW},
    {700016, FATE_CONFIG,
	"the tenant does not know the application: check oauth-client-id and "
	"oauth-tenant"},
    {700022, FATE_CONFIG, ANOTHER_SCOPE},
    {700025, FATE_CONFIG, NO_SECRET},
    {700082, FATE_GIVEN, NOT_USED},
    {7000215, FATE_CONFIG,
	"the client secret is wrong: oauth-client-secret must be its value, "
	"not its ID"},
    {7000218, FATE_CONFIG, PUBLIC_CLIENT},
    {7000222, FATE_CONFIG,
	"the client secret has expired: make another one at "
	"https://entra.microsoft.com/"},
    {9002313, FATE_BUG, NULL},
};

static const struct code_row *
find_code(struct span code)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (span_equal(code, span_from(codes[i].code)))
			return &codes[i];
	return NULL;
}

/* The first number after "AADSTS" in the text; 0: none. */
static unsigned
find_aadsts(struct span text)
{
	static const char mark[] = "AADSTS";
	uint64_t number;

	for (; text.len > 0; text = span_skip(text, span_find(text, 'A') + 1)) {
		struct span digits;

		text = span_skip(text, span_find(text, 'A'));
		digits = span_digits(span_skip(text, strlen(mark)));
		if (span_starts(text, SPAN(mark)) &&
		    span_number(digits, UINT32_MAX, &number))
			return (unsigned)number;
	}
	return 0;
}

static void
use_aadsts(struct token_error *error, unsigned number)
{
	buf_clear(&error->detail);
	buf_add_format(&error->detail, "AADSTS%u", number);
	for (size_t i = 0; i < sizeof(aadsts) / sizeof(aadsts[0]); i++) {
		if (aadsts[i].number != number)
			continue;
		if (aadsts[i].fate != FATE_GIVEN)
			error->fate = aadsts[i].fate;
		error->hint = aadsts[i].hint;
	}
}

void
token_error_judge(
    struct token_error *error, struct span code, struct span description)
{
	const struct code_row *row = find_code(code);
	unsigned number = find_aadsts(description);

	*error = (struct token_error){.fate = FATE_LATER, .retry_after = -1};
	/* A server may repeat a secret in them. */
	buf_init_secret(&error->code, 0);
	buf_init_secret(&error->detail, 0);
	utf8_add_excerpt_masked(&error->code, code, CODE_MAX);
	utf8_add_excerpt_masked(&error->detail, description, DETAIL_MAX);
	if (row != NULL) {
		error->fate = row->fate;
		error->hint = row->hint;
	}
	if (span_equal(code, SPAN("invalid_request")) &&
	    span_matches(description, SPAN("*client_secret*")))
		error->fate = FATE_CONFIG;
	if (number != 0)
		use_aadsts(error, number);
}

bool
token_error_judge_page(struct token_error *error, struct span text)
{
	struct span rest = text, word;
	bool has_code = false;

	while (!has_code && span_next_word(&rest, " \t:;,.()[]\"'", &word))
		has_code = find_code(word) != NULL;
	token_error_judge(error, has_code ? word : SPAN(""), text);
	return has_code || find_aadsts(text) != 0;
}

static void
use_suberror(struct token_error *error, struct json body)
{
	struct json member = json_find(body, "suberror");

	for (size_t i = 0;
	     i < sizeof(human_suberrors) / sizeof(human_suberrors[0]); i++)
		if (json_equals(member, span_from(human_suberrors[i])) &&
		    error->fate != FATE_CONFIG)
			error->fate = FATE_HUMAN;
}

bool
token_error_is_later(int status)
{
	return status == 408 || status == 425 || status == 429 || status >= 500;
}

void
token_error_read(struct token_error *error, int status, int64_t retry_after,
    struct span body)
{
	struct buf code, text;
	struct json json;

	buf_init_secret(&code, CODE_MAX);
	buf_init_secret(&text, DESCRIPTION_MAX);
	json_read(&json, body, NULL);
	json_add_string(json_find(json, "error"), &code);
	json_add_string(json_find(json, "error_description"), &text);
	token_error_judge(error, buf_span(&code), buf_span(&text));
	use_suberror(error, json);
	/* Fastmail says so of an account that is locked for a time. */
	if (error->fate == FATE_ENDED &&
	    json_kind(json_find(json, "temporary")) == JSON_TRUE)
		error->fate = FATE_LATER;
	/* Device codes are answered by 429, too. */
	if (token_error_is_later(status) && error->fate != FATE_PENDING &&
	    error->fate != FATE_SLOW_DOWN)
		error->fate = FATE_LATER;
	error->retry_after = retry_after;
	if (error->code.len == 0) {
		buf_clear(&error->detail);
		buf_add_format(&error->detail, "HTTP status %d", status);
	}
	buf_wipe(&code);
	buf_wipe(&text);
}

/* Whether any part of the secret, of PART_HIDDEN octets, is in the text. */
static bool
repeats(struct span text, struct span secret)
{
	size_t part = secret.len < PART_HIDDEN ? secret.len : PART_HIDDEN;

	for (size_t i = 0; part > 0 && i + part <= text.len; i++)
		for (size_t j = 0; j + part <= secret.len; j++)
			if (memcmp(text.at + i, secret.at + j, part) == 0)
				return true;
	return false;
}

void
token_error_hide(struct token_error *error, struct span secret)
{
	if (repeats(buf_span(&error->code), secret))
		buf_wipe(&error->code);
	if (repeats(buf_span(&error->detail), secret))
		buf_wipe(&error->detail);
}

/* Adds "AADSTS700082", "invalid_scope: DETAIL" or "HTTP status 503". */
static void
add_cause(const struct token_error *error, struct buf *out)
{
	bool is_short = span_starts(buf_span(&error->detail), SPAN("AADSTS")) &&
	    span_number(span_skip(buf_span(&error->detail), 6), UINT32_MAX,
		&(uint64_t){0});

	if (!is_short)
		buf_add_span(out, buf_span(&error->code));
	if (!is_short && error->code.len > 0 && error->detail.len > 0)
		buf_add_text(out, ": ");
	buf_add_span(out, buf_span(&error->detail));
}

/* What has happened, without its cause. */
static void
add_event(const struct token_error *error, const struct oauth_client *client,
    struct buf *out)
{
	const char *title = client->title;
	bool is_login = error->login_at == 0;

	if (error->fate == FATE_ENDED && !is_login)
		buf_add_format(out, "the login of \"%s\" at %s has ended",
		    client->profile->name, title);
	else if (error->fate == FATE_ENDED)
		buf_add_format(out, "%s refused the code", title);
	else if (error->fate == FATE_DENIED)
		buf_add_format(out, "it was not allowed at %s", title);
	else if (error->fate == FATE_HUMAN)
		buf_add_format(out, "%s wants a person to log in", title);
	else if (error->fate == FATE_CONFIG)
		buf_add_format(out, "%s refused the client", title);
	else if (error->fate == FATE_NEW_CODE)
		buf_add_format(
		    out, "the code of %s was not used in time", title);
	else if (error->fate == FATE_BUG)
		buf_add_format(out, "%s did not understand smtpost", title);
	else
		buf_add_format(out, "%s failed", title);
}

/* Google ends the logins of a client in "Testing" after a week. */
static bool
is_in_testing(
    const struct token_error *error, const struct oauth_client *client)
{
	int64_t end = error->ended_at > 0 ? error->ended_at : time(NULL);
	int64_t age = end - error->login_at;

	return error->fate == FATE_ENDED && error->login_at > 0 && age >= 0 &&
	    age < TESTING_SECONDS &&
	    strcmp(client->provider->name, "google") == 0;
}

const char *
token_error_hint(
    const struct token_error *error, const struct oauth_client *client)
{
	if (error->hint != NULL || !is_in_testing(error, client))
		return error->hint;
	return "if the consent screen of the client is in \"Testing\", logins "
	       "end after 7 days: publish it at "
	       "https://console.cloud.google.com/";
}

static void
add_hints(const struct token_error *error, const struct oauth_client *client,
    struct error *err)
{
	bool needs_login = err->kind == ERROR_LOGIN && error->login_at != 0;
	const char *hint = token_error_hint(error, client);

	if (hint != NULL)
		error_add(err, "\nhint: %s", hint);
	if (needs_login)
		secret_oauth_add_hint(client->profile, "", err);
	if (error->fate == FATE_LATER && error->retry_after > 0)
		error_add(err, "\nhint: it asks to wait for %lld seconds",
		    (long long)error->retry_after);
}

bool
token_error_set(const struct token_error *error,
    const struct oauth_client *client, struct error *err)
{
	static const enum error_kind kinds[] = {
	    [FATE_GIVEN] = ERROR_BUG,
	    [FATE_PENDING] = ERROR_TEMPORARY,
	    [FATE_SLOW_DOWN] = ERROR_TEMPORARY,
	    [FATE_NEW_CODE] = ERROR_LOGIN,
	    [FATE_DENIED] = ERROR_LOGIN,
	    [FATE_ENDED] = ERROR_LOGIN,
	    [FATE_HUMAN] = ERROR_LOGIN,
	    [FATE_CONFIG] = ERROR_CONFIG,
	    [FATE_LATER] = ERROR_TEMPORARY,
	    [FATE_BUG] = ERROR_BUG,
	};
	struct buf event = {0}, cause = {0};

	add_event(error, client, &event);
	add_cause(error, &cause);
	error_set(err, kinds[error->fate], "%s: %s%s%s%s",
	    error->login_at == 0 ? "cannot log in" : "cannot get the token",
	    buf_text(&event), cause.len > 0 ? " (" : "", buf_text(&cause),
	    cause.len > 0 ? ")" : "");
	add_hints(error, client, err);
	buf_free(&event);
	buf_free(&cause);
	return false;
}

void
token_error_free(struct token_error *error)
{
	buf_wipe(&error->code);
	buf_wipe(&error->detail);
}
