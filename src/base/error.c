/*
 * Sets and completes the text of an error. The text is part of the struct, so
 * an error can be passed on by assignment.
 */
#include "base/error.h"

#include <sysexits.h>

#include "base/text.h"
#include "base/utf8.h"

bool
error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
	va_list arguments;

	err->kind = kind;
	err->text[0] = '\0';
	va_start(arguments, format);
	text_add_format(err->text, sizeof(err->text), format, arguments);
	va_end(arguments);
	return false;
}

void
error_add(struct error *err, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	text_add_format(err->text, sizeof(err->text), format, arguments);
	va_end(arguments);
}

bool
error_join(struct error *err, const struct error *other)
{
	if (err->kind == ERROR_NONE)
		*err = *other;
	else if (other->kind != ERROR_NONE)
		error_add(err, "\n%s", other->text);
	return false;
}

int
error_exit_status(enum error_kind kind)
{
	static const int statuses[] = {
	    [ERROR_NONE] = EX_SOFTWARE,
	    [ERROR_USAGE] = EX_USAGE,
	    [ERROR_DATA] = EX_DATAERR,
	    [ERROR_NO_INPUT] = EX_NOINPUT,
	    [ERROR_BUG] = EX_SOFTWARE,
	    [ERROR_OS] = EX_OSERR,
	    [ERROR_SYSTEM_FILE] = EX_OSFILE,
	    [ERROR_CREATE] = EX_CANTCREAT,
	    [ERROR_IO] = EX_IOERR,
	    [ERROR_TEMPORARY] = EX_TEMPFAIL,
	    [ERROR_LOGIN] = EX_NOPERM,
	    [ERROR_CONFIG] = EX_CONFIG,
	};

	return statuses[kind];
}

enum error_kind
error_kind_of(uint64_t exit_status)
{
	return exit_status == EX_NOPERM ? ERROR_LOGIN
	    : exit_status == EX_CONFIG	? ERROR_CONFIG
					: ERROR_TEMPORARY;
}

void
error_add_lines(const struct error *err, const char *program, struct buf *lines)
{
	struct span rest = span_from(err->text);

	do {
		size_t end = span_find(rest, '\n');

		buf_add_format(lines, "%s: ", program);
		utf8_add_sentence(lines, span_head(rest, end));
		buf_add_char(lines, '\n');
		rest = span_skip(rest, end + 1);
	} while (rest.len > 0);
}
