/*
 * Sends letters in the way that their profile says: to its servers, or with
 * server = mx: to those of each recipient.
 */
#ifndef SMTP_DISPATCH_H
#define SMTP_DISPATCH_H

#include "smtp/series.h"

/* As series_run, or mx_run. */
void dispatch_run(struct series *series);
/* As series_run_one. Returns when every recipient is settled. */
void dispatch_run_one(struct submission *submission, struct envelope *envelope);

#endif
