/*
 * Turns the options that describe a message into a composition. Their values
 * are checked here, because only this file knows how an option is written.
 */
#include "cli/draft.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "compose/charset.h"
#include "compose/file_spec.h"
#include "profile/identity.h"

#define OPERAND_SHOWN_MAX ((size_t)128)

bool
draft_check(const struct options *options, struct error *err)
{
	if (options->read_recipients)
		return error_set(err, ERROR_USAGE,
		    "cannot use -t with options that compose a message\n"
		    "hint: name the recipients with --to, --cc or --bcc");
	if (options->message != NULL)
		return error_set(err, ERROR_USAGE,
		    "cannot use --message with options that compose a "
		    "message\nhint: --body-file reads the text from a file");
	if (options->mode == MODE_RUN && options_read_input(options))
		return error_set(err, ERROR_USAGE,
		    "cannot read standard input with --run: it belongs to the "
		    "command");
	if (options->body != NULL && options->body_file != NULL)
		return error_set(
		    err, ERROR_USAGE, "cannot use both --body and --body-file");
	return true;
}

/* The options that a message with a body of its own cannot have. */
static const char *
find_body_option(const struct options *options)
{
	return options->body != NULL	     ? "--body"
	    : options->body_file != NULL     ? "--body-file"
	    : options->html_file != NULL     ? "--html-file"
	    : options->inlines.count > 0     ? "--inline"
	    : options->attachments.count > 0 ? "--attach"
					     : NULL;
}

static bool
check_template(const struct options *options, struct error *err)
{
	const char *option = find_body_option(options);

	if (option != NULL)
		return error_set(err, ERROR_USAGE,
		    "cannot use --message with %s: the message has a body "
		    "already",
		    option);
	return !options->read_recipients || !options_compose(options) ||
	    error_set(err, ERROR_USAGE,
		"cannot use -t with --to and the like\n"
		"hint: --to takes the place of the field To of the message");
}

bool
draft_check_merge(const struct options *options, struct error *err)
{
	const char *template = options_template(options);

	if (options->recipients != NULL)
		return error_set(err, ERROR_USAGE,
		    "cannot use --merge with --recipients\n"
		    "hint: --to '{{column}}' names the recipient of a row");
	if (template != NULL ? !check_template(options, err)
			     : !draft_check(options, err))
		return false;
	if (options_is_stdin(options->batch.table) &&
	    (template != NULL ? options_is_stdin(template)
			      : options_compose_from_input(options)))
		return error_set(err, ERROR_USAGE,
		    "cannot read both the table and the %s from standard "
		    "input\nhint: name a file with %s",
		    template != NULL ? "message" : "text",
		    template != NULL ? "--message" : "--body-file");
	if (options->operand_count > 0 || options->read_recipients > 0 ||
	    options->to.count + options->cc.count + options->bcc.count > 0)
		return true;
	return error_set(err, ERROR_USAGE,
	    "cannot use --merge without recipients\n"
	    "hint: --to '{{column}}' names the recipient of a row%s",
	    template != NULL ? ", -t takes those of the message" : "");
}

/* The option as the caller wrote it: as mail, its letter. */
static const char *
named(const char *name, const char *letter, const struct options *options)
{
	return options_role_is_mail(options->role) ? letter : name;
}

/* A line end would begin another field. */
static bool
check_value(const char *option, const char *value, struct error *err)
{
	if (value == NULL || strpbrk(value, "\r\n") == NULL)
		return true;
	return error_set(err, ERROR_USAGE,
	    "cannot use %s: its value has a line end", option);
}

/* Display names may be in the charset of the locale. */
static void
add_addresses(struct address_texts *out, const char *text)
{
	char *converted = charset_to_utf8(span_from(text));

	composition_add_addresses(out, span_from(converted));
	free(converted);
}

static bool
take_addresses(struct address_texts *out, const char *option,
    const struct option_values *values, struct error *err)
{
	for (size_t i = 0; i < values->count; i++) {
		if (!check_value(option, values->texts[i], err))
			return false;
		add_addresses(out, values->texts[i]);
	}
	return true;
}

/*
 * Whether the shell made of `--attach *.pdf` an attached file and recipients
 * that are names of files. Names without a dot may be those of users.
 */
static bool
is_stray_file(const struct options *options, const char *operand)
{
	struct stat status;

	return options->attachments.count > 0 && strchr(operand, '@') == NULL &&
	    strchr(operand, '.') != NULL && stat(operand, &status) == 0 &&
	    S_ISREG(status.st_mode);
}

static bool
refuse_stray_file(
    const char *operand, const struct options *options, struct error *err)
{
	char *shown =
	    utf8_excerpt_masked(span_from(operand), OPERAND_SHOWN_MAX);

	error_set(err, ERROR_USAGE,
	    "cannot send to %s: it is a file\n"
	    "hint: each file to attach needs its own %s",
	    shown, named("--attach", "-a", options));
	free(shown);
	return false;
}

static bool
take_operands(struct composition *composition, const struct options *options,
    struct error *err)
{
	for (size_t i = 0; i < options->operand_count; i++) {
		const char *operand = options->operands[i];

		if (!check_value("a recipient", operand, err))
			return false;
		if (is_stray_file(options, operand))
			return refuse_stray_file(operand, options, err);
		add_addresses(&composition->operands, operand);
	}
	return true;
}

/* As cron does it, the user gets the mail if nobody else is named. */
static bool
take_user(struct composition *composition, const struct options *options,
    struct error *err)
{
	char *user;

	if (options->mode != MODE_RUN || options->recipients != NULL ||
	    composition->operands.count + composition->to.count +
		    composition->cc.count + composition->bcc.count >
		0)
		return true;
	user = identity_user_name();
	if (user == NULL)
		return error_set(err, ERROR_OS,
		    "cannot find a recipient: user id %lu has no name\n"
		    "hint: name a recipient before --",
		    (unsigned long)getuid());
	composition_add_addresses(&composition->operands, span_from(user));
	free(user);
	return true;
}

static bool
take_file(
    struct part *part, const char *option, const char *file, struct error *err)
{
	if (file == NULL)
		return true;
	part->source = PART_FILE;
	part->file = mem_copy_text(file);
	return check_value(option, file, err);
}

static bool
take_specs(struct composition *composition, const char *option,
    const struct option_values *values, bool is_inline, struct error *err)
{
	for (size_t i = 0; i < values->count; i++) {
		struct part *part = is_inline
		    ? composition_add_inline(composition)
		    : composition_add_attachment(composition);

		if (!check_value(option, values->texts[i], err) ||
		    !file_spec_parse(
			part, values->texts[i], option, is_inline, err))
			return false;
	}
	return true;
}

/* As mail, the whole value is a file name. */
static bool
take_attachments(struct composition *composition, const struct options *options,
    struct error *err)
{
	const struct option_values *values = &options->attachments;

	if (!options_role_is_mail(options->role))
		return take_specs(composition, "--attach", values, false, err);
	for (size_t i = 0; i < values->count; i++) {
		const char *file = values->texts[i];

		/* Standard input is the text. */
		if (!take_file(composition_add_attachment(composition), "-a",
			strcmp(file, "-") == 0 ? "./-" : file, err))
			return false;
	}
	return true;
}

/*
 * Without any option for it, standard input is the text, unless another part is
 * standard input. At a terminal an editor writes it; not as mail, where the
 * text is what the user types there.
 */
static void
take_input(struct composition *composition, enum role role)
{
	struct part *text = &composition->text;
	bool is_taken = false;

	for (size_t i = 0; i < composition->inline_count; i++)
		is_taken |= part_is_input(&composition->inlines[i]);
	for (size_t i = 0; i < composition->attachment_count; i++)
		is_taken |= part_is_input(&composition->attachments[i]);
	if (is_taken) {
		text->source = PART_TEXT;
	} else if (!options_role_is_mail(role) && isatty(STDIN_FILENO)) {
		text->source = PART_EDITOR;
	} else {
		text->source = PART_FILE;
		text->file = mem_copy_text("-");
	}
}

static bool
take_text(struct composition *composition, const struct options *options,
    struct error *err)
{
	struct part *text = &composition->text;

	if (options->body != NULL && strpbrk(options->body, "\r\n") != NULL)
		return error_set(err, ERROR_USAGE,
		    "cannot use --body: its value has a line end\n"
		    "hint: a text of several lines comes from standard input "
		    "or from --body-file");
	if (options->body != NULL) {
		text->source = PART_TEXT;
		text->text = span_from(options->body);
	}
	if (!take_file(text, "--body-file", options->body_file, err) ||
	    !take_file(
		&composition->html, "--html-file", options->html_file, err))
		return false;
	if (text->source == PART_NONE && composition->html.source == PART_NONE)
		take_input(composition, options->role);
	return true;
}

/* Whether the body comes from a template. */
static bool
has_body(const struct options *options)
{
	return options->batch.table != NULL &&
	    options_template(options) != NULL;
}

bool
draft_fill(struct composition *composition, const struct options *options,
    struct error *err)
{
	if (!check_value(
		named("--subject", "-s", options), options->subject, err) ||
	    !check_value("--reply-to", options->reply_to, err) ||
	    !take_addresses(&composition->to, named("--to", "-a", options),
		&options->to, err) ||
	    !take_addresses(&composition->cc, named("--cc", "-c", options),
		&options->cc, err) ||
	    !take_addresses(&composition->bcc, named("--bcc", "-b", options),
		&options->bcc, err) ||
	    !take_operands(composition, options, err) ||
	    !take_specs(
		composition, "--inline", &options->inlines, true, err) ||
	    !take_attachments(composition, options, err) ||
	    !take_user(composition, options, err) ||
	    (!has_body(options) && !take_text(composition, options, err)))
		return false;
	if (options->subject != NULL) {
		free(composition->subject);
		composition->subject =
		    charset_to_utf8(span_from(options->subject));
	}
	if (options->reply_to != NULL)
		add_addresses(&composition->reply_to, options->reply_to);
	return true;
}
