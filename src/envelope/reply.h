/*
 * A server's reply (RFC 5321 section 4.2), parsed strictly line by line and
 * with bounds. Sentences of our own about a recipient are kept in the same
 * struct, with code 0.
 */
#ifndef ENVELOPE_REPLY_H
#define ENVELOPE_REPLY_H

#include <stdbool.h>

#include "base/buf.h"

#define REPLY_LINE_MAX 12288 /* RFC 4954 section 4: the longest 334 line */
#define REPLY_LINES_MAX 1024
#define REPLY_KEPT_MAX ((size_t)2048) /* octets of text in a copy */
#define REPLY_TEXT_MAX ((size_t)64 * 1024)

/* RFC 3463: class.subject.detail; class 0: no status. */
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
	REPLY_MORE, /* more lines follow */
	REPLY_DONE,
	REPLY_MALFORMED, /* the session must end */
};

void reply_free(struct reply *reply);
/*
 * Frees the old content of `to`. If the text is longer than REPLY_KEPT_MAX,
 * only its last lines are copied.
 */
void reply_copy(struct reply *to, const struct reply *from);
/*
 * Takes one line, without its line end. A reply is malformed if its lines have
 * different codes, if a code is outside of 200 to 599, or if it exceeds a limit
 * above.
 */
enum reply_progress reply_take_line(struct reply *reply, struct span line);
/* Replaces the reply by a sentence of our own, with code 0. */
void reply_set_own(struct reply *reply, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

bool reply_is_positive(const struct reply *reply);     /* 2yz */
bool reply_is_intermediate(const struct reply *reply); /* 3yz */
bool reply_is_transient(const struct reply *reply);    /* 4yz */
bool reply_is_permanent(const struct reply *reply);    /* 5yz */
/*
 * Whether the reply to AUTH refuses only the mechanism (500, 502, 504, 5.7.4)
 * and says nothing about user and secret. Never for 534 and 535.
 */
bool reply_refuses_mechanism(const struct reply *reply);
/*
 * Whether the code cannot be a reply to EHLO, MAIL or RCPT: 220 (greeting,
 * STARTTLS), 221 (QUIT), 235 (AUTH) and 3yz (AUTH, DATA). As a reply to one of
 * these commands it shows that replies and commands do not match.
 */
bool reply_is_misplaced(const struct reply *reply);
/* The last line of the text, which the report shows. Borrowed. */
struct span reply_last_line(const struct reply *reply);
/* Adds the whole text as one line, with blanks between its lines. */
void reply_add_joined(struct buf *buf, const struct reply *reply);
/* The same after the code and the enhanced code, if there are any. */
void reply_add_line(struct buf *buf, const struct reply *reply);
/* Adds "2.1.5" or "-". */
void reply_status_add(struct buf *buf, struct status status);

#endif
