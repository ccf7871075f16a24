#include "cli/option_table.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cli/sendmail_letters.h"

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
option_set(struct options *options, const char *key, const char *value,
    const char *origin, struct error *err)
{
	struct buf text = {0};
	bool done = buf_add_format(&text, "%s=%s", key, value);

	if (done)
		add_set(options, mem_copy_text(buf_text(&text)), origin);
	else
		error_set(err, ERROR_USAGE, "cannot use %s: it is too long",
		    origin);
	buf_free(&text);
	return done;
}

static bool
apply_profile(struct options *options, const char *name, struct error *err)
{
	(void)err;
	options->profile = name;
	return true;
}

static bool
apply_from(struct options *options, const char *address, struct error *err)
{
	(void)err;
	options->from = address;
	return true;
}

static bool
apply_full_name(struct options *options, const char *name, struct error *err)
{
	(void)err;
	options->full_name = name[0] != '\0' ? name : NULL;
	return true;
}

static bool
apply_read_recipients(
    struct options *options, const char *argument, struct error *err)
{
	(void)argument;
	(void)err;
	options->read_recipients = true;
	return true;
}

/* Of two files one would be left out without a word. */
static bool
refuse_second(const char *option, struct error *err)
{
	return error_set(err, ERROR_USAGE, "cannot use %s twice", option);
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

static bool
apply_report(struct options *options, const char *form, struct error *err)
{
	return option_set(options, "report", form, "--report", err);
}

static bool
apply_config(struct options *options, const char *file, struct error *err)
{
	(void)err;
	options->config = file;
	return true;
}

static bool
apply_set(struct options *options, const char *text, struct error *err)
{
	struct span key =
	    span_trim(span_head(span_from(text), strcspn(text, "=")));

	if (strchr(text, '=') == NULL)
		return error_set(err, ERROR_USAGE,
		    "cannot use --set: it needs KEY=VALUE");
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
	return option_set(options, "server", url, "--server", err);
}

static bool
apply_dry_run(struct options *options, const char *argument, struct error *err)
{
	(void)argument;
	(void)err;
	options->dry_run = true;
	return true;
}

static bool
apply_check_message(
    struct options *options, const char *argument, struct error *err)
{
	(void)argument;
	(void)err;
	options->check_message = true;
	return true;
}

static bool
apply_explain(struct options *options, const char *argument, struct error *err)
{
	(void)argument;
	(void)err;
	options->explain = true;
	return true;
}

static bool
apply_providers(
    struct options *options, const char *argument, struct error *err)
{
	(void)argument;
	(void)err;
	options->providers = true;
	return true;
}

static bool
apply_verbose(struct options *options, const char *argument, struct error *err)
{
	(void)argument;
	(void)err;
	options->verbose++;
	return true;
}

static bool
apply_help(struct options *options, const char *argument, struct error *err)
{
	(void)argument;
	(void)err;
	options->help = true;
	return true;
}

static bool
apply_version(struct options *options, const char *argument, struct error *err)
{
	(void)argument;
	(void)err;
	options->version = true;
	return true;
}

const struct option option_table[] = {
    {'P', "profile", ARGUMENT_WORD, "NAME", "use this profile",
	apply_profile, 0},
    {'a', "account", ARGUMENT_WORD, "NAME", NULL, apply_profile, 0},
    {'f', "from", ARGUMENT_WORD, "ADDRESS",
	"reverse-path; <> or '' is the null one", apply_from, 0},
    {'r', NULL, ARGUMENT_WORD, "ADDRESS", NULL, apply_from, 0},
    {'F', "full-name", ARGUMENT_WORD, "NAME",
	"display name for a From that must be made", apply_full_name, 0},
    {'t', "read-recipients", ARGUMENT_NONE, NULL,
	"take recipients from To, Cc and Bcc too", apply_read_recipients, 0},
    {0, "message", ARGUMENT_WORD, "FILE",
	"read the message from FILE; - is standard input", apply_message, 0},
    {0, "recipients", ARGUMENT_WORD, "FILE",
	"read recipients from FILE, one list a line", apply_recipients, 0},
    {'i', NULL, ARGUMENT_NONE, NULL,
	"a line with one dot does not end the message", apply_ignore_dots, 0},
    {'o', NULL, ARGUMENT_WORD, "i", "the same as -i; others are ignored",
	apply_letter_o, 0},
    {'O', NULL, ARGUMENT_WORD, "OPTION=VALUE",
	"IgnoreDots=true is the same as -i; others are ignored",
	apply_sendmail_option, 0},
    {'N', "dsn-notify", ARGUMENT_WORD, "LIST",
	"of what to notify: never, or success,failure,delay",
	apply_dsn_notify, 0},
    {'R', "dsn-return", ARGUMENT_WORD, "full|hdrs",
	"what a notification holds of the message", apply_dsn_return, 0},
    {'V', "envelope-id", ARGUMENT_WORD, "ID",
	"name of the envelope in notifications", apply_envelope_id, 0},
    {'B', "body", ARGUMENT_WORD, "7BIT|8BITMIME",
	"taken; what is in the message decides", NULL, 0},
    {'b', NULL, ARGUMENT_REST, "m|s|v|p|i",
	"submit, speak SMTP, verify, list the queue, nothing",
	apply_mode, 0},
    {'I', NULL, ARGUMENT_NONE, NULL, "the same as -bi", apply_initialize, 0},
    {'q', NULL, ARGUMENT_REST, "X", "run the queue; there is none yet",
	apply_queue, 0},
    {0, "report", ARGUMENT_WORD, "none|text|json",
	"what standard output tells; text is the default", apply_report, 0},
    {'C', "config", ARGUMENT_WORD, "FILE",
	"read this configuration instead of the usual files",
	apply_config, OPTION_OWN},
    {0, "set", ARGUMENT_WORD, "KEY=VALUE",
	"any setting of smtpost.conf(5), for this run", apply_set, 0},
    {0, "server", ARGUMENT_WORD, "URL",
	"submit to this server; short for --set server=URL",
	apply_server, 0},
    {0, "dry-run", ARGUMENT_NONE, NULL,
	"do all but connect; print what would be sent", apply_dry_run, 0},
    {0, "check-message", ARGUMENT_NONE, NULL,
	"print what would be repaired in the message, no more",
	apply_check_message, 0},
    {0, "explain", ARGUMENT_NONE, NULL,
	"print every setting and where it came from", apply_explain, 0},
    {0, "providers", ARGUMENT_NONE, NULL,
	"list the mail services that are known by name", apply_providers, 0},
    {'v', NULL, ARGUMENT_NONE, NULL,
	"show the dialogue; -vv with times, -vvv with content",
	apply_verbose, 0},
    {0, "help", ARGUMENT_NONE, NULL, "print this help", apply_help,
	OPTION_EVERYWHERE},
    {0, "version", ARGUMENT_NONE, NULL, "print version and libraries",
	apply_version, OPTION_EVERYWHERE},
};

const size_t option_count = sizeof(option_table) / sizeof(option_table[0]);
