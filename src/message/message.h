/*
 * A message, read once before anything is connected: the header section in
 * memory, the body in memory up to a bound, else in an unlinked temporary
 * file; a regular file on the descriptor is read where it lies. The facts of
 * the one pass tell what a server must be able to carry. The message is never
 * changed: replay applies a plan (plan.h) and gives the wire form.
 */
#ifndef MESSAGE_MESSAGE_H
#define MESSAGE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "message/header.h"
#include "message/scan.h"

struct message; /* opaque: offsets and facts belong together */
struct storage;

struct message_options {
	enum header_rule header;
	bool keeps_raw;	   /* the header as it came, for message_diff */
	uint64_t max_size; /* octets as read; 0: no bound */
	bool dot_ends;	   /* a line of one dot ends it; the rest is dropped */
	uint64_t memory_max; /* see storage.h; 0: a default */
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
struct span message_storage_notes(const struct message *message);
/* Where its body is kept; valid as long as the message. */
const struct storage *message_body(const struct message *message);

/* All in front of the body as it came; empty without keeps_raw. */
struct message_raw {
	struct buf text;
	size_t fields;	 /* where the first field begins in it */
	bool ends_in_cr; /* its lines end in CR alone */
	bool has_no_end; /* no empty line */
};
const struct message_raw *message_raw(const struct message *message);

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

/*
 * A message that is handed over in pieces instead of being read from a
 * descriptor: for a server, which has it on a connection that goes on behind
 * the message. What comes out is like message_read's; an empty one is no
 * error here.
 */
struct message_feed; /* opaque */

/* memory_max: how much of the body may be in memory; 0: a default. */
struct message_feed *message_feed_new(
    enum header_rule rule, uint64_t memory_max);
void message_feed_free(struct message_feed *feed);
/* False on failure, with an error as message_read's; then feed no more. */
bool message_feed_add(
    struct message_feed *feed, struct span data, struct error *err);
/* The message, which the caller frees; NULL on failure. */
struct message *message_feed_end(struct message_feed *feed, struct error *err);

#endif
