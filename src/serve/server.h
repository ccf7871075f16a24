/*
 * An SMTP server for one client (RFC 5321; LMTP, RFC 2033). It passes each step
 * on to the server of a profile before it replies, so that the client gets that
 * server's reply. It handles the protocol; the caller (struct service) decides
 * which profile a sender has and what is changed in a message.
 */
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include "serve/server_session.h"

/*
 * Serves the client until it sends QUIT or closes, a limit is exceeded, or a
 * signal comes. The descriptors stay open.
 */
void server_run(const struct service *service, int in, int out);
/* Replies 421 instead of the greeting: "4.3.5 the configuration is wrong". */
void server_refuse(int out, const char *status_and_why);

#endif
