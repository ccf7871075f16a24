/* What a program of ours does before anything else. */
#ifndef BASE_PROGRAM_START_H
#define BASE_PROGRAM_START_H

#include <stdbool.h>

#include "base/error.h"

/*
 * Opens the standard descriptors that the caller has closed, lets no other
 * process of the user read our memory, and ignores SIGXFSZ. False with
 * ERROR_CONFIG if the program has rights that its caller lacks, with ERROR_OS
 * if there is no /dev/null. If the output is needed, a write to a standard
 * output that the caller has closed fails; otherwise it is lost.
 */
bool program_start(bool needs_output, struct error *err);

#endif
