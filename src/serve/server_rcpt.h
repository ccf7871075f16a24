/*
 * RCPT: each mailbox of a recipient is sent upstream in a RCPT before the
 * client gets a reply.
 */
#ifndef SERVE_SERVER_RCPT_H
#define SERVE_SERVER_RCPT_H

#include "base/text.h"
#include "serve/server_session.h"

/* Answers RCPT with this argument. */
void server_rcpt(struct server_session *session, struct span argument);

#endif
