/*
 * Whether the program of a password-command or token-command is there, as far
 * as that can be told without running the command.
 */
#ifndef PROFILE_SECRET_PROGRAM_H
#define PROFILE_SECRET_PROGRAM_H

#include <stdbool.h>

#include "base/error.h"

/* False with ERROR_CONFIG if the shell would surely find no such program. */
bool secret_program_is_there(const char *command, struct error *err);

#endif
