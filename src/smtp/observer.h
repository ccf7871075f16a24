/*
 * Who watches a dialogue: the command line's trace, later a log. The engine
 * tells it every line, with secrets already made "***"; what does not print
 * is the observer's to mask.
 */
#ifndef SMTP_OBSERVER_H
#define SMTP_OBSERVER_H

#include <stddef.h>

#include "base/text.h"

enum observed {
	OBSERVED_COMMAND, /* said by us, without CRLF */
	OBSERVED_REPLY,	  /* a line heard, without its end */
	OBSERVED_CONTENT, /* a stretch of the message in wire form */
	OBSERVED_NOTE,	  /* a sentence about the connection */
	OBSERVED_WARNING, /* about what was dropped or repaired */
};

struct observer {
	void (*see)(void *context, enum observed what, struct span text);
	void *context; /* borrowed */
};

/* A note; the observer may be NULL. */
void observer_note(const struct observer *observer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A note for each line; the log has none of them. */
void observer_remarks(const struct observer *observer, struct span lines);
/* A warning for each line. */
void observer_notes(const struct observer *observer, struct span lines);
void observer_see(
    const struct observer *observer, enum observed what, struct span text);

#endif
