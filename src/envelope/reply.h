/*
 * A server's reply (RFC 5321 section 4.2), read strictly and bounded, line by
 * line; it knows nothing of sockets. What we have to say ourselves about a
 * recipient takes the same shape with code 0.
 */
#ifndef ENVELOPE_REPLY_H
#define ENVELOPE_REPLY_H

#include <stdbool.h>

#include "base/buf.h"

#define REPLY_LINE_MAX 12288 /* RFC 4954 section 4: the longest 334 line */
#define REPLY_LINES_MAX 1024
#define REPLY_KEPT_MAX ((size_t)2048) /* of the text, in a copy */
#define REPLY_TEXT_MAX ((size_t)64 * 1024)

/* RFC 3463: class.subject.detail; class 0: there is none. */
struct status {
	unsigned char class;
	unsigned short subject, detail;
};

struct reply {
	int code; /* 200 to 599; 0: no reply */
	struct status status;
	struct buf text; /* lines without code and status, joined by LF */
	unsigned lines;	 /* read so far */
};

enum reply_progress {
	REPLY_MORE, /* another line belongs to it */
	REPLY_DONE,
	REPLY_MALFORMED, /* the session cannot go on */
};

void reply_free(struct reply *reply);
/* Frees `to` first; a long text is kept by its last lines. */
void reply_copy(struct reply *to, const struct reply *from);
/*
 * Takes one line, without its line end. A reply whose lines have several
 * codes, or a code outside of 200 to 599, is malformed; so is one that passes
 * a bound.
 */
enum reply_progress reply_take_line(struct reply *reply, struct span line);
/* Replaces it by words of our own, with code 0. */
void reply_set_own(struct reply *reply, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

bool reply_is_positive(const struct reply *reply);     /* 2yz */
bool reply_is_intermediate(const struct reply *reply); /* 3yz */
bool reply_is_transient(const struct reply *reply);    /* 4yz */
bool reply_is_permanent(const struct reply *reply);    /* 5yz */
/*
 * To AUTH: the mechanism is not known or not allowed (500, 502, 504, 5.7.4),
 * which says nothing about the user and the secret. Never 534 or 535.
 */
bool reply_refuses_mechanism(const struct reply *reply);
/*
 * Whether only another command than EHLO, MAIL and RCPT is answered so: 220
 * (a greeting, STARTTLS), 221 (QUIT), 235 (AUTH) and 3yz (AUTH, DATA). In the
 * place of their reply it shows that replies and commands do not match.
 */
bool reply_is_misplaced(const struct reply *reply);
/* The last line of the text: what the report shows. Borrowed. */
struct span reply_last_line(const struct reply *reply);
/* Adds the whole text in one line, with a blank for each line's end. */
void reply_add_joined(struct buf *buf, const struct reply *reply);
/* Adds "2.1.5" or "-". */
void reply_status_add(struct buf *buf, struct status status);

#endif
