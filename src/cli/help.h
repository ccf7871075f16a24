/* What the program prints about itself: --help, --version and --providers. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/options.h"

/* --help for callers of that name, since sendmail has fewer options. */
void help_print(FILE *out, enum role role);
/*
 * Lines NAME: VALUE: the program, its libraries, and what was chosen when it
 * was built. False, with err, if standard output cannot be written.
 */
bool help_print_version(const struct options *options,
    struct mode_result *result, struct error *err);
/*
 * The mail services that smtpost knows by name. False, with err, if standard
 * output cannot be written.
 */
bool help_print_providers(const struct options *options,
    struct mode_result *result, struct error *err);

#endif
