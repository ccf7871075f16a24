#include "rows.h"

#include "oauth/oauth_provider.h"
#include "profile/oauth_service.h"
#include "profile/setting_table.h"

struct find_row {
	const char *name, *service, *title, *tenant;
};

static const struct find_row finds[] = {
    {"a name", "google", "Google", ""},
    {"its issuer", "https://accounts.google.com", "Google", ""},
    {"more than its issuer", "https://accounts.google.com/x", NULL, ""},
    {"an issuer that begins like it", "https://accounts.google.com.example",
	NULL, ""},
    {"no tenant", "microsoft", "Microsoft", ""},
    {"a tenant", "microsoft:contoso.example", "Microsoft", "contoso.example"},
    {"an issuer with a tenant", "https://login.microsoftonline.com/x/v2.0",
	"Microsoft", "x"},
    {"an issuer without a tenant", "https://login.microsoftonline.com//v2.0",
	NULL, ""},
    {"an issuer of the old version", "https://login.microsoftonline.com/x/",
	NULL, ""},
    {"a national cloud", "https://login.microsoftonline.us/x/v2.0",
	"Microsoft for the US government", "x"},
    {"another national cloud",
	"https://login.partner.microsoftonline.cn/x/v2.0", "Microsoft in China",
	"x"},
    {"a name with a dot", "mail.ru", "Mail.ru", ""},
    {"any issuer", "https://login.example", NULL, ""},
};

static void
test_find(void **state)
{
	const struct find_row *row = *state;
	struct span tenant;
	const struct oauth_provider *provider =
	    oauth_provider_find(span_from(row->service), &tenant);

	if (row->title == NULL)
		assert_null(provider->title);
	else
		assert_string_equal(provider->title, row->title);
	assert_true(span_equal(tenant, span_from(row->tenant)));
}

static void
check_url(const char *url)
{
	char *whole = oauth_provider_url(url, SPAN("a.example"));

	if (whole != NULL) {
		assert_lacks(whole, "TENANT");
		assert_true(strncmp(whole, "https://", 8) == 0);
	}
	free(whole);
}

/* --setup says of each service with a name what its row needs. */
static void
test_needs(void **state)
{
	(void)state;
	for (size_t i = 0; i < oauth_provider_count; i++) {
		const struct oauth_provider *provider =
		    &oauth_provider_table[i];
		enum oauth_client_need need =
		    oauth_service_need(span_from(provider->name));

		if (strncmp(provider->name, "https:", 6) == 0)
			assert_int_equal(need, OAUTH_NEEDS_UNKNOWN);
		else if (provider->registration != NULL)
			assert_int_equal(need, OAUTH_NEEDS_NOTHING);
		else
			assert_int_equal(need,
			    provider->needs_secret ? OAUTH_NEEDS_SECRET
						   : OAUTH_NEEDS_ID);
	}
}

/* Every row has what its flows need. */
static void
test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < oauth_provider_count; i++) {
		const struct oauth_provider *row = &oauth_provider_table[i];
		bool is_known = i < oauth_provider_count - 1;

		check_url(row->authorize);
		check_url(row->token);
		check_url(row->device);
		check_url(row->revoke);
		check_url(row->registration);
		assert_non_null(row->redirect_host);
		assert_non_null(row->get_id);
		assert_non_null(row->end);
		assert_true(
		    (row->flows & PROVIDER_DEVICE) || row->no_device != NULL);
		if (!is_known)
			continue;
		assert_non_null(row->title);
		assert_non_null(row->authorize);
		assert_non_null(row->token);
		assert_non_null(row->scope);
		assert_int_equal(
		    !!(row->flows & PROVIDER_DEVICE), row->device != NULL);
		assert_int_equal(!!(row->flows &
				     (PROVIDER_CLIENT_CREDENTIALS |
					 PROVIDER_SERVICE_ACCOUNT)),
		    row->app_scope != NULL);
		assert_int_equal(
		    row->resource != NULL, row->registered_scope != NULL);
	}
}

/* The words of the setting are the rows, in their order. */
static void
test_words(void **state)
{
	const char *const *words = setting_table_find(SPAN("oauth"))->words;
	size_t rows = 0, count = 0;

	(void)state;
	for (; words[count] != NULL; count++) {
		struct span tenant;

		assert_non_null(
		    oauth_provider_find(span_from(words[count]), &tenant)
			->title);
	}
	for (size_t i = 0; i < oauth_provider_count; i++)
		rows += strncmp(oauth_provider_table[i].name, "https:", 6) != 0;
	assert_int_equal(rows, count);
}

static void
test_flows(void **state)
{
	struct buf flows = {0};

	(void)state;
	assert_int_equal(oauth_provider_flow(OAUTH_FLOW_AUTO), 0);
	oauth_provider_add_flows(oauth_provider_flow(OAUTH_FLOW_BROWSER) |
		oauth_provider_flow(OAUTH_FLOW_SERVICE_ACCOUNT),
	    &flows);
	assert_string_equal(buf_text(&flows), "browser, service-account");
	buf_free(&flows);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "find", finds, ROWS(finds), test_find);
	rows_add_one(&all, "every row is complete", test_table);
	rows_add_one(&all, "the words of the setting", test_words);
	rows_add_one(&all, "flows", test_flows);
	rows_add_one(&all, "what a profile needs", test_needs);
	return rows_end(&all);
}
