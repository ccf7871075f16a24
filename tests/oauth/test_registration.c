#include "rows.h"

#include "oauth/registration.h"

#define NO_ID "it has no client_id"
#define NO_WAY                                                         \
	"it wants the client secret in a way that smtpost-oauth does " \
	"not know"
#define NO_REDIRECT "it allows no redirect to this machine"
#define ID "{\"client_id\":\"abc\""
#define REDIRECT(uri) ID ",\"redirect_uris\":[\"" uri "\"]}"

struct reply_row {
	const char *name, *body;
	const char *reason; /* NULL: it is read */
	const char *secret;
	enum oauth_flow flow;
};

static const struct reply_row replies[] = {
    {"an ID alone", ID "}", NULL, "", OAUTH_FLOW_BROWSER},
    {"the same redirect", REDIRECT("http://127.0.0.1/"), NULL, "",
	OAUTH_FLOW_BROWSER},
    {"a redirect with a port", REDIRECT("http://127.0.0.1:4711/"), NULL, "",
	OAUTH_FLOW_BROWSER},
    {"a redirect to localhost", REDIRECT("http://localhost"), NULL, "",
	OAUTH_FLOW_BROWSER},
    {"a redirect to IPv6", REDIRECT("http://[::1]:1/"), NULL, "",
	OAUTH_FLOW_BROWSER},
    {"the second redirect",
	ID ",\"redirect_uris\":[7,\"https://a.example/\",\"http://"
	   "LOCALHOST:80/\"]}",
	NULL, "", OAUTH_FLOW_BROWSER},
    {"a redirect to another path", REDIRECT("http://127.0.0.1/callback"),
	NO_REDIRECT, NULL, OAUTH_FLOW_BROWSER},
    {"a redirect to another host", REDIRECT("http://127.0.0.1.example/"),
	NO_REDIRECT, NULL, OAUTH_FLOW_BROWSER},
    {"a redirect with a user", REDIRECT("http://localhost:x@a.example/"),
	NO_REDIRECT, NULL, OAUTH_FLOW_BROWSER},
    {"a redirect with a wrong port", REDIRECT("http://localhost:65536/"),
	NO_REDIRECT, NULL, OAUTH_FLOW_BROWSER},
    {"a redirect with TLS", REDIRECT("https://127.0.0.1/"), NO_REDIRECT, NULL,
	OAUTH_FLOW_BROWSER},
    {"no redirect", ID ",\"redirect_uris\":[]}", NO_REDIRECT, NULL,
	OAUTH_FLOW_BROWSER},
    {"no redirect for a code", ID ",\"redirect_uris\":[]}", NULL, "",
	OAUTH_FLOW_DEVICE},
    {"a secret", ID ",\"client_secret\":\"s\"}", NULL, "s", OAUTH_FLOW_BROWSER},
    {"a secret for the form",
	ID ",\"client_secret\":\"s\",\"token_endpoint_auth_method\":"
	   "\"client_secret_post\"}",
	NULL, "s", OAUTH_FLOW_BROWSER},
    {"a secret of a public client",
	ID ",\"client_secret\":\"s\",\"token_endpoint_auth_method\":"
	   "\"none\"}",
	NULL, "", OAUTH_FLOW_BROWSER},
    {"a secret for the header",
	ID ",\"client_secret\":\"s\",\"token_endpoint_auth_method\":"
	   "\"client_secret_basic\"}",
	NULL, "s", OAUTH_FLOW_BROWSER},
    {"another method",
	ID ",\"client_secret\":\"s\",\"token_endpoint_auth_method\":"
	   "\"client_secret_jwt\"}",
	NO_WAY, NULL, OAUTH_FLOW_BROWSER},
    {"a secret with a control", ID ",\"client_secret\":\"s\\n\"}", NO_WAY, NULL,
	OAUTH_FLOW_BROWSER},
    {"no ID", "{}", NO_ID, NULL, OAUTH_FLOW_BROWSER},
    {"an empty ID", "{\"client_id\":\"\"}", NO_ID, NULL, OAUTH_FLOW_BROWSER},
    {"an ID with a control", "{\"client_id\":\"a\\u0000\"}", NO_ID, NULL,
	OAUTH_FLOW_BROWSER},
    {"an ID that is a number", "{\"client_id\":1}", NO_ID, NULL,
	OAUTH_FLOW_BROWSER},
    {"an array", "[]", NO_ID, NULL, OAUTH_FLOW_BROWSER},
};

static void
test_reply(void **state)
{
	const struct reply_row *row = *state;
	struct registration registration;
	struct buf reason = {0};
	bool done = registration_read(
	    &registration, span_from(row->body), row->flow, &reason);

	assert_string_equal(
	    buf_text(&reason), row->reason != NULL ? row->reason : "");
	assert_int_equal(done, row->reason == NULL);
	if (done) {
		assert_string_equal(buf_text(&registration.id), "abc");
		assert_string_equal(
		    buf_text(&registration.secret), row->secret);
		registration_free(&registration);
	}
	buf_free(&reason);
}

struct auth_row {
	const char *name, *body;
	enum client_auth auth;
};

#define SECRET ID ",\"client_secret\":\"s\""
#define METHOD(method) SECRET ",\"token_endpoint_auth_method\":\"" method "\"}"

static const struct auth_row auths[] = {
    {"in the form", METHOD("client_secret_post"), CLIENT_AUTH_BODY},
    {"in the header", METHOD("client_secret_basic"), CLIENT_AUTH_HEADER},
    {"not said", SECRET "}", CLIENT_AUTH_UNSURE},
};

static void
test_auth(void **state)
{
	const struct auth_row *row = *state;
	struct registration registration;

	assert_true(registration_read(
	    &registration, span_from(row->body), OAUTH_FLOW_BROWSER, NULL));
	assert_int_equal(registration.auth, row->auth);
	registration_free(&registration);
}

struct request_row {
	const char *name, *host, *text;
	enum oauth_flow flow;
};

#define BEGIN                                                   \
	"{\"client_name\":\"smtpost\",\"application_type\":"    \
	"\"native\",\"token_endpoint_auth_method\":\"none\",\"" \
	"redirect_uris\":[\"http://"
#define GRANTS "/\"],\"grant_types\":[\"authorization_code\",\"refresh_token\""
#define END "],\"response_types\":[\"code\"]}"

static const struct request_row requests[] = {
    {"for a browser", "127.0.0.1", BEGIN "127.0.0.1" GRANTS END,
	OAUTH_FLOW_BROWSER},
    {"for localhost", "localhost", BEGIN "localhost" GRANTS END,
	OAUTH_FLOW_BROWSER},
    {"for a code", "127.0.0.1",
	BEGIN "127.0.0.1" GRANTS
	      ",\"urn:ietf:params:oauth:grant-type:device_code\"" END,
	OAUTH_FLOW_DEVICE},
};

static void
test_request(void **state)
{
	const struct request_row *row = *state;
	struct buf text = {0};

	registration_add_request(&text, row->host, row->flow);
	assert_string_equal(buf_text(&text), row->text);
	buf_free(&text);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "reply", replies, ROWS(replies), test_reply);
	rows_add(&all, "auth", auths, ROWS(auths), test_auth);
	rows_add(&all, "request", requests, ROWS(requests), test_request);
	return rows_end(&all);
}
