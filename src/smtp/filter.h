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
 * owns, by what it printed; the new plan repairs it and drops Bcc, but adds
 * nothing. Without a filter-command nothing is done. Catches signals.
 *
 * False, and both are as they were: with ERROR_DATA the command refuses the
 * message (status 65); with ERROR_TEMPORARY it failed, took too long, or
 * printed no message that can be sent.
 */
bool filter_message(const struct profile *profile, struct message **message,
    struct plan *plan, struct error *err);
/* Makes the outcome of such an error. */
void filter_set_outcome(struct outcome *outcome, const struct error *err);

#endif
