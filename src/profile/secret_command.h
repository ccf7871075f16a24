/* A secret from the first line that a command of the user prints. */
#ifndef PROFILE_SECRET_COMMAND_H
#define PROFILE_SECRET_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct secret_command {
	const char *text; /* for /bin/sh -c; borrowed */
	int64_t milliseconds;
	bool is_token; /* the command is token-command, not password-command */
	bool is_renewal; /* the token that it gave before was refused */
};

/*
 * Runs the command and ends it if it takes longer than its time. Exit status
 * 126 or 127 is ERROR_CONFIG, every other failure ERROR_TEMPORARY.
 */
bool secret_command_read(
    struct buf *secret, const struct secret_command *wanted, struct error *err);
/*
 * Whether the command's program is there, as far as is possible without running
 * anything. False with ERROR_CONFIG if the shell cannot find it.
 */
bool secret_command_is_there(const char *text, struct error *err);

#endif
