/*
 * What answers in place of a mail server: another protocol at this port, or the
 * login page of a network.
 */
#ifndef SMTP_FALSE_GREETING_H
#define SMTP_FALSE_GREETING_H

#include "envelope/outcome.h"
#include "profile/server_url.h"
#include "smtp/dialogue.h"

/*
 * Sets *trouble for a server that greeted with `said`, its first octets, which
 * are no reply. It may read more of them.
 */
void false_greeting_explain(struct dialogue *dialogue,
    const struct server *server, struct span said, struct outcome *trouble);
/* Hints that the server may wait for TLS. */
void false_greeting_hint_at_tls(
    const struct server *server, struct outcome *trouble);

#endif
