#include "rows.h"

#include "profile/oauth_service.h"

struct issuer_row {
	const char *name, *issuer;
	const char *service; /* NULL: refused */
	enum oauth_client_need need;
};

static const struct issuer_row issuers[] = {
    {"a host", "login.example.com", "https://login.example.com",
	OAUTH_NEEDS_UNKNOWN},
    {"a URL", "https://login.example.com/realm",
	"https://login.example.com/realm", OAUTH_NEEDS_UNKNOWN},
    {"the host of a known service", "Accounts.Google.com", "google",
	OAUTH_NEEDS_SECRET},
    {"another one", "login.microsoftonline.com", "microsoft", OAUTH_NEEDS_ID},
    {"a service that registers clients", "www.fastmail.com", "fastmail",
	OAUTH_NEEDS_NOTHING},
    {"without TLS", "http://login.example.com", NULL, OAUTH_NEEDS_UNKNOWN},
    {"a query", "https://login.example.com/?a", NULL, OAUTH_NEEDS_UNKNOWN},
    {"a user", "https://me@login.example.com", NULL, OAUTH_NEEDS_UNKNOWN},
    {"one label", "login", NULL, OAUTH_NEEDS_UNKNOWN},
    {"a control character", "https://login.example.com/\xc2\x9b", NULL,
	OAUTH_NEEDS_UNKNOWN},
    {"a line end", "login.example.com\npassword = x", NULL,
	OAUTH_NEEDS_UNKNOWN},
    {"words", "any of them", NULL, OAUTH_NEEDS_UNKNOWN},
    {"nothing", "", NULL, OAUTH_NEEDS_UNKNOWN},
};

static void
test_issuer(void **state)
{
	const struct issuer_row *row = *state;
	struct buf service = {0};
	bool done = oauth_service_add(span_from(row->issuer), &service);

	assert_int_equal(done, row->service != NULL);
	assert_string_equal(
	    buf_text(&service), row->service != NULL ? row->service : "");
	assert_int_equal(oauth_service_need(buf_span(&service)), row->need);
	buf_free(&service);
}

static void
test_tenant(void **state)
{
	(void)state;
	assert_int_equal(
	    oauth_service_need(SPAN("microsoft:example.com")), OAUTH_NEEDS_ID);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "issuer", issuers, ROWS(issuers), test_issuer);
	rows_add_one(&all, "a tenant", test_tenant);
	return rows_end(&all);
}
