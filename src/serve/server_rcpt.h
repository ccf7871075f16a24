/*
 * RCPT: each mailbox that a recipient stands for is named to the server
 * upstream before the client gets a reply.
 */
#ifndef SERVE_SERVER_RCPT_H
#define SERVE_SERVER_RCPT_H

#include "base/text.h"
#include "serve/server_session.h"

/* Answers RCPT with that argument. */
void server_rcpt(struct server_session *session, struct span argument);

#endif
