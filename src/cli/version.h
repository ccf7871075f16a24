/* --version: the program, its libraries, and what was built in. */
#ifndef CLI_VERSION_H
#define CLI_VERSION_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "profile/setting_value.h"

void version_print(FILE *out);

/* The list of known mail services, for --providers. */
/*
 * A line for each name that `provider` can have, as JSON an object; false: it
 * cannot be written.
 */
bool version_print_providers(
    FILE *out, enum report_form form, struct error *err);

#endif
