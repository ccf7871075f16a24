/* --import: the configuration of another program in the form of ours. */
#ifndef CLI_IMPORT_H
#define CLI_IMPORT_H

#include "base/error.h"
#include "cli/mode.h"
#include "cli/options.h"

/*
 * Prints the configuration, or with --write makes the user's file. False with
 * ERROR_NO_INPUT: the other program's file cannot be read; ERROR_DATA: it is
 * not understood; ERROR_CREATE: there is a file already.
 */
bool import_run(const struct options *options, struct mode_result *result,
    struct error *err);

#endif
