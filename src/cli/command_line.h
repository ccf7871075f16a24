/*
 * Reads the command line by the table of options (option_table.h). The help
 * text, the manual and the completions are compared with that table by
 * tests/cli/words.sh.
 */
#ifndef CLI_COMMAND_LINE_H
#define CLI_COMMAND_LINE_H

#include <stdbool.h>

#include "cli/options.h"

/*
 * False with ERROR_USAGE for any mistake; `role` is set even then. An option
 * that does not go with the mode is a mistake, and the error names both. The
 * caller calls options_free in either case.
 */
bool command_line_parse(
    struct options *options, int argc, char **argv, struct error *err);

#endif
