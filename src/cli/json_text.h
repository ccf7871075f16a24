/* What the report and the log share of JSON (RFC 8259): its strings. */
#ifndef CLI_JSON_TEXT_H
#define CLI_JSON_TEXT_H

#include "base/buf.h"
#include "base/text.h"

/*
 * Adds the text as a string, with its quotes. It is masked first (utf8.h), so
 * the string is valid UTF-8 and prints, whatever a server sent.
 */
void json_text_add(struct buf *out, struct span text);
/* The same for a sentence of ours, whose foreign parts are masked already. */
void json_text_add_sentence(struct buf *out, struct span text);
/*
 * A hint of one line or several, as an error has it: "hint: " in front of a
 * line is left out, and a line feed stays one.
 */
void json_text_add_hint(struct buf *out, struct span text);

#endif
