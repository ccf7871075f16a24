/*
 * --server-info: shows a server as anybody can see it: what it offers and its
 * certificates. There is never a login, and no secret is read.
 */
#ifndef CLI_SERVER_INFO_H
#define CLI_SERVER_INFO_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"

/* The status is that of a submission; 76 if a certificate is not trusted. */
bool server_info_run(const struct options *options, struct mode_result *result,
    struct error *err);

#endif
