/*
 * The progress line shows at a terminal how far a submission is, once it has
 * taken a second. It observes the sessions, and wait_for (base/wait.h) redraws
 * it.
 * Until a second has passed it makes no system call.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdint.h>

#include "base/wait.h"
#include "cli/options.h"
#include "cli/status_line.h"
#include "smtp/observer.h"

/* The rate is that of the time between the first and the last sample. */
#define PROGRESS_SAMPLES 16

struct progress_sample {
	int64_t at; /* clock_now */
	uint64_t octets;
};

struct progress {
	struct wait_tick tick;
	struct observer observer;
	const struct observer *next; /* borrowed; NULL: none */
	struct status_line line;
	bool is_wanted, was_drawn; /* before it was suspended */

	enum stage stage;
	char host[256];		/* the server's, cut */
	uint64_t octets, total; /* of the content; total 0: none is sent */
	struct progress_sample samples[PROGRESS_SAMPLES];
	size_t sample_count;
	int64_t begun;		  /* clock_now */
	size_t mails_done, mails; /* mails 0: a single one */
	bool is_paused;
};

/*
 * Begins a line, if these options want one: only as smtpost, and not with -v or
 * --quiet. Returns the observer to give to a submission or series:
 * `next` if there is no line, otherwise one that passes everything on to
 * `next`. *progress must stay where it is until progress_end.
 */
const struct observer *progress_begin(struct progress *progress,
    const struct options *options, const struct observer *next);
/* `done` of `all` mails are done. */
void progress_note_mails(struct progress *progress, size_t done, size_t all);
/* Nothing is sent for a while, because of --rate. */
void progress_note_pause(struct progress *progress);
/* Erases the line, before other output on the terminal or a question there. */
void progress_suspend(struct progress *progress);
/* Shows it again, if it was there. */
void progress_resume(struct progress *progress);
/* Erases the line for good. */
void progress_end(struct progress *progress);

#endif
