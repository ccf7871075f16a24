/*
 * Starts the detached child. It has none of the caller's descriptors, since a
 * caller may wait until they are closed. While it sleeps it holds no lock that
 * a run needs; a lock of its own makes sure that only one child sleeps.
 */
#include "cli/flush.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "base/environment.h"
#include "base/lock.h"
#include "base/mem.h"
#include "base/signals.h"
#include "base/wait.h"
#include "cli/queue_run.h"
#include "spool/envelope_file.h"

/*
 * In seconds: how long the child stays for a mail, how long it sleeps at most
 * before it looks at the folder, and the shortest time between two runs.
 */
#define STAYS ((int64_t)4 * 60 * 60)
#define SLICE ((int64_t)60)

/* In the parent */

/* The mails of a spool; 0 where there is none. */
static size_t
count_mails(const char *path)
{
	struct folder_list list = {0};
	struct buf name = {0};
	size_t count = 0;

	buf_add_format(&name, "%s/mail", path);
	if (folder_read_path(&list, buf_text(&name)))
		count = list.count;
	buf_free(&name);
	folder_list_free(&list);
	return count;
}

static size_t
count_all(const struct spool_paths *paths)
{
	size_t count = 0;

	for (size_t i = 0; i < paths->count; i++)
		count += count_mails(paths->list[i].path);
	return count;
}

static bool
is_relayed(const struct envelope *envelope)
{
	for (size_t i = 0; i < envelope->count; i++)
		if (envelope->recipients[i].outcome.action == ACTION_RELAYED)
			return true;
	return false;
}

void
flush_look(struct flush *flush, struct queue_add *queue)
{
	const struct outgoing *outgoing = queue->outgoing;
	const struct queue_policy *policy = &outgoing->profile.queue;
	size_t count;

	if (queue->use == QUEUE_NEVER || queue->why_not.len > 0)
		return;
	spool_paths_find_own(&flush->paths, policy->dir);
	count = count_all(&flush->paths);
	if (queue->options->role == ROLE_SMTPOST)
		queue_run_tell_terminal(count);
	flush->stays = outgoing->envelope.queued_id != NULL;
	if (is_relayed(&outgoing->envelope))
		flush->serving = mem_copy_text(outgoing->profile.name);
	flush->config = queue_add_config_path(queue->options);
	if (count == 0 || !policy->flush || queue->options->queue_only ||
	    signals_caught() != 0 || (flush->serving == NULL && !flush->stays))
		spool_paths_free(&flush->paths);
}

/* In the child */

static void
run(const struct flush *flush, const char *serving)
{
	const struct options options = {
	    .mode = MODE_QUEUE_RUN, .config = flush->config};

	queue_run_flush(&options, &flush->paths, serving);
}

/* The second in which this name was made. */
static int64_t
second_of(const struct id *id)
{
	int64_t second = 0;

	for (size_t i = 0; i < 8; i++)
		second = second << 4 | ascii_hex_value(id->text[i]);
	return second;
}

/*
 * When the next mail is due for which the child stays; 0: there is none. Old
 * mail is passed over by its name, so that a large queue need not be read.
 */
static int64_t
find_next(const struct folder *folder, int64_t now)
{
	struct folder_list list = {0};
	struct buf text = {0};
	int64_t next = 0;

	if (!folder_read(&list, folder->mail))
		list.count = 0;
	for (size_t i = list.count; i > 0; i--) {
		int64_t arrived = second_of(&list.ids[i - 1]), due;
		struct waiting waiting;

		if (arrived > now || now - arrived > STAYS)
			continue;
		if (envelope_file_peek(&waiting, &text, folder, folder->mail,
			&list.ids[i - 1]) == ENVELOPE_FILE_READ &&
		    !waiting.is_held) {
			due = waiting.next > waiting.not_before
			    ? waiting.next
			    : waiting.not_before;
			due = due < now ? now : due;
			next = next == 0 || due < next ? due : next;
		}
		waiting_free(&waiting);
	}
	folder_list_free(&list);
	buf_free(&text);
	return next;
}

/* -1: another child sleeps for this spool, or it cannot be locked. */
static int
take_lock(const struct folder *folder)
{
	int fd = openat(folder->top, "flush.lock",
	    O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

	if (fd >= 0 && lock_try(fd) != LOCK_TAKEN) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Sleeps at most a slice. False: a signal ends the child. */
static bool
sleep_until(int64_t second)
{
	int64_t left = second - time(NULL);

	if (left > SLICE)
		left = SLICE;
	return left <= 0 ||
	    wait_for(NULL, 0, deadline_in(left * 1000)) == WAIT_TIMEOUT;
}

/*
 * Sleeps until the next mail of the spool is due and runs the queue, as long as
 * there is mail to stay for, also of other calls.
 */
static void
stay(const struct flush *flush, const struct folder *folder)
{
	int64_t not_before = time(NULL);
	int64_t next;

	while ((next = find_next(folder, time(NULL))) != 0) {
		struct stat status;

		if (next < not_before)
			next = not_before;
		if (!sleep_until(next) || signals_caught() != 0)
			return;
		/* Somebody may have removed the spool. */
		if (fstat(folder->mail, &status) < 0 || status.st_nlink == 0)
			return;
		if (time(NULL) < next)
			continue;
		run(flush, NULL);
		not_before = time(NULL) + SLICE;
	}
}

/* The child stays in the spool that has the mail: the first that is there. */
static void
stay_for_mail(const struct flush *flush)
{
	for (size_t i = 0; i < flush->paths.count; i++) {
		struct error ignored;
		struct folder folder;
		bool is_there = folder_find(&folder, flush->paths.list[i].path,
				    &ignored) == FOLDER_OPEN;
		int lock = is_there ? take_lock(&folder) : -1;

		if (lock >= 0) {
			stay(flush, &folder);
			close(lock);
		}
		folder_close(&folder);
		if (is_there)
			return;
	}
}

static void
work(const struct flush *flush)
{
	mem_forget_secrets();
	environment_remove(SPAN("SMTPOST_"));
	if (!descriptors_leave(-1))
		return;
	signals_catch();
	run(flush, flush->serving);
	if (flush->stays && signals_caught() == 0)
		stay_for_mail(flush);
}

/* A process between the caller and the child ends at once. */
static void
detach(const struct flush *flush)
{
	pid_t middle = fork();

	if (middle == 0) {
		if (setsid() >= 0 && fork() == 0)
			work(flush);
		_exit(0);
	}
	while (middle > 0 && waitpid(middle, NULL, 0) < 0 && errno == EINTR)
		continue;
}

void
flush_start(struct flush *flush)
{
	if (flush->paths.count > 0)
		detach(flush);
	spool_paths_free(&flush->paths);
	free(flush->config);
	free(flush->serving);
	*flush = (struct flush){0};
}
