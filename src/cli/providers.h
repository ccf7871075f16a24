/* The list of known mail services, for --providers. */
#ifndef CLI_PROVIDERS_H
#define CLI_PROVIDERS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "profile/setting_value.h"

/*
 * A line for each name that `provider` can have, as JSON an object; false: it
 * cannot be written.
 */
bool providers_print(FILE *out, enum report_form form, struct error *err);

#endif
