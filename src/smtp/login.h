/* AUTH (RFC 4954): once a session, and never in clear by accident. */
#ifndef SMTP_LOGIN_H
#define SMTP_LOGIN_H

#include <stdbool.h>

struct session;

/*
 * Logs in with the session's secret. On failure session->trouble says why:
 * mail never goes without a login that was asked for.
 */
bool login_run(struct session *session);
/*
 * A stronger mechanism (bits of mechanism.h) was offered before TLS than there
 * is now: no error, since only what is said after it counts; but it is told.
 */
void login_note_lost(const struct session *session, unsigned before);

#endif
