/*
 * A dialogue with a server: commands are said and replies heard, without any
 * knowledge of their order. Saying only fills the output; hearing sends it, so
 * that commands said together travel together. Replies are matched by
 * counting. Command lines with a control character are held back. Secrets have
 * functions of their own: wherever they are shown, they are "***".
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
	size_t unanswered; /* commands said whose reply was not heard yet */
	struct echo echo;  /* the secrets that replies must not show */
	struct buf odd;	   /* the beginning of a line that is no reply */
	bool unsolicited;  /* a reply came before its command was said */
	bool gated;	   /* a command had a control and was held back */
	bool is_utf8;	   /* RFC 6531: commands may have UTF-8 in them */
	bool is_over;	   /* after 421 or a malformed reply: say no more */
};

/* Takes ownership of the stream; observer may be NULL. */
void dialogue_init(struct dialogue *dialogue, struct stream *stream,
    const struct observer *observer, int64_t timeout, int64_t deadline);
void dialogue_free(struct dialogue *dialogue);

/*
 * Says a command line, printf-like and without its CRLF. If it cannot be sent,
 * the next dialogue_hear fails and says why.
 */
void dialogue_say(struct dialogue *dialogue, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/*
 * Says content that follows its command (BDAT), as it is. False: it could not
 * be written whole.
 */
bool dialogue_say_content(struct dialogue *dialogue, struct span content);
/* Says a line made of `shown` and a secret, which is hidden from then on. */
void dialogue_say_secret(
    struct dialogue *dialogue, const char *shown, struct span secret);
/*
 * From now on replies that echo the secret, or a part of it, show "***" there:
 * as it is, in hexadecimal, and in base64 whether it begins at the first, the
 * second or the third octet of a group.
 */
void dialogue_hide_forms(struct dialogue *dialogue, struct span secret);
/*
 * Sends what was said and hears one reply. False: there is none, and *trouble
 * says why at this stage; RFC 5321 section 3.8 treats that like a 451.
 */
bool dialogue_hear(struct dialogue *dialogue, enum stage stage,
    struct reply *reply, struct outcome *trouble);

/* What a server does that should close the connection. */
enum dialogue_end {
	DIALOGUE_CLOSED,
	DIALOGUE_SILENT,  /* neither of the others for two seconds */
	DIALOGUE_GOES_ON, /* it sent something more */
};

/* Waits for the server to close the connection, as it does after 421. */
enum dialogue_end dialogue_hear_end(struct dialogue *dialogue);
/*
 * The deadline (clock_now) of a reply in this stage that is waited for from
 * now on: by the setting `timeout`, or else by RFC 5321 section 4.5.3.2, but
 * never later than dialogue->deadline.
 */
int64_t dialogue_deadline(const struct dialogue *dialogue, enum stage stage);
/*
 * Sets dialogue->unsolicited if a reply is there although none is due. Does
 * not wait.
 */
void dialogue_check_input(struct dialogue *dialogue);
/* Whether all replies are heard and a command can be said. */
bool dialogue_is_in_step(const struct dialogue *dialogue);
/* Sets *trouble to the reason why the stream is no longer open. */
void dialogue_describe(
    const struct dialogue *dialogue, enum stage stage, struct outcome *trouble);

#endif
