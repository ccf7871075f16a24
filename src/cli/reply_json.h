/* A server's reply in JSON, for the reports. */
#ifndef CLI_REPLY_JSON_H
#define CLI_REPLY_JSON_H

#include "base/buf.h"
#include "envelope/outcome.h"

/*
 * Adds the members "stage", "code" and "enhanced", each of which may be null,
 * and "text", a list of the lines.
 */
void reply_json_add(
    struct buf *out, enum stage stage, const struct reply *reply);

#endif
