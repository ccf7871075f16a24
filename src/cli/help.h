/* What the program prints about itself: --help, --version and --providers. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/options.h"

/* Prints --help for this name of the program; sendmail has fewer options. */
void help_print(FILE *out, enum role role);
/*
 * Prints lines NAME: VALUE about the program, its libraries and its build
 * options. False, with err, if standard output cannot be written.
 */
bool help_print_version(const struct options *options,
    struct mode_result *result, struct error *err);
/*
 * Prints the mail services that smtpost knows by name. False, with err, if
 * standard output cannot be written.
 */
bool help_print_providers(const struct options *options,
    struct mode_result *result, struct error *err);

#endif
