/*
 * The content of a transaction: from the 354 to the reply that says who owns
 * the message now (RFC 5321 section 4.2.5). Here it is decided what is in
 * doubt.
 */
#ifndef SMTP_CONTENT_H
#define SMTP_CONTENT_H

#include <stdbool.h>

#include "smtp/transaction.h"

/*
 * Sends the content and its end, QUIT behind it if asked, and hears the
 * reply. *ending is what came of it. False when the session is of no more
 * use.
 */
bool content_send(struct session *session, const struct letter *letter,
    bool with_quit, struct outcome *ending);

#endif
