/*
 * A run over one spool: sends what is due, finishes what is over, buries what
 * is damaged, and sweeps up what killed processes left. Any number of runs can
 * go on at once. A run prints nothing; its observer hears what happens.
 */
#ifndef SPOOL_RUNNER_H
#define SPOOL_RUNNER_H

#include "spool/run.h"

/*
 * Makes the run. False with *err if it ended early: the spool cannot be read or
 * written (ERROR_TEMPORARY), or the system has no more descriptors (ERROR_OS).
 * What it did until then counts.
 */
bool runner_run(struct run *runner, struct error *err);

#endif
