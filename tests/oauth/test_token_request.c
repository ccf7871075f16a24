#include "rows.h"

#include "oauth/token_request.h"

struct form_row {
	const char *name;
	struct token_request request;
	const char *resource; /* of the client */
	const char *form;
};

static const struct form_row forms[] = {
    {"a code",
	{.grant = GRANT_CODE,
	    .secret = {"c/d", 3},
	    .redirect_uri = "http://127.0.0.1:4711/",
	    .verifier = {"v-_~", 4},
	    .scope = "not sent"},
	NULL,
	"grant_type=authorization_code&code=c%2Fd&redirect_uri=http%3A%2F%2F"
	"127.0.0.1%3A4711%2F&code_verifier=v-_~"},
    {"a refresh token", {.grant = GRANT_REFRESH, .secret = {"1//r", 4}}, NULL,
	"grant_type=refresh_token&refresh_token=1%2F%2Fr"},
    {"a refresh token with a scope",
	{.grant = GRANT_REFRESH, .secret = {"r", 1}, .scope = "a b"}, NULL,
	"grant_type=refresh_token&refresh_token=r&scope=a+b"},
    {"a device code", {.grant = GRANT_DEVICE, .secret = {"d", 1}}, NULL,
	"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&"
	"device_code=d"},
    {"client credentials",
	{.grant = GRANT_CLIENT_CREDENTIALS,
	    .scope = "https://a.example/.default"},
	NULL,
	"grant_type=client_credentials&scope=https%3A%2F%2Fa.example%2F."
	"default"},
    {"an assertion", {.grant = GRANT_ASSERTION, .secret = {"a.b.c", 5}}, NULL,
	"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&"
	"assertion=a.b.c"},
    {"a resource", {.grant = GRANT_REFRESH, .secret = {"r", 1}},
	"https://a.example/jmap",
	"grant_type=refresh_token&refresh_token=r&resource="
	"https%3A%2F%2Fa.example%2Fjmap"},
};

static void
test_form(void **state)
{
	const struct form_row *row = *state;
	const struct oauth_client client = {.resource = row->resource};
	struct buf form = {0};

	assert_true(token_request_add_form(&row->request, &client, &form));
	/* The two ways to write a blank are both right. */
	for (size_t i = 0; i + 3 <= form.len; i++)
		if (memcmp(form.data + i, "%20", 3) == 0) {
			form.data[i] = '+';
			memmove(form.data + i + 1, form.data + i + 3,
			    form.len - i - 3);
			form.len -= 2;
		}
	assert_string_equal(buf_text(&form), row->form);
	buf_free(&form);
}

static void
test_long(void **state)
{
	struct token_request request = {
	    .grant = GRANT_REFRESH, .secret = SPAN("0123456789")};
	const struct oauth_client client = {0};
	struct buf form = {.max = 30};

	(void)state;
	assert_false(token_request_add_form(&request, &client, &form));
	buf_free(&form);
}

/* Without a network: the error is temporary, and nothing is given. */
static void
test_no_network(void **state)
{
	struct profile profile = PROFILE_UNSET;
	struct oauth_client client = {.profile = &profile,
	    .id = (char *)"me",
	    .title = (char *)"Svc",
	    .token = (char *)"https://127.0.0.1:1/token"};
	struct token_request request = {
	    .grant = GRANT_REFRESH, .secret = SPAN("hunter2")};
	struct token_reply reply;
	struct token_error error;
	struct error err = {0};

	(void)state;
	assert_int_equal(
	    token_request_send(&request, &client, &reply, &error, &err),
	    FATE_LATER);
	assert_int_equal(err.kind, ERROR_TEMPORARY);
	assert_contains(err.text, "cannot reach Svc: ");
	assert_lacks(err.text, "hunter2");
	token_error_free(&error);

	request.endpoint = "http://127.0.0.1:1/token";
	assert_int_equal(
	    token_request_send(&request, &client, &reply, &error, &err),
	    FATE_CONFIG);
	assert_int_equal(err.kind, ERROR_CONFIG);
	token_error_free(&error);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "form", forms, ROWS(forms), test_form);
	rows_add_one(&all, "a form that is too long", test_long);
	rows_add_one(&all, "no network", test_no_network);
	return rows_end(&all);
}
