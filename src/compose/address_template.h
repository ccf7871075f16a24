/*
 * An address list with placeholders, parsed once and filled for each row. Only
 * the template has syntax: a cell is part of a display name, which is quoted or
 * encoded as necessary, or it is all or part of one address.
 */
#ifndef COMPOSE_ADDRESS_TEMPLATE_H
#define COMPOSE_ADDRESS_TEMPLATE_H

#include "address/address_list.h"
#include "compose/template.h"

/* A mailbox of the list that has placeholders. */
struct address_slot {
	struct span before; /* the text between it and the one before it */
	struct template name, address;
};

struct address_template {
	struct buf text; /* with a word in place of each placeholder */
	struct address_list list;
	struct address_slot *slots;
	size_t count;
	struct span rest; /* the text after the last slot */
};

/*
 * Parses a list, which must live as long as the template; `place` is for
 * errors. ERROR_DATA if it is not a list, or a placeholder is in neither a name
 * nor an address, or in a name with an encoded word. Call address_template_free
 * in any case.
 */
bool address_template_parse(struct address_template *template, struct span text,
    const struct table_columns *columns, const char *place, struct error *err);
void address_template_free(struct address_template *template);
/* Counts the placeholders of each column: cells[] has a number for each. */
void address_template_count(
    const struct address_template *template, size_t *cells);
/*
 * Adds the list of a row, on one line. False with ERROR_DATA if a cell has a
 * line break, or an address is not exactly one of the form LOCAL@DOMAIN;
 * *column is that of the cell.
 */
bool address_template_fill(const struct address_template *template,
    const struct table_row *row, struct buf *out, size_t *column,
    struct error *err);

#endif
