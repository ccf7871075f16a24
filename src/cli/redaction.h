/*
 * --redact: output of --doctor that can be shown to others. "***" stands for
 * what names a person, a machine or a place: user names, addresses, hosts, IP
 * addresses, greetings, files, authorities that are not public. Hosts of known
 * providers stay.
 */
#ifndef CLI_REDACTION_H
#define CLI_REDACTION_H

#include <stddef.h>

#include "base/buf.h"
#include "doctor/diagnosis.h"

struct redaction {
	char **words; /* owned */
	size_t count;
};

/* Collects the names that do not show by their form. */
void redaction_init(
    struct redaction *redaction, const struct diagnosis *diagnosis);
void redaction_free(struct redaction *redaction);
/* Adds the text with "***" in it. */
void redaction_add(
    const struct redaction *redaction, struct span text, struct buf *out);
/* Replaces the texts of all findings. */
void redaction_apply(
    const struct redaction *redaction, struct findings *findings);
/*
 * Adds JSON in which the strings that are values have "***" in them. Nothing is
 * left of those below the key "greeting", and of the first lines of EHLO.
 */
void redaction_add_json(
    const struct redaction *redaction, struct span json, struct buf *out);

#endif
