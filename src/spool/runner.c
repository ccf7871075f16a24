/*
 * Makes runs. A run looks at each mail once without a lock, to find those that
 * it tries; what is done with them is decided from their claims. A mail that
 * waits costs one small read.
 */
#include "spool/runner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/signals.h"
#include "base/wait.h"
#include "spool/claim.h"
#include "spool/clock.h"
#include "spool/envelope_file.h"
#include "spool/profile_run.h"
#include "spool/settle.h"

/* The mails of a run, by profile. */
struct sorted {
	struct profile_run *runs;
	size_t count;
	struct buf text; /* of the envelope file that is read */
};

static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The run of that profile, which may be new. */
static struct profile_run *
find_run(struct sorted *sorted, const char *name, const char *config)
{
	struct profile_run *run;

	for (size_t i = sorted->count; i > 0; i--)
		if (is_same(sorted->runs[i - 1].name, name) &&
		    is_same(sorted->runs[i - 1].config, config))
			return &sorted->runs[i - 1];
	run = mem_append(&sorted->runs, &sorted->count, sizeof(*run));
	run->name = mem_copy_text(name);
	run->config = config != NULL ? mem_copy_text(config) : NULL;
	return run;
}

/*
 * Mail that cannot be read is moved out of the way. A mail that only seemed to
 * be damaged, because it was being written, is left alone.
 */
static void
bury(struct run *runner, const struct id *id)
{
	struct settle settle = {
	    .tell = {.folder = runner->folder, .now = time(NULL)},
	    .observer = runner->observer,
	};
	struct claim claim;
	enum claim_result result =
	    claim_take(&claim, runner->folder, runner->folder->mail, id);

	if (result == CLAIM_FAILED)
		run_leave(runner, NULL, id);
	else if (result == CLAIM_DAMAGED &&
	    settle_damaged(&settle, &claim) == SETTLE_FAILED)
		run_fail(runner, "move a damaged mail");
	claim_close(&claim);
}

static void
show_newer(const struct run *runner, const struct id *id)
{
	struct waiting waiting = {.id = *id};
	const struct run_event event = {.kind = RUN_EVENT_SKIPPED,
	    .waiting = &waiting,
	    .text = "it was written by a newer smtpost"};

	run_event_show(runner->observer, &event);
}

static void
sort_mail(
    struct run *runner, struct sorted *sorted, const struct waiting *waiting)
{
	struct profile_run_mail *mail;
	struct profile_run *run;

	if (runner->selects != NULL &&
	    !runner->selects(runner->context, waiting))
		return;
	run = find_run(sorted, waiting->profile != NULL ? waiting->profile : "",
	    waiting->config);
	mail = mem_append(&run->mails, &run->count, sizeof(*mail));
	mail->id = waiting->id;
	mail->since = waiting->arrived > waiting->not_before
	    ? waiting->arrived
	    : waiting->not_before;
	mail->clock = waiting->clock;
	mail->next = waiting->next;
	mail->not_before = waiting->not_before;
	mail->is_held = waiting->is_held;
	mail->is_unsettled = settle_is_needed(waiting);
	mail->is_left = true;
}

static void
look_at(struct run *runner, struct sorted *sorted, const struct id *id)
{
	struct waiting waiting;

	switch (envelope_file_peek(&waiting, &sorted->text, runner->folder,
	    runner->folder->mail, id)) {
	case ENVELOPE_FILE_READ:
		sort_mail(runner, sorted, &waiting);
		break;
	case ENVELOPE_FILE_DAMAGED:
	case ENVELOPE_FILE_FOREIGN:
		bury(runner, id);
		break;
	case ENVELOPE_FILE_NEWER:
		show_newer(runner, id);
		break;
	case ENVELOPE_FILE_FAILED:
		run_leave(runner, NULL, id);
		break;
	case ENVELOPE_FILE_GONE:
		break;
	}
	waiting_free(&waiting);
}

static void
sweep(const struct folder *folder, int place)
{
	struct folder_list list = {0};

	if (folder_read_remains(&list, place))
		for (size_t i = 0; i < list.count; i++)
			claim_sweep(folder, place, &list.ids[i]);
	folder_list_free(&list);
}

bool
runner_run(struct run *runner, struct error *err)
{
	struct folder_list list = {0};
	struct sorted sorted = {0};

	signals_catch();
	runner->started = clock_now();
	if (!clock_advance(
		runner->folder, time(NULL), !runner->is_flush, &runner->clock))
		run_fail(runner, "read the file clock");
	else if (!folder_read(&list, runner->folder->mail))
		run_fail(runner, "list the mails");
	for (size_t i = 0; i < list.count && runner->error == 0; i++)
		look_at(runner, &sorted, &list.ids[i]);
	folder_list_free(&list);
	for (size_t i = 0; i < sorted.count; i++) {
		if (runner->error == 0)
			profile_run_go(&sorted.runs[i], runner);
		profile_run_free(&sorted.runs[i]);
	}
	free(sorted.runs);
	buf_free(&sorted.text);
	if (runner->error == 0) {
		sweep(runner->folder, runner->folder->mail);
		sweep(runner->folder, runner->folder->dead);
	}
	if (runner->error == 0)
		return true;
	return error_set(err,
	    runner->error == EMFILE || runner->error == ENFILE ||
		    runner->error == ENOMEM
		? ERROR_OS
		: ERROR_TEMPORARY,
	    "the queue %s was not run to the end: cannot %s: %s",
	    runner->folder->path, runner->failed_step, strerror(runner->error));
}
