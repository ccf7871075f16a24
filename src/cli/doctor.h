/*
 * --doctor: checks one profile, or all, and prints what was found. The exit
 * status is that of monitoring plugins: 0 fine, 1 warning, 2 failure, 3 could
 * not find out.
 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "base/error.h"
#include "cli/options.h"

/* False, with ERROR_USAGE, only for a mistake on the command line. */
bool doctor_run(const struct options *options, struct mode_result *result,
    struct error *err);

#endif
