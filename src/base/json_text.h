/*
 * Writes strings and members in JSON (RFC 8259): for people and programs, with
 * foreign text masked, and for our own files, where it must stay as it is.
 */
#ifndef BASE_JSON_TEXT_H
#define BASE_JSON_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Adds the text as a string with its quotes. The text is masked (base/utf8.h),
 * so the string is always printable UTF-8.
 */
void json_text_add(struct buf *out, struct span text);
/*
 * Adds the text as a string that json_add_string turns back into the same
 * octets. The text must be valid UTF-8.
 */
void json_text_add_exact(struct buf *out, struct span text);
/* Begins a member: adds a comma, unless `out` ends in "{", and "key":. */
void json_text_add_key(struct buf *out, const char *key);
/* Adds a member whose value is the text; NULL becomes null. */
void json_text_add_member(struct buf *out, const char *key, const char *text);
/* Adds a member whose value is the number. */
void json_text_add_number(struct buf *out, const char *key, uint64_t number);
/* Adds a member with milliseconds as "1.234" seconds; below 0: null. */
void json_text_add_seconds(
    struct buf *out, const char *key, int64_t milliseconds);
/* Adds a member with a point in time in UTC; null if no calendar has it. */
void json_text_add_time(struct buf *out, const char *key, int64_t time);
/* Adds a member whose value is true or false. */
void json_text_add_bool(struct buf *out, const char *key, bool value);
/*
 * Adds a sentence of smtpost as a string; foreign text in it is already masked.
 */
void json_text_add_sentence(struct buf *out, struct span text);
/* Adds a member whose value is such a sentence; NULL becomes null. */
void json_text_add_sentence_member(
    struct buf *out, const char *key, const char *text);
/* Adds a member that is a list of words or sentences of smtpost. */
void json_text_add_list(struct buf *out, const char *key, struct span words,
    const char *separators);
/*
 * Adds the member "hint": that of an error, which may have several lines, or
 * null if it is empty. "hint: " at the start of a line is left out, and a line
 * feed becomes \n.
 */
void json_text_add_hint(struct buf *out, struct span text);

#endif
