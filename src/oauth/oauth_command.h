/* The commands of smtpost-oauth and their options. */
#ifndef OAUTH_OAUTH_COMMAND_H
#define OAUTH_OAUTH_COMMAND_H

#include "base/error.h"

/*
 * Reads argv and runs the command. Returns the exit status; if it is that of a
 * failure, err says what failed, but for the statuses of `status`.
 */
int oauth_command_run(int argc, char **argv, struct error *err);

#endif
