/* AUTH (RFC 4954): once a session, and never in clear by accident. */
#ifndef SMTP_LOGIN_H
#define SMTP_LOGIN_H

#include <stdbool.h>

struct session;

/*
 * Logs in with the session's secret. On failure session->trouble says why:
 * mail never goes without a login that was asked for.
 */
bool session_login(struct session *session);

#endif
