/*
 * An SMTP server for one client (RFC 5321; LMTP, RFC 2033). It passes each step
 * on to the server of a profile before it replies, so that the client hears the
 * true reply. It knows the protocol; which profile a sender has, and what is
 * changed in a message, the caller decides (struct service).
 */
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include "serve/server_session.h"

/*
 * Serves the client until it says QUIT or closes, a limit has passed, or a
 * signal comes. The descriptors stay open.
 */
void server_run(const struct service *service, int in, int out);
/* Replies 421 in place of the greeting: "4.3.5 the configuration is wrong". */
void server_refuse(int out, const char *status_and_why);

#endif
