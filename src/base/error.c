/*
 * Sets and completes the text of an error. Nothing here allocates, so an error
 * can be passed on by assignment.
 */
#include "base/error.h"

#include "base/text.h"

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
