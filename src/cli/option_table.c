#include "cli/option_table.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cli/sendmail_letters.h"
#include "profile/setting.h"

static void
add_set(struct options *options, const char *text, const char *origin)
{
	*(struct span *)mem_append(&options->sets, &options->set_count,
	    sizeof(struct span)) = span_from(text);
	*(struct span *)mem_append(&options->set_origins,
	    &options->origin_count, sizeof(struct span)) = span_from(origin);
}

/* A copy, since argv has it in pieces. */
bool
option_table_set(struct options *options, const char *key, const char *value,
    const char *origin, struct error *err)
{
	struct buf text = {0};
	bool done = buf_add_format(&text, "%s=%s", key, value);

	if (done)
		add_set(options, mem_copy_text(buf_text(&text)), origin);
	else
		error_set(
		    err, ERROR_USAGE, "cannot use %s: it is too long", origin);
	buf_free(&text);
	return done;
}

/* Of two files one would be left out without a word. */
static bool
refuse_second(const char *option, struct error *err)
{
	return error_set(err, ERROR_USAGE, "cannot use %s twice", option);
}

static bool
apply_full_name(struct options *options, const char *name, struct error *err)
{
	(void)err;
	options->full_name = name[0] != '\0' ? name : NULL;
	return true;
}

static bool
apply_message(struct options *options, const char *file, struct error *err)
{
	if (options->message != NULL)
		return refuse_second("--message", err);
	options->message = file;
	return true;
}

static bool
apply_recipients(struct options *options, const char *file, struct error *err)
{
	if (options->recipients != NULL)
		return refuse_second("--recipients", err);
	options->recipients = file;
	return true;
}

/* Modes that read no configuration have a report too, so it is read here. */
static bool
apply_report(struct options *options, const char *form, struct error *err)
{
	const struct setting *setting = setting_find(SPAN("report"));
	struct profile scratch = {.password_fd = -1};

	if (!setting->type->parse(setting, &scratch, span_from(form), err)) {
		err->kind = ERROR_USAGE;
		return false;
	}
	options->has_report = true;
	options->report = scratch.report;
	return option_table_set(options, "report", form, "--report", err);
}

static bool
apply_set(struct options *options, const char *text, struct error *err)
{
	struct span key =
	    span_trim(span_head(span_from(text), strcspn(text, "=")));

	if (strchr(text, '=') == NULL)
		return error_set(
		    err, ERROR_USAGE, "cannot use --set: it needs KEY=VALUE");
	if (span_equal(key, SPAN("server")) ||
	    span_equal(key, SPAN("provider")))
		options->has_server = true;
	add_set(options, mem_copy_text(text), "--set");
	return true;
}

static bool
apply_server(struct options *options, const char *url, struct error *err)
{
	options->has_server = true;
	return option_table_set(options, "server", url, "--server", err);
}

static bool
apply_verbose(struct options *options, const char *argument, struct error *err)
{
	(void)argument;
	(void)err;
	options->verbose++;
	return true;
}

#define FIELD(member) offsetof(struct options, member)

/* Sets of modes. Those of sendmail need no words: a message goes, or not. */
#define SUBMIT MODE_BIT(MODE_SUBMIT)
#define VERIFY MODE_BIT(MODE_VERIFY)
#define SERVE MODE_BIT(MODE_SERVE)
#define EXPLAIN MODE_BIT(MODE_EXPLAIN)
#define PROVIDERS MODE_BIT(MODE_PROVIDERS)
#define LIST MODE_BIT(MODE_QUEUE_LIST)
#define RUN MODE_BIT(MODE_QUEUE_RUN)
#define NOTHING MODE_BIT(MODE_NOTHING)
#define MESSAGE (SUBMIT | MODE_BIT(MODE_DRY_RUN) | MODE_BIT(MODE_CHECK_MESSAGE))
#define PROFILE (MESSAGE | VERIFY | SERVE | EXPLAIN)
#define LETTERS (SUBMIT | VERIFY | SERVE | LIST | NOTHING)
#define CHOICE(mode) .selects = MODE_BIT(mode)

const struct option option_table[] = {
    {'P', "profile", ARGUMENT_WORD, "NAME", "use this profile", PROFILE,
	SUBMIT | VERIFY | SERVE, .field = FIELD(profile), .keeps_blanks = true},
    {'a', "account", ARGUMENT_WORD, "NAME", NULL, PROFILE,
	SUBMIT | VERIFY | SERVE, .field = FIELD(profile), .keeps_blanks = true},
    {'f', "from", ARGUMENT_WORD, "ADDRESS",
	"reverse-path; <> or '' is the null one", MESSAGE | VERIFY | EXPLAIN,
	SUBMIT | VERIFY, .field = FIELD(from), .keeps_blanks = true},
    {'r', NULL, ARGUMENT_WORD, "ADDRESS", NULL, MESSAGE | VERIFY | EXPLAIN,
	SUBMIT | VERIFY, .field = FIELD(from), .keeps_blanks = true},
    {'F', "full-name", ARGUMENT_WORD, "NAME",
	"display name for a From that is added", MESSAGE | EXPLAIN, SUBMIT,
	.apply = apply_full_name, .keeps_blanks = true},
    {'t', "read-recipients", ARGUMENT_NONE, NULL,
	"take recipients from To, Cc and Bcc too", MESSAGE, SUBMIT,
	.field = FIELD(read_recipients)},
    {0, "message", ARGUMENT_WORD, "FILE",
	"read the message from FILE; - is standard input", MESSAGE, 0,
	.apply = apply_message},
    {0, "recipients", ARGUMENT_WORD, "FILE",
	"read recipients from FILE, one list a line", MESSAGE | VERIFY, 0,
	.apply = apply_recipients},
    {'i', NULL, ARGUMENT_NONE, NULL,
	"a line with one dot does not end the message", MESSAGE | SERVE,
	SUBMIT | SERVE, .apply = sendmail_letters_apply_ignore_dots},
    /* -oi and -O IgnoreDots are -i: the modes here are of all others. */
    {'o', NULL, ARGUMENT_WORD, "i", "the same as -i; others are ignored",
	SUBMIT | SERVE, EVERY_MODE, .apply = sendmail_letters_apply_o},
    {'O', NULL, ARGUMENT_WORD, "OPTION=VALUE",
	"IgnoreDots=true is the same as -i; others are ignored", SUBMIT,
	EVERY_MODE, .apply = sendmail_letters_apply_option,
	.keeps_blanks = true},
    /* With sendmail's -bs the client asks by itself: they mean nothing. */
    {'N', "dsn-notify", ARGUMENT_WORD, "LIST",
	"when to notify: never, or success,failure,delay", MESSAGE | EXPLAIN,
	SUBMIT | SERVE, .apply = sendmail_letters_apply_dsn_notify},
    {'R', "dsn-return", ARGUMENT_WORD, "full|hdrs",
	"how much of the message a notification includes", MESSAGE | EXPLAIN,
	SUBMIT | SERVE, .apply = sendmail_letters_apply_dsn_return},
    {'V', "envelope-id", ARGUMENT_WORD, "ID",
	"name of the envelope in notifications", MESSAGE, SUBMIT | SERVE,
	.apply = sendmail_letters_apply_envelope_id, .keeps_blanks = true},
    {'B', "body-type", ARGUMENT_WORD, "7BIT|8BITMIME",
	"accepted; the content of the message decides", MESSAGE | SERVE,
	EVERY_MODE, .apply = NULL},
    {'b', NULL, ARGUMENT_REST, "m|s|v|p|i",
	"submit, speak SMTP, verify, list the queue, nothing", LETTERS, LETTERS,
	.apply = NULL},
    {'I', NULL, ARGUMENT_NONE, NULL, "the same as -bi", NOTHING, NOTHING,
	CHOICE(MODE_NOTHING)},
    /* Beside sendmail's -bp it says what is to be listed. */
    {'q', NULL, ARGUMENT_REST, "X", "run the queue; there is none yet", RUN,
	RUN | LIST, CHOICE(MODE_QUEUE_RUN)},
    {0, "report", ARGUMENT_WORD, "none|text|json",
	"form of standard output; text is the default",
	MESSAGE | VERIFY | EXPLAIN | PROVIDERS, 0, .apply = apply_report},
    {'C', "config", ARGUMENT_WORD, "FILE",
	"read this configuration instead of the usual files", PROFILE, 0,
	.field = FIELD(config), .keeps_blanks = true},
    {0, "set", ARGUMENT_WORD, "KEY=VALUE",
	"any setting of smtpost.conf(5), for this run", PROFILE, 0,
	.apply = apply_set},
    {0, "server", ARGUMENT_WORD, "URL",
	"submit to this server; short for --set server=URL", PROFILE, 0,
	.apply = apply_server},
    {0, "dry-run", ARGUMENT_NONE, NULL,
	"print what would be sent; do not connect", MODE_BIT(MODE_DRY_RUN), 0,
	CHOICE(MODE_DRY_RUN)},
    {0, "check-message", ARGUMENT_NONE, NULL,
	"only print what would be changed in the message",
	MODE_BIT(MODE_CHECK_MESSAGE), 0, CHOICE(MODE_CHECK_MESSAGE)},
    {0, "diff", ARGUMENT_NONE, NULL, "show these changes as a diff",
	MODE_BIT(MODE_CHECK_MESSAGE), 0, .field = FIELD(wants_diff)},
    {0, "explain", ARGUMENT_NONE, NULL,
	"print every setting and where it came from", EXPLAIN, 0,
	CHOICE(MODE_EXPLAIN)},
    {0, "providers", ARGUMENT_NONE, NULL,
	"list the mail services that smtpost knows", PROVIDERS, 0,
	CHOICE(MODE_PROVIDERS)},
    {'v', NULL, ARGUMENT_NONE, NULL,
	"show the dialogue; -vv with times, -vvv with content",
	PROFILE | LIST | RUN | NOTHING, PROFILE | LIST | RUN | NOTHING,
	.apply = apply_verbose},
    {0, "help", ARGUMENT_NONE, NULL, "print this help", MODE_BIT(MODE_HELP),
	MODE_BIT(MODE_HELP), CHOICE(MODE_HELP)},
    {0, "version", ARGUMENT_NONE, NULL, "print version and libraries",
	MODE_BIT(MODE_VERSION), MODE_BIT(MODE_VERSION), CHOICE(MODE_VERSION)},
};

const size_t option_count = sizeof(option_table) / sizeof(option_table[0]);

unsigned
option_table_modes(const struct option *option, enum role role)
{
	return options_role_is_sendmail(role) ? option->as_sendmail
					      : option->as_smtpost;
}

bool
option_table_has_name(const struct option *option, enum role role)
{
	return option->name != NULL && option_table_modes(option, role) != 0 &&
	    (option->letter == 0 || !options_role_is_sendmail(role));
}

static const struct option *
find_letter_in(
    const struct option *table, size_t count, char letter, enum role role)
{
	for (size_t i = 0; letter != 0 && i < count; i++)
		if (table[i].letter == letter &&
		    option_table_modes(&table[i], role) != 0)
			return &table[i];
	return NULL;
}

const struct option *
option_table_find_letter(char letter, enum role role)
{
	const struct option *option =
	    find_letter_in(option_table, option_count, letter, role);

	return option != NULL ? option
			      : find_letter_in(ignored_options,
				    ignored_option_count, letter, role);
}

const struct option *
option_table_find_name(struct span name, enum role role)
{
	for (size_t i = 0; i < option_count; i++)
		if (option_table_has_name(&option_table[i], role) &&
		    span_equal(name, span_from(option_table[i].name)))
			return &option_table[i];
	return NULL;
}
