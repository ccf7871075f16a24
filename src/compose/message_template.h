/*
 * A message with placeholders. In its header, an address field is an address
 * template, and a cell in any other field is text. In its body, placeholders
 * stand in text parts that are UTF-8 and not encoded; elsewhere they are an
 * error, because they would not be replaced. What is attached stays as it is.
 */
#ifndef COMPOSE_MESSAGE_TEMPLATE_H
#define COMPOSE_MESSAGE_TEMPLATE_H

#include "compose/template.h"
#include "message/message.h"

#define MESSAGE_TEMPLATE_MAX ((size_t)32 * 1024 * 1024)

struct message_template; /* opaque */

/*
 * Reads the message of a file; "-" is standard input. Date and Message-ID are
 * left out. NULL on failure: the errors of message_read, and ERROR_DATA if it
 * is larger than MESSAGE_TEMPLATE_MAX, signed, or a placeholder cannot be used.
 * The caller frees it.
 */
struct message_template *message_template_read(
    const char *path, const struct table_columns *columns, struct error *err);
void message_template_free(struct message_template *template);
/* Adds the text of the template, to compare it with another template. */
void message_template_add_text(
    const struct message_template *template, struct buf *out);
/* Counts the placeholders of each column: cells[] has a number for each. */
void message_template_count(
    const struct message_template *template, size_t *cells);
/*
 * Makes the message of a row, with the options of message_make; the caller
 * frees it. NULL on failure; then *column is that of the cell, or SIZE_MAX.
 */
struct message *message_template_make(const struct message_template *template,
    const struct table_row *row, const struct message_options *options,
    size_t *column, struct error *err);

#endif
