/* A secret from the first line that a command or a program prints. */
#ifndef PROFILE_SECRET_COMMAND_H
#define PROFILE_SECRET_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

struct secret_command {
	const char *source; /* for errors: "token-command"; static */
	const char *text;   /* for /bin/sh -c; borrowed; NULL: `arguments` */
	/* The path of a program, its arguments and NULL; borrowed. */
	const char *const *arguments;
	int64_t milliseconds;
	bool is_token; /* a token, not a password */
	/*
	 * smtpost-oauth. If it takes too long, or a signal interrupts it, it
	 * gets SIGTERM and is left alone: killed between the reply of a server
	 * and the disk, it would lose what the server gave it. If it fails, it
	 * prints its error in the place of a token.
	 */
	bool is_own;
	/* The token that it gave before, if the server refused that. */
	struct span refused;
};

/*
 * Runs the command and ends it if it takes longer than its time. Exit status
 * 126 or 127 is ERROR_CONFIG; of a token also 77 ERROR_LOGIN and 78
 * ERROR_CONFIG; every other failure is ERROR_TEMPORARY. After a refusal
 * SMTPOST_TOKEN_RENEW is 1 and SMTPOST_TOKEN_REFUSED the mark of the token
 * (tls/sha256.h); no other variable that begins with SMTPOST_ is passed on.
 */
bool secret_command_read(
    struct buf *secret, const struct secret_command *wanted, struct error *err);
/*
 * Whether the command's program is there, as far as is possible without running
 * anything. False with ERROR_CONFIG if the shell cannot find it.
 */
bool secret_command_is_there(const char *text, struct error *err);

#endif
