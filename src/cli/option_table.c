/*
 * The options: a new one is a row of the first table. The manual pages and the
 * completions must name it too, which tests/cli/words.sh checks.
 */
#include "cli/option_table.h"

#include <string.h>

#include "cli/sendmail_letters.h"
#include "profile/settings.h"

/* Modes that read no configuration print a report too: it is parsed here. */
static bool
take_report(struct options *options, const char *form, struct error *err)
{
	const struct setting *setting = settings_find(SPAN("report"));
	struct profile scratch = {.password_fd = -1};

	if (!setting->type->parse(setting, &scratch, span_from(form), err)) {
		err->kind = ERROR_USAGE;
		return false;
	}
	options->has_report = true;
	options->report = scratch.report;
	return options_set(options, "report", form, "--report", err);
}

static bool
take_set(struct options *options, const char *text, struct error *err)
{
	if (strchr(text, '=') == NULL)
		return error_set(
		    err, ERROR_USAGE, "cannot use --set: it needs KEY=VALUE");
	options_add_set(options, text, "--set");
	return true;
}

#define FIELD(member) offsetof(struct options, member)

/* Sets of modes */
#define SUBMIT MODE_BIT(MODE_SUBMIT)
#define DRY_RUN MODE_BIT(MODE_DRY_RUN)
#define CHECK_MESSAGE MODE_BIT(MODE_CHECK_MESSAGE)
#define VERIFY MODE_BIT(MODE_VERIFY)
#define SERVE MODE_BIT(MODE_SERVE)
#define EXPLAIN MODE_BIT(MODE_EXPLAIN)
#define PROVIDERS MODE_BIT(MODE_PROVIDERS)
#define LIST MODE_BIT(MODE_QUEUE_LIST)
#define RUN MODE_BIT(MODE_QUEUE_RUN)
#define NOTHING MODE_BIT(MODE_NOTHING)
#define SHOW_HELP MODE_BIT(MODE_HELP)
#define SHOW_VERSION MODE_BIT(MODE_VERSION)
#define MESSAGE (SUBMIT | DRY_RUN | CHECK_MESSAGE)
#define PROFILE (MESSAGE | VERIFY | SERVE | EXPLAIN)
#define LETTERS (SUBMIT | VERIFY | SERVE | LIST | NOTHING)

/* clang-format off */
const struct option option_table[] = {
    {'P', "profile", ARGUMENT_WORD, "NAME",
	"use this profile of the configuration",
	PROFILE, SUBMIT | VERIFY | SERVE,
	.field = FIELD(profile), .traits = OPTION_KEEPS_BLANKS},
    {'a', "account", ARGUMENT_WORD, "NAME",
	"the same as -P",
	PROFILE, SUBMIT | VERIFY | SERVE,
	.field = FIELD(profile), .traits = OPTION_KEEPS_BLANKS},
    {'f', "from", ARGUMENT_WORD, "ADDRESS",
	"sender address for failure reports; '' for none",
	MESSAGE | VERIFY | EXPLAIN, SUBMIT | VERIFY,
	.field = FIELD(from), .traits = OPTION_KEEPS_BLANKS},
    {'r', NULL, ARGUMENT_WORD, "ADDRESS",
	"the same as -f",
	MESSAGE | VERIFY | EXPLAIN, SUBMIT | VERIFY,
	.field = FIELD(from), .traits = OPTION_KEEPS_BLANKS},
    {'F', "full-name", ARGUMENT_WORD, "NAME",
	"display name for a From field that is added",
	MESSAGE | EXPLAIN, SUBMIT, .field = FIELD(full_name),
	.traits = OPTION_KEEPS_BLANKS | OPTION_EMPTY_IS_NONE},
    {'t', "read-recipients", ARGUMENT_NONE, NULL,
	"take recipients from To, Cc and Bcc too",
	MESSAGE, SUBMIT, .field = FIELD(read_recipients)},
    {0, "message", ARGUMENT_WORD, "FILE",
	"read the message from FILE; - is standard input",
	MESSAGE, 0, .field = FIELD(message), .traits = OPTION_ONCE},
    {0, "recipients", ARGUMENT_WORD, "FILE",
	"read recipients from FILE, one or more a line",
	MESSAGE | VERIFY, 0, .field = FIELD(recipients), .traits = OPTION_ONCE},
    {'i', NULL, ARGUMENT_NONE, NULL,
	"do not let a line with only a dot end the message",
	MESSAGE | SERVE, SUBMIT | SERVE, .setting = "ignore-dots"},
    /* -oi and -O IgnoreDots go with the modes of -i, the others with these. */
    {'o', NULL, ARGUMENT_WORD, "i",
	"-oi is -i; every other -o option is ignored",
	SUBMIT | SERVE, EVERY_MODE, .take = sendmail_letters_take_o},
    {'O', NULL, ARGUMENT_WORD, "OPTION=VALUE",
	"IgnoreDots=true is -i; all others are ignored",
	SUBMIT, EVERY_MODE,
	.take = sendmail_letters_take_option, .traits = OPTION_KEEPS_BLANKS},
    /* With sendmail's -bs the client asks for itself: they mean nothing. */
    {'N', "dsn-notify", ARGUMENT_WORD, "LIST",
	"when to notify: never, or success,failure,delay",
	MESSAGE | EXPLAIN, SUBMIT | SERVE,
	.take = sendmail_letters_take_dsn_notify},
    {'R', "dsn-return", ARGUMENT_WORD, "full|hdrs",
	"how much of the message a notification includes",
	MESSAGE | EXPLAIN, SUBMIT | SERVE,
	.take = sendmail_letters_take_dsn_return},
    {'V', "envelope-id", ARGUMENT_WORD, "ID",
	"an identifier that notifications will repeat",
	MESSAGE, SUBMIT | SERVE, .take = sendmail_letters_take_envelope_id,
	.traits = OPTION_KEEPS_BLANKS},
    {'B', "body-type", ARGUMENT_WORD, "7BIT|8BITMIME",
	"accepted and ignored; the message itself decides",
	MESSAGE | SERVE, EVERY_MODE, .traits = 0},
    {'b', NULL, ARGUMENT_REST, "m|s|v|p|i",
	"submit, speak SMTP, verify, list queue, do nothing",
	LETTERS, LETTERS, .traits = 0},
    {'I', NULL, ARGUMENT_NONE, NULL,
	"the same as -bi",
	NOTHING, NOTHING, .selects = NOTHING},
    /* Beside sendmail's -bp it says what is to be listed. */
    {'q', NULL, ARGUMENT_REST, "X",
	"run the queue (smtpost has no queue yet)",
	RUN, RUN | LIST, .selects = RUN},
    {0, "report", ARGUMENT_WORD, "none|text|json",
	"what to print: nothing, text (default) or JSON",
	MESSAGE | VERIFY | EXPLAIN | PROVIDERS, 0, .take = take_report},
    {'C', "config", ARGUMENT_WORD, "FILE",
	"read this configuration instead of the usual files",
	PROFILE, 0, .field = FIELD(config), .traits = OPTION_KEEPS_BLANKS},
    {0, "set", ARGUMENT_WORD, "KEY=VALUE",
	"use this setting of smtpost.conf(5) for this run",
	PROFILE, 0, .take = take_set},
    {0, "server", ARGUMENT_WORD, "URL",
	"send through this server, such as smtps://HOST",
	PROFILE, 0, .setting = "server"},
    {0, "dry-run", ARGUMENT_NONE, NULL,
	"print what would be sent; do not connect",
	DRY_RUN, 0, .selects = DRY_RUN},
    {0, "check-message", ARGUMENT_NONE, NULL,
	"print what would be changed in the message",
	CHECK_MESSAGE, 0, .selects = CHECK_MESSAGE},
    {0, "diff", ARGUMENT_NONE, NULL,
	"with --check-message: show the changes as a diff",
	CHECK_MESSAGE, 0, .field = FIELD(wants_diff)},
    {0, "explain", ARGUMENT_NONE, NULL,
	"print every setting and where it came from",
	EXPLAIN, 0, .selects = EXPLAIN},
    {0, "providers", ARGUMENT_NONE, NULL,
	"list the mail services that smtpost knows",
	PROVIDERS, 0, .selects = PROVIDERS},
    {'v', NULL, ARGUMENT_NONE, NULL,
	"show the SMTP dialogue; -vv adds times, -vvv content",
	EVERY_MODE, EVERY_MODE, .field = FIELD(verbose)},
    {0, "help", ARGUMENT_NONE, NULL,
	"print this help",
	SHOW_HELP, SHOW_HELP, .selects = SHOW_HELP},
    {0, "version", ARGUMENT_NONE, NULL,
	"print the version and the libraries",
	SHOW_VERSION, SHOW_VERSION, .selects = SHOW_VERSION},
};

/*
 * As smtpost, -n and -A would be mistaken for options of other programs, and
 * -C is --config.
 */
const struct option ignored_options[] = {
    {'A', NULL, ARGUMENT_WORD, "X",    NULL, 0,      EVERY_MODE, .traits = 0},
    {'C', NULL, ARGUMENT_WORD, "FILE", NULL, 0,      EVERY_MODE,
	.traits = OPTION_KEEPS_BLANKS},
    {'D', NULL, ARGUMENT_WORD, "FILE", NULL, SUBMIT, EVERY_MODE,
	.traits = OPTION_KEEPS_BLANKS},
    {'G', NULL, ARGUMENT_NONE, NULL,   NULL, SUBMIT, EVERY_MODE, .traits = 0},
    {'L', NULL, ARGUMENT_WORD, "TAG",  NULL, SUBMIT, EVERY_MODE, .traits = 0},
    {'U', NULL, ARGUMENT_NONE, NULL,   NULL, SUBMIT, EVERY_MODE, .traits = 0},
    {'X', NULL, ARGUMENT_WORD, "FILE", NULL, SUBMIT, EVERY_MODE,
	.traits = OPTION_KEEPS_BLANKS},
    {'d', NULL, ARGUMENT_REST, "X",    NULL, SUBMIT, EVERY_MODE,
	.take = sendmail_letters_take_debug},
    {'e', NULL, ARGUMENT_REST, "X",    NULL, SUBMIT, EVERY_MODE, .traits = 0},
    {'h', NULL, ARGUMENT_WORD, "N",    NULL, SUBMIT, EVERY_MODE, .traits = 0},
    {'m', NULL, ARGUMENT_NONE, NULL,   NULL, SUBMIT, EVERY_MODE, .traits = 0},
    {'n', NULL, ARGUMENT_NONE, NULL,   NULL, 0,      EVERY_MODE, .traits = 0},
    {'p', NULL, ARGUMENT_WORD, "X",    NULL, SUBMIT, EVERY_MODE, .traits = 0},
    {'x', NULL, ARGUMENT_NONE, NULL,   NULL, SUBMIT, EVERY_MODE, .traits = 0},
};
/* clang-format on */

const size_t option_count = sizeof(option_table) / sizeof(option_table[0]);

const size_t ignored_option_count =
    sizeof(ignored_options) / sizeof(ignored_options[0]);

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
