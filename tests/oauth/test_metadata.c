#include "rows.h"

#include "oauth/metadata.h"

#define ISSUER "https://a.example/realms/x"
#define BEGIN "{\"issuer\":\"" ISSUER "\""
#define TOKEN ",\"token_endpoint\":\"https://a.example/token\""
#define AUTHORIZE ",\"authorization_endpoint\":\"https://a.example/auth\""
#define MINIMUM BEGIN TOKEN AUTHORIZE

struct metadata_row {
	const char *name, *document;
	/* token|authorize|device|revoke|registration|scopes|iss|flows */
	const char *expected; /* NULL: refused, with `error` */
	const char *error;
};

static const struct metadata_row rows[] = {
    {"the least", MINIMUM "}",
	"https://a.example/token|https://a.example/auth|-|-|-|-|no|browser, "
	"client-credentials",
	NULL},
    {"all of it",
	MINIMUM ",\"device_authorization_endpoint\":\"https://a.example/d\","
		"\"revocation_endpoint\":\"https://a.example/r\","
		"\"registration_endpoint\":\"https://a.example/g\","
		"\"scopes_supported\":[\"openid\",\"smtp\"],"
		"\"grant_types_supported\":[\"authorization_code\"],"
		"\"code_challenge_methods_supported\":[\"plain\",\"S256\"],"
		"\"authorization_response_iss_parameter_supported\":true}",
	"https://a.example/token|https://a.example/auth|https://a.example/d|"
	"https://a.example/r|https://a.example/g|openid smtp|yes|browser, "
	"device",
	NULL},
    {"no browser", BEGIN TOKEN "}",
	"https://a.example/token|-|-|-|-|-|no|client-credentials", NULL},
    {"PKCE without S256",
	MINIMUM ",\"code_challenge_methods_supported\":[\"plain\"]}",
	"https://a.example/token|https://a.example/auth|-|-|-|-|no|"
	"client-credentials",
	NULL},
    {"members of other kinds",
	MINIMUM ",\"scopes_supported\":{\"a\":\"b\"},"
		"\"grant_types_supported\":7,"
		"\"authorization_response_iss_parameter_supported\":\"true\","
		"\"revocation_endpoint\":null}",
	"https://a.example/token|https://a.example/auth|-|-|-|-|no|browser, "
	"client-credentials",
	NULL},
    {"scopes that are none",
	MINIMUM ",\"scopes_supported\":[7,\"a\\nb\",\"c\",null]}",
	"https://a.example/token|https://a.example/auth|-|-|-|c|no|browser, "
	"client-credentials",
	NULL},

    {"another issuer", "{\"issuer\":\"https://b.example\"" TOKEN "}", NULL,
	"it is that of https://b.example"},
    {"an issuer with a slash more", "{\"issuer\":\"" ISSUER "/\"" TOKEN "}",
	NULL, "it is that of " ISSUER "/"},
    {"an issuer in capitals",
	"{\"issuer\":\"https://A.example/realms/x\"" TOKEN "}", NULL,
	"it is that of https://A.example/realms/x"},
    {"no issuer", "{\"token_endpoint\":\"https://a.example/token\"}", NULL,
	"it names no issuer"},
    {"an issuer twice", BEGIN ",\"issuer\":\"" ISSUER "\"}", NULL, "twice"},
    {"no token endpoint", BEGIN AUTHORIZE "}", NULL,
	"it names no token_endpoint"},
    {"http", BEGIN ",\"token_endpoint\":\"http://a.example/token\"}", NULL,
	"token_endpoint is not a valid https URL"},
    {"javascript",
	BEGIN TOKEN ",\"authorization_endpoint\":\"javascript:alert(1)\"}",
	NULL, "authorization_endpoint is not a valid https URL"},
    {"an option of a command",
	BEGIN TOKEN ",\"authorization_endpoint\":\"--help\"}", NULL,
	"authorization_endpoint is not a valid https URL"},
    {"a user in a URL",
	BEGIN TOKEN ",\"revocation_endpoint\":\"https://a@b.example/\"}", NULL,
	"revocation_endpoint is not a valid https URL"},
    {"a line end in a URL",
	BEGIN TOKEN ",\"revocation_endpoint\":\"https://b.example/\\r\\nX: "
		    "y\"}",
	NULL, "revocation_endpoint is not a valid https URL"},
    {"a URL that is a number", BEGIN ",\"token_endpoint\":7}", NULL,
	"token_endpoint is not a valid https URL"},
    {"HTML", "<html>", NULL, "octet"},
    {"empty", "", NULL, "octet"},
    {"an array", "[]", NULL, "it names no issuer"},
};

static const char *
shown(const char *text)
{
	return text != NULL ? text : "-";
}

static void
test_read(void **state)
{
	const struct metadata_row *row = *state;
	struct metadata metadata;
	struct error err = {0};
	struct buf found = {0};
	bool done = metadata_read(
	    &metadata, SPAN(ISSUER), span_from(row->document), &err);

	assert_int_equal(done, row->expected != NULL);
	if (done) {
		buf_add_format(&found, "%s|%s|%s|%s|%s|%s|%s|",
		    shown(metadata.token), shown(metadata.authorize),
		    shown(metadata.device), shown(metadata.revoke),
		    shown(metadata.registration), shown(metadata.scopes),
		    metadata.sends_iss ? "yes" : "no");
		oauth_provider_add_flows(metadata.flows, &found);
		assert_string_equal(buf_text(&found), row->expected);
		metadata_free(&metadata);
	} else {
		assert_int_equal(err.kind, ERROR_CONFIG);
		assert_contains(err.text, row->error);
	}
	buf_free(&found);
}

/* 10,000 scopes of 20 octets: what fits is kept, and words stay whole. */
static void
test_many(void **state)
{
	struct buf document = {.max = 1024 * 1024};
	struct metadata metadata;
	struct error err = {0};
	struct span rest, word;

	(void)state;
	buf_add_text(&document, MINIMUM ",\"scopes_supported\":[\"first\"");
	for (int i = 0; i < 10000; i++)
		buf_add_text(&document, ",\"abcdefghijklmnopqrst\"");
	buf_add_text(&document, "]}");
	assert_true(
	    metadata_read(&metadata, SPAN(ISSUER), buf_span(&document), &err));
	assert_true(strlen(metadata.scopes) <= 4096);
	rest = span_from(metadata.scopes);
	assert_true(span_next_word(&rest, " ", &word));
	assert_true(span_equal(word, SPAN("first")));
	while (span_next_word(&rest, " ", &word))
		assert_int_equal(word.len, 20);
	metadata_free(&metadata);
	buf_free(&document);
}

struct url_row {
	const char *name, *issuer, *oauth, *openid;
};

static const struct url_row urls[] = {
    {"a host", "https://a.example",
	"https://a.example/.well-known/oauth-authorization-server",
	"https://a.example/.well-known/openid-configuration"},
    {"a slash", "https://a.example/",
	"https://a.example/.well-known/oauth-authorization-server",
	"https://a.example/.well-known/openid-configuration"},
    {"a path", ISSUER,
	"https://a.example/.well-known/oauth-authorization-server/realms/x",
	ISSUER "/.well-known/openid-configuration"},
    {"a port", "https://[::1]:4443/x",
	"https://[::1]:4443/.well-known/oauth-authorization-server/x",
	"https://[::1]:4443/x/.well-known/openid-configuration"},
};

static void
test_url(void **state)
{
	const struct url_row *row = *state;
	struct buf url = {0};

	metadata_add_url(&url, span_from(row->issuer), false);
	assert_string_equal(buf_text(&url), row->oauth);
	buf_clear(&url);
	metadata_add_url(&url, span_from(row->issuer), true);
	assert_string_equal(buf_text(&url), row->openid);
	buf_free(&url);
}

struct auth_row {
	const char *name, *document;
	enum client_auth auth;
};

#define METHODS(list) \
	MINIMUM ",\"token_endpoint_auth_methods_supported\":[" list "]}"

static const struct auth_row auths[] = {
    {"no list", MINIMUM "}", CLIENT_AUTH_UNSURE},
    {"both", METHODS("\"client_secret_post\",\"client_secret_basic\""),
	CLIENT_AUTH_UNSURE},
    {"in the form", METHODS("\"none\",\"client_secret_post\""),
	CLIENT_AUTH_BODY},
    {"in the header", METHODS("\"client_secret_basic\""), CLIENT_AUTH_HEADER},
    {"neither", METHODS("\"private_key_jwt\""), CLIENT_AUTH_BODY},
};

static void
test_auth(void **state)
{
	const struct auth_row *row = *state;
	struct metadata metadata;
	struct error err = {0};

	assert_true(metadata_read(
	    &metadata, SPAN(ISSUER), span_from(row->document), &err));
	assert_int_equal(metadata.auth, row->auth);
	metadata_free(&metadata);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "read", rows, ROWS(rows), test_read);
	rows_add(&all, "url", urls, ROWS(urls), test_url);
	rows_add_one(&all, "many scopes", test_many);
	rows_add(&all, "auth", auths, ROWS(auths), test_auth);
	return rows_end(&all);
}
