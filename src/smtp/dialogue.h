/*
 * "Say a line, hear a reply", and nothing of SMTP's order. Saying only fills
 * the output; hearing is what sends it, so a group of commands travels
 * together without anybody asking. Replies are matched by counting. One gate
 * keeps CR, LF, NUL and every other control out of command lines; secrets
 * pass by a way of their own, and the observer sees "***".
 */
#ifndef SMTP_DIALOGUE_H
#define SMTP_DIALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "envelope/outcome.h"
#include "net/stream.h"
#include "smtp/echo.h"

/*
 * Who watches a dialogue: the command line's trace, later a log. The engine
 * tells it every line, with secrets already made "***"; what does not print
 * is the observer's to mask.
 */
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
void dialogue_note(const struct observer *observer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A note for each line; the log has none of them. */
void dialogue_note_lines(const struct observer *observer, struct span lines);
/* A warning for each line. */
void dialogue_warn_lines(const struct observer *observer, struct span lines);
void dialogue_show(
    const struct observer *observer, enum observed what, struct span text);

struct dialogue {
	struct stream *stream;		 /* owned */
	const struct observer *observer; /* borrowed; may be NULL */
	int64_t timeout;   /* milliseconds; 0: the stage's (RFC 5321) */
	int64_t deadline;  /* for everything; DEADLINE_NEVER: none */
	size_t unanswered; /* commands said whose reply was not heard */
	struct echo echo;  /* the secrets that replies must not show */
	struct buf odd;	   /* the beginning of a line that is no reply */
	bool has_secret;   /* a secret is in echo */
	bool unsolicited;  /* input came before it was asked for */
	bool gated;	   /* a command was refused by the gate */
	bool is_utf8; /* RFC 6531: commands may hold UTF-8, not ASCII alone */
	bool is_over; /* 421, or nothing that is a reply: say no more */
};

/* Takes the stream. */
void dialogue_init(struct dialogue *dialogue, struct stream *stream,
    const struct observer *observer, int64_t timeout, int64_t deadline);
void dialogue_free(struct dialogue *dialogue);

/* Adds a command line; CRLF is put behind it. */
void dialogue_say(struct dialogue *dialogue, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/*
 * Adds content that belongs to the command in front of it, as it is. False:
 * the connection cannot take it.
 */
bool dialogue_say_content(struct dialogue *dialogue, struct span content);
/*
 * Adds a line that is `shown` and a secret behind it; from then on replies
 * that echo a part of the secret have it replaced.
 */
void dialogue_say_secret(
    struct dialogue *dialogue, const char *shown, struct span secret);
/* From now on replies that echo a part of the secret have it replaced. */
void dialogue_hide(struct dialogue *dialogue, struct span secret);
/*
 * The same for the secret as it is, in hexadecimal, and in base64 wherever in
 * a group of three octets it begins.
 */
void dialogue_hide_forms(struct dialogue *dialogue, struct span secret);
/*
 * Sends what was said and hears one reply. False when there is none:
 * *trouble says why, at this stage (RFC 5321 section 3.8: as 451).
 */
bool dialogue_hear(struct dialogue *dialogue, enum stage stage,
    struct reply *reply, struct outcome *trouble);
enum dialogue_end {
	DIALOGUE_CLOSED,
	DIALOGUE_SILENT,  /* neither of the others, for two seconds */
	DIALOGUE_GOES_ON, /* the server said something more */
};

/* Waits for the server to close the connection, as it does after 421. */
enum dialogue_end dialogue_hear_end(struct dialogue *dialogue);
/*
 * The deadline of something that begins now, in this stage: the setting
 * `timeout`, else RFC 5321's, never beyond the whole run's.
 */
int64_t dialogue_deadline(const struct dialogue *dialogue, enum stage stage);
/*
 * Looks, without waiting, for a reply that nobody asked for: if there is one,
 * dialogue->unsolicited is set.
 */
void dialogue_check_input(struct dialogue *dialogue);
/* Whether the server waits for a command and nothing is amiss. */
bool dialogue_is_in_step(const struct dialogue *dialogue);
/* Describes why the stream is not open, as a trouble at this stage. */
void dialogue_describe(
    const struct dialogue *dialogue, enum stage stage, struct outcome *trouble);

#endif
