/*
 * A plan says how a message is edited on its way out: by two lists of edits,
 * one for its header section and one for its body. The message itself is never
 * changed; replay_message applies the plan.
 */
#ifndef MESSAGE_PLAN_H
#define MESSAGE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "message/encoder.h"
#include "message/message.h"

/*
 * A stretch of octets that is dropped, replaced by a text, or encoded behind a
 * text. A stretch without octets is a place where the text is inserted.
 */
struct plan_edit {
	uint64_t from, to; /* offsets in message_header(), or in the body as
			      it was read */
	char *text;	   /* len octets with CRLF line ends; owned; or NULL */
	size_t len;
	bool is_encoded;
	enum encoding encoding;
	bool quotes_dashes; /* see encoder.h */
	bool is_of_content; /* needed for what the server can carry */
	bool is_of_words;   /* it only makes encoded words of UTF-8 */
};

#define PLAN_HEADER_MAX (4 * HEADER_MAX) /* octets of the planned header */
#define PLAN_EDITS_MAX (2 * HEADER_MAX)	 /* memory for edits of a header */

struct plan_edits { /* in ascending order; they do not overlap */
	struct plan_edit *list;
	size_t count;
	size_t size; /* the memory that they take, in octets */
};

struct plan {
	struct plan_edits header, body;
	struct buf added; /* fields that go in front, with CRLF line ends */
	char *message_id; /* with its angle brackets; NULL: none */
	/* The facts of the planned message, once replay_measure has set them;
	   without has_facts they are those of the message as read. */
	bool has_facts;
	struct message_facts facts;
	/* What is repaired, one sentence a line; the first field_notes octets
	   are about header fields. */
	struct buf notes;
	size_t field_notes;
	/* What is done to most messages and is no repair; the same form. */
	struct buf routine;
	/* Why something stays unrepaired that a server may refuse, or NULL. */
	char *obstacle;
	/* If the body is edited: mime_outline_add over the message as read and
	   as planned. Unless they are equal, the plan must be refused. */
	uint64_t outline, planned_outline;
	bool is_repairable; /* repair is on, and no signature forbids it */
};

/*
 * Adds an edit at its place; its text becomes the list's. An edit that drops a
 * stretch is joined with one that drops the stretch in front of it.
 */
void plan_edit_add(struct plan_edits *edits, const struct plan_edit *edit);
/*
 * Copies the header edits that do not depend on the server, and the added
 * fields. keeps_utf8: leaves out the edits that only make encoded words.
 */
void plan_copy_fields(
    struct plan *to, const struct plan *from, bool keeps_utf8);
/* Notes a repair. A sentence over 255 octets ends in "...". */
void plan_note(struct plan *plan, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Notes a repair of a field. */
void plan_note_field(struct plan *plan, struct span name, const char *what);
/* Notes what was done to a field as a matter of routine. */
void plan_note_routine(struct plan *plan, struct span name, const char *what);
/* Notes that a line of a field stays too long. */
void plan_note_unfolded(struct plan *plan, struct span name);
/* Notes, as routine, that the fields of a header section were added. */
void plan_note_added(struct plan *plan, struct span fields);
/* ERROR_DATA if the edits of the header take over PLAN_EDITS_MAX. */
bool plan_check_edits(const struct plan *plan, struct error *err);
/* Sets the obstacle, unless there is one already. */
void plan_set_obstacle(struct plan *plan, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The facts of the message as it leaves. The plan may be NULL. */
const struct message_facts *plan_facts(
    const struct plan *plan, const struct message *message);
void plan_free(struct plan *plan);

#endif
