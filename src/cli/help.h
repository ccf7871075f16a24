/* --help: made from the tables of options and modes. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdio.h>

#include "cli/options.h"

/* For callers of that name, since sendmail has fewer options. */
void help_print(FILE *out, enum role role);

#endif
