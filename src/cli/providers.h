/* The list of known mail services, for --providers. */
#ifndef CLI_PROVIDERS_H
#define CLI_PROVIDERS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"

/* A line for each name that `provider` can have; false: cannot be written. */
bool providers_print(FILE *out, struct error *err);

#endif
