#include "rows.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "oauth/oauth_client.h"
#include "profile/setting_table.h"

#define SETTINGS_MAX 8

struct client_row {
	const char *name;
	const char *settings[SETTINGS_MAX]; /* "oauth=google", ends in NULL */
	enum oauth_flow flow;
	/* What the error of the check has in it; NULL: there is none. */
	const char *error;
	const char *token, *scope; /* NULL: not looked at */
};

#define MICROSOFT "https://login.microsoftonline.com/"
#define ID "oauth-client-id=me"
#define SECRET "oauth-client-secret=s"

static const struct client_row rows[] = {
    {"Google", {"oauth=google", ID, SECRET}, OAUTH_FLOW_BROWSER, NULL,
	"https://oauth2.googleapis.com/token", "https://mail.google.com/"},
    {"Google without an ID", {"oauth=google", SECRET}, OAUTH_FLOW_AUTO,
	"cannot log in with profile \"work\": oauth-client-id is not set\n"
	"hint: make a client of the type \"Desktop app\"",
	NULL, NULL},
    {"Google without a secret", {"oauth=google", ID}, OAUTH_FLOW_BROWSER,
	"Google needs oauth-client-secret\nhint: make a client", NULL, NULL},
    {"Google by a code", {"oauth=google", ID, SECRET}, OAUTH_FLOW_DEVICE,
	"Google allows no login by a code for mail\n"
	"hint: run smtpost-oauth login work --browser, or --paste",
	NULL, NULL},
    {"Google's issuer by a code",
	{"oauth=https://accounts.google.com", ID, SECRET}, OAUTH_FLOW_DEVICE,
	"Google allows no login by a code for mail", NULL, NULL},
    {"Google and client credentials", {"oauth=google", ID, SECRET},
	OAUTH_FLOW_CLIENT_CREDENTIALS,
	"Google has no such login\n"
	"hint: set oauth-flow to one of these: browser, service-account",
	NULL, NULL},
    {"a service account",
	{"oauth=google", "oauth-flow=service-account", "oauth-key=/k"},
	OAUTH_FLOW_SERVICE_ACCOUNT, NULL, "https://oauth2.googleapis.com/token",
	"https://mail.google.com/"},
    {"a service account without a key",
	{"oauth=google", "oauth-flow=service-account"},
	OAUTH_FLOW_SERVICE_ACCOUNT, "oauth-key is not set\nhint: set it", NULL,
	NULL},
    {"Microsoft", {"oauth=microsoft", ID}, OAUTH_FLOW_DEVICE, NULL,
	MICROSOFT "common/oauth2/v2.0/token",
	"https://outlook.office.com/SMTP.Send offline_access openid email "
	"profile"},
    {"a tenant", {"oauth=microsoft:a.example", ID}, OAUTH_FLOW_BROWSER, NULL,
	MICROSOFT "a.example/oauth2/v2.0/token", NULL},
    {"a tenant in a setting", {"oauth=microsoft", ID, "oauth-tenant=b.example"},
	OAUTH_FLOW_BROWSER, NULL, MICROSOFT "b.example/oauth2/v2.0/token",
	NULL},
    {"a national cloud", {"oauth=https://login.microsoftonline.us/x/v2.0", ID},
	OAUTH_FLOW_DEVICE, NULL,
	"https://login.microsoftonline.us/x/oauth2/v2.0/token",
	"https://outlook.office365.us/SMTP.Send offline_access openid email "
	"profile"},
    {"another scope", {"oauth=microsoft", ID, "oauth-scope=a b"},
	OAUTH_FLOW_BROWSER, NULL, NULL, "a b"},
    {"no person",
	{"oauth=microsoft:a.example", ID, SECRET,
	    "oauth-flow=client-credentials"},
	OAUTH_FLOW_CLIENT_CREDENTIALS, NULL,
	MICROSOFT "a.example/oauth2/v2.0/token",
	"https://outlook.office365.com/.default"},
    {"no person and no secret", {"oauth=microsoft:a.example", ID},
	OAUTH_FLOW_CLIENT_CREDENTIALS,
	"needs oauth-client-secret\nhint: make a client secret", NULL, NULL},
    {"no person and no tenant", {"oauth=microsoft", ID, SECRET},
	OAUTH_FLOW_CLIENT_CREDENTIALS,
	"needs the tenant\nhint: set oauth-tenant", NULL, NULL},
    {"no person and no ID", {"oauth=microsoft:a.example", SECRET},
	OAUTH_FLOW_CLIENT_CREDENTIALS,
	"oauth-client-id is not set\nhint: ", NULL, NULL},
    {"Microsoft without an ID", {"oauth=microsoft"}, OAUTH_FLOW_DEVICE,
	"oauth-client-id is not set\nhint: register an application", NULL,
	NULL},
    {"Fastmail registers", {"oauth=fastmail"}, OAUTH_FLOW_BROWSER, NULL,
	"https://api.fastmail.com/oauth/refresh", NULL},
    {"Yahoo without an ID", {"oauth=yahoo"}, OAUTH_FLOW_BROWSER,
	"hint: the service gives IDs to few developers", NULL, NULL},
    {"Yandex by a code", {"oauth=yandex", ID, SECRET}, OAUTH_FLOW_DEVICE, NULL,
	NULL, "mail:smtp"},
    {"an issuer without an ID", {"oauth=https://a.example"}, OAUTH_FLOW_BROWSER,
	"oauth-client-id is not set\nhint: ask the administrator", NULL, NULL},
    {"Fastmail and a service account", {"oauth=fastmail", ID, "oauth-key=/k"},
	OAUTH_FLOW_SERVICE_ACCOUNT, "Fastmail has no such login", NULL, NULL},
    {"an issuer and a service account without a key",
	{"oauth=https://a.example", ID}, OAUTH_FLOW_SERVICE_ACCOUNT,
	"oauth-key is not set", NULL, NULL},
    {"no service", {ID}, OAUTH_FLOW_BROWSER,
	"it has no OAuth login\nhint: set oauth", NULL, NULL},
};

static void
make(struct profile *profile, const char *const *settings)
{
	*profile = (struct profile)PROFILE_UNSET;
	profile->name = mem_copy_text("work");
	for (; *settings != NULL; settings++) {
		struct span text = span_from(*settings);
		size_t equals = span_find(text, '=');
		const struct setting *setting =
		    setting_table_find(span_head(text, equals));
		struct error err = {0};

		assert_non_null(setting);
		assert_true(setting->type->parse(
		    setting, profile, span_skip(text, equals + 1), &err));
	}
}

static void
test_check(void **state)
{
	const struct client_row *row = *state;
	struct profile profile;
	struct oauth_client client;
	struct error err = {0};
	bool done;

	make(&profile, row->settings);
	done = oauth_client_init(&client, &profile, &err) &&
	    oauth_client_check(&client, row->flow, &err);
	assert_int_equal(done, row->error == NULL);
	if (!done) {
		assert_int_equal(err.kind, ERROR_CONFIG);
		assert_contains(err.text, row->error);
	}
	if (row->token != NULL)
		assert_string_equal(client.token, row->token);
	if (row->scope != NULL)
		assert_string_equal(client.scope, row->scope);
	oauth_client_free(&client);
	profile_free(&profile);
}

static void
test_margin(void **state)
{
	static const char *const settings[] = {
	    "provider=microsoft365:hve", "oauth=microsoft", NULL};
	struct profile profile;
	struct oauth_client client;
	struct error err = {0};

	(void)state;
	make(&profile, settings);
	assert_true(oauth_client_init(&client, &profile, &err));
	assert_true(client.margin > 600);
	oauth_client_free(&client);
	profile_free(&profile);
	make(&profile, settings + 1);
	assert_true(oauth_client_init(&client, &profile, &err));
	assert_int_equal(client.margin, 300);
	oauth_client_free(&client);
	profile_free(&profile);
}

/* A client that was registered gets the scope and the resource of its kind. */
static void
test_registered(void **state)
{
	static const char *const settings[] = {"oauth=fastmail", NULL};
	struct profile profile;
	struct oauth_client client;
	struct error err = {0};

	(void)state;
	make(&profile, settings);
	assert_true(oauth_client_init(&client, &profile, &err));
	assert_true(oauth_client_needs_id(&client));
	assert_null(client.resource);
	oauth_client_set_registered(
	    &client, SPAN("new"), SPAN("s"), CLIENT_AUTH_BODY);
	assert_false(oauth_client_needs_id(&client));
	assert_string_equal(client.id, "new");
	assert_string_equal(buf_text(&client.secret), "s");
	assert_string_equal(client.scope, "urn:ietf:params:oauth:scope:mail");
	assert_string_equal(
	    client.resource, "https://api.fastmail.com/jmap/session");
	oauth_client_free(&client);
	profile_free(&profile);
}

static void
try_file(const char *content, mode_t mode, const char *error)
{
	char path[] = "client-secret.XXXXXX";
	char setting[64];
	const char *settings[] = {"oauth=google", setting, NULL};
	struct profile profile;
	struct oauth_client client;
	struct error err = {0};
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, strlen(content)), strlen(content));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	snprintf(setting, sizeof(setting), "oauth-client-secret-file=%s", path);
	make(&profile, settings);
	assert_int_equal(
	    oauth_client_init(&client, &profile, &err), error == NULL);
	if (error == NULL) {
		assert_string_equal(buf_text(&client.secret), "hunter2");
	} else {
		assert_int_equal(err.kind, ERROR_CONFIG);
		assert_contains(err.text, error);
		assert_lacks(err.text, "hunter2");
	}
	oauth_client_free(&client);
	profile_free(&profile);
	unlink(path);
}

static void
test_no_file(void **state)
{
	const char *settings[] = {
	    "oauth=google", "oauth-client-secret-file=/no/such/file", NULL};
	struct profile profile;
	struct oauth_client client;
	struct error err = {0};

	(void)state;
	make(&profile, settings);
	assert_false(oauth_client_init(&client, &profile, &err));
	assert_string_equal(err.text,
	    "cannot open /no/such/file: No such file or directory\n"
	    "hint: oauth-client-secret-file must name a file that you can "
	    "read, with the client secret in its first line");
	oauth_client_free(&client);
	profile_free(&profile);
}

static void
test_file(void **state)
{
	(void)state;
	try_file("hunter2\nmore\n", 0600, NULL);
	try_file("hunter2", 0600, NULL);
	try_file("hunter2\n", 0644, "read");
	try_file("\n", 0600, "empty");
}

static void
test_title(void **state)
{
	static const char *const settings[] = {
	    "oauth=https://a.example:4443/realms/x", NULL};
	struct profile profile;
	struct oauth_client client;
	struct error err = {0};

	(void)state;
	make(&profile, settings);
	assert_true(oauth_client_init(&client, &profile, &err));
	assert_string_equal(client.title, "a.example:4443");
	assert_string_equal(client.issuer, "https://a.example:4443/realms/x");
	assert_null(client.token);
	oauth_client_free(&client);
	profile_free(&profile);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "check", rows, ROWS(rows), test_check);
	rows_add_one(&all, "the margin", test_margin);
	rows_add_one(&all, "a registered client", test_registered);
	rows_add_one(&all, "a file with the secret", test_file);
	rows_add_one(&all, "no file with the secret", test_no_file);
	rows_add_one(&all, "the title of an issuer", test_title);
	return rows_end(&all);
}
