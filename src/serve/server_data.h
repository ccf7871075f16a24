/* DATA: the content is read whole, mended, and sent on. */
#ifndef SERVE_SERVER_DATA_H
#define SERVE_SERVER_DATA_H

#include "base/text.h"
#include "serve/server_session.h"

/* Answers DATA and, once the content is there, the content. */
void server_data(struct server_session *session, struct span argument);

#endif
