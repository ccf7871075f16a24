/*
 * The options: a new one is a row of option_table. The manual pages and the
 * completions must name it too, which tests/cli/words.sh checks. The functions
 * before the tables store the values of single options.
 */
#include "cli/option_table.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/moment.h"
#include "compose/charset.h"
#include "net/host.h"
#include "profile/setting_table.h"

#define VALUE_SHOWN_MAX ((size_t)80)
#define WARN_DAYS_MAX 36500

bool
option_table_is_mode_letter(const struct option *option)
{
	return option->letter == 'b' && option->argument == ARGUMENT_REST;
}

/* msmtp's -d shows the dialogue. main.c points to -v instead. */
static bool
take_debug(struct options *options, const char *rest, struct error *err)
{
	(void)err;
	if (!options_role_is_sendmail(options->role) && rest[0] == '\0')
		options->wants_debug = true;
	return true;
}

/* Whether a boolean of sendmail is true: empty, or begins with one of tTyY1. */
static bool
is_true(struct span value)
{
	return value.len == 0 || memchr("tTyY1", value.at[0], 5) != NULL;
}

static bool
set_ignore_dots(struct options *options, struct span value, const char *origin,
    struct error *err)
{
	return options_set(
	    options, "ignore-dots", is_true(value) ? "yes" : "no", origin, err);
}

/* The value of "IgnoreDots=true"; false for another option of sendmail. */
static bool
take_ignore_dots(const char *text, struct span *value)
{
	struct span option = span_from(text);
	size_t equals = span_find(option, '=');

	*value = span_trim(span_skip(option, equals + 1));
	return span_equal_nocase(
	    span_trim(span_head(option, equals)), SPAN("IgnoreDots"));
}

bool
option_table_ignores_dots(char letter, const char *value)
{
	struct span ignored;

	return letter == 'i' || (letter == 'o' && value[0] == 'i') ||
	    (letter == 'O' && take_ignore_dots(value, &ignored));
}

/*
 * -oi is -i. -odq and -odd ask to queue the mail; the other delivery modes send
 * it now, as smtpost does. The others choose how to report, and are ignored.
 */
static bool
take_o(struct options *options, const char *rest, struct error *err)
{
	if (rest[0] == 'd')
		options->queue_only = rest[1] == 'q' || rest[1] == 'd';
	return rest[0] != 'i' ||
	    set_ignore_dots(options, span_from(rest + 1), "-oi", err);
}

static bool
take_option(struct options *options, const char *text, struct error *err)
{
	struct span value;

	return !take_ignore_dots(text, &value) ||
	    set_ignore_dots(options, value, "-O", err);
}

/* Refuses a wrong value; as sendmail, ignores it with a warning for the log. */
static bool
drop(struct options *options, const char *option, const char *value,
    const char *why, struct error *err)
{
	struct buf text = {0};
	char *shown;

	if (!options_role_is_sendmail(options->role))
		return options_refuse(option, value, why, err);
	shown = utf8_excerpt_masked(span_from(value), VALUE_SHOWN_MAX);
	buf_add_format(
	    &text, "warning: %s%s is ignored: %s", option, shown, why);
	*(char **)mem_append(&options->warnings, &options->warning_count,
	    sizeof(char *)) = buf_take_text(&text);
	free(shown);
	return true;
}

static bool
take_dsn_notify(struct options *options, const char *list, struct error *err)
{
	unsigned notify;

	if (!dsn_parse_notify(span_from(list), &notify))
		return drop(options, "-N ", list,
		    "neither never nor a list of success, failure and delay",
		    err);
	return options_set(options, "dsn-notify", list, "--dsn-notify", err);
}

static bool
take_dsn_return(struct options *options, const char *word, struct error *err)
{
	enum dsn_return how;

	if (!dsn_parse_return(span_from(word), &how))
		return drop(options, "-R ", word, "neither full nor hdrs", err);
	return options_set(options, "dsn-return", word, "--dsn-return", err);
}

static bool
take_envelope_id(struct options *options, const char *id, struct error *err)
{
	if (!dsn_envelope_id_is_valid(span_from(id)))
		return drop(options, "-V ", id,
		    "not 1 to 100 printable ASCII characters", err);
	options->envelope_id = id;
	return true;
}

static bool
refuse_both_reports(struct error *err)
{
	return error_set(err, ERROR_USAGE,
	    "cannot use --quiet with --report: --quiet means --report none");
}

static bool
take_quiet(struct options *options, const char *argument, struct error *err)
{
	(void)argument;
	if (options->has_report && !options->is_quiet)
		return refuse_both_reports(err);
	options->is_quiet = options->has_report = true;
	options->report = REPORT_NONE;
	return options_set(options, "report", "none", "--quiet", err);
}

/* Parses the value here too, for modes that print but read no configuration. */
static bool
take_report(struct options *options, const char *form, struct error *err)
{
	const struct setting *setting = setting_table_find(SPAN("report"));
	struct profile scratch = PROFILE_UNSET;

	if (options->is_quiet)
		return refuse_both_reports(err);
	options->doctor.wants_monitor =
	    options->mode == MODE_DOCTOR && strcmp(form, "monitor") == 0;
	if (options->doctor.wants_monitor)
		return true;
	if (!setting->type->parse(setting, &scratch, span_from(form), err)) {
		err->kind = ERROR_USAGE;
		if (options->mode == MODE_DOCTOR)
			error_add(err, "; with --doctor also monitor");
		return false;
	}
	options->has_report = true;
	options->report = scratch.report;
	return options_set(options, "report", form, "--report", err);
}

static bool
set_wait(struct options *options, const char *option, int64_t moment,
    struct error *err)
{
	if (options->wait_option != NULL)
		return error_set(err, ERROR_USAGE,
		    "cannot use %s: there is %s already", option,
		    options->wait_option);
	options->wait_option = option;
	options->not_before = moment;
	return true;
}

static bool
take_at(struct options *options, const char *text, struct error *err)
{
	int64_t moment = 0;
	const char *why = moment_read(span_from(text), time(NULL), &moment);

	return why == NULL ? set_wait(options, "--at", moment, err)
			   : options_refuse("--at ", text, why, err);
}

static bool
take_delay(struct options *options, const char *text, struct error *err)
{
	/* Any setting of this type reads a time. */
	const struct setting *setting =
	    setting_table_find(SPAN("queue-run-time"));
	struct profile scratch = {.password_fd = -1};

	if (!setting->type->parse(setting, &scratch, span_from(text), err))
		return options_refuse("--delay ", text,
		    "not a time of at most 365d, such as 30s, 5m, 2h or 1d",
		    err);
	return set_wait(options, "--delay",
	    time(NULL) + (scratch.queue.run_time + 999) / 1000, err);
}

static bool
take_mail_on(struct options *options, const char *word, struct error *err)
{
	static const char *const words[] = {
	    [MAIL_ON_FAILURE] = "failure",
	    [MAIL_ON_OUTPUT] = "output",
	    [MAIL_ON_ALWAYS] = "always",
	};

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(word, words[i]) != 0)
			continue;
		options->mail_on = (enum mail_on)i;
		return true;
	}
	return options_refuse(
	    "--mail-on ", word, "neither failure nor output nor always", err);
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

/* Its value may be in the charset of the locale. */
static bool
edit_header(struct options *options, const char *option, const char *text,
    struct error *err)
{
	char *converted = charset_to_utf8(span_from(text));
	const char *why =
	    header_edits_add(&options->header_edits, span_from(converted));

	free(converted);
	return why == NULL || options_refuse(option, text, why, err);
}

static bool
take_header(struct options *options, const char *text, struct error *err)
{
	return edit_header(options, "--header ", text, err);
}

/* Whether it begins with the name of a field. */
static bool
names_field(struct span text)
{
	size_t len = 0;

	while (len < text.len &&
	    (ascii_is_alnum(text.at[len]) || text.at[len] == '-'))
		len++;
	return len > 0 && len < text.len && text.at[len] == ':';
}

/*
 * mailx's -a: a field for some of its versions, a file for others. Those that
 * take a field also send to the addresses in it. How the text is encoded is our
 * choice, whatever scripts say.
 */
static bool
take_addition(struct options *options, const char *text, struct error *err)
{
	const struct {
		struct span name;
		struct option_values *values;
	} lists[] = {
	    {SPAN("To"), &options->to},
	    {SPAN("Cc"), &options->cc},
	    {SPAN("Bcc"), &options->bcc},
	};
	size_t colon = strcspn(text, ":");

	if (!names_field(span_from(text))) {
		option_values_add(&options->attachments, text);
		return true;
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (span_equal_nocase(
			span_head(span_from(text), colon), lists[i].name)) {
			option_values_add(lists[i].values, text + colon + 1);
			return true;
		}
	if (span_equal_nocase(span_head(span_from(text), colon),
		SPAN("Content-Transfer-Encoding")))
		return true;
	return edit_header(options, "-a ", text, err);
}

static bool
take_rate(struct options *options, const char *text, struct error *err)
{
	return rate_parse(span_from(text), &options->batch.rate) ||
	    options_refuse("--rate ", text,
		"not a number of mails in a time, such as 30/m (s, m, h or d)",
		err);
}

static bool
take_max_failures(struct options *options, const char *text, struct error *err)
{
	return (span_number(span_from(text), UINT32_MAX,
		    &options->batch.max_failures) &&
		   options->batch.max_failures > 0) ||
	    options_refuse(
		"--max-failures ", text, "not a number from 1 on", err);
}

static bool
take_warn_days(struct options *options, const char *text, struct error *err)
{
	return (span_number(span_from(text), WARN_DAYS_MAX,
		    &options->doctor.warn_days) &&
		   options->doctor.warn_days > 0) ||
	    options_refuse(
		"--warn-days ", text, "not a number from 1 to 36500", err);
}

static bool
take_outbound(struct options *options, const char *text, struct error *err)
{
	struct host_address address;

	options->doctor.outbound = text;
	return host_parse_address(&address, text) ||
	    options_refuse("--outbound ", text, "not an IP address", err);
}

#define FIELD(member) offsetof(struct options, member)

/* Sets of modes */
#define SUBMIT MODE_BIT(MODE_SUBMIT)
#define COMMAND MODE_BIT(MODE_RUN)
#define DRY_RUN MODE_BIT(MODE_DRY_RUN)
#define CHECK_MESSAGE MODE_BIT(MODE_CHECK_MESSAGE)
#define VERIFY MODE_BIT(MODE_VERIFY)
#define SERVE MODE_BIT(MODE_SERVE)
#define EXPLAIN MODE_BIT(MODE_EXPLAIN)
#define DOCTOR MODE_BIT(MODE_DOCTOR)
#define SERVER_INFO MODE_BIT(MODE_SERVER_INFO)
#define SETUP MODE_BIT(MODE_SETUP)
#define IMPORT MODE_BIT(MODE_IMPORT)
#define PROVIDERS MODE_BIT(MODE_PROVIDERS)
#define DKIM_KEYGEN MODE_BIT(MODE_DKIM_KEYGEN)
#define MAILQ MODE_BIT(MODE_MAILQ)
#define LIST MODE_BIT(MODE_QUEUE_LIST)
#define SHOW MODE_BIT(MODE_QUEUE_SHOW)
#define HOLD MODE_BIT(MODE_QUEUE_HOLD)
#define RELEASE MODE_BIT(MODE_QUEUE_RELEASE)
#define REMOVE MODE_BIT(MODE_QUEUE_REMOVE)
#define RUN MODE_BIT(MODE_QUEUE_RUN)
#define NOTHING MODE_BIT(MODE_NOTHING)
#define SHOW_HELP MODE_BIT(MODE_HELP)
#define SHOW_VERSION MODE_BIT(MODE_VERSION)
#define MESSAGE MESSAGE_MODES
#define MAIL (MESSAGE | COMMAND)
#define PROFILE PROFILE_MODES
#define EDIT (HOLD | RELEASE | REMOVE)
#define MANAGE (LIST | SHOW | EDIT)
#define LETTERS (SUBMIT | VERIFY | SERVE | MAILQ | NOTHING)

/*
 * A row without effect ends with .traits = 0, because a row that ends before
 * would be a warning.
 */
/* clang-format off */
const struct option option_table[] = {
    {'P', "profile", ARGUMENT_WORD, "NAME",
	"use this profile of the configuration",
	PROFILE | RELEASE, SUBMIT | VERIFY | SERVE,
	.field = FIELD(profile), .traits = OPTION_KEEPS_BLANKS},
    {'a', "account", ARGUMENT_WORD, "NAME",
	"the same as -P",
	PROFILE | RELEASE, SUBMIT | VERIFY | SERVE,
	.field = FIELD(profile), .traits = OPTION_KEEPS_BLANKS},
    {'f', "from", ARGUMENT_WORD, "ADDRESS",
	"sender address for failure reports; '' for none",
	MAIL | VERIFY | EXPLAIN | DOCTOR | SERVER_INFO, SUBMIT | VERIFY,
	.field = FIELD(from), .traits = OPTION_KEEPS_BLANKS},
    {'r', NULL, ARGUMENT_WORD, "ADDRESS",
	"the same as -f",
	MAIL | VERIFY | EXPLAIN | DOCTOR | SERVER_INFO, SUBMIT | VERIFY,
	.field = FIELD(from), .traits = OPTION_KEEPS_BLANKS},
    {'F', "full-name", ARGUMENT_WORD, "NAME",
	"display name for a From field that is added",
	MAIL | EXPLAIN, SUBMIT, .field = FIELD(full_name),
	.traits = OPTION_KEEPS_BLANKS | OPTION_EMPTY_IS_NONE},
    {'t', "read-recipients", ARGUMENT_NONE, NULL,
	"take recipients from To, Cc and Bcc too",
	MESSAGE, SUBMIT, .field = FIELD(read_recipients)},
    {0, "message", ARGUMENT_WORD, "FILE",
	"read the message from FILE; - is standard input",
	MESSAGE, 0, .field = FIELD(message), .traits = OPTION_ONCE},
    {0, "recipients", ARGUMENT_WORD, "FILE",
	"read recipients from FILE, one or more a line",
	MAIL | VERIFY, 0, .field = FIELD(recipients), .traits = OPTION_ONCE},
    {'s', "subject", ARGUMENT_WORD, "TEXT",
	"compose a message with this subject",
	MAIL, 0, .as_mail = SUBMIT, .field = FIELD(subject),
	.traits = OPTION_KEEPS_BLANKS | OPTION_ONCE},
    {0, "to", ARGUMENT_WORD, "LIST",
	"recipients, for the field To; operands do the same",
	MAIL, 0, .field = FIELD(to), .traits = OPTION_REPEATS},
    {0, "cc", ARGUMENT_WORD, "LIST",
	"recipients, for the field Cc",
	MAIL, 0, .field = FIELD(cc), .traits = OPTION_REPEATS},
    {0, "bcc", ARGUMENT_WORD, "LIST",
	"recipients that the message does not name",
	MAIL, 0, .field = FIELD(bcc), .traits = OPTION_REPEATS},
    {0, "reply-to", ARGUMENT_WORD, "LIST",
	"where replies to the message should go",
	MAIL, 0, .field = FIELD(reply_to), .traits = OPTION_ONCE},
    {0, "body", ARGUMENT_WORD, "TEXT",
	"the text of the message",
	MESSAGE, 0, .field = FIELD(body), .traits = OPTION_ONCE},
    {0, "body-file", ARGUMENT_WORD, "FILE",
	"read the text from FILE; - is standard input",
	MESSAGE, 0, .field = FIELD(body_file), .traits = OPTION_ONCE},
    {0, "html-file", ARGUMENT_WORD, "FILE",
	"HTML beside the text, or instead of it",
	MESSAGE, 0, .field = FIELD(html_file), .traits = OPTION_ONCE},
    {0, "inline", ARGUMENT_WORD, "FILE",
	"show FILE where the HTML names it as cid:FILE",
	MESSAGE, 0, .field = FIELD(inlines), .traits = OPTION_REPEATS},
    {0, "attach", ARGUMENT_WORD, "FILE",
	"attach FILE, FILE;type=TYPE or FILE;name=NAME",
	MAIL, 0, .field = FIELD(attachments), .traits = OPTION_REPEATS},
    {0, "header", ARGUMENT_WORD, "FIELD",
	"set a field; 'NAME:' removes, '+NAME: VALUE' adds",
	MAIL, 0, .take = take_header, .traits = OPTION_KEEPS_BLANKS},
    {'i', NULL, ARGUMENT_NONE, NULL,
	"do not let a line with only a dot end the message",
	MESSAGE | SERVE, SUBMIT | SERVE, .as_mail = SUBMIT,
	.setting = "ignore-dots"},
    /* -oi and -O IgnoreDots go with the modes of -i, the others with these. */
    {'o', NULL, ARGUMENT_WORD, "i|dq",
	"-oi is -i, -odq only queues; all others are ignored",
	SUBMIT | SERVE, EVERY_MODE, .take = take_o},
    {'O', NULL, ARGUMENT_WORD, "OPTION=VALUE",
	"IgnoreDots=true is -i; all others are ignored",
	SUBMIT, EVERY_MODE,
	.take = take_option, .traits = OPTION_KEEPS_BLANKS},
    /*
     * With sendmail's -bs the client requests DSNs: these options do nothing.
     */
    {'N', "dsn-notify", ARGUMENT_WORD, "LIST",
	"when to notify: never, or success,failure,delay",
	MAIL | EXPLAIN, SUBMIT | SERVE,
	.take = take_dsn_notify},
    {'R', "dsn-return", ARGUMENT_WORD, "full|hdrs",
	"how much of the message a notification includes",
	MAIL | EXPLAIN, SUBMIT | SERVE,
	.take = take_dsn_return},
    {'V', "envelope-id", ARGUMENT_WORD, "ID",
	"an identifier that notifications will repeat",
	MAIL, SUBMIT | SERVE, .take = take_envelope_id,
	.traits = OPTION_KEEPS_BLANKS},
    {0, "require-tls", ARGUMENT_NONE, NULL,
	"TLS on the whole way, else the message fails",
	MAIL, 0, .field = FIELD(requires_tls)},
    {'B', "body-type", ARGUMENT_WORD, "7BIT|8BITMIME",
	"accepted and ignored; the message itself decides",
	MESSAGE | SERVE, EVERY_MODE, .traits = 0},
    {'b', NULL, ARGUMENT_REST, "m|s|v|p|i",
	"submit, speak SMTP, verify, list queue, do nothing",
	LETTERS, LETTERS, .traits = 0},
    {'I', NULL, ARGUMENT_NONE, NULL,
	"the same as -bi",
	NOTHING, NOTHING, .selects = NOTHING},
    /* With sendmail's -bp it selects the mails to list. */
    {'q', NULL, ARGUMENT_REST, "X",
	"send due mail in the queue; -qf: all of it, now",
	RUN, RUN | MAILQ,
	.selects = RUN, .field = FIELD(queue_letters)},
    {0, "queue-run", ARGUMENT_NONE, NULL,
	"send mail in the queue: if due, or these IDs",
	RUN, 0, .selects = RUN},
    {0, "all-users", ARGUMENT_NONE, NULL,
	"as root: run the queues of all users, as each of them",
	RUN, 0, .field = FIELD(all_users)},
    {0, "at", ARGUMENT_WORD, "TIME",
	"send it at that time: 18:00, 'tomorrow 09:00'",
	SUBMIT, 0, .take = take_at, .traits = OPTION_KEEPS_BLANKS},
    {0, "delay", ARGUMENT_WORD, "TIME",
	"send it after that time, such as 30s, 5m or 2h",
	SUBMIT, 0, .take = take_delay},
    {0, "batch", ARGUMENT_WORD, "SOURCE",
	"send all messages of an mbox, Maildir or folder",
	SUBMIT | DRY_RUN, 0, .field = FIELD(batch.source),
	.traits = OPTION_ONCE},
    {0, "merge", ARGUMENT_WORD, "TABLE",
	"send a message for each row of a table in CSV",
	SUBMIT | DRY_RUN, 0, .field = FIELD(batch.table),
	.traits = OPTION_ONCE},
    {0, "rows", ARGUMENT_WORD, "LIST",
	"with --merge: only these rows, such as 1-3 or 5",
	SUBMIT | DRY_RUN, 0, .field = FIELD(batch.rows),
	.traits = OPTION_ONCE},
    {0, "rate", ARGUMENT_WORD, "N/UNIT",
	"with many messages: the highest rate, such as 30/m",
	SUBMIT | DRY_RUN, 0, .take = take_rate},
    {0, "max-failures", ARGUMENT_WORD, "N",
	"with many messages: stop after N failures in a row",
	SUBMIT | DRY_RUN, 0, .take = take_max_failures},
    {0, "state", ARGUMENT_WORD, "FILE",
	"with many messages: record what was sent, to resume",
	SUBMIT | DRY_RUN, 0, .field = FIELD(batch.state),
	.traits = OPTION_ONCE},
    {0, "resend-unknown", ARGUMENT_NONE, NULL,
	"with --state: send again what is in doubt",
	SUBMIT | DRY_RUN, 0, .field = FIELD(batch.resends_unknown)},
    {0, "report", ARGUMENT_WORD, "none|text|json",
	"what to print: nothing, text (default) or JSON",
	MAIL | VERIFY | EXPLAIN | DOCTOR | SERVER_INFO | PROVIDERS | MANAGE, 0,
	.take = take_report},
    {0, "quiet", ARGUMENT_NONE, NULL,
	"print neither report nor progress",
	MAIL | VERIFY | EXPLAIN, 0, .take = take_quiet},
    {'C', "config", ARGUMENT_WORD, "FILE",
	"read this configuration instead of the usual files",
	PROFILE | RUN | MAILQ | MANAGE | SETUP | IMPORT | DKIM_KEYGEN, 0,
	.field = FIELD(config), .traits = OPTION_KEEPS_BLANKS},
    {0, "set", ARGUMENT_WORD, "KEY=VALUE",
	"use this setting of smtpost.conf(5) for this run",
	PROFILE | MAILQ | MANAGE, 0, .take = take_set},
    {0, "server", ARGUMENT_WORD, "URL",
	"send through this server, such as smtps://HOST",
	PROFILE, 0, .setting = "server"},
    {0, "run", ARGUMENT_NONE, NULL,
	"run the command after --, and mail its output",
	COMMAND, 0, .selects = COMMAND},
    {0, "mail-on", ARGUMENT_WORD, "failure|output|always",
	"with --run: when to send a mail (default: failure)",
	COMMAND, 0, .take = take_mail_on},
    {0, "tee", ARGUMENT_NONE, NULL,
	"with --run: print the output of the command, too",
	COMMAND, 0, .field = FIELD(tee)},
    {0, "attach-output", ARGUMENT_NONE, NULL,
	"with --run: attach all of the output as a file",
	COMMAND, 0, .field = FIELD(attach_output)},
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
    {0, "doctor", ARGUMENT_NONE, NULL,
	"check a profile, its server and its login",
	DOCTOR, 0, .selects = DOCTOR},
    {0, "all", ARGUMENT_NONE, NULL,
	"with --doctor: check every profile",
	DOCTOR, 0, .field = FIELD(doctor.all)},
    {0, "only", ARGUMENT_WORD, "ID,...",
	"with --doctor: show only these checks",
	DOCTOR, 0, .field = FIELD(doctor.only), .traits = OPTION_ONCE},
    {0, "no-login", ARGUMENT_NONE, NULL,
	"with --doctor: do not log in",
	DOCTOR, 0, .field = FIELD(doctor.no_login)},
    {0, "warn-days", ARGUMENT_WORD, "N",
	"with --doctor: warn N days before a certificate ends",
	DOCTOR, 0, .take = take_warn_days},
    {0, "redact", ARGUMENT_NONE, NULL,
	"with --doctor: leave out names and addresses",
	DOCTOR, 0, .field = FIELD(doctor.redacts)},
    {0, "send", ARGUMENT_WORD, "ADDRESS",
	"with --doctor: send a mail to this address, too",
	DOCTOR, 0, .field = FIELD(doctor.send_to), .traits = OPTION_ONCE},
    {0, "outbound", ARGUMENT_WORD, "ADDRESS",
	"with --doctor: the IP address that receivers see",
	DOCTOR, 0, .take = take_outbound},
    {0, "server-info", ARGUMENT_NONE, NULL,
	"show what a server offers, and its certificates",
	SERVER_INFO, 0, .selects = SERVER_INFO},
    {0, "setup", ARGUMENT_WORD, "ADDRESS",
	"find the server of an address; make a profile",
	SETUP, 0, .selects = SETUP, .field = FIELD(setup_address),
	.traits = OPTION_ONCE},
    {0, "online", ARGUMENT_NONE, NULL,
	"with --setup: ask the domain and the ISPDB by HTTPS",
	SETUP, 0, .field = FIELD(is_online)},
    {0, "write", ARGUMENT_NONE, NULL,
	"with --setup, --import: write the configuration",
	SETUP | IMPORT, 0, .field = FIELD(writes)},
    {0, "import", ARGUMENT_WORD, "FILE",
	"translate another program's settings, such as msmtp's",
	IMPORT, 0, .selects = IMPORT, .field = FIELD(import_file),
	.traits = OPTION_ONCE},
    {0, "with-secrets", ARGUMENT_NONE, NULL,
	"with --import: passwords too, into a private file",
	IMPORT, 0, .field = FIELD(with_secrets)},
    {0, "providers", ARGUMENT_NONE, NULL,
	"list the mail services that smtpost knows",
	PROVIDERS, 0, .selects = PROVIDERS},
    {0, "dkim-keygen", ARGUMENT_NONE, NULL,
	"make a DKIM key: DOMAIN SELECTOR [rsa|ed25519]",
	DKIM_KEYGEN, 0, .selects = DKIM_KEYGEN},
    {0, "queue-list", ARGUMENT_NONE, NULL,
	"print one line for each mail in the queue",
	LIST, 0, .selects = LIST},
    {0, "queue-show", ARGUMENT_NONE, NULL,
	"print all about these mails: why each waits",
	SHOW, 0, .selects = SHOW},
    {0, "queue-hold", ARGUMENT_NONE, NULL,
	"keep these mails until they are released",
	HOLD, 0, .selects = HOLD},
    {0, "queue-release", ARGUMENT_NONE, NULL,
	"try these mails again, with -P through that profile",
	RELEASE, 0, .selects = RELEASE},
    {0, "queue-remove", ARGUMENT_NONE, NULL,
	"remove these mails from the queue",
	REMOVE, 0, .selects = REMOVE},
    {0, "where", ARGUMENT_WORD, "KEY=VALUE",
	"choose mails by sender, recipient, older or state",
	MANAGE, 0, .field = FIELD(wheres), .traits = OPTION_REPEATS},
    {0, "yes", ARGUMENT_NONE, NULL,
	"do not ask before mails are sent, changed or removed",
	SUBMIT | DRY_RUN | EDIT, 0, .field = FIELD(has_consent)},
    {'v', NULL, ARGUMENT_NONE, NULL,
	"show the SMTP dialogue; -vv adds times, -vvv content",
	EVERY_MODE, EVERY_MODE, .as_mail = EVERY_MODE,
	.field = FIELD(verbose)},
    {0, "help", ARGUMENT_NONE, NULL,
	"print this help",
	SHOW_HELP, SHOW_HELP, .as_mail = SHOW_HELP, .selects = SHOW_HELP},
    {0, "version", ARGUMENT_NONE, NULL,
	"print the version and the libraries",
	SHOW_VERSION, SHOW_VERSION, .as_mail = SHOW_VERSION,
	.selects = SHOW_VERSION},
    /* Options of mail and mailx alone */
    {'c', NULL, ARGUMENT_WORD, "LIST",
	"send copies, and name their recipients in Cc",
	0, 0, .as_mail = SUBMIT, .field = FIELD(cc),
	.traits = OPTION_KEEPS_BLANKS | OPTION_REPEATS},
    {'b', NULL, ARGUMENT_WORD, "LIST",
	"send copies to recipients that are not named",
	0, 0, .as_mail = SUBMIT, .field = FIELD(bcc),
	.traits = OPTION_KEEPS_BLANKS | OPTION_REPEATS},
    {'r', NULL, ARGUMENT_WORD, "ADDRESS",
	"the sender, such as 'Ann <ann@example.org>'",
	0, 0, .as_mail = SUBMIT,
	.field = FIELD(from), .traits = OPTION_KEEPS_BLANKS},
    {'a', NULL, ARGUMENT_WORD, "FIELD|FILE",
	"set a field 'NAME: VALUE', or attach a file",
	0, 0, .as_mail = SUBMIT,
	.take = take_addition, .traits = OPTION_KEEPS_BLANKS},
    {'E', NULL, ARGUMENT_NONE, NULL,
	"send nothing if the text is empty",
	0, 0, .as_mail = SUBMIT, .field = FIELD(skips_empty)},
};

/*
 * As smtpost, -A and -n are refused, because they could be options of other
 * programs, and -C means --config.
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
	.take = take_debug},
    {'e', NULL, ARGUMENT_REST, "X",    NULL, SUBMIT, EVERY_MODE, .traits = 0},
    {'h', NULL, ARGUMENT_WORD, "N",    NULL, SUBMIT, EVERY_MODE, .traits = 0},
    {'m', NULL, ARGUMENT_NONE, NULL,   NULL, SUBMIT, EVERY_MODE, .traits = 0},
    {'n', NULL, ARGUMENT_NONE, NULL,   NULL, 0,      EVERY_MODE,
	.as_mail = SUBMIT},
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
	if (options_role_is_mail(role))
		return option->as_mail;
	return options_role_is_sendmail(role) ? option->as_sendmail
					      : option->as_smtpost;
}

bool
option_table_has_name(const struct option *option, enum role role)
{
	return option->name != NULL && option_table_modes(option, role) != 0 &&
	    (option->letter == 0 || role == ROLE_SMTPOST);
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
