/*
 * What the server answers: its own sentences, and what became of a step
 * upstream, in the code and the words of the server that decided. Only
 * printable ASCII gets into a line.
 */
#ifndef SMTP_SERVER_REPLY_H
#define SMTP_SERVER_REPLY_H

#include "mail/outcome.h"
#include "smtp/server_io.h"

/*
 * Accepted, refused or in trouble. What has no code of a server's (no
 * connection, TLS, login, nothing heard) is 451, so that the client keeps the
 * mail; nor is its 421 ours, since this session goes on.
 */
void server_reply_outcome(
    struct server_io *io, const struct outcome *outcome);
/* Code, status and text; the text is masked. */
void server_reply_text(struct server_io *io, int code, struct status status,
    struct span text);

#endif
