/*
 * Passes lines and notes to an observer. A note that is too long ends in "...".
 */
#include "smtp/observer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
observer_show(
    const struct observer *observer, enum observed what, struct span text)
{
	if (observer != NULL)
		observer->see(observer->context, what, text);
}

void
observer_reach(
    const struct observer *observer, const struct observed_place *place)
{
	if (observer != NULL && observer->reach != NULL)
		observer->reach(observer->context, place);
}

void
observer_note(const struct observer *observer, const char *format, ...)
{
	char text[1024] = "";
	va_list arguments;

	if (observer == NULL)
		return;
	va_start(arguments, format);
	text_add_format(text, sizeof(text), format, arguments);
	va_end(arguments);
	observer_show(observer, OBSERVED_NOTE, span_from(text));
}

void
observer_tell(void *context, const char *sentence)
{
	observer_note(context, "%s", sentence);
}

void
observer_note_lines(const struct observer *observer, struct span lines)
{
	struct span line;

	while (span_next_word(&lines, "\n", &line))
		observer_show(observer, OBSERVED_NOTE, line);
}

void
observer_warn_lines(const struct observer *observer, struct span lines)
{
	struct span line;

	while (span_next_word(&lines, "\n", &line))
		observer_show(observer, OBSERVED_WARNING, line);
}
