/*
 * Holds the settings and values of the command line, which command_line.c
 * reads. How options are written does not matter here.
 */
#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#define VALUE_SHOWN_MAX ((size_t)80)

static const char *const names[] = {
    [ROLE_SMTPOST] = "smtpost",
    [ROLE_SENDMAIL] = "sendmail",
    [ROLE_MAILQ] = "mailq",
    [ROLE_NEWALIASES] = "newaliases",
    [ROLE_MAIL] = "mail",
    [ROLE_MAILX] = "mailx",
};

bool
options_role_is_sendmail(enum role role)
{
	return role == ROLE_SENDMAIL || role == ROLE_MAILQ ||
	    role == ROLE_NEWALIASES;
}

bool
options_role_is_mail(enum role role)
{
	return role == ROLE_MAIL || role == ROLE_MAILX;
}

const char *
options_role_name(enum role role)
{
	return names[role];
}

/* The name of a setting in "KEY=VALUE". */
static struct span
set_key(struct span set)
{
	return span_trim(span_head(set, span_find(set, '=')));
}

/* Whether a setting names the server, which then replaces that of the files. */
static bool
names_server(struct span set)
{
	struct span key = set_key(set);

	return span_equal(key, SPAN("server")) ||
	    span_equal(key, SPAN("provider"));
}

void
options_add_set(struct options *options, const char *text, const char *origin)
{
	struct span set = span_from(mem_copy_text(text));

	*(struct span *)mem_append(
	    &options->sets, &options->set_count, sizeof(struct span)) = set;
	*(struct span *)mem_append(&options->set_origins,
	    &options->origin_count, sizeof(struct span)) =
	    span_from(mem_copy_text(origin));
	if (names_server(set))
		options->has_server = true;
}

bool
options_set(struct options *options, const char *setting, const char *value,
    const char *origin, struct error *err)
{
	struct buf text = {0};
	bool done = buf_add_format(&text, "%s=%s", setting, value);

	if (done)
		options_add_set(options, buf_text(&text), origin);
	else
		error_set(
		    err, ERROR_USAGE, "cannot use %s: it is too long", origin);
	buf_free(&text);
	return done;
}

bool
options_sets(const struct options *options, struct span setting)
{
	for (size_t i = 0; i < options->set_count; i++)
		if (span_equal(set_key(options->sets[i]), setting))
			return true;
	return false;
}

bool
options_refuse(
    const char *option, const char *value, const char *why, struct error *err)
{
	char *shown = utf8_excerpt_masked(span_from(value), VALUE_SHOWN_MAX);

	error_set(err, ERROR_USAGE, "cannot use %s%s: %s", option, shown, why);
	free(shown);
	return false;
}

bool
options_compose(const struct options *options)
{
	return options_role_is_mail(options->role) ||
	    options->mode == MODE_RUN || options->subject != NULL ||
	    options->to.count > 0 || options->cc.count > 0 ||
	    options->bcc.count > 0 || options->reply_to != NULL ||
	    options->body != NULL || options->body_file != NULL ||
	    options->html_file != NULL || options->inlines.count > 0 ||
	    options->attachments.count > 0;
}

bool
options_is_stdin(const char *path)
{
	return path != NULL && strcmp(path, "-") == 0;
}

/* "-" with or without parts after it, as compose/file_spec.h has them. */
static bool
is_stdin_spec(const char *spec)
{
	struct span file = span_from(spec);

	return span_equal(
	    span_trim(span_head(file, span_find(file, ';'))), SPAN("-"));
}

bool
options_compose_from_input(const struct options *options)
{
	if (options->mode != MODE_RUN && options->body == NULL &&
	    options->body_file == NULL && options->html_file == NULL)
		return true;
	if (options_is_stdin(options->body_file) ||
	    options_is_stdin(options->html_file))
		return true;
	for (size_t i = 0; i < options->inlines.count; i++)
		if (is_stdin_spec(options->inlines.texts[i]))
			return true;
	for (size_t i = 0; i < options->attachments.count; i++)
		if (is_stdin_spec(options->attachments.texts[i]))
			return true;
	return false;
}

bool
options_batch(const struct options *options)
{
	return options->batch.source != NULL || options->batch.table != NULL;
}

const char *
options_template(const struct options *options)
{
	if (options->message != NULL)
		return options->message;
	return options_compose(options) ? NULL : "-";
}

/* Whether --merge reads it: the table, or what the messages are made from. */
static bool
merge_from_input(const struct options *options)
{
	const char *template = options_template(options);

	return options_is_stdin(options->batch.table) ||
	    (template != NULL ? options_is_stdin(template)
			      : options_compose_from_input(options));
}

bool
options_read_input(const struct options *options)
{
	if (options_is_stdin(options->recipients))
		return true;
	if (options->batch.source != NULL)
		return options_is_stdin(options->batch.source);
	if (options->batch.table != NULL)
		return merge_from_input(options);
	if (options_compose(options))
		return options_compose_from_input(options);
	if (!mode_table[options->mode].takes_message)
		return false;
	return options->message == NULL || options_is_stdin(options->message);
}

enum report_form
options_report(const struct options *options)
{
	return options->has_report ? options->report : REPORT_TEXT;
}

/* Wipes them too: --set may hold a secret, which only the parser refuses. */
static void
free_spans(struct span *spans, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *text = (char *)(uintptr_t)spans[i].at;

		mem_wipe(text, spans[i].len);
		free(text);
	}
	free(spans);
}

void
options_free(struct options *options)
{
	free_spans(options->sets, options->set_count);
	free_spans(options->set_origins, options->origin_count);
	for (size_t i = 0; i < options->warning_count; i++)
		free(options->warnings[i]);
	free(options->warnings);
	free(options->wheres.texts);
	free(options->to.texts);
	free(options->cc.texts);
	free(options->bcc.texts);
	free(options->inlines.texts);
	free(options->attachments.texts);
	header_edits_free(&options->header_edits);
	free(options->operands);
	*options = (struct options){0};
}
