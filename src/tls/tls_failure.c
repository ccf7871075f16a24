/*
 * Formats the sentence of a failure. Text from the server must be masked
 * before it is passed in (base/utf8.h).
 */
#include "tls/tls_failure.h"

#include <stdarg.h>

#include "base/text.h"

bool
tls_failure_set(struct tls_failure *failure, enum tls_result result,
    const char *format, ...)
{
	va_list arguments;

	failure->result = result;
	failure->text[0] = '\0';
	va_start(arguments, format);
	text_add_format(
	    failure->text, sizeof(failure->text), format, arguments);
	va_end(arguments);
	return false;
}
