/*
 * A plan says how a message is edited when it is sent: by two lists of edits,
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
 * Drops a range of octets, replaces it by a text, or inserts a text and encodes
 * the range after it. If the range is empty, the text is inserted there.
 */
struct plan_edit {
	uint64_t from, to; /* offsets in message_header(), or in the body as
			      it was read */
	char *text;	   /* len octets with CRLF line ends; owned; or NULL */
	size_t len;
	bool is_encoded;
	enum encoding encoding;
	bool quotes_dashes; /* see encoder.h */
	bool is_of_content; /* depends on what the server can carry */
	bool is_of_words;   /* it only encodes UTF-8 as encoded words */
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
	struct buf added; /* fields to add at the front, with CRLF line ends */
	char *message_id; /* with its angle brackets; NULL: none */
	/* The facts of the planned message, once replay_measure has set them;
	   without has_facts they are those of the message as read. */
	bool has_facts;
	struct message_facts facts;
	/*
	 * The repairs, one sentence a line; the first field_notes octets are
	 * about header fields.
	 */
	struct buf notes;
	size_t field_notes;
	/* Routine changes, which are not repairs; the same form. */
	struct buf routine;
	/* Why a fault that a server may refuse cannot be repaired; or NULL. */
	char *obstacle;
	/* If the body is edited: mime_outline_add over the message as read and
	   as planned. Unless they are equal, the plan must be refused. */
	uint64_t outline, planned_outline;
	bool is_repairable; /* repair is on, and no signature forbids it */
};

/*
 * Inserts an edit in order; the list then owns its text. An edit that only
 * drops octets is joined with one that drops the octets before it.
 */
void plan_edit_add(struct plan_edits *edits, const struct plan_edit *edit);
/*
 * Copies the header edits that do not depend on the server, their notes, the
 * added fields, message_id and is_repairable. keeps_utf8: leaves out the edits
 * that only make encoded words.
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
/* Notes that a line of a field remains too long. */
void plan_note_unfolded(struct plan *plan, struct span name);
/* Notes, as routine, that the fields of a header section were added. */
void plan_note_added(struct plan *plan, struct span fields);
/*
 * False with ERROR_DATA if the edits of the header need more memory than
 * PLAN_EDITS_MAX.
 */
bool plan_check_edits(const struct plan *plan, struct error *err);
/* Sets the obstacle, unless there is one already. */
void plan_set_obstacle(struct plan *plan, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The facts of the message as it is sent. The plan may be NULL. */
const struct message_facts *plan_facts(
    const struct plan *plan, const struct message *message);
void plan_edits_free(struct plan_edits *edits);
void plan_free(struct plan *plan);

#endif
