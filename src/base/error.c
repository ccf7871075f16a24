#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Writes behind the first `from` octets; a cut shows at the very end. */
static void
write_text(
    struct error *err, size_t from, const char *format, va_list arguments)
{
	size_t room = sizeof(err->text) - from;
	int len = vsnprintf(err->text + from, room, format, arguments);

	if (len >= 0 && (size_t)len >= room)
		memcpy(err->text + sizeof(err->text) - 4, "...", 4);
}

bool
error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
	va_list arguments;

	err->kind = kind;
	va_start(arguments, format);
	write_text(err, 0, format, arguments);
	va_end(arguments);
	return false;
}

void
error_add(struct error *err, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	write_text(err, strlen(err->text), format, arguments);
	va_end(arguments);
}
