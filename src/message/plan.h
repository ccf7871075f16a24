/*
 * A plan: what is to become of a message on its way, as two lists of edits,
 * one on its header section and one on its body. The message itself is never
 * changed; replay_message applies the plan.
 */
#ifndef MESSAGE_PLAN_H
#define MESSAGE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "message/encoder.h"
#include "message/message.h"

/*
 * A stretch that is dropped, replaced by a text, or encoded; one without a
 * length is a place for a text.
 */
struct plan_edit {
	uint64_t from, to; /* offsets in message_header(), or in the body as
			      it was read */
	char *text;	   /* of len octets in CRLF form; owned; NULL: none */
	size_t len;
	bool is_encoded;
	enum encoding encoding;
	bool quotes_dashes; /* see encode.h */
	bool is_of_content; /* it depends on what the server can carry */
	bool is_of_words;   /* UTF-8 made encoded words, and nothing else */
};

/* Octets of the header section as planned. */
#define PLAN_HEADER_MAX (4 * HEADER_MAX)
#define PLAN_EDITS_MAX (2 * HEADER_MAX) /* memory, for a header */

struct plan_edits { /* ascending, apart */
	struct plan_edit *list;
	size_t count;
	size_t size; /* the memory that they take */
};

struct plan {
	struct plan_edits header, body;
	struct buf added; /* fields to put in front, CRLF lines */
	char *message_id; /* with its angle brackets; NULL: none */
	/* Of the message as planned, where it is not as it was read: */
	bool has_facts;
	struct message_facts facts;
	/* What is done, a sentence a line; first what is done to fields. */
	struct buf notes;
	size_t field_notes;
	/* What is done to most messages, and no repair; the same form. */
	struct buf routine;
	/* Why not all is repaired that a server may want; NULL: all is. */
	char *obstacle;
	/* mime_outline_add of the message as read, and as planned: the same, or
	   the plan is refused. Only where the body is edited. */
	uint64_t outline, planned_outline;
	bool is_repairable; /* repair is on, and no signature forbids it */
};

/*
 * Adds an edit at its place: the text is taken over. One that drops joins a
 * drop in front of it.
 */
void plan_edit_add(struct plan_edits *edits, const struct plan_edit *edit);
/*
 * The header edits that do not depend on the server, and the added fields.
 * keeps_utf8: without those that only make encoded words.
 */
void plan_copy_fields(
    struct plan *to, const struct plan *from, bool keeps_utf8);
/* Something that is repaired. */
void plan_note(struct plan *plan, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "field NAME: what"; a long name is cut. */
void plan_note_field(struct plan *plan, struct span name, const char *what);
void plan_note_routine(struct plan *plan, struct span name, const char *what);
void plan_note_unfolded(struct plan *plan, struct span name); /* no fold */
void plan_note_added(struct plan *plan, struct span fields);
/* ERROR_DATA: the edits of the header take too much memory. */
bool plan_check_edits(const struct plan *plan, struct error *err);
/* The first obstacle is kept. */
void plan_set_obstacle(struct plan *plan, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The facts of the message on its way. The plan may be NULL. */
const struct message_facts *plan_facts(
    const struct plan *plan, const struct message *message);
void plan_free(struct plan *plan);

#endif
