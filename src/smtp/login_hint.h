/*
 * What a user can do about a login that failed: the words name the user, the
 * server, the mechanism and where the secret came from, never the secret.
 * Where the mail service is known, its own hints are better (provider.h) and
 * nothing is set here.
 */
#ifndef SMTP_LOGIN_HINT_H
#define SMTP_LOGIN_HINT_H

#include "envelope/outcome.h"
#include "profile/mechanism.h"
#include "smtp/session.h"

/* session->trouble is a 5yz reply to AUTH with this mechanism. */
void login_hint_refused(
    struct session *session, const struct mechanism *mechanism);
/* No mechanism that the server offers may be used. */
void login_hint_unusable(struct session *session);
/* The server offers no AUTH at all. */
void login_hint_not_offered(struct session *session);
/* 530 or 535 to MAIL or RCPT: the server wants a login, or another one. */
void login_hint_wanted(const struct session *session, struct outcome *outcome);

#endif
