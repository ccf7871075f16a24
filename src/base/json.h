/*
 * Reads JSON (RFC 8259) from others, as far as it is needed: the members of an
 * object and the items of an array. Strings stay as written, with their
 * escapes. What is not JSON ends the reading; nothing is checked further.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>

#include "base/text.h"

/*
 * Moves *text behind the bracket that begins an object ('{') or an array
 * ('['). False if there is none.
 */
bool json_enter(struct span *text, char bracket);
/* Takes the next member of an object. False if none is left. */
bool json_next_member(
    struct span *members, struct span *name, struct span *value);
/* Takes the next item of an array. False if none is left. */
bool json_next_item(struct span *items, struct span *value);
/* Takes a string, without its quotes. False if no string is next. */
bool json_take_string(struct span *text, struct span *string);

#endif
