/*
 * Runs the spools of the caller, one after the other. Trouble with one of them
 * is reported, and the others are run all the same.
 */
#include "cli/queue_run.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/lock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/exit_status.h"
#include "cli/fault.h"
#include "cli/queue_filter.h"
#include "cli/queue_places.h"
#include "cli/queue_watch.h"
#include "profile/profile_choice.h"
#include "spool/runner.h"
#include "spool/server_state.h"

#define FLUSH_TIME ((int64_t)10 * 60 * 1000) /* milliseconds */
/* In seconds: a run that began before does not keep another one away. */
#define LOCK_TIME ((int64_t)2 * 60 * 60)

struct queue_run {
	const struct options *options;
	struct queue_filter filter;
	enum run_strength strength;
	int64_t time_limit;
	/* Of runs that nobody asked for, one is enough. */
	bool is_locked;
	bool is_flush, stands_in;
	const char *serving;	   /* see queue_run_flush; may be NULL */
	struct profiles *profiles; /* NULL: config_error */
	struct error config_error;
	struct queue_watch watch;
	/* The spools that were run, so that none is run twice. */
	struct stat *seen;
	size_t seen_count;

	size_t left, sent, failed;
	bool is_late, has_bad_config;
	int status; /* of errors; 0: there was none */
};

static void
complain(struct queue_run *run, const struct error *err)
{
	run->status = error_exit_status(err->kind);
	fault_print_error(err);
}

static bool
is_seen(struct queue_run *run, const struct folder *folder)
{
	struct stat status;

	if (fstat(folder->top, &status) < 0)
		return false;
	for (size_t i = 0; i < run->seen_count; i++)
		if (run->seen[i].st_dev == status.st_dev &&
		    run->seen[i].st_ino == status.st_ino)
			return true;
	*(struct stat *)mem_append(
	    &run->seen, &run->seen_count, sizeof(status)) = status;
	return false;
}

/* Whether the run that has the lock may have been stopped: it began long ago.
 */
static bool
is_stale(int fd)
{
	struct stat status;
	int64_t age;

	if (fstat(fd, &status) < 0)
		return true;
	age = (int64_t)time(NULL) - (int64_t)status.st_mtime;
	return age > LOCK_TIME || age < -LOCK_TIME;
}

/*
 * -1: another run has it. The lock ends with the descriptor; its file says when
 * the run began.
 */
static int
take_run_lock(const struct folder *folder)
{
	int fd = openat(folder->top, "run.lock",
	    O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);

	/* If it cannot be locked, two runs share the mails. */
	if (fd < 0)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (lock_try(fd) != LOCK_BUSY) {
		(void)!futimens(fd, NULL);
	} else if (!is_stale(fd)) {
		close(fd);
		return -1;
	}
	return fd;
}

static void
run_folder(struct queue_run *run, const struct folder *folder)
{
	struct run doing = {
	    .folder = folder,
	    .profiles = run->profiles,
	    .config_error = &run->config_error,
	    .strength = run->strength,
	    .selects =
		queue_filter_is_empty(&run->filter) ? NULL : queue_filter_fits,
	    .context = &run->filter,
	    .time_limit = run->time_limit,
	    .is_flush = run->is_flush,
	    .stands_in = run->stands_in,
	    .observer = &run->watch.observer,
	};
	struct error err = {0};
	int lock = -1;

	if (run->is_locked && (lock = take_run_lock(folder)) < 0)
		return;
	if (run->serving != NULL)
		server_state_forget(folder, run->serving);
	if (!runner_run(&doing, &err))
		complain(run, &err);
	queue_watch_end(&run->watch);
	if (lock >= 0)
		close(lock);
	run->left += doing.left;
	run->sent += doing.sent;
	run->failed += doing.failed;
	run->is_late |= doing.is_late;
	run->has_bad_config |= doing.has_bad_config;
}

static void
run_path(struct queue_run *run, const char *path)
{
	struct error err = {0};
	struct folder folder;

	switch (folder_find(&folder, path, &err)) {
	case FOLDER_OPEN:
		if (!is_seen(run, &folder))
			run_folder(run, &folder);
		break;
	case FOLDER_ABSENT:
		break;
	case FOLDER_REFUSED:
		complain(run, &err);
		break;
	}
	folder_close(&folder);
}

/*
 * The spools that profiles name with queue-dir, or the environment does, to
 * which the mail of a call with this environment goes. False: none does.
 */
static bool
run_configured(struct queue_run *run)
{
	struct error ignored;
	struct profiles *profiles = queue_places_load(run->options, &ignored);
	bool found = false;

	for (size_t i = 0; profiles != NULL && i < profiles->count; i++) {
		struct profile profile = {.password_fd = -1};

		if (profile_choice_make(&profile, profiles,
			profiles->named[i].name, NULL, NULL, &ignored) &&
		    profile.queue.dir != NULL) {
			run_path(run, profile.queue.dir);
			found = true;
		}
		profile_free(&profile);
	}
	profiles_free(profiles);
	return found;
}

static void
run_paths(struct queue_run *run, const struct spool_paths *paths)
{
	const struct profile_sources sources = {
	    .config = run->options->config, .no_environment = true};

	run->profiles = profiles_load(&sources, &run->config_error);
	queue_watch_begin(&run->watch, run->options->verbose);
	/* --config is asked for its own spools, if it names any. */
	if (!run_configured(run) || run->options->config == NULL)
		for (size_t i = 0; i < paths->count; i++)
			run_path(run, paths->list[i].path);
	queue_watch_free(&run->watch);
	if (run->profiles == NULL)
		complain(run, &run->config_error);
	else if (run->has_bad_config)
		run->status = EX_CONFIG;
	profiles_free(run->profiles);
	free(run->seen);
}

static void
complain_missing(struct queue_run *run, const struct queue_select *select)
{
	for (size_t i = 0; i < select->id_count; i++) {
		struct error err = {0};

		if (select->found[i])
			continue;
		queue_select_set_missing(select, select->ids[i].text, &err);
		complain(run, &err);
	}
}

static int
status_of(const struct queue_run *run)
{
	if (run->status != 0)
		return run->status;
	if (run->filter.select.id_count == 0)
		return run->is_late ? EX_TEMPFAIL : EX_OK;
	if (run->left > 0)
		return EX_TEMPFAIL;
	if (run->failed > 0)
		return run->sent > 0 ? EXIT_PARTLY : EX_UNAVAILABLE;
	return EX_OK;
}

int
queue_run_paths(const struct options *options, const struct spool_paths *paths,
    enum run_strength strength, int64_t time_limit, bool stands_in)
{
	struct queue_run run = {.options = options,
	    .strength = strength,
	    .time_limit = time_limit,
	    .stands_in = stands_in,
	    .is_locked = true};

	run_paths(&run, paths);
	return status_of(&run);
}

void
queue_run_flush(const struct options *options, const struct spool_paths *paths,
    const char *serving)
{
	struct queue_run run = {.options = options,
	    .time_limit = FLUSH_TIME,
	    .is_locked = true,
	    .is_flush = true,
	    .serving = serving};

	run_paths(&run, paths);
}

void
queue_run_tell_terminal(size_t count)
{
	if (count > 0 && isatty(STDERR_FILENO))
		fprintf(stderr,
		    count == 1 ? "smtpost: %zu mail waits in the queue; "
				 "smtpost --queue-list lists it\n"
			       : "smtpost: %zu mails wait in the queue; "
				 "smtpost --queue-list lists them\n",
		    count);
}

bool
queue_run(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct queue_run run = {.options = options};
	struct spool_paths paths = {0};
	bool done = queue_filter_make(&run.filter, options, err);

	if (done) {
		run.strength = run.filter.strength;
		run.is_locked = options->queue_letters == NULL &&
		    queue_filter_is_empty(&run.filter);
		spool_paths_find_own(&paths, NULL);
		run_paths(&run, &paths);
		spool_paths_free(&paths);
		if (run.status == 0)
			complain_missing(&run, &run.filter.select);
		result->exit_status = status_of(&run);
		if (options->role == ROLE_SMTPOST)
			queue_run_tell_terminal(run.left);
	}
	queue_filter_free(&run.filter);
	return done;
}
