/* What the program's exit status says: interface.md section 5, and errors. */
#ifndef CLI_EXIT_STATUS_H
#define CLI_EXIT_STATUS_H

#include "base/error.h"
#include "mail/envelope.h"

#define EXIT_PARTLY 79
#define EXIT_UNKNOWN 80

int exit_status_of(const struct envelope *envelope);
int exit_status_of_error(enum error_kind kind);
/* relayed, partly, deferred, failed or unknown: the json report's outcome. */
const char *exit_outcome_name(const struct envelope *envelope);

#endif
