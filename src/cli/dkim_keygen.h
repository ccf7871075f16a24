/*
 * --dkim-keygen DOMAIN SELECTOR [rsa|ed25519]: makes a private key for DKIM in
 * a new file, and prints the record that publishes the public key.
 */
#ifndef CLI_DKIM_KEYGEN_H
#define CLI_DKIM_KEYGEN_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"

/* ERROR_USAGE, or ERROR_CREATE if the file is there or cannot be made. */
bool dkim_keygen_run(const struct options *options, struct mode_result *result,
    struct error *err);

#endif
