/*
 * An SMTP server for one client (RFC 5321, and LMTP, RFC 2033), which hands
 * on every step to the server of a profile, so that the client hears what is
 * true. It knows the wire; whose mail goes where and what is mended in it is
 * the service's to say.
 */
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include "serve/server_session.h"

/* Until the client says QUIT or goes, or a signal comes. */
void server_run(const struct service *service, int in, int out);
/* 421 instead of a greeting: "4.3.5 the configuration is wrong". */
void server_refuse(int out, const char *status_and_why);

#endif
