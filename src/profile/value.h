/*
 * A value as a file has it, made into what it means: quotes off, ${VAR} or
 * ${VAR:-default} from the environment, $$ for $, and in a path a leading ~/
 * outside of quotes for the home directory. What comes from the environment is
 * not read again. Errors never show the value; they are ERROR_CONFIG and say
 * no place.
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
	VALUE_COMMAND, /* keeps $, ~ and quotes that do not enclose it whole */
};

enum value_result {
	VALUE_READY,
	VALUE_UNSET, /* a variable is not in the environment */
	VALUE_BAD,
};

enum value_result value_expand(
    struct span raw, enum value_kind kind, struct buf *out, struct error *err);
/*
 * Adds what the file itself has of the value: variables are left out, their
 * defaults are not, and neither are the quotes around the value.
 */
void value_add_literal(struct span raw, struct buf *out);

#endif
