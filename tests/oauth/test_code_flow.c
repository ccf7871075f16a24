#include "rows.h"

#include "base/mem.h"
#include "oauth/code_flow.h"

struct address_row {
	const char *name, *service, *user, *authorize, *address;
};

#define QUERY                                                       \
	"response_type=code&client_id=an%20id&redirect_uri="        \
	"http%3A%2F%2F127.0.0.1%3A4711%2F&scope=a%20b%2Fc&state=S&" \
	"code_challenge=C&code_challenge_method=S256"

static const struct address_row addresses[] = {
    {"a service of the table", "google", "ann@a.example",
	"https://login.example/auth",
	"https://login.example/auth?" QUERY
	"&login_hint=ann%40a.example&access_type=offline&prompt=consent"},
    {"an endpoint with a query", "fastmail", NULL,
	"https://login.example/auth?p=1",
	"https://login.example/auth?p=1&" QUERY},
};

static void
test_address(void **state)
{
	const struct address_row *row = *state;
	struct profile profile = PROFILE_UNSET;
	struct oauth_client client = {.profile = &profile};
	struct span tenant;
	char user[] = "ann@a.example", id[] = "an id", scope[] = "a b/c";
	struct buf out;

	profile.user = row->user != NULL ? user : NULL;
	client.provider = oauth_provider_find(span_from(row->service), &tenant);
	client.id = id;
	client.scope = scope;
	client.authorize = mem_copy_text(row->authorize);
	assert_true(code_flow_add_address(
	    &client, "http://127.0.0.1:4711/", SPAN("S"), SPAN("C"), &out));
	assert_string_equal(buf_text(&out), row->address);
	buf_free(&out);
	free(client.authorize);
}

int
main(void)
{
	return rows_run("address", addresses, ROWS(addresses), test_address);
}
