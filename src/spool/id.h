/*
 * The name of a mail in the queue: 12 hexadecimal digits, of which 8 are the
 * second of its arrival and 4 are random. Names sort by arrival, and programs
 * that read the output of mailq know this form.
 */
#ifndef SPOOL_ID_H
#define SPOOL_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define ID_LEN 12

struct id {
	char text[ID_LEN + 1];
};

/* A new name for a mail that arrives at `now` (seconds since 1970). */
bool id_make(struct id *id, int64_t now);
/* Whether the text is such a name, and then *id is it; any case is taken. */
bool id_read(struct id *id, struct span text);

#endif
