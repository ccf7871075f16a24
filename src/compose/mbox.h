/*
 * Finds the mails of an mbox, in all four dialects. In mboxo and mboxrd a line
 * of the text that begins with "From " is quoted with ">"; in mboxcl, which
 * also quotes, and in mboxcl2, which does not, a Content-Length says how long
 * the text is.
 *
 * A mail begins at a line that begins with "From " and is the first of the file
 * or follows an empty line, if it ends in a time or the next line is a header
 * field. A Content-Length is believed only if it ends at such a line or at the
 * end of the file. All other lines are text.
 */
#ifndef COMPOSE_MBOX_H
#define COMPOSE_MBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "message/storage.h"

struct mbox_mail {
	uint64_t from, end; /* without the "From " line and the empty line */
	bool is_quoted;	    /* a line of its text begins with ">From " */
};

/* All zero before. */
struct mbox {
	struct mbox_mail *mails; /* owned */
	size_t count;
	/*
	 * The ">" of ">From " lines belongs to the text. The file is an
	 * mboxcl2, since a text within a Content-Length has a line that begins
	 * with "From ".
	 */
	bool keeps_quotes;
};

/*
 * Finds all mails. False, with err: ERROR_DATA if it is no mbox, ERROR_IO
 * if reading fails. The caller calls mbox_free in any case.
 */
bool mbox_scan(struct mbox *mbox, const struct storage *storage,
    const char *name, struct error *err);
void mbox_free(struct mbox *mbox);

/*
 * Removes one ">" from each line that begins with ">From ", ">>From " and so
 * on: undoes the quoting of a text that comes in pieces. All zero before; ends
 * with mbox_unquote_end.
 */
struct mbox_unquote {
	/* False, with err, ends it. */
	bool (*write)(void *context, struct span data, struct error *err);
	void *context;	/* borrowed */
	bool is_inside; /* not at the beginning of a line */
	uint64_t marks; /* ">" held back */
	size_t word;	/* octets of "From " held back */
};

bool mbox_unquote_add(
    struct mbox_unquote *unquote, struct span data, struct error *err);
bool mbox_unquote_end(struct mbox_unquote *unquote, struct error *err);

#endif
