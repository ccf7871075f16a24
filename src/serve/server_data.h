/*
 * DATA: the content is read to its end, completed and repaired as the service
 * says, and sent to the server upstream.
 */
#ifndef SERVE_SERVER_DATA_H
#define SERVE_SERVER_DATA_H

#include "base/text.h"
#include "serve/server_session.h"

/* Answers DATA, reads the content and answers it. */
void server_data(struct server_session *session, struct span argument);

#endif
