/*
 * The setting filter-command: a command of the user gets the finished message
 * and prints the message that is sent instead.
 */
#ifndef SMTP_FILTER_H
#define SMTP_FILTER_H

#include <stdbool.h>

#include "base/error.h"
#include "envelope/outcome.h"
#include "message/plan.h"
#include "profile/profile.h"

/*
 * Runs the command and replaces *message and *plan, both of which the caller
 * owns, with its output; the new plan repairs that message and drops Bcc, but
 * adds no fields. Without a filter-command nothing is done. Catches signals.
 *
 * On failure it returns false and leaves both as they were. ERROR_DATA: the
 * command refused the message (status 65). ERROR_TEMPORARY: it failed, took too
 * long, or printed no message that can be sent.
 */
bool filter_message(const struct profile *profile, struct message **message,
    struct plan *plan, struct error *err);
/* Sets the outcome that such an error has. */
void filter_set_outcome(struct outcome *outcome, const struct error *err);

#endif
