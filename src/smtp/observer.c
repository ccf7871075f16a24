#include "smtp/observer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
observer_see(
    const struct observer *observer, enum observed what, struct span text)
{
	if (observer != NULL)
		observer->see(observer->context, what, text);
}

void
observer_note(const struct observer *observer, const char *format, ...)
{
	char text[1024];
	va_list arguments;
	int len;

	if (observer == NULL)
		return;
	va_start(arguments, format);
	len = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (len >= (int)sizeof(text))
		memcpy(text + sizeof(text) - 4, "...", 4);
	observer_see(observer, OBSERVED_NOTE, span_from(text));
}

void
observer_remarks(const struct observer *observer, struct span lines)
{
	struct span line;

	while (span_next_word(&lines, "\n", &line))
		observer_see(observer, OBSERVED_NOTE, line);
}

void
observer_notes(const struct observer *observer, struct span lines)
{
	struct span line;

	while (span_next_word(&lines, "\n", &line))
		observer_see(observer, OBSERVED_WARNING, line);
}
