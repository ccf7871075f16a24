/*
 * RCPT: each mailbox that a recipient stands for goes upstream before it is
 * answered.
 */
#ifndef SERVE_SERVER_RCPT_H
#define SERVE_SERVER_RCPT_H

#include "base/text.h"
#include "serve/server_session.h"

/* Answers RCPT. */
void server_rcpt(struct server_session *session, struct span argument);

#endif
