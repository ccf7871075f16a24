/*
 * The content of a transaction: from the 354 to the reply that says who owns
 * the message now (RFC 5321 section 4.2.5). Here it is decided what is in
 * doubt.
 */
#ifndef SMTP_CONTENT_H
#define SMTP_CONTENT_H

#include <stdbool.h>

#include "smtp/letter.h"
#include "smtp/session.h"

/*
 * Sends the content and its end, QUIT behind it if asked, and hears the
 * reply. *ending is what came of it. False when the session is of no more
 * use.
 */
bool content_send(struct session *session, const struct letter *letter,
    bool with_quit, struct outcome *ending);
/*
 * The end of the content is about to be written: from here on who runs out of
 * memory must not say that nobody got it.
 */
void content_enter_doubt(const struct letter *letter);
/* How long replies are awaited after a signal: milliseconds. */
#define CONTENT_GRACE ((int64_t)30000)

/*
 * Where hearing was broken off by a signal once the end of the content was
 * written: on, for a bounded time, since without the reply nobody could say
 * whether the message went.
 */
bool content_hear_on(struct session *session, enum stage stage,
    struct reply *reply, struct outcome *trouble);
/*
 * Whether it says nothing of the content: 3yz, and 221, which is for QUIT and
 * stands there because a reply before it is missing.
 */
bool content_reply_is_senseless(const struct reply *reply);
/*
 * LMTP (RFC 2033 section 4.2): *ending is the reply for the first accepted
 * recipient; hears those for the others, and settles each. Afterwards *ending
 * is that of one who got it, if there is any.
 */
bool content_hear_each(struct session *session, struct recipient **recipients,
    size_t count, struct outcome *ending);

#endif
