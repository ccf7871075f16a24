/*
 * The rows of a table as a source of mails: each row fills the placeholders of
 * a composition, or of a message that is a template.
 */
#ifndef COMPOSE_MERGE_H
#define COMPOSE_MERGE_H

#include "compose/mail_source.h"

struct merge_request {
	const char *table; /* the path of a table; "-" is standard input */
	const char *rows;  /* as in row_selection.h; NULL: all */
	/*
	 * What the message of a row is made from. With a template, only its
	 * subject and its addresses are used: they replace those fields of the
	 * template, and the addresses are recipients, too.
	 */
	const struct composition *composition;
	const char *message; /* the path of a template; NULL: none */
	const struct header_edits *edits;
	struct id_domain id_domain; /* as for composition_make */
};

/*
 * Opens the source. All that the request points to must outlive it. The
 * whole table is read, and the texts are parsed. *source is all zero before.
 * False on failure; then there is nothing to free:
 *   ERROR_USAGE      the rows cannot be understood
 *   ERROR_DATA       a row is not valid CSV, no row is selected, or a
 *                    placeholder cannot be used
 *   and the errors of table_open, composition_template_new and
 *   message_template_read
 * Errors about a cell name the row and the column.
 */
bool merge_open(struct mail_source *source, const struct merge_request *request,
    struct error *err);

#endif
