/*
 * The content of a transaction, from the 354 to the reply by which the server
 * accepts or refuses responsibility for the message (RFC 5321 section 4.2.5).
 * Without that reply the recipients are in doubt.
 */
#ifndef SMTP_CONTENT_H
#define SMTP_CONTENT_H

#include <stdbool.h>

#include "smtp/letter.h"
#include "smtp/session.h"

/*
 * Sends the content and its end, and QUIT after it if asked; reads the reply.
 * *ending is the outcome. False: the session cannot be used any more.
 */
bool content_send(struct session *session, const struct letter *letter,
    bool with_quit, struct outcome *ending);
/* Says commands that go in one flight with the end of the content. */
struct content_follower {
	void (*say)(void *context);
	void *context; /* borrowed */
};
/* The same; the follower, who may be NULL, says the commands after it. */
bool content_send_and_say(struct session *session, const struct letter *letter,
    const struct content_follower *follower, struct outcome *ending);
/*
 * The end of the content is about to be written: sets the exit status for
 * running out of memory to letter->status_in_doubt.
 */
void content_set_memory_status(const struct letter *letter);
/*
 * Call it when dialogue_hear has failed after the end of the content was
 * written. If a signal was the reason, waits for the reply nevertheless, for a
 * bounded time, because only the reply shows whether the message was accepted.
 */
bool content_hear_after_signal(struct session *session, enum stage stage,
    struct reply *reply, struct outcome *trouble);
/*
 * Whether the reply cannot be the one to the content: a 3yz, or a 221, which
 * answers QUIT and shows that an earlier reply is missing.
 */
bool content_reply_is_misplaced(const struct reply *reply);
/*
 * LMTP (RFC 2033 section 4.2): *ending is the reply for the first accepted
 * recipient. Reads the replies for the others and settles each accepted
 * recipient. If a recipient got the mail, *ending becomes that recipient's
 * outcome. False: the session cannot be used any more.
 */
bool content_hear_each(struct session *session, struct recipient **recipients,
    size_t count, struct outcome *ending);

#endif
