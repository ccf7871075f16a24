/*
 * Appends to a mailbox file. Neither lock is waited for while the other one is
 * held, so that programs which take them in another order cannot block us, nor
 * we them.
 */
#include "smtp/sent_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/durable.h"
#include "base/random.h"
#include "base/wait.h"

#define WAIT_MAX ((int64_t)20000) /* milliseconds */
#define STALE_AGE 300		  /* seconds */
#define PAUSE_LEAST 10		  /* milliseconds */
#define FROM "From "

enum attempt { ATTEMPT_DONE, ATTEMPT_BUSY, ATTEMPT_FAILED };

static enum attempt
fail(const char **why, const char *text)
{
	*why = text;
	return ATTEMPT_FAILED;
}

static enum attempt
open_file(struct sent_file *file, const char *path, struct stat *status,
    const char **why)
{
	/* O_NONBLOCK: opening a FIFO or a device must not block. */
	file->fd = open(path,
	    O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
		O_CLOEXEC,
	    0600);
	if (file->fd < 0 && errno == EISDIR)
		return fail(why,
		    "it is a folder, and the path of a Maildir ends in a "
		    "slash");
	if (file->fd < 0)
		return fail(why,
		    errno == ELOOP ? "it is a symbolic link" : strerror(errno));
	if (fstat(file->fd, status) < 0)
		return fail(why, strerror(errno));
	if (!S_ISREG(status->st_mode))
		return fail(why, "it is not a regular file");
	if (status->st_uid != geteuid())
		return fail(why, "it belongs to another user");
	if (status->st_nlink > 1)
		return fail(why, "it has another name, too (a hard link)");
	return ATTEMPT_DONE;
}

static enum attempt
lock_file(const struct sent_file *file, const char **why)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	while (fcntl(file->fd, F_SETLK, &whole) < 0) {
		if (errno == EACCES || errno == EAGAIN)
			return ATTEMPT_BUSY;
		if (errno != EINTR)
			return fail(why, strerror(errno));
	}
	return ATTEMPT_DONE;
}

/*
 * Removes a dot lock that a killed process left. This is done under the other
 * lock, so that no two of us do it at the same time.
 */
static void
remove_stale(const char *lock, const struct stat *status)
{
	struct stat found;
	time_t limit = time(NULL) - STALE_AGE;

	if (lstat(lock, &found) == 0 && found.st_mtime < limit &&
	    status->st_mtime < limit)
		unlink(lock);
}

static enum attempt
make_dot_lock(struct sent_file *file, const char *path,
    const struct stat *status, const char **why)
{
	struct buf name = {.max = strlen(path) + 8}, owner = {0};
	int fd;

	buf_add_format(&name, "%s.lock", path);
	file->lock = buf_take_text(&name);
	fd = open(file->lock,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0) {
		/* For people; other programs look at its time alone. */
		buf_add_format(&owner, "%ld\n", (long)getpid());
		durable_write(fd, owner.data, owner.len);
		buf_free(&owner);
		close(fd);
		return ATTEMPT_DONE;
	}
	if (errno == EEXIST)
		remove_stale(file->lock, status);
	free(file->lock);
	file->lock = NULL;
	/* Nobody with our rights can make one there. */
	if (errno == EACCES || errno == EPERM || errno == EROFS)
		return ATTEMPT_DONE;
	return errno == EEXIST || errno == ENOENT ? ATTEMPT_BUSY
						  : fail(why, strerror(errno));
}

/* Whether the path still names the file: another program may replace it. */
static bool
is_current(const char *path, const struct stat *status)
{
	struct stat now;

	return lstat(path, &now) == 0 && now.st_dev == status->st_dev &&
	    now.st_ino == status->st_ino;
}

/* Looks at the file under the locks: its size, its beginning and its end. */
static enum attempt
examine(struct sent_file *file, const char *path, const char **why)
{
	char start[sizeof(FROM) - 1], end[2];
	struct stat status;

	if (fstat(file->fd, &status) < 0)
		return fail(why, strerror(errno));
	if (!is_current(path, &status))
		return ATTEMPT_BUSY;
	file->size = status.st_size;
	file->gap = "";
	if (file->size == 0)
		return ATTEMPT_DONE;
	if (pread(file->fd, start, sizeof(start), 0) != sizeof(start) ||
	    memcmp(start, FROM, sizeof(start)) != 0)
		return fail(why,
		    "it is not a mailbox: it does not begin with "
		    "\"From \"");
	if (pread(file->fd, end, 2, file->size - 2) != 2)
		return fail(why, strerror(errno));
	if (end[1] != '\n')
		file->gap = "\n\n";
	else if (end[0] != '\n')
		file->gap = "\n";
	return ATTEMPT_DONE;
}

static void
release(struct sent_file *file)
{
	if (file->lock != NULL)
		unlink(file->lock);
	free(file->lock);
	if (file->fd >= 0)
		close(file->fd);
	file->lock = NULL;
	file->fd = -1;
}

static enum attempt
try_once(struct sent_file *file, const char *path, const char **why)
{
	struct stat status;
	enum attempt attempt = open_file(file, path, &status, why);

	if (attempt == ATTEMPT_DONE)
		attempt = lock_file(file, why);
	if (attempt == ATTEMPT_DONE)
		attempt = make_dot_lock(file, path, &status, why);
	if (attempt == ATTEMPT_DONE)
		attempt = examine(file, path, why);
	if (attempt != ATTEMPT_DONE)
		release(file);
	return attempt;
}

/*
 * Waits for a random time, so that processes that wait do not meet again.
 * False: a signal came.
 */
static bool
pause_a_little(void)
{
	unsigned char random = 0;

	random_octets(&random, sizeof(random));
	return wait_for(NULL, 0,
		   deadline_in(PAUSE_LEAST + random % (4 * PAUSE_LEAST))) ==
	    WAIT_TIMEOUT;
}

bool
sent_file_begin(struct sent_file *file, const char *path, const char **why)
{
	int64_t deadline = deadline_in(WAIT_MAX);
	enum attempt attempt;

	*file = (struct sent_file){.fd = -1};
	while ((attempt = try_once(file, path, why)) == ATTEMPT_BUSY) {
		*why = "another program has locked it";
		if (clock_now() >= deadline || !pause_a_little())
			return false;
	}
	return attempt == ATTEMPT_DONE;
}

bool
sent_file_end(struct sent_file *file, bool is_whole, const char **why)
{
	bool done = file->fd >= 0 && is_whole;

	if (done && !durable_sync(file->fd)) {
		*why = strerror(errno);
		done = false;
	}
	if (file->fd >= 0 && !done && ftruncate(file->fd, file->size) < 0)
		*why = "a part of it was written, and cannot be cut off";
	release(file);
	return done || !is_whole;
}
