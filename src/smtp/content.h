/*
 * The content of a transaction, from the 354 to the reply that says who is
 * responsible for the message from then on (RFC 5321 section 4.2.5). If that
 * reply cannot be had, the recipients are in doubt.
 */
#ifndef SMTP_CONTENT_H
#define SMTP_CONTENT_H

#include <stdbool.h>

#include "smtp/letter.h"
#include "smtp/session.h"

/*
 * Sends the content and its end, and QUIT after it if asked; takes the reply.
 * *ending is what came of it. False: the session is of no more use.
 */
bool content_send(struct session *session, const struct letter *letter,
    bool with_quit, struct outcome *ending);
/*
 * The end of the content is about to be written: sets the exit status for
 * running out of memory to letter->status_in_doubt.
 */
void content_enter_doubt(const struct letter *letter);
/*
 * To be called after dialogue_hear has failed and the end of the content is
 * written. If a signal was the reason, it hears the reply nevertheless, for a
 * bounded time, because only the reply says whether the message was taken.
 */
bool content_hear_after_signal(struct session *session, enum stage stage,
    struct reply *reply, struct outcome *trouble);
/*
 * Whether the reply cannot be the one to the content: 3yz, and 221, which
 * answers QUIT and shows that a reply before it is missing.
 */
bool content_reply_is_misplaced(const struct reply *reply);
/*
 * LMTP (RFC 2033 section 4.2): *ending is the reply for the first accepted
 * recipient. Hears the replies for the others and settles each accepted
 * recipient. Afterwards *ending is that of a recipient who got the mail, if
 * there is one. False: the session is of no more use.
 */
bool content_hear_each(struct session *session, struct recipient **recipients,
    size_t count, struct outcome *ending);

#endif
