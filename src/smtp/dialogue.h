/*
 * A dialogue with a server: commands and replies, without any knowledge of
 * their order. dialogue_say only fills the output and dialogue_hear sends it,
 * so that several commands travel together. Replies are matched to commands by
 * counting. A command line with a control character is never sent. Secrets are
 * sent by separate functions and shown as "***".
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
#include "smtp/observer.h"

struct dialogue {
	struct stream *stream;		 /* owned */
	const struct observer *observer; /* borrowed; may be NULL */
	int64_t timeout;   /* milliseconds; 0: the stage's (RFC 5321) */
	int64_t deadline;  /* for the whole run; DEADLINE_NEVER: none */
	size_t unanswered; /* commands whose reply was not read yet */
	uint64_t octets;   /* of all command lines so far */
	struct echo echo;  /* the secrets that replies must not show */
	struct buf odd;	   /* the beginning of a line that is not a reply */
	bool unsolicited;  /* a reply came before its command */
	/*
	 * A command was not sent, because it had a control character or bad
	 * UTF-8, or was too long.
	 */
	bool is_held_back;
	bool is_utf8; /* RFC 6531: commands may have UTF-8 in them */
	bool is_over; /* after 421 or a malformed reply: send no more */
};

/* Takes ownership of the stream; observer may be NULL. */
void dialogue_init(struct dialogue *dialogue, struct stream *stream,
    const struct observer *observer, int64_t timeout, int64_t deadline);
void dialogue_free(struct dialogue *dialogue);

/*
 * Queues a command line, printf-like and without its CRLF. If it cannot be
 * sent, the next dialogue_hear fails and reports why.
 */
void dialogue_say(struct dialogue *dialogue, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/*
 * Writes the content that follows its command (BDAT), unchanged. False: it
 * could not be written whole.
 */
bool dialogue_say_content(struct dialogue *dialogue, struct span content);
/* Queues a line made of `shown` and a secret, which is hidden from then on. */
void dialogue_say_secret(
    struct dialogue *dialogue, const char *shown, struct span secret);
/*
 * Sends the queued commands and reads one reply. False: no reply came, and
 * *trouble gives the reason at this stage; RFC 5321 section 3.8 treats that
 * like a 451.
 */
bool dialogue_hear(struct dialogue *dialogue, enum stage stage,
    struct reply *reply, struct outcome *trouble);

/* What a server did that should have closed the connection. */
enum dialogue_end {
	DIALOGUE_CLOSED,
	DIALOGUE_SILENT,  /* neither of the others for two seconds */
	DIALOGUE_GOES_ON, /* it sent more input */
};

/* Waits for the server to close the connection, as it should after 421. */
enum dialogue_end dialogue_hear_end(struct dialogue *dialogue);
/*
 * The deadline (clock_now) for a reply in this stage, counted from now: by the
 * setting `timeout`, or else by RFC 5321 section 4.5.3.2, but never later than
 * dialogue->deadline.
 */
int64_t dialogue_deadline(const struct dialogue *dialogue, enum stage stage);
/*
 * Sets dialogue->unsolicited if a reply has come although none is due. Does not
 * wait.
 */
void dialogue_check_input(struct dialogue *dialogue);
/* Whether all replies are read and another command can be sent. */
bool dialogue_is_in_step(const struct dialogue *dialogue);
/* Sets *trouble to the reason why the stream is no longer open. */
void dialogue_describe(
    const struct dialogue *dialogue, enum stage stage, struct outcome *trouble);

#endif
