/*
 * Runs a command in our place: with our standard input, in our process group,
 * with the environment, the signals and the limits that we were started with.
 * Its output and its errors go into one pipe, so that their order is kept.
 */
#ifndef COMPOSE_COMMAND_H
#define COMPOSE_COMMAND_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/error.h"
#include "compose/excerpt.h"

struct storage;

struct command {
	char *const *arguments; /* ends in NULL; borrowed */
	int tee; /* this descriptor gets the output, too; -1: none */
	struct storage *whole; /* gets all of the output; NULL: none */
};

/* What became of it. */
struct command_result {
	int status; /* as waitpid(2) has it; -1: not known */
	time_t start;
	int64_t milliseconds; /* how long it ran */
	struct excerpt output;
	struct error no_whole; /* why `whole` does not have all of it */
	int no_tee; /* errno of writing to `tee`; 0: it has all of the output */
};

/*
 * Runs the command to its end and fills *result. A command that cannot be
 * started ends with status 127 or 126 as in a shell, and its output says why.
 * Signals are passed on to it meanwhile (base/signals.h). A process that it
 * leaves behind is not waited for. Core files are forbidden from then on
 * (base/mem.h).
 */
void command_run(const struct command *command, struct command_result *result);
void command_result_free(struct command_result *result);
/* As a shell's $?: the exit status, or 128 and the number of the signal. */
int command_status(const struct command_result *result);

#endif
