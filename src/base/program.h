/*
 * Runs another program to its end, without a shell: with an input through a
 * pipe, and with its output kept.
 */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct program {
	const char *const
	    *arguments;	  /* the name, found in PATH; ends in NULL */
	const char *name; /* for errors; NULL: the first argument */
	/* At most 4096 octets; where a pipe holds more, as on Linux, 64 KiB. */
	struct span input;
	int64_t milliseconds;
};

/*
 * Adds the output, up to the maximum of `output`, which may be NULL. Standard
 * error is the caller's. False if the program does not end with status 0 in its
 * time: ERROR_CONFIG if there is no such program, else ERROR_TEMPORARY. No
 * error shows the input or the output.
 */
bool program_run(
    const struct program *program, struct buf *output, struct error *err);

#endif
