/*
 * What went wrong before the wire: one sentence for the user and a kind that
 * decides the exit status. The sentence says what could not be done, to what,
 * and why; a line feed in it begins a hint.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>

enum error_kind {
	ERROR_NONE,
	ERROR_USAGE,	   /* the command line: EX_USAGE 64 */
	ERROR_DATA,	   /* the message or an address in it: EX_DATAERR 65 */
	ERROR_NO_INPUT,	   /* no message, or a file that is not there: 66 */
	ERROR_OS,	   /* the system refused a service: EX_OSERR 71 */
	ERROR_SYSTEM_FILE, /* EX_OSFILE 72 */
	ERROR_CREATE,	   /* EX_CANTCREAT 73 */
	ERROR_IO,	   /* EX_IOERR 74 */
	ERROR_TEMPORARY,   /* the same again may help: EX_TEMPFAIL 75 */
	ERROR_CONFIG,	   /* EX_CONFIG 78 */
};

struct error {
	enum error_kind kind;
	char text[512]; /* too long ends visibly in "..." */
};

/* Always false, so that a caller can return it. Later calls replace. */
bool error_set(struct error *err, enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Adds to the sentence, for a hint ("\n...") or a place in front of a cause. */
void error_add(struct error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
