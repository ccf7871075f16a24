#include "rows.h"

#include <time.h>

#include "oauth/token_error.h"

#define DAY (24 * 60 * 60)

struct error_row {
	const char *name;
	int status;
	const char *body;
	enum token_fate fate;
	/* What the error says in a renewal, and in a login; NULL: the same. */
	const char *renewal, *login;
};

#define BODY(code) "{\"error\":\"" code "\"}"
#define SAID(code, text) \
	"{\"error\":\"" code "\",\"error_description\":\"" text "\"}"
#define AADSTS(code, number) \
	SAID(code, "AADSTS" number ": Foo. Trace ID: 1 Timestamp: 2026-11-30")
#define AGAIN "\nhint: run smtpost-oauth login work"

static const struct error_row errors[] = {
    {"the person is not done", 400, BODY("authorization_pending"), FATE_PENDING,
	NULL, NULL},
    {"asked too often", 400, BODY("slow_down"), FATE_SLOW_DOWN, NULL, NULL},
    {"asked too often, by status", 429, BODY("slow_down"), FATE_SLOW_DOWN, NULL,
	NULL},
    {"an old code", 400, BODY("expired_token"), FATE_NEW_CODE, NULL,
	"cannot log in: the code of Svc was not used in time (expired_token)"},
    {"an old code, in other words", 400, BODY("code_expired"), FATE_NEW_CODE,
	NULL, NULL},
    {"the person said no", 400, BODY("access_denied"), FATE_DENIED,
	"cannot get the token: it was not allowed at Svc (access_denied)" AGAIN,
	"cannot log in: it was not allowed at Svc (access_denied)"},
    {"the person said no, at Microsoft", 400, BODY("authorization_declined"),
	FATE_DENIED, NULL, NULL},
    {"the login has ended", 400,
	SAID("invalid_grant", "Token has been expired or revoked."), FATE_ENDED,
	"cannot get the token: the login of \"work\" at Svc has ended "
	"(invalid_grant: Token has been expired or revoked.)" AGAIN,
	"cannot log in: Svc refused the code (invalid_grant: Token has been "
	"expired or revoked.)"},
    {"90 days without use", 400, AADSTS("invalid_grant", "700082"), FATE_ENDED,
	"cannot get the token: the login of \"work\" at Svc has ended "
	"(AADSTS700082)\nhint: a login that nobody uses for 90 days ends; "
	"smtpost-oauth refresh --all keeps it alive" AGAIN,
	NULL},
    {"a changed password", 400, AADSTS("invalid_grant", "50173"), FATE_ENDED,
	"(AADSTS50173)\nhint: the password was changed or reset" AGAIN, NULL},
    {"a second factor", 400, AADSTS("invalid_grant", "50076"), FATE_HUMAN,
	"cannot get the token: Svc wants a person to log in "
	"(AADSTS50076)\nhint: the service wants one more proof of who logs "
	"in" AGAIN,
	NULL},
    {"a rule of the organisation", 400, AADSTS("interaction_required", "53003"),
	FATE_HUMAN, "\nhint: the organisation forbids this way to log in",
	NULL},
    {"an administrator's consent", 400, AADSTS("invalid_grant", "90094"),
	FATE_HUMAN, "\nhint: an administrator", NULL},
    {"consent", 400, BODY("consent_required"), FATE_HUMAN, NULL, NULL},
    {"interaction", 400, BODY("interaction_required"), FATE_HUMAN, NULL, NULL},
    {"login", 400, BODY("login_required"), FATE_HUMAN, NULL, NULL},
    {"a suberror", 400,
	"{\"error\":\"invalid_grant\",\"suberror\":\"basic_action\"}",
	FATE_HUMAN, "Svc wants a person to log in (invalid_grant)", NULL},
    {"a suberror of a token", 400,
	"{\"error\":\"invalid_grant\",\"suberror\":\"bad_token\"}", FATE_ENDED,
	NULL, NULL},
    {"an account that is locked for a time", 400,
	"{\"error\":\"invalid_grant\",\"temporary\":true}", FATE_LATER,
	"cannot get the token: Svc failed (invalid_grant)", NULL},
    {"a directory that is away for a time", 400,
	AADSTS("invalid_grant", "90033"), FATE_LATER, "(AADSTS90033)", NULL},
    {"consent refused", 400, AADSTS("invalid_grant", "65004"), FATE_DENIED,
	NULL, NULL},
    {"an old code, by number", 400, AADSTS("invalid_grant", "70019"),
	FATE_NEW_CODE, NULL, NULL},
    {"a suberror of a wrong client", 400,
	"{\"error\":\"invalid_client\",\"suberror\":\"basic_action\"}",
	FATE_CONFIG, NULL, NULL},
    {"the client", 401, BODY("invalid_client"), FATE_CONFIG,
	"cannot get the token: Svc refused the client (invalid_client)\n"
	"hint: check oauth-client-id and oauth-client-secret",
	"cannot log in: Svc refused the client (invalid_client)\nhint: check"},
    {"a public client that is not marked", 401,
	AADSTS("invalid_client", "7000218"), FATE_CONFIG,
	"(AADSTS7000218)\nhint: at https://entra.microsoft.com/ set \"Allow "
	"public client flows\" to Yes, or set oauth-client-secret",
	NULL},
    {"a secret of a public client", 401, AADSTS("invalid_client", "700025"),
	FATE_CONFIG, "(AADSTS700025)\nhint: the client is a public one: remove",
	NULL},
    {"the redirect", 400, AADSTS("invalid_request", "50011"), FATE_CONFIG,
	"(AADSTS50011)\nhint: add the redirect http://localhost", NULL},
    {"one tenant", 400, AADSTS("invalid_request", "50194"), FATE_CONFIG,
	"set oauth-tenant", NULL},
    {"an unknown application", 400, AADSTS("unauthorized_client", "700016"),
	FATE_CONFIG, "check oauth-client-id and oauth-tenant", NULL},
    {"an unknown number", 400, AADSTS("invalid_grant", "999999"), FATE_ENDED,
	"has ended (AADSTS999999)" AGAIN, NULL},
    {"a number that is too long", 400,
	AADSTS("invalid_grant", "99999999999999999999"), FATE_ENDED,
	"(invalid_grant: AADSTS99999", NULL},
    {"a client not allowed", 400, BODY("unauthorized_client"), FATE_CONFIG,
	"oauth-flow", NULL},
    {"the scope", 400, BODY("invalid_scope"), FATE_CONFIG, "remove oauth-scope",
	NULL},
    {"the target", 400, BODY("invalid_target"), FATE_CONFIG, NULL, NULL},
    {"the grant type", 400, BODY("unsupported_grant_type"), FATE_CONFIG,
	"set another oauth-flow", NULL},
    {"Google without a secret", 400,
	SAID("invalid_request", "client_secret is missing."), FATE_CONFIG,
	"cannot get the token: Svc refused the client (invalid_request: "
	"client_secret is missing.)\nhint: if this client has a secret, set "
	"oauth-client-secret",
	NULL},
    {"a code that is ours", 400, BODY("bad_verification_code"), FATE_BUG,
	"Svc did not understand smtpost (bad_verification_code)", NULL},
    {"later", 400, BODY("temporarily_unavailable"), FATE_LATER,
	"cannot get the token: Svc failed (temporarily_unavailable)", NULL},
    {"a fault of the server", 500, BODY("server_error"), FATE_LATER, NULL,
	NULL},
    {"503 with another error", 503, BODY("invalid_grant"), FATE_LATER, NULL,
	NULL},
    {"408", 408, "", FATE_LATER, "Svc failed (HTTP status 408)", NULL},
    {"429", 429, "{}", FATE_LATER, "(HTTP status 429)", NULL},
    {"502 and HTML", 502, "<html>", FATE_LATER, "(HTTP status 502)", NULL},
    {"403 and HTML", 403, "<html>hunter2</html>", FATE_LATER,
	"Svc failed (HTTP status 403)", NULL},
    {"an error that is not known", 400, SAID("foo", "bar"), FATE_LATER,
	"cannot get the token: Svc failed (foo: bar)", NULL},
    {"an error that is a number", 400, "{\"error\":17}", FATE_LATER,
	"(HTTP status 400)", NULL},
    {"an error that is an object", 400, "{\"error\":{\"error\":\"x\"}}",
	FATE_LATER, "(HTTP status 400)", NULL},
    {"controls", 400, SAID("foo", "a\\u001b[31m\\nhint: b"), FATE_LATER,
	"(foo: a\\x1b[31m\\x0ahint: b)", NULL},
};

static const struct oauth_provider svc = {.name = "svc", .title = "Svc"};
static struct profile work = {.name = (char *)"work"};

static void
check_text(struct token_error *error, const struct oauth_client *client,
    const char *expected)
{
	static const enum error_kind kinds[] = {
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
	struct error err = {0};

	assert_false(token_error_set(error, client, &err));
	assert_int_equal(err.kind, kinds[error->fate]);
	if (expected != NULL)
		assert_contains(err.text, expected);
	assert_lacks(err.text, "hunter2");
}

static void
test_error(void **state)
{
	const struct error_row *row = *state;
	const struct oauth_client client = {
	    .profile = &work, .provider = &svc, .title = (char *)"Svc"};
	struct token_error error;

	token_error_read(&error, row->status, 7, span_from(row->body));
	assert_int_equal(error.fate, row->fate);
	assert_int_equal(error.retry_after, 7);
	check_text(&error, &client, row->login);
	error.login_at = 1;
	check_text(&error, &client, row->renewal);
	token_error_free(&error);
}

/* Only Google's logins end for this reason, and only in their first week. */
static void
test_testing(void **state)
{
	struct oauth_client client = {
	    .profile = &work, .title = (char *)"Google"};
	struct span tenant;
	struct token_error error;

	(void)state;
	client.provider = oauth_provider_find(SPAN("google"), &tenant);
	token_error_read(&error, 400, -1, SPAN(BODY("invalid_grant")));
	error.login_at = (int64_t)time(NULL) - 7 * DAY;
	check_text(&error, &client,
	    "\nhint: if the consent screen of the client is in \"Testing\"");
	error.login_at = (int64_t)time(NULL) - 9 * DAY;
	check_text(&error, &client, "has ended (invalid_grant)" AGAIN);
	error.ended_at = error.login_at + 7 * DAY;
	check_text(&error, &client,
	    "\nhint: if the consent screen of the client is in \"Testing\"");
	error.ended_at = 0;
	error.login_at = (int64_t)time(NULL) + DAY;
	check_text(&error, &client, "has ended (invalid_grant)" AGAIN);
	token_error_free(&error);
}

static void
test_wait(void **state)
{
	const struct oauth_client client = {
	    .profile = &work, .provider = &svc, .title = (char *)"Svc"};
	struct token_error error;

	(void)state;
	token_error_read(&error, 429, 120, (struct span){0});
	check_text(&error, &client, "\nhint: it asks to wait for 120 seconds");
	token_error_free(&error);
}

/* A server that repeats the refresh token does not get it into a log. */
static void
test_hide(void **state)
{
	const struct span token = SPAN("1//0g-abcdefghijklmnopqrstuvwxyz");
	const struct oauth_client client = {
	    .profile = &work, .provider = &svc, .title = (char *)"Svc"};
	struct token_error error;

	(void)state;
	token_error_read(&error, 400, -1,
	    SPAN(SAID("invalid_grant", "no token mnopqrstuvwxyz here")));
	token_error_hide(&error, SPAN("other secret of another"));
	check_text(&error, &client, "mnopqrstuvwxyz");
	token_error_hide(&error, token);
	check_text(&error, &client, "refused the code (invalid_grant)");
	token_error_free(&error);
	token_error_read(&error, 400, -1,
	    SPAN(BODY("1\\/\\/0g-abcdefghijklmnopqrstuvwxyz")));
	token_error_hide(&error, token);
	check_text(&error, &client, "cannot log in: Svc failed");
	assert_int_equal(error.code.len, 0);
	token_error_free(&error);
}

/* An error in a redirect comes without a status. */
static void
test_redirect(void **state)
{
	const struct oauth_client client = {
	    .profile = &work, .provider = &svc, .title = (char *)"Svc"};
	struct token_error error;

	(void)state;
	token_error_judge(&error, SPAN("access_denied"), SPAN("no"));
	assert_int_equal(error.fate, FATE_DENIED);
	check_text(&error, &client,
	    "cannot log in: it was not allowed at Svc (access_denied: no)");
	token_error_free(&error);
	token_error_judge(&error, (struct span){0}, (struct span){0});
	assert_int_equal(error.fate, FATE_LATER);
	check_text(&error, &client, "cannot log in: Svc failed");
	token_error_free(&error);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "error", errors, ROWS(errors), test_error);
	rows_add_one(&all, "a client in testing", test_testing);
	rows_add_one(&all, "a time to wait", test_wait);
	rows_add_one(&all, "a secret that is repeated", test_hide);
	rows_add_one(&all, "an error in a redirect", test_redirect);
	return rows_end(&all);
}
