/*
 * Replies to the client: sentences of our own, and outcomes of steps upstream
 * in the code and words of that server. Only printable ASCII is sent; all other
 * octets become \xHH.
 */
#ifndef SERVE_SERVER_REPLY_H
#define SERVE_SERVER_REPLY_H

#include <stdbool.h>

#include "envelope/outcome.h"
#include "serve/server_io.h"

/*
 * Replies with an outcome. An outcome without a code of the server upstream (no
 * connection, no TLS, no login, no reply) is 451, so that the client keeps the
 * mail. So is its 421, since this session goes on. What it said about our login
 * is not passed on, since the client would take it for its own login.
 */
void server_reply_outcome(struct server_io *io, const struct outcome *outcome);
/*
 * The same with the recipient's path in front, since the client named an alias
 * that stands for several. is_partial: some of them have the message.
 */
void server_reply_outcome_of(struct server_io *io,
    const struct outcome *outcome, const char *path, bool is_partial);
/* Whether the reply is about our login and so is not passed on. */
bool server_reply_hides(const struct outcome *outcome);
/* Replies with code, status and text, which may have several lines. */
void server_reply_text(
    struct server_io *io, int code, struct status status, struct span text);

#endif
