/*
 * The TLS of a session: what the profile asks of the server's certificate,
 * and what a handshake that fails means for the session.
 */
#ifndef SMTP_HANDSHAKE_H
#define SMTP_HANDSHAKE_H

#include <stdbool.h>

#include "smtp/session.h"

/* False: session->trouble says why, and nothing more may be said. */
bool session_shake_hands(struct session *session);

#endif
