/*
 * AUTH (RFC 4954): logs in once in a session, and never reveals a secret to a
 * listener or to the wrong server.
 */
#ifndef SMTP_LOGIN_H
#define SMTP_LOGIN_H

#include <stdbool.h>

#include "smtp/session.h"

/*
 * Logs in with session->secret, which must be set. False: session->trouble
 * gives the reason, with a hint if one helps, and the session must not be used
 * for mail. session->may_move is then false if the same secret must not be
 * tried at another server.
 */
bool login_authenticate(struct session *session);
/*
 * Whether a secret may be shown to the other end: the connection is encrypted
 * or local, and the server's identity is known.
 */
bool login_is_safe(const struct session *session);
/*
 * Whether login_authenticate would send AUTH: the connection is safe for the
 * secret, and the server offers a mechanism for it. Sends nothing. False:
 * session->trouble gives the reason.
 */
bool login_is_possible(struct session *session);
/*
 * If the outcome is a 530 or 535 reply to MAIL or RCPT, adds a hint that the
 * server requires a login, or another one, unless the profile's provider has a
 * hint.
 */
void login_add_hint(const struct session *session, struct outcome *outcome);

#endif
