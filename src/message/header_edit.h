/*
 * Changes to a header section that the user asks for: a field is replaced,
 * removed or added. They are made before anything else looks at the header.
 */
#ifndef MESSAGE_HEADER_EDIT_H
#define MESSAGE_HEADER_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* All edits of the fields of one name. */
struct header_edit {
	char *name;
	bool replaces; /* `text` replaces the fields that the header has */
	char *text;    /* a field with its CRLF; NULL: they are only removed */
	struct buf added; /* more fields, each with its CRLF */
};

#define HEADER_EDITS_MAX 100 /* names */

struct header_edits { /* in the order in which they were given */
	struct header_edit *list;
	size_t count;
};

/*
 * Adds an edit: "Name: value" replaces all fields of that name by one, "Name:"
 * removes them, "+Name: value" adds one. The first two undo earlier edits of
 * the same name. Returns NULL, or a phrase that says why the text cannot be
 * used: it is not of this form, has a line end or a NUL in it, or names Bcc,
 * which is never sent; or there are too many names.
 */
const char *header_edits_add(struct header_edits *edits, struct span text);
void header_edits_free(struct header_edits *edits);
/* Whether any of them is about the fields of that name. */
bool header_edits_name(const struct header_edits *edits, struct span name);

/* `len` octets of the new header that replace octets of the old one. */
struct header_change {
	size_t from, to, len;
};

struct header_changes { /* in ascending order; they do not overlap */
	struct header_change *list;
	size_t count;
};

/*
 * Adds the edited header section to `out`. A replaced field stands where the
 * first of its name was. New fields come last, except Resent- fields, which
 * come first, because the newest Resent- block must. Both headers are as
 * message_header returns them. `notes` gets a sentence a line for each field
 * that is changed. `changes`, which the caller frees, may be NULL.
 */
void header_edits_apply(const struct header_edits *edits, struct span header,
    struct buf *out, struct buf *notes, struct header_changes *changes);

#endif
