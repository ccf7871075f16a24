/* The findings of --doctor as one JSON object, on one line. */
#ifndef CLI_DOCTOR_JSON_H
#define CLI_DOCTOR_JSON_H

#include "cli/redaction.h"
#include "cli/verdict.h"

/*
 * Adds the object of one profile. `name` is that of the profile, or the one
 * that the user gave; NULL: none. The times are in milliseconds (clock_now).
 * The findings and the name are redacted already if `redaction` is not NULL.
 */
void doctor_json_add(struct buf *out, const struct diagnosis *diagnosis,
    const struct verdict *verdict, const char *name, int64_t total,
    const struct redaction *redaction);

#endif
