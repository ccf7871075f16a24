/*
 * Failures, reported to people on standard error: an error that ended the work
 * before the first connection, or the outcomes that are failures. Text of
 * servers and users is masked.
 */
#ifndef CLI_FAULT_H
#define CLI_FAULT_H

#include <stdio.h>

#include "cli/report.h"

/* Prints the error and its hint in one write. */
void fault_print_error(const struct error *err);
/*
 * Prints the outcome that ended the session, and each hint once. With the
 * report `none`, which prints nothing on standard output, also a line for each
 * recipient that did not get the message.
 */
void fault_print_outcomes(const struct report *report, FILE *out);

#endif
