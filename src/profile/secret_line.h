/*
 * Where a secret is read from, one way a file: a command, an open descriptor,
 * a terminal. The secret is the first line of what is read, without its end;
 * what may be a secret never gets into an error.
 */
#ifndef PROFILE_SECRET_LINE_H
#define PROFILE_SECRET_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

#define SECRET_MAX ((size_t)4096)
#define TOKEN_MAX ((size_t)16384)
#define SECRET_READ_MAX ((size_t)64 * 1024)
#define SECRET_MILLISECONDS ((int64_t)120 * 1000)

/*
 * The first line of data becomes the secret; `source` names where it is from.
 * Empty, over SECRET_MAX octets, NUL or CR in it: false, of that kind.
 */
bool secret_line_take(struct buf *secret, struct span data, const char *source,
    enum error_kind kind, struct error *err);
/* The same for an access token: printable ASCII (RFC 6750 section 2.1). */
bool secret_line_take_token(struct buf *secret, struct span data,
    const char *source, struct error *err);
/* Reads to the first line end or the end, at the longest until deadline. */
bool secret_line_read(struct buf *secret, int fd, const char *source,
    int64_t deadline, struct error *err);
struct secret_command {
	const char *text;
	int64_t milliseconds;
	bool is_token;	 /* of token-command, not of password-command */
	bool is_renewal; /* the token that it gave before is refused */
};

/*
 * By /bin/sh -c, ended when it takes longer. 126 and 127 are ERROR_CONFIG;
 * every other failure ERROR_TEMPORARY.
 */
bool secret_command_read(
    struct buf *secret, const struct secret_command *wanted, struct error *err);
/*
 * Asks on the terminal, without echo. False with ERROR_NONE where the process
 * has no terminal.
 */
bool secret_line_prompt(
    struct buf *secret, const char *user, const char *host, struct error *err);

#endif
