/*
 * A secret is one line: of a file, of a command's output, of an open
 * descriptor, or typed by a person. What may be a secret never gets into an
 * error.
 */
#ifndef PROFILE_SECRET_LINE_H
#define PROFILE_SECRET_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

/* Octets. */
#define SECRET_MAX ((size_t)4096)
#define TOKEN_MAX ((size_t)16384)
#define SECRET_READ_MAX ((size_t)64 * 1024)
/* The time allowed for a command or a descriptor. */
#define SECRET_MILLISECONDS ((int64_t)120 * 1000)

/*
 * The first line of `data`, without its end, becomes the secret; errors name
 * what it is ("password") and the `source`. False with an error of the kind
 * given if the line is empty, longer than SECRET_MAX, or has a NUL or CR in it.
 */
bool secret_line_take(struct buf *secret, struct span data, const char *what,
    const char *source, enum error_kind kind, struct error *err);
/*
 * The same for an access token of up to TOKEN_MAX octets, printable ASCII
 * without blanks (RFC 6750 section 2.1). ERROR_TEMPORARY.
 */
bool secret_line_take_token(struct buf *secret, struct span data,
    const char *source, struct error *err);
/*
 * Reads a password to the first line end or the end of file. ERROR_TEMPORARY if
 * that takes until the deadline or fails, ERROR_CONFIG if it can never succeed.
 */
bool secret_line_read(struct buf *secret, int fd, const char *source,
    int64_t deadline, struct error *err);
/* The first line of a small file that is open; the path is for the error. */
bool secret_line_take_file(struct buf *secret, int fd, const char *what,
    const char *path, struct error *err);
/*
 * Adds what comes, up to a block with the end of a line or the end of file.
 * Errors as secret_line_read.
 */
bool secret_line_add_data(struct buf *data, int fd, const char *what,
    const char *source, int64_t deadline, struct error *err);

#endif
