/*
 * One mail transaction: MAIL, RCPT for every open recipient, DATA, content.
 * Its steps are numbered and two cursors run over them, one for what was
 * asked and one for what was answered; only the window between them knows of
 * PIPELINING.
 */
#ifndef SMTP_TRANSACTION_H
#define SMTP_TRANSACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "envelope/envelope.h"
#include "smtp/letter.h"
#include "smtp/session.h"

/*
 * Runs one transaction for the envelope's open recipients. Afterwards those
 * are settled, but for the ones that a server with a limit put off (452 or
 * 552 after an accepted one): they wait for another transaction. *ending is
 * how it ended, for the report; *quit_said: QUIT went behind the content.
 * Without a letter (NULL) the server is only asked: MAIL, RCPT, RSET.
 * False when the session is of no more use.
 */
bool transaction_run(struct session *session, struct envelope *envelope,
    const struct letter *letter, struct outcome *ending, bool *quit_said);

#endif
