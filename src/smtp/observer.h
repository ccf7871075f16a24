/*
 * The observer of a session: the command line's trace, its log and its progress
 * line. It receives every line with secrets already replaced by "***"; it must
 * mask unprintable characters itself.
 */
#ifndef SMTP_OBSERVER_H
#define SMTP_OBSERVER_H

#include "base/text.h"
#include "envelope/outcome.h"

enum observed {
	OBSERVED_COMMAND, /* a line that was sent, without CRLF */
	OBSERVED_REPLY,	  /* a line that was received, without its end */
	OBSERVED_CONTENT, /* a part of the message in wire form */
	OBSERVED_NOTE,	  /* a sentence about the connection */
	OBSERVED_WARNING, /* about something dropped or repaired */
};

/* Where a session is. */
struct observed_place {
	enum stage stage; /* what it waits for */
	const char *host; /* of STAGE_CONNECT; borrowed during the call */
	/* Of the content that is sent next; 0: a reply is waited for. */
	uint64_t octets;
};

struct observer {
	void (*see)(void *context, enum observed what, struct span text);
	void *context; /* borrowed */
	/* The session comes to this place, or stays there. May be NULL. */
	void (*reach)(void *context, const struct observed_place *place);
};

/* The observer may be NULL in all functions; then they do nothing. */
void observer_show(
    const struct observer *observer, enum observed what, struct span text);
void observer_reach(
    const struct observer *observer, const struct observed_place *place);
/* A note of at most 1023 octets; a longer one ends in "...". */
void observer_note(const struct observer *observer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A note, for those who call back; `context` is the observer. */
void observer_tell(void *context, const char *sentence);
/* A note for each line. */
void observer_note_lines(const struct observer *observer, struct span lines);
/* A warning for each line. */
void observer_warn_lines(const struct observer *observer, struct span lines);

#endif
