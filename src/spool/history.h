/*
 * What happened to a mail so far: the records of its envelope file, one after
 * the other, for people. What they mean for the next attempt is in waiting.h.
 */
#ifndef SPOOL_HISTORY_H
#define SPOOL_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define HISTORY_WORDS_MAX 16

struct history {
	struct span rest; /* of the file; borrowed */
	uint32_t sum;
	struct buf text; /* the words of the record */
	size_t from[HISTORY_WORDS_MAX];
	size_t count;
};

/* At the records of a file that waiting_read has read. */
void history_begin(struct history *history, struct span text);
/* Goes to the next record; false: there is none. */
bool history_next(struct history *history);
/* Its word `i`, the keyword is 0; "" where there is none, or for "-". */
const char *history_word(const struct history *history, size_t i);
/* When it was written; 0: it does not say. */
int64_t history_time(const struct history *history);
void history_free(struct history *history);

#endif
