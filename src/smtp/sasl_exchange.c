/*
 * Fails exchanges, and writes text that several mechanisms need. A sentence
 * about a failure may quote the server: it must be masked before it is shown.
 */
#include "smtp/sasl_exchange.h"

#include <stdarg.h>

#define TROUBLE_MAX 512 /* a longer sentence ends in "..." */

static void
set_trouble(struct sasl *sasl, const char *format, va_list arguments)
{
	char text[TROUBLE_MAX] = "";

	text_add_format(text, sizeof(text), format, arguments);
	buf_clear(&sasl->trouble);
	buf_add_text(&sasl->trouble, text);
}

bool
sasl_exchange_break(struct sasl *sasl, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	set_trouble(sasl, format, arguments);
	va_end(arguments);
	return false;
}

bool
sasl_exchange_give_up(struct sasl *sasl, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	set_trouble(sasl, format, arguments);
	va_end(arguments);
	sasl->is_impossible = true;
	return false;
}

void
sasl_exchange_add_name(struct buf *out, struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] == ',')
			buf_add_text(out, "=2C");
		else if (name.at[i] == '=')
			buf_add_text(out, "=3D");
		else
			buf_add_char(out, name.at[i]);
}
