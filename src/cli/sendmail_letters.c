/*
 * Reads the values of sendmail's letters. A wrong request for notifications is
 * an error as smtpost, but as sendmail a warning: no mail is lost for it.
 */
#include "cli/sendmail_letters.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "envelope/dsn.h"

#define VALUE_SHOWN_MAX ((size_t)80)

/* -bX */
static const struct {
	char letter;
	enum mode mode;
	const char *why_not; /* NULL: smtpost has this mode */
} modes[] = {
    {'m', MODE_SUBMIT, NULL},
    /* ARPANET mode: a submission with other line ends. */
    {'a', MODE_SUBMIT, NULL},
    {'s', MODE_SERVE, NULL},
    {'v', MODE_VERIFY, NULL},
    {'p', MODE_QUEUE_LIST, NULL},
    {'i', MODE_NOTHING, NULL},
    /* Print or purge host status, which smtpost does not keep. */
    {'h', MODE_NOTHING, NULL},
    {'H', MODE_NOTHING, NULL},
    {'P', MODE_NOTHING, NULL},
    {'d', MODE_SUBMIT, "smtpost is no daemon and needs none"},
    {'D', MODE_SUBMIT, "smtpost is no daemon and needs none"},
    {'l', MODE_SUBMIT, "smtpost is no daemon and needs none"},
    {'t', MODE_SUBMIT, "there are no address rules to test; try -bv"},
    {'S', MODE_SUBMIT, "batched SMTP is not taken; try -bs"},
};

#define MODE_LETTER_COUNT (sizeof(modes) / sizeof(modes[0]))

static bool
refuse(
    const char *option, const char *value, const char *why, struct error *err)
{
	char *shown = utf8_excerpt_masked(span_from(value), VALUE_SHOWN_MAX);

	error_set(err, ERROR_USAGE, "cannot use %s%s: %s", option, shown, why);
	free(shown);
	return false;
}

bool
sendmail_letters_find_mode(const char *rest, enum mode *mode, struct error *err)
{
	const char *why = "smtpost has no such mode";

	for (size_t i = 0;
	     rest[0] != '\0' && rest[1] == '\0' && i < MODE_LETTER_COUNT; i++) {
		if (modes[i].letter != rest[0])
			continue;
		*mode = modes[i].mode;
		why = modes[i].why_not;
	}
	return why == NULL || refuse("-b", rest, why, err);
}

/* msmtp's -d shows the dialogue. main.c points to -v instead. */
bool
sendmail_letters_take_debug(
    struct options *options, const char *rest, struct error *err)
{
	(void)err;
	if (!options_role_is_sendmail(options->role) && rest[0] == '\0')
		options->wants_debug = true;
	return true;
}

/* A boolean of sendmail: empty, or it begins with one of tTyY1. */
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
sendmail_letters_ignores_dots(char letter, const char *value)
{
	struct span ignored;

	return letter == 'i' || (letter == 'o' && value[0] == 'i') ||
	    (letter == 'O' && take_ignore_dots(value, &ignored));
}

/* -oi is -i. The other ones say how to queue and report: they are ignored. */
bool
sendmail_letters_take_o(
    struct options *options, const char *rest, struct error *err)
{
	return rest[0] != 'i' ||
	    set_ignore_dots(options, span_from(rest + 1), "-oi", err);
}

bool
sendmail_letters_take_option(
    struct options *options, const char *text, struct error *err)
{
	struct span value;

	return !take_ignore_dots(text, &value) ||
	    set_ignore_dots(options, value, "-O", err);
}

/* Refuses a wrong value, or as sendmail keeps a warning for the log. */
static bool
drop(struct options *options, const char *option, const char *value,
    const char *why, struct error *err)
{
	struct buf text = {0};
	char *shown;

	if (!options_role_is_sendmail(options->role))
		return refuse(option, value, why, err);
	shown = utf8_excerpt_masked(span_from(value), VALUE_SHOWN_MAX);
	buf_add_format(
	    &text, "warning: %s%s is ignored: %s", option, shown, why);
	*(char **)mem_append(&options->warnings, &options->warning_count,
	    sizeof(char *)) = mem_copy_text(buf_text(&text));
	buf_free(&text);
	free(shown);
	return true;
}

bool
sendmail_letters_take_dsn_notify(
    struct options *options, const char *list, struct error *err)
{
	unsigned notify;

	if (!dsn_parse_notify(span_from(list), &notify))
		return drop(options, "-N ", list,
		    "neither never nor a list of success, failure and delay",
		    err);
	return options_set(options, "dsn-notify", list, "--dsn-notify", err);
}

bool
sendmail_letters_take_dsn_return(
    struct options *options, const char *word, struct error *err)
{
	enum dsn_return how;

	if (!dsn_parse_return(span_from(word), &how))
		return drop(options, "-R ", word, "neither full nor hdrs", err);
	return options_set(options, "dsn-return", word, "--dsn-return", err);
}

bool
sendmail_letters_take_envelope_id(
    struct options *options, const char *id, struct error *err)
{
	if (!dsn_envelope_id_is_valid(span_from(id)))
		return drop(options, "-V ", id,
		    "not 1 to 100 printable ASCII characters", err);
	options->envelope_id = id;
	return true;
}
