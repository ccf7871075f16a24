/*
 * How long a server may take for each reply: the time-outs of RFC 5321 section
 * 4.5.3.2. The setting `timeout` overrides them (smtp/dialogue.c).
 * The time-out for a block of content is in smtp/content.c, that for a client
 * of the service in serve/server.c.
 */
#ifndef ENVELOPE_STAGE_TIMEOUT_H
#define ENVELOPE_STAGE_TIMEOUT_H

#include <stdint.h>

#include "envelope/outcome.h"

/* In milliseconds. */
int64_t stage_timeout(enum stage stage);

#endif
