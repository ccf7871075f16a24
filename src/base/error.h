/*
 * An error before the first connection: one sentence for the user, and a kind
 * that decides the exit status. The sentence says what failed, to what and why;
 * lines after it that begin with "hint: " say what to do. (Failures on the wire
 * are outcomes: envelope/outcome.h.)
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum error_kind {
	ERROR_NONE,
	ERROR_USAGE,	   /* the command line: EX_USAGE 64 */
	ERROR_DATA,	   /* the message, or an address in it: EX_DATAERR 65 */
	ERROR_NO_INPUT,	   /* no message, or a missing file: EX_NOINPUT 66 */
	ERROR_BUG,	   /* a fault of smtpost: EX_SOFTWARE 70 */
	ERROR_OS,	   /* a system call failed: EX_OSERR 71 */
	ERROR_SYSTEM_FILE, /* EX_OSFILE 72 */
	ERROR_CREATE,	   /* EX_CANTCREAT 73 */
	ERROR_IO,	   /* EX_IOERR 74 */
	ERROR_TEMPORARY,   /* a retry may help: EX_TEMPFAIL 75 */
	ERROR_LOGIN,	   /* a person must log in again: EX_NOPERM 77 */
	ERROR_CONFIG,	   /* EX_CONFIG 78 */
};

struct error {
	enum error_kind kind;
	char text[768]; /* ends in "..." where it was too long */
};

/*
 * Replaces the error. Always returns false, so that a caller can return its
 * result. The arguments must not point into err->text.
 */
bool error_set(struct error *err, enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Adds to the text: a place, or a hint ("\nhint: ..."). */
void error_add(struct error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/*
 * Adds another error, if there is one, as lines of its own. The kind of the
 * first one stays. Always returns false.
 */
bool error_join(struct error *err, const struct error *other);
/* The exit status for the kind, as sysexits.h has it. */
int error_exit_status(enum error_kind kind);
/* Of a program that failed: ERROR_LOGIN, ERROR_CONFIG, else ERROR_TEMPORARY. */
enum error_kind error_kind_of(uint64_t exit_status);
/*
 * Adds the error and its hint as people see it: a line each that begins with
 * "PROGRAM: ". Control characters are masked.
 */
void error_add_lines(
    const struct error *err, const char *program, struct buf *lines);

#endif
