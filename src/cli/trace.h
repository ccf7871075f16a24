/*
 * The dialogue on standard error (-v): commands, replies and notes; with -vv
 * the seconds since the start, with -vvv the content too. What does not print
 * is masked here.
 */
#ifndef CLI_TRACE_H
#define CLI_TRACE_H

#include <stdint.h>

#include "smtp/dialogue.h"

struct trace {
	unsigned level;
	int64_t started;
	uint64_t content; /* octets not yet told of */
	struct observer observer;
};

/* The observer to give to the engine; NULL when level is 0. */
const struct observer *trace_init(struct trace *trace, unsigned level);
/* For a mode without a dialogue: a line for each line of the notes. */
void trace_notes(unsigned level, struct span notes);

#endif
