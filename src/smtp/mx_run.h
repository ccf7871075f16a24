/*
 * Direct delivery (server = mx:): submits letters to the mail exchangers of
 * each recipient (RFC 5321 section 5). The domains of an envelope have sessions
 * of their own, one after the other. Never are two domains in one session: what
 * is known of TLS, and what a server says, is for one domain only.
 */
#ifndef SMTP_MX_RUN_H
#define SMTP_MX_RUN_H

#include "smtp/series.h"

/*
 * As series_run, but no recipient is left open because of a server: a domain
 * whose servers cannot be reached is no trouble of the series. Only a signal,
 * or a record that a journal cannot write, leaves recipients open.
 */
void mx_run(struct series *series);
/* As series_run_one. Returns when every recipient is settled. */
void mx_run_one(struct submission *submission, struct envelope *envelope);

#endif
