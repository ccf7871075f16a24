/*
 * Turns the options that describe a message into a composition. Their values
 * are checked here, because only this file knows how an option is written.
 */
#include "cli/draft.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

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
	if (options->body != NULL && options->body_file != NULL)
		return error_set(
		    err, ERROR_USAGE, "cannot use both --body and --body-file");
	return true;
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

static bool
take_addresses(struct address_texts *out, const char *option,
    const struct option_values *values, struct error *err)
{
	for (size_t i = 0; i < values->count; i++) {
		if (!check_value(option, values->texts[i], err))
			return false;
		composition_add_addresses(out, span_from(values->texts[i]));
	}
	return true;
}

static bool
take_operands(struct composition *composition, const struct options *options,
    struct error *err)
{
	for (size_t i = 0; i < options->operand_count; i++) {
		const char *operand = options->operands[i];

		if (!check_value("a recipient", operand, err))
			return false;
		composition_add_addresses(
		    &composition->operands, span_from(operand));
	}
	return true;
}

static bool
take_text(struct part *part, const struct options *options, struct error *err)
{
	const char *file = options->body_file;

	if (!check_value("--body", options->body, err) ||
	    !check_value("--body-file", file, err))
		return false;
	if (options->body != NULL) {
		part->source = PART_TEXT;
		part->text = span_from(options->body);
		return true;
	}
	if (file == NULL && options->html_file != NULL)
		return true;
	part->source = PART_FILE;
	part->file = mem_copy_text(file != NULL ? file : "-");
	return true;
}

bool
draft_fill(struct composition *composition, const struct options *options,
    struct error *err)
{
	if (!check_value("--subject", options->subject, err) ||
	    !check_value("--reply-to", options->reply_to, err) ||
	    !take_addresses(&composition->to, "--to", &options->to, err) ||
	    !take_addresses(&composition->cc, "--cc", &options->cc, err) ||
	    !take_addresses(&composition->bcc, "--bcc", &options->bcc, err) ||
	    !take_operands(composition, options, err) ||
	    !take_text(&composition->text, options, err))
		return false;
	if (options->subject != NULL)
		composition->subject = mem_copy_text(options->subject);
	if (options->reply_to != NULL)
		composition_add_addresses(
		    &composition->reply_to, span_from(options->reply_to));
	return true;
}
