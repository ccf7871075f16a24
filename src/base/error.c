#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void
write_text(char *text, size_t room, const char *format, va_list arguments)
{
	int len = vsnprintf(text, room, format, arguments);

	if (len >= 0 && (size_t)len >= room && room > 4)
		memcpy(text + room - 4, "...", 4);
}

bool
error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
	va_list arguments;

	err->kind = kind;
	va_start(arguments, format);
	write_text(err->text, sizeof(err->text), format, arguments);
	va_end(arguments);
	return false;
}

void
error_add(struct error *err, const char *format, ...)
{
	size_t len = strlen(err->text);
	va_list arguments;

	va_start(arguments, format);
	write_text(
	    err->text + len, sizeof(err->text) - len, format, arguments);
	va_end(arguments);
}
