/*
 * -v: prints commands, replies and notes on standard error; -vv with the
 * seconds since the start, -vvv with the content of the message too.
 * Unprintable octets are masked. Credentials never reach an observer.
 */
#ifndef CLI_TRACE_H
#define CLI_TRACE_H

#include <stdint.h>

#include "profile/profile.h"
#include "smtp/observer.h"

struct trace {
	unsigned level;
	int64_t started;
	uint64_t content; /* octets of content not mentioned yet */
	struct observer observer;
};

/*
 * The observer to give to a submission; NULL if the level, which is how often
 * -v was given, is 0. It is part of the trace, which must outlive it.
 */
const struct observer *trace_init(struct trace *trace, unsigned level);
/* Notes the profile, why it is used, and the files that were read. */
void trace_profile(
    const struct profile *profile, const struct observer *observer);
/* Prints the notes, a line each, for a mode without a dialogue. */
void trace_notes(unsigned level, struct span notes);

#endif
