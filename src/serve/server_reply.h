/*
 * What the server answers: its own sentences, and what became of a step
 * upstream, in the code and the words of the server that decided. Only
 * printable ASCII gets into a line.
 */
#ifndef SERVE_SERVER_REPLY_H
#define SERVE_SERVER_REPLY_H

#include <stdbool.h>

#include "base/text.h"
#include "envelope/outcome.h"
#include "serve/server_io.h"

/*
 * Accepted, refused or in trouble. What has no code of a server's (no
 * connection, TLS, login, nothing heard) is 451, so that the client keeps the
 * mail; nor is its 421 ours, since this session goes on. What the server said
 * of our login is not for the client: it would take it for its own.
 */
void server_reply_outcome(struct server_io *io, const struct outcome *outcome);
/*
 * The same, saying of whom it is true: the client named a recipient that
 * stands for several. `is_partial`: some of them have the message.
 */
void server_reply_outcome_of(struct server_io *io,
    const struct outcome *outcome, const char *path, bool is_partial);
/* Whether the client does not hear its words, since they are of our login. */
bool server_reply_hides(const struct outcome *outcome);
/* Code, status and text; the text is masked. */
void server_reply_text(
    struct server_io *io, int code, struct status status, struct span text);

#endif
