/* Strings in JSON (RFC 8259), as the report and the log need them. */
#ifndef CLI_JSON_TEXT_H
#define CLI_JSON_TEXT_H

#include "base/buf.h"
#include "base/text.h"

/*
 * Adds the text as a string with its quotes. It is masked (base/utf8.h), so
 * whatever a server sent, the string is printable UTF-8.
 */
void json_text_add(struct buf *out, struct span text);
/* The same for a sentence of smtpost, in which foreign text is masked. */
void json_text_add_sentence(struct buf *out, struct span text);
/*
 * The same for the hint of an error, which may have several lines: "hint: " at
 * the start of a line is left out, and a line feed becomes \n.
 */
void json_text_add_hint(struct buf *out, struct span text);

#endif
