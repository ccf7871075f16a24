/*
 * Expands a value as a file has it: quotes are removed, ${VAR} and
 * ${VAR:-default} are replaced from the environment, $$ becomes $, and in a
 * path a leading ~/ outside of quotes becomes the home directory. The value of
 * a variable is not expanded again. Errors are ERROR_CONFIG, never show the
 * value and name no place.
 */
#ifndef PROFILE_VALUE_H
#define PROFILE_VALUE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

enum value_kind {
	VALUE_TEXT,
	VALUE_PATH,
	VALUE_COMMAND, /* $, ~ and inner quotes are left to the shell */
};

enum value_result {
	VALUE_READY,
	VALUE_UNSET, /* a variable is not in the environment */
	VALUE_BAD,
};

enum value_result value_expand(
    struct span raw, enum value_kind kind, struct buf *out, struct error *err);
/*
 * Adds the part of the value that is in the file itself: without the quotes
 * around it and without variables, but with their defaults.
 */
void value_add_literal(struct span raw, struct buf *out);

#endif
