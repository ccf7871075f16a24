/*
 * A value as a file has it, made into what it means: quotes off, ${VAR} from
 * the environment, $$ for $, a leading ~/ for the home directory. What comes
 * from the environment is not read again. Errors never show the value; they
 * are ERROR_CONFIG and say no place.
 */
#ifndef PROFILE_VALUE_H
#define PROFILE_VALUE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

enum value_result {
	VALUE_READY,
	VALUE_UNSET, /* a variable is not in the environment */
	VALUE_BAD,
};

/* A command keeps $, ~ and quotes that do not enclose the whole of it. */
enum value_result value_expand(
    struct span raw, bool is_command, struct buf *out, struct error *err);
/* Makes the path absolute or relative to the folder of `file`. */
char *path_beside(const char *file, struct span path);

#endif
