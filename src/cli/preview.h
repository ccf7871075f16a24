/* What --dry-run prints: the envelope and the message, without a connection. */
#ifndef CLI_PREVIEW_H
#define CLI_PREVIEW_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/outgoing.h"

/*
 * As text the message follows, octet by octet; as JSON there is only the
 * envelope, and with REPORT_NONE nothing. ERROR_IO.
 */
bool preview_print(
    const struct outgoing *prepared, enum report_form form, struct error *err);

#endif
