/* What the program's exit status says: EXIT STATUS of smtpost(1). */
#ifndef CLI_EXIT_STATUS_H
#define CLI_EXIT_STATUS_H

#include <stdbool.h>

#include "base/error.h"
#include "envelope/envelope.h"

#define EXIT_PARTLY 79
#define EXIT_UNKNOWN 80

/*
 * As sendmail nobody knows the last two: 80 is given as 75, since twice is
 * better than never (RFC 1047), and 79 as the status that those who did not
 * get it would give alone.
 */
int exit_status_of(const struct envelope *envelope, bool as_sendmail);
int exit_status_of_error(enum error_kind kind);
/*
 * The json report's outcome: relayed (with -bv accepted), partly, deferred,
 * failed or unknown.
 */
const char *exit_status_outcome_name(const struct envelope *envelope);

#endif
