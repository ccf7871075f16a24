/* -bv: asks the server about recipients, and sends no message. */
#ifndef CLI_VERIFY_H
#define CLI_VERIFY_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"

/* As post_run; reads nothing from standard input but a file of recipients. */
bool verify_run(const struct options *options, int *exit_status,
    bool *input_read, struct error *err);

#endif
