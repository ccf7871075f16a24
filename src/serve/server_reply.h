/*
 * Replies to the client: our own sentences, and outcomes of steps upstream with
 * the code and text of that server. Only printable ASCII is sent; all other
 * octets become \xHH.
 */
#ifndef SERVE_SERVER_REPLY_H
#define SERVE_SERVER_REPLY_H

#include <stdbool.h>

#include "envelope/outcome.h"
#include "serve/server_io.h"

/*
 * Replies with an outcome. An outcome without a code from the server upstream
 * (no connection, no TLS, no login, no reply) becomes 451, so that the client
 * keeps the mail. So does its 421, since this session continues. Its text about
 * our login is not passed on, since the client would relate it to its own
 * login.
 */
void server_reply_outcome(struct server_io *io, const struct outcome *outcome);
/*
 * The same with the recipient's path before the text, since the client named an
 * alias for several recipients. `others` says what became of those: "others
 * have the message"; NULL: nothing that must be said.
 */
void server_reply_outcome_of(struct server_io *io,
    const struct outcome *outcome, const char *path, const char *others);
/* Whether the reply is about our login and must not be passed on. */
bool server_reply_hides(const struct outcome *outcome);
/* Replies with code, status and text, which may have several lines. */
void server_reply_text(
    struct server_io *io, int code, struct status status, struct span text);

#endif
