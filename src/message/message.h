/*
 * A message, read in one pass before the first connection. The header section
 * is kept in memory, the body in a storage (storage.h). The pass also gathers
 * the facts (scan.h): what a server must be able to carry. A message is never
 * changed: a replay (replay.h) applies a plan (plan.h) on the way out.
 */
#ifndef MESSAGE_MESSAGE_H
#define MESSAGE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "message/header.h"
#include "message/header_edit.h"
#include "message/scan.h"

struct message; /* opaque */
struct pieces;
struct storage;

struct message_options {
	enum header_rule header;
	bool keeps_raw;	   /* keep the header as it was read, for message_raw */
	uint64_t max_size; /* in octets as read; 0: no limit */
	bool dot_ends; /* a line of one dot ends the message; the rest is read
			  and dropped */
	uint64_t memory_max; /* for storage_init */
	uint64_t end;	     /* in a regular file; 0: the end of the file */
	const struct header_edits *edits; /* to make in its header, or NULL */
};

/*
 * Reads a message from fd to the end; the caller frees it. NULL on failure:
 *   ERROR_NO_INPUT   the input is empty
 *   ERROR_DATA       it is too large, or its header cannot be sent
 *   ERROR_IO         reading failed, or the temporary file is full
 *   ERROR_CREATE     no temporary file can be created
 *   ERROR_TEMPORARY  a signal came, or the file shrank meanwhile
 * A NUL is not an error here; the plan repairs or refuses it. `name` is the
 * input's name in errors. The caller must keep fd open until message_free,
 * because each replay reads a regular file again.
 */
struct message *message_read(int fd, const char *name,
    const struct message_options *options, struct error *err);
/*
 * Makes a message from a header section, as message_header returns it, and a
 * body of pieces (pieces.h), which are freed with the message, or at once on
 * failure. Of the options, keeps_raw, max_size and edits have an effect. The
 * caller frees the message. NULL on failure:
 *   ERROR_USAGE      an edit would change what kind of parts the body has
 *   ERROR_DATA       it is too large
 *   ERROR_IO         reading a file failed
 *   ERROR_TEMPORARY  a file shrank meanwhile
 */
struct message *message_make(struct span header, struct pieces *pieces,
    const struct message_options *options, struct error *err);
void message_free(struct message *message);

/*
 * The header section, borrowed from the message; empty if it has none. Every
 * line ends in CRLF. A byte order mark, the mbox "From " line and the empty
 * line at the end are left out, as are blanks before colons unless the message
 * is signed. An LF with any number of CRs before it counts as one line end; any
 * other CR has become a blank or, in a text without any LF, a line end.
 */
struct span message_header(const struct message *message);
const struct message_facts *message_facts(const struct message *message);
/* The octets of header section and body. */
uint64_t message_size(const struct message *message);
/* The changes made while it was read, one sentence a line. */
struct span message_notes(const struct message *message);
/* The edits that were made in its header, one sentence a line. */
struct span message_edit_notes(const struct message *message);
/* The folders where no temporary file could be created, one sentence a line. */
struct span message_storage_notes(const struct message *message);
/* The body, borrowed from the message. */
const struct storage *message_body(const struct message *message);

/*
 * After REPLAY_CHANGED: what has changed, for a sentence: the name of a file
 * among the pieces, masked, or "the message". Borrowed.
 */
const char *message_changed_name(const struct message *message);

/* Everything before the body as it was read; empty without keeps_raw. */
struct message_raw {
	struct buf text;
	size_t fields;	 /* offset of the first field */
	bool ends_in_cr; /* its lines end in CR alone */
	bool has_no_end; /* no empty line ends it */
	/* With edits, the header section before them, and what they changed: */
	struct buf header;
	struct header_changes changes;
};
const struct message_raw *message_raw(const struct message *message);

/*
 * Where a message is sent: `write` takes octets of it; if it returns false, the
 * replay ends.
 */
struct message_sink {
	bool (*write)(void *context, const char *data, size_t len);
	void *context; /* borrowed */
};

enum replay_result {
	REPLAY_DONE,
	REPLAY_SINK_ENDED, /* the sink returned false */
	REPLAY_CHANGED,	   /* the file has changed since it was read */
};

/*
 * Reads a message that the caller passes in pieces: for a server, whose
 * connection continues after the message. The result is the same as that of
 * message_read, but an empty message is not an error.
 */
struct message_feed; /* opaque */

/* memory_max is for storage_init. The caller frees the feed. */
struct message_feed *message_feed_new(
    enum header_rule rule, uint64_t memory_max);
void message_feed_free(struct message_feed *feed);
/* Edits to make in the header; borrowed until message_feed_end. */
void message_feed_edit(
    struct message_feed *feed, const struct header_edits *edits);
/*
 * On failure returns false with an error as from message_read; the caller must
 * then add nothing more.
 */
bool message_feed_add(
    struct message_feed *feed, struct span data, struct error *err);
/*
 * Ends the message and returns it; the caller frees it. NULL on failure. After
 * this call the feed can only be freed.
 */
struct message *message_feed_end(struct message_feed *feed, struct error *err);

#endif
