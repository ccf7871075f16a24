/* All that smtpost-oauth prints. */
#ifndef OAUTH_PRINT_H
#define OAUTH_PRINT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

/* Prints the error and its hint on standard error, in one write. */
void print_fault(const struct error *err);
/*
 * Prints one line on standard error, after "smtpost-oauth: ": a warning, or
 * what a person has to do. Foreign text in it must be masked.
 */
void print_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints the address for a browser on standard error, as a line of its own. */
void print_address(struct span address);
/* From now on print_step prints. */
void print_show_steps(void);
/*
 * Prints a line on standard error in the form of smtpost -v, if steps are
 * shown. Foreign text in it must be masked. The context is ignored.
 */
void print_step(void *context, const char *sentence);
/* Writes the text to standard output. False with ERROR_IO. */
bool print_output(struct span text, struct error *err);

#endif
