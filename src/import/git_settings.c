/*
 * A table says which variables count; git compares their names without regard
 * to case. Passwords are kept in memory that is wiped.
 */
#include "import/git_settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "import/import_names.h"

#define SETTINGS_MAX ((size_t)1000)

static const char *const key_names[KEYS] = {
    [KEY_SERVER] = "smtpServer",
    [KEY_PORT] = "smtpServerPort",
    [KEY_ENCRYPTION] = "smtpEncryption",
    [KEY_CERT_PATH] = "smtpSSLCertPath",
    [KEY_CLIENT_CERT] = "smtpSSLClientCert",
    [KEY_CLIENT_KEY] = "smtpSSLClientKey",
    [KEY_DOMAIN] = "smtpDomain",
    [KEY_USER] = "smtpUser",
    [KEY_PASS] = "smtpPass",
    [KEY_AUTH] = "smtpAuth",
    [KEY_ENVELOPE_SENDER] = "envelopeSender",
    [KEY_FROM] = "from",
    [KEY_SENDMAIL] = "sendmailCmd",
    [KEY_IDENTITY] = "identity",
};

/* Variables of git send-email that smtpost has nothing to do with. */
static const char *const own_names[] = {"to", "toCmd", "cc", "ccCmd", "bcc",
    "headerCmd", "aliasesFile", "aliasFileType", "annotate",
    "assume8bitEncoding", "ccCover", "chainReplyTo", "composeEncoding",
    "confirm", "forbidSendmailVariables", "imapSentFolder", "mailmap",
    "multiEdit", "outlookidfix", "signedOffByCc", "signedOffCc", "suppressCc",
    "suppressFrom", "thread", "toCover", "transferEncoding", "useImapOnly",
    "validate", "xmailer", NULL};

const char *
git_settings_name(enum git_key key)
{
	return key_names[key];
}

/* The variable as `git config` names it: "sendemail.work.smtpUser". */
void
git_settings_add_name(struct buf *out, const char *identity, struct span name)
{
	buf_add_format(
	    out, "sendemail.%s%s", identity, identity[0] != '\0' ? "." : "");
	buf_add_span(out, name);
}

/* Of a command only the program: its arguments, or a URL, may be secret. */
static struct span
shown_value(const struct git_setting *setting)
{
	struct span value = buf_span(&setting->value);

	if (value.len == 0)
		return SPAN("\"\"");
	if (setting->key != KEY_SENDMAIL && setting->key != KEY_SERVER)
		return value;
	value = span_head(value, span_find(value, ' '));
	if (span_find(value, '=') < value.len)
		return SPAN("...");
	return span_skip(value,
	    span_find_last(value, '@') < value.len
		? span_find_last(value, '@') + 1
		: 0);
}

static struct span
shown_setting(struct buf *line, const struct git_setting *setting)
{
	git_settings_add_name(
	    line, setting->identity, span_from(key_names[setting->key]));
	if (setting->key != KEY_PASS) {
		buf_add_text(line, " = ");
		buf_add_span(line, shown_value(setting));
	}
	return buf_span(line);
}

void
git_settings_leave(struct import_profile *profile, struct git_setting *setting,
    const char *why)
{
	struct buf line = {0};

	setting->is_used = true;
	import_profile_leave(profile, shown_setting(&line, setting), why);
	buf_free(&line);
}

void
git_settings_need_not(struct import_profile *profile,
    struct git_setting *setting, const char *why)
{
	struct buf line = {0};

	setting->is_used = true;
	import_profile_need_not(profile, shown_setting(&line, setting), why);
	buf_free(&line);
}

struct git_setting *
git_settings_find(
    const struct git_settings *settings, struct span identity, enum git_key key)
{
	for (size_t i = 0; i < settings->count; i++)
		if (settings->settings[i].key == key &&
		    span_equal(
			identity, span_from(settings->settings[i].identity)))
			return &settings->settings[i];
	return NULL;
}

static void
keep(struct git_settings *settings, enum git_key key,
    const struct git_variable *variable)
{
	struct git_setting *setting =
	    git_settings_find(settings, variable->subsection, key);

	if (setting != NULL) {
		git_settings_need_not(
		    settings->top, setting, "a later line changes it");
		setting->is_used = false;
		buf_wipe(&setting->value);
	} else if (settings->count == SETTINGS_MAX) {
		settings->is_full = true;
		return;
	} else {
		setting = mem_append(
		    &settings->settings, &settings->count, sizeof(*setting));
		setting->key = key;
		setting->identity = span_copy(variable->subsection);
	}
	buf_init_secret(&setting->value, variable->value.len + 1);
	buf_add_span(&setting->value, variable->value);
}

/* Variables that are not kept; false: it is none of them. */
static bool
take_other(struct git_settings *settings, const struct git_variable *variable,
    struct span full_name)
{
	static const struct {
		const char *name;
		bool is_left;
		const char *why;
	} rows[] = {
	    {"smtpServerOption", true,
		"it holds options for a program in place of the server; write "
		"options of smtpost into sendmailCmd"},
	    {"smtpSSL", true,
		"git no longer reads it; smtpEncryption replaced it"},
	    {"smtpBatchSize", false,
		"git starts smtpost for each mail, so each mail has a "
		"connection of its own"},
	    {"smtpReloginDelay", false,
		"git starts smtpost for each mail, so each mail has a "
		"connection of its own"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!span_equal_nocase(variable->name, span_from(rows[i].name)))
			continue;
		settings->top->tally->is_understood = true;
		if (rows[i].is_left)
			import_profile_leave(
			    settings->top, full_name, rows[i].why);
		else
			import_profile_need_not(
			    settings->top, full_name, rows[i].why);
		return true;
	}
	return false;
}

static void
take_sendemail(
    struct git_settings *settings, const struct git_variable *variable)
{
	char *identity = span_copy(variable->subsection);
	struct buf full_name = {0};

	git_settings_add_name(&full_name, identity, variable->spelling);
	free(identity);
	for (size_t i = 0; own_names[i] != NULL; i++)
		if (span_equal_nocase(
			variable->name, span_from(own_names[i])) ||
		    (span_equal(variable->subsection, SPAN("mailmap")) &&
			(span_equal(variable->name, SPAN("file")) ||
			    span_equal(variable->name, SPAN("blob"))))) {
			settings->top->tally->is_understood = true;
			import_names_add(&settings->own,
			    span_skip(buf_span(&full_name),
				sizeof("sendemail.") - 1));
			buf_free(&full_name);
			return;
		}
	for (enum git_key key = 0; key < KEYS; key++) {
		if (!span_equal_nocase(
			variable->name, span_from(key_names[key])) ||
		    (key == KEY_IDENTITY && variable->subsection.len > 0))
			continue;
		settings->top->tally->is_understood = true;
		if (variable->has_value)
			keep(settings, key, variable);
		else
			import_profile_need_not(settings->top,
			    buf_span(&full_name),
			    "it has no value, so git does not use it");
		buf_free(&full_name);
		return;
	}
	if (!take_other(settings, variable, buf_span(&full_name)))
		import_profile_leave(settings->top, buf_span(&full_name),
		    "git send-email has no such variable");
	buf_free(&full_name);
}

static void
set_text(struct buf *text, const struct git_variable *variable)
{
	buf_free(text);
	buf_init(text, variable->value.len + 1);
	buf_add_span(text, variable->value);
}

/* The condition may be a URL with a password. */
static void
leave_include(
    struct git_settings *settings, const struct git_variable *variable)
{
	struct buf line = {0};

	buf_add_span(&line, variable->section);
	buf_add_char(&line, '.');
	buf_add_span(&line, variable->name);
	buf_add_text(&line, " = ");
	buf_add_span(&line, variable->value);
	import_profile_leave(settings->top, buf_span(&line),
	    "--import does not read other files; import that file separately");
	buf_free(&line);
}

void
git_settings_take(void *data, const struct git_variable *variable)
{
	struct git_settings *settings = data;
	bool is_name = span_equal(variable->name, SPAN("name"));
	bool is_email = span_equal(variable->name, SPAN("email"));

	if (span_equal(variable->section, SPAN("sendemail")))
		take_sendemail(settings, variable);
	else if (span_equal(variable->section, SPAN("include")) ||
	    span_equal(variable->section, SPAN("includeif")))
		leave_include(settings, variable);
	else if (span_equal(variable->section, SPAN("sendmail")))
		import_profile_leave(settings->top, SPAN("sendmail"),
		    "git send-email reads the section sendemail, not sendmail");
	else if (span_equal(variable->section, SPAN("user")) && is_name)
		set_text(&settings->user_name, variable);
	else if (span_equal(variable->section, SPAN("user")) && is_email)
		set_text(&settings->user_email, variable);
	else if (span_equal(variable->section, SPAN("author")) && is_name)
		set_text(&settings->author_name, variable);
	else if (span_equal(variable->section, SPAN("author")) && is_email)
		set_text(&settings->author_email, variable);
	else
		import_names_add(&settings->others,
		    variable->section.len > 0 ? variable->section
					      : variable->name);
}

void
git_settings_free(struct git_settings *settings)
{
	for (size_t i = 0; i < settings->count; i++) {
		buf_wipe(&settings->settings[i].value);
		free(settings->settings[i].identity);
	}
	free(settings->settings);
	buf_free(&settings->author_name);
	buf_free(&settings->author_email);
	buf_free(&settings->user_name);
	buf_free(&settings->user_email);
	buf_free(&settings->own);
	buf_free(&settings->others);
}
