#include "rows.h"

#include "base/mem.h"
#include "profile/provider.h"
#include "profile/provider_hint_table.h"
#include "profile/server_url.h"
#include "profile/setting_mail.h"
#include "profile/setting_table.h"

/* The rows themselves: what the list and the presets rely on. */

static void
check_text(const char *text)
{
	assert_non_null(text);
	assert_true(text[0] != '\0');
	for (; *text != '\0'; text++)
		assert_true(*text >= ' ' && *text < 127);
}

static bool
set_provider(struct profile *profile, const char *name, struct error *err)
{
	return setting_provider.parse(setting_table_find(SPAN("provider")),
	    profile, span_from(name), err);
}

static void
check_servers(const struct provider *provider)
{
	for (size_t i = 0; i < PROVIDER_VARIANTS_MAX; i++) {
		const struct provider_variant *variant = &provider->variants[i];
		struct profile profile = PROFILE_UNSET;
		struct error err = {0};
		struct buf name = {0}, value = {0};

		if (variant->servers == NULL) {
			assert_true(i > 0);
			break;
		}
		provider_add_name(provider, variant, &name);
		if (strchr(variant->servers, '*') != NULL) {
			buf_clear(&name);
			buf_add_format(&name, "%s:eu-west-1", provider->name);
		}
		assert_true(set_provider(&profile, buf_text(&name), &err));
		assert_ptr_equal(provider_of(&profile, NULL), provider);
		assert_true(provider_preset(&profile, "server", &value));
		assert_true(
		    setting_servers.parse(setting_table_find(SPAN("server")),
			&profile, buf_span(&value), &err));
		assert_true(profile.server_count > 0);
		for (size_t j = 0; j < profile.server_count; j++)
			assert_true(profile.servers[j].scheme == SCHEME_SMTP ||
			    profile.servers[j].scheme == SCHEME_SMTPS);
		buf_free(&name);
		buf_free(&value);
		profile_free(&profile);
	}
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < provider_table_count; i++) {
		const struct provider *provider = &provider_table[i];
		const struct provider_hint *hint;
		struct buf user = {0};

		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(
			    provider_table[j].name, provider->name);
		check_text(provider->name);
		assert_null(strpbrk(provider->name, ": ,"));
		check_text(provider->title);
		check_text(provider->mechanisms);
		check_text(provider->login);
		check_text(provider->note);
		provider_add_user(provider, &user);
		check_text(buf_text(&user));
		buf_free(&user);
		hint = provider->hints;
		for (; hint != NULL && hint->hint != NULL; hint++)
			check_text(hint->hint);
		check_servers(provider);
	}
}

struct name_row {
	const char *name, *provider, *found, *error;
};

static const struct name_row names[] = {
    {"one", "gmail", "gmail", NULL},
    {"a variant", "zoho:eu", "zoho", NULL},
    {"a region", "ses:us-gov-west-1", "ses", NULL},
    {"unknown", "gmial", NULL,
	"hint: the nearest one known is \"gmail\"; smtpost --providers"},
    {"unknown, with a variant", "zohoo:eu", NULL, "is \"zoho\""},
    {"nothing like it", "example.org", NULL, "hint: smtpost --providers"},
    {"capitals", "Gmail", NULL, "--providers"},
    {"no region", "ses", NULL, "ses:REGION with a REGION such as eu-central-1"},
    {"a city", "ses:frankfurt", NULL, "ses:REGION"},
    {"a part of the world", "ses:eu-west", NULL, "ses:REGION"},
    {"an empty region", "ses:", NULL, "ses:REGION"},
    {"a region with a dot", "ses:evil.example", NULL, "ses:REGION"},
    {"a region with a slash", "ses:a/b", NULL, "ses:REGION"},
    {"a region with an at sign", "ses:a@b", NULL, "ses:REGION"},
    {"a region with a star", "ses:*", NULL, "ses:REGION"},
    {"a region with a blank", "ses:a b", NULL, "ses:REGION"},
    {"a hyphen in front", "ses:-a", NULL, "ses:REGION"},
    {"a hyphen at the end", "ses:a-", NULL, "ses:REGION"},
    {"a region in capitals", "ses:REGION", NULL, "ses:REGION"},
    {"a region that is too long", "ses:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL,
	"ses:REGION"},
    {"a variant of another", "gmail:eu", NULL, "one of gmail"},
    {"controls are masked", "a\x1b[1m", NULL, "\\x1b"},
};

static void
test_name(void **state)
{
	const struct name_row *row = *state;
	struct profile profile = PROFILE_UNSET;
	struct error err = {0};
	bool done = set_provider(&profile, row->provider, &err);

	assert_int_equal(done, row->found != NULL);
	if (row->found != NULL) {
		assert_string_equal(
		    provider_of(&profile, NULL)->name, row->found);
		profile_free(&profile);
		return;
	}
	assert_int_equal(err.kind, ERROR_CONFIG);
	assert_non_null(strstr(err.text, row->error));
}

struct host_row {
	const char *name, *url, *found;
};

static const struct host_row hosts[] = {
    {"gmail", "smtps://smtp.gmail.com", "gmail"},
    {"capitals and another port", "smtp://SMTP.Gmail.COM:25", "gmail"},
    {"a region", "smtp://email-smtp.eu-west-1.amazonaws.com", "ses"},
    {"two labels in a region's place",
	"smtp://email-smtp.eu.west.amazonaws.com", NULL},
    {"no region", "smtp://email-smtp.amazonaws.com", NULL},
    {"a variant", "smtp://smtp.zoho.com.au", "zoho"},
    {"another name", "smtp://in.mailjet.com", "mailjet"},
    {"a name behind it", "smtp://smtp.gmail.com.example", NULL},
    {"a name before it", "smtp://xsmtp.gmail.com", NULL},
    {"an address", "smtp://127.0.0.1:1025", NULL},
    {"a Unix socket", "smtp+unix:/run/x", NULL},
};

static void
test_host(void **state)
{
	const struct host_row *row = *state;
	struct profile profile = PROFILE_UNSET;
	struct server server = {0};
	struct error err = {0};
	const struct provider *found;

	assert_true(server_url_parse(&server, span_from(row->url), &err));
	found = provider_of(&profile, &server);
	if (row->found == NULL) {
		assert_null(found);
	} else {
		assert_non_null(found);
		assert_string_equal(found->name, row->found);
	}
	server_url_free(&server);
}

struct preset_row {
	const char *name, *provider, *user, *sender, *setting;
	const char *value; /* NULL: no preset */
};

static const struct preset_row presets[] = {
    {"servers", "gmail", NULL, NULL, "server",
	"smtps://smtp.gmail.com, smtp://smtp.gmail.com"},
    {"a region's servers", "ses:eu-west-1", NULL, NULL, "server",
	"smtps://email-smtp.eu-west-1.amazonaws.com, "
	"smtp://email-smtp.eu-west-1.amazonaws.com"},
    {"a variant's server", "mailtrap:bulk", NULL, NULL, "server",
	"smtp://bulk.smtp.mailtrap.io"},
    {"tls", "gmail", NULL, NULL, "tls", "required"},
    {"auth", "gmail", NULL, NULL, "auth", "auto"},
    {"a word as the user", "sendgrid", NULL, NULL, "user", "apikey"},
    {"no word", "gmail", NULL, NULL, "user", NULL},
    {"the user sends", "gmail", "me@gmail.com", NULL, "sender", "me@gmail.com"},
    {"a percent sign", "gmail", "m%u@gmail.com", NULL, "sender",
	"m%%u@gmail.com"},
    {"no user", "gmail", NULL, NULL, "sender", NULL},
    {"a user without a domain", "gmail", "me", NULL, "sender", NULL},
    {"a user with a name", "gmail", "Me <me@gmail.com>", NULL, "sender", NULL},
    {"two users", "gmail", "a@b.example, c@d.example", NULL, "sender", NULL},
    {"a login does not send", "brevo", "me@b.example", NULL, "sender", NULL},
    {"a foreign From is replaced", "yandex", NULL, "me@yandex.com",
	"header-policy", "provider"},
    {"not without a sender", "yandex", NULL, NULL, "header-policy", NULL},
    {"not if the service replaces it itself", "gmail", NULL, "me@gmail.com",
	"header-policy", NULL},
    {"no chunks", "microsoft365:hve", NULL, NULL, "chunking", "never"},
    {"perhaps chunks", "gmail", NULL, NULL, "chunking", NULL},
    {"another setting", "gmail", "me@gmail.com", "me@gmail.com", "domain",
	NULL},
    {"no provider", NULL, "me@gmail.com", NULL, "sender", NULL},
};

static char *
copy(const char *text)
{
	return text != NULL ? mem_copy_text(text) : NULL;
}

static void
test_preset(void **state)
{
	const struct preset_row *row = *state;
	struct profile profile = PROFILE_UNSET;
	struct buf value = {0};

	profile.provider = copy(row->provider);
	profile.user = copy(row->user);
	profile.sender = copy(row->sender);
	assert_int_equal(provider_preset(&profile, row->setting, &value),
	    row->value != NULL);
	if (row->value != NULL)
		assert_string_equal(buf_text(&value), row->value);
	buf_free(&value);
	profile_free(&profile);
}

struct user_row {
	const char *name, *provider, *user;
	const char *error;  /* NULL: it will do */
	const char *sender; /* NULL: none is set */
};

static const struct user_row users[] = {
    {"an address", "microsoft365", "me@example.com", NULL, NULL},
    {"no address", "microsoft365", "me", "full address", NULL},
    {"no address, and no sender", "gmail", "me",
	"the user name of Gmail is a full address\nhint: user = me@DOMAIN",
	NULL},
    {"half an address", "gmail", "me@", "hint: user = NAME@DOMAIN", NULL},
    {"no address, but a sender", "gmail", "me", NULL, "me@example.com"},
    {"no address, a sender, wsmtpost calls it surely wrong", "microsoft365",
	"me", "full address", "me@example.com"},
    {"the word", "sendgrid", "apikey", NULL, NULL},
    {"another word", "sendgrid", "me", "set user = apikey, or leave it out",
	NULL},
    {"the word and more", "sparkpost", "SMTP_Injection:X-MSYS-SUBACCOUNT=1",
	NULL, NULL},
    {"a key", "ses:eu-west-1", "AKIAIOSFODNN7EXAMPLE", NULL, NULL},
    {"an address in a key's place", "ses:eu-west-1", "me@example.com",
	"SMTP user name", NULL},
    {"any", "mandrill", "x", NULL, NULL},
    {"no user", "sendgrid", NULL, NULL, NULL},
    {"no provider", NULL, "me", NULL, NULL},
};

static void
test_user(void **state)
{
	const struct user_row *row = *state;
	struct profile profile = PROFILE_UNSET;
	struct error err = {0};

	profile.name = copy("work");
	profile.provider = copy(row->provider);
	profile.user = copy(row->user);
	profile.sender = copy(row->sender);
	assert_int_equal(provider_check(&profile, &err), row->error == NULL);
	if (row->error != NULL) {
		assert_int_equal(err.kind, ERROR_CONFIG);
		assert_non_null(strstr(err.text, row->error));
	}
	profile_free(&profile);
}

struct hint_row {
	const char *name, *provider;
	enum stage stage;
	int code;
	struct status status;
	const char *text;
	const char *hint; /* NULL: none */
};

static const struct hint_row hints[] = {
    {"by code and status", "gmail", STAGE_AUTH, 534, {5, 7, 9},
	"Application-specific password required.", "2-Step"},
    {"by text, in any case", "microsoft365", STAGE_AUTH, 535, {5, 7, 139},
	"Authentication unsuccessful, SMTPCLIENTAUTHENTICATION IS DISABLED "
	"FOR THE TENANT. Visit",
	"Set-CASMailbox"},
    {"the narrow one first", "microsoft365", STAGE_AUTH, 535, {5, 7, 139},
	"basic authentication is disabled. [X]", "no longer accepted here"},
    {"the broad one last", "microsoft365", STAGE_AUTH, 535, {5, 7, 139},
	"the user credentials were incorrect. [X]", "conditional access"},
    {"the same status, another code", "microsoft365", STAGE_CONTENT, 554,
	{5, 2, 252}, "SendAsDenied; a@b not allowed to send as c@d", "sender"},
    {"and its code", "microsoft365", STAGE_MAIL, 550, {5, 2, 252},
	"Sender throttled due to continuous send as denied errors.", "wait"},
    {"a login, whatever it says", "fastmail", STAGE_AUTH, 535, {0, 0, 0}, "no",
	"app password"},
    {"501 to a login", "fastmail", STAGE_AUTH, 501, {0, 0, 0}, "no",
	"app password"},
    {"a login, for now", "fastmail", STAGE_AUTH, 454, {4, 7, 0}, "no", NULL},
    {"not a login", "fastmail", STAGE_RCPT, 550, {5, 1, 1}, "no", NULL},
    {"taken", "gmail", STAGE_AUTH, 250, {0, 0, 0}, "ok", NULL},
    {"our own words", "gmail", STAGE_AUTH, 0, {0, 0, 0}, "no", NULL},
    {"no text", "ses:eu-west-1", STAGE_CONTENT, 554, {0, 0, 0}, "", NULL},
    {"no provider", NULL, STAGE_AUTH, 535, {5, 7, 8}, "no", NULL},
};

static void
test_hint(void **state)
{
	const struct hint_row *row = *state;
	struct profile profile = PROFILE_UNSET;
	struct outcome outcome = {.stage = row->stage,
	    .action = ACTION_FAILED,
	    .reply = {.code = row->code, .status = row->status}};
	const char *hint;

	profile.provider = copy(row->provider);
	buf_add_text(&outcome.reply.text, row->text);
	hint = provider_hint(&profile, NULL, &outcome);
	if (row->hint == NULL) {
		assert_null(hint);
	} else {
		assert_non_null(hint);
		assert_non_null(strstr(hint, row->hint));
	}
	outcome_free(&outcome);
	profile_free(&profile);
}

/* "5.7.9" */
static struct status
status_from(const char *text)
{
	struct status status = {0};
	unsigned class;

	if (text != NULL) {
		assert_int_equal(sscanf(text, "%u.%hu.%hu", &class,
				     &status.subject, &status.detail),
		    3);
		status.class = (unsigned char)class;
	}
	return status;
}

/* No row stands behind one that says the same or less. */
static void
test_hint_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < provider_table_count; i++) {
		const struct provider_hint *row = provider_table[i].hints;
		struct profile profile = PROFILE_UNSET;

		profile.provider = copy(provider_table[i].name);
		if (provider_table[i].variants[0].name != NULL) {
			free(profile.provider);
			profile.provider = copy("ses:eu-west-1");
		}
		for (; row != NULL && row->hint != NULL; row++) {
			struct outcome outcome = {.stage = STAGE_CONTENT,
			    .action = ACTION_FAILED,
			    .reply = {.code = row->code,
				.status = status_from(row->status)}};

			profile.oauth.flow = row->for_app
			    ? OAUTH_FLOW_CLIENT_CREDENTIALS
			    : OAUTH_FLOW_AUTO;
			if (row->code == 0)
				outcome.reply.code =
				    outcome.reply.status.class == 4 ? 450 : 550;
			if (row->text != NULL)
				buf_add_text(&outcome.reply.text, row->text);
			assert_string_equal(
			    provider_hint(&profile, NULL, &outcome), row->hint);
			outcome_free(&outcome);
		}
		profile_free(&profile);
	}
}

static void
test_hint_by_host(void **state)
{
	struct profile profile = PROFILE_UNSET;
	struct server server = {0}, other = {0};
	struct outcome outcome = {.stage = STAGE_AUTH,
	    .action = ACTION_DELAYED,
	    .reply = {.code = 535, .status = {5, 7, 8}}};
	struct error err = {0};
	const char *hint;

	(void)state;
	assert_true(
	    server_url_parse(&server, SPAN("smtp://smtp.gmail.com"), &err));
	assert_true(
	    server_url_parse(&other, SPAN("smtp://mail.example.com"), &err));
	hint = provider_hint(&profile, &server, &outcome);
	assert_non_null(hint);
	assert_non_null(strstr(hint, "app password"));
	assert_null(provider_hint(&profile, &other, &outcome));
	server_url_free(&server);
	server_url_free(&other);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "every row is whole", test_rows);
	rows_add(&all, "name", names, ROWS(names), test_name);
	rows_add(&all, "host", hosts, ROWS(hosts), test_host);
	rows_add(&all, "preset", presets, ROWS(presets), test_preset);
	rows_add(&all, "user", users, ROWS(users), test_user);
	rows_add(&all, "hint", hints, ROWS(hints), test_hint);
	rows_add_one(&all, "every hint can be told", test_hint_rows);
	rows_add_one(&all, "a hint by the server's host", test_hint_by_host);
	return rows_end(&all);
}
