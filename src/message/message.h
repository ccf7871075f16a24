/*
 * A message, read once before anything is connected: the header section in
 * memory, the body in memory up to a bound, else in an unlinked temporary
 * file; a regular file on the descriptor is read where it lies. The facts of
 * the one pass tell what a server must be able to carry. The message is never
 * changed: replay applies a plan (fixup.h) and gives the wire form.
 */
#ifndef MESSAGE_MESSAGE_H
#define MESSAGE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "message/header.h"

#define MESSAGE_HEADER_MAX ((size_t)16 * 1024 * 1024)
struct message; /* opaque: offsets and facts belong together */
struct plan;
#define MESSAGE_LINE_MAX 998 /* without CRLF: RFC 5322 section 2.1.1 */

struct octet_facts {
	bool has_long_line, has_eight_bit, has_nul;
};

struct message_facts {
	uint64_t body_size; /* octets in CRLF form, without dot-stuffing */
	bool has_long_line, has_eight_bit, has_nul; /* header or body */
	bool has_bare_cr, has_bare_lf;
	struct octet_facts header, body; /* the same, told apart */
	bool has_mark; /* a byte order mark was before the header */
	bool has_extra_cr, body_has_bare_cr, body_has_extra_cr; /* CR CR LF */
};

struct message_options {
	enum header_rule header;
	bool keeps_raw;	   /* the header as it came, for message_diff */
	uint64_t max_size; /* octets as read; 0: no bound */
	bool dot_ends;	   /* a line of one dot ends it; the rest is dropped */
	uint64_t memory_max; /* see body.h; 0: a default */
};

/*
 * Reads from fd to the end. NULL on failure: ERROR_NO_INPUT when it is empty,
 * ERROR_DATA when a bound is passed, ERROR_IO, ERROR_CREATE, ERROR_TEMPORARY
 * when a signal came or the file shrank. A NUL is a fact, and the plan's to
 * repair or refuse. `name` names the
 * source in errors. fd stays open: a regular file is read again at replay.
 */
struct message *message_read(int fd, const char *name,
    const struct message_options *options, struct error *err);
void message_free(struct message *message);

/*
 * The header section: every line ended by CRLF, without blanks before colons
 * (unless it is signed); a byte order mark, the mbox "From " line and the
 * empty line at its end left out. Any number of CRs and an LF are one line
 * end; a CR elsewhere is a blank, but in a text without any LF a line end.
 * Empty where the message has no header.
 */
struct span message_header(const struct message *message);
const struct message_facts *message_facts(const struct message *message);
/* What was changed while it was read, a sentence a line. */
struct span message_notes(const struct message *message);
/* Where it could not be kept, likewise. */
struct span message_spool_notes(const struct message *message);

/* Takes wire octets; false ends the replay. */
struct message_sink {
	bool (*write)(void *context, const char *data, size_t len);
	void *context; /* borrowed */
};
enum replay_result {
	REPLAY_DONE,
	REPLAY_SINK_ENDED, /* the sink said false */
	REPLAY_CHANGED,	   /* the source is not what was read: break off */
};

enum replay_form {
	REPLAY_PLAIN,	/* CRLF form: for BDAT, --dry-run, tests */
	REPLAY_STUFFED, /* RFC 5321 section 4.5.2, without the final dot */
};

/*
 * The planned message in blocks: the fields that the plan (NULL: none) adds,
 * those it keeps or replaces, an empty line, the body with what the plan has
 * for it; every line ended by CRLF, the last one too. Whatever happens to the
 * source meanwhile, no bare CR, bare LF, NUL or unstuffed dot gets out, and
 * never more than message_size.
 */
enum replay_result message_replay(const struct message *message,
    const struct plan *plan, enum replay_form form,
    const struct message_sink *sink);
/* The octets of the planned message in CRLF form: exact, for SIZE. */
uint64_t message_size(const struct message *message, const struct plan *plan);

/*
 * A message that is handed over in pieces instead of being read from a
 * descriptor: for a server, which has it on a connection that goes on behind
 * the message. What comes out is like message_read's; an empty one is no
 * error here.
 */
struct message_feed; /* opaque */

struct message_feed *message_feed_new(enum header_rule rule);
/* How much of it may be in memory (body.h), before the first octet. */
void message_feed_keep(struct message_feed *feed, uint64_t memory_max);
void message_feed_free(struct message_feed *feed);
/* False on failure, with an error as message_read's; then feed no more. */
bool message_feed_add(
    struct message_feed *feed, struct span data, struct error *err);
/* The message, which the caller frees; NULL on failure. */
struct message *message_feed_end(struct message_feed *feed, struct error *err);

#endif
