/* The exit status of the program, as EXIT STATUS of smtpost(1) defines it. */
#ifndef CLI_EXIT_STATUS_H
#define CLI_EXIT_STATUS_H

#include <stdbool.h>

#include "envelope/envelope.h"

#define EXIT_PARTLY 79	/* only some recipients got the message */
#define EXIT_UNKNOWN 80 /* it may be delivered: do not send it again */

/*
 * By the outcomes of the recipients. Callers of sendmail do not know 79 and 80.
 * They get 75 for 80, because a second copy is better than a lost mail (RFC
 * 1047), and for 79 the status that the recipients without the message would
 * have alone.
 */
int exit_status_of(const struct envelope *envelope, bool as_sendmail);
/* How many recipients, perhaps of many mails, had which outcome. */
struct exit_status_tally {
	size_t total, unknown, relayed, queued, held, failed;
	size_t failed_at_rcpt, failed_by_content;
	size_t delayed[CAUSE_CONTENT + 1]; /* by cause */
};

/* Adds the recipients of an envelope. */
void exit_status_count(
    struct exit_status_tally *tally, const struct envelope *envelope);
/* The status of all of them together, as exit_status_of. */
int exit_status_of_tally(struct exit_status_tally tally, bool as_sendmail);
/*
 * One word for all outcomes, for the JSON report: relayed (with -bv accepted),
 * partly, deferred, failed or unknown.
 */
const char *exit_status_outcome_name(const struct envelope *envelope);

#endif
