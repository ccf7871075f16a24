/*
 * --run: runs a command in our place, mails its output, and ends with its
 * status.
 */
#ifndef CLI_JOB_H
#define CLI_JOB_H

#include <stdbool.h>

#include "cli/options.h"

/*
 * False, with ERROR_USAGE, if the command line is wrong; then the command was
 * not run. Any other failure is printed after the command has run.
 */
bool job_run(const struct options *options, struct mode_result *result,
    struct error *err);

#endif
