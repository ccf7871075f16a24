/*
 * The greeting: 220, or what else a server says or does not say when it is
 * connected to. Where another protocol answers, it is named.
 */
#ifndef SMTP_GREETING_H
#define SMTP_GREETING_H

#include <stdbool.h>

#include "smtp/session.h"

/* False: session->trouble says why the session is over. */
bool greeting_run(
    struct session *session, const struct session_options *options);

#endif
