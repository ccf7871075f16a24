/*
 * Counts sessions and messages in a file for each user. Each session is a lock
 * on one of the file's first octets, which the kernel releases with the
 * process. One more lock guards a counter of all messages and a ring with the
 * times of the last RATE_MAX: a message exceeds the rate if the one `rate`
 * messages before it was sent within the period.
 */
#include "serve/client_count.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/wait.h"

#define RING_LOCK CLIENT_SESSIONS_MAX
/* Milliseconds to wait for the lock, which others hold for microseconds. */
#define LOCK_TIME ((int64_t)5000)
#define LOCK_PAUSE ((int64_t)5)

/* Opens or makes the file, in a folder that only we can write to. */
static bool
open_file(struct client_count *count, const char *folder, const char *name,
    struct error *err)
{
	int at = file_open(folder, FILE_FOLDER, ERROR_CONFIG, err);
	struct buf path = {0};
	bool done = false;

	if (at < 0) {
		error_add(err, "\nhint: RUNTIME_DIRECTORY names this folder");
		return false;
	}
	buf_add_format(&path, "%s/%s", folder, name);
	count->fd = openat(at, name,
	    O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (count->fd < 0)
		file_refuse("open", buf_text(&path), ERROR_CONFIG, err);
	else
		done = file_is_trusted(
		    count->fd, buf_text(&path), FILE_OWN, ERROR_CONFIG, err);
	close(at);
	buf_free(&path);
	if (!done)
		client_count_close(count);
	return done;
}

static bool
lock(int fd, short type, int octet)
{
	struct flock lock = {
	    .l_type = type, .l_whence = SEEK_SET, .l_start = octet, .l_len = 1};
	int result;

	do
		result = fcntl(fd, F_SETLK, &lock);
	while (result < 0 && errno == EINTR);
	return result == 0;
}

/* Locks one of the octets that represent sessions. */
static enum count_result
take_session(const struct client_count *count, struct error *err)
{
	for (int i = 0; i < CLIENT_SESSIONS_MAX; i++) {
		if (lock(count->fd, F_WRLCK, i))
			return COUNT_GRANTED;
		if (errno != EACCES && errno != EAGAIN) {
			error_set(err, ERROR_CONFIG,
			    "cannot count sessions: %s", strerror(errno));
			return COUNT_FAILED;
		}
	}
	return COUNT_EXCEEDED;
}

/* The first of the folders, which colons separate; NULL: none. */
static char *
runtime_directory(void)
{
	struct span value = span_from(getenv("RUNTIME_DIRECTORY"));

	value = span_head(value, span_find(value, ':'));
	return value.len > 0 ? span_copy(value) : NULL;
}

enum count_result
client_count_open(
    struct client_count *count, const struct client *client, struct error *err)
{
	enum count_result result = COUNT_FAILED;
	struct buf name = {0};
	char *folder;

	*count = (struct client_count){.fd = -1};
	count->is_counted =
	    client->kind != OTHER_END_NONE && client->user != getuid();
	folder = count->is_counted ? runtime_directory() : NULL;
	if (folder == NULL)
		return COUNT_GRANTED;
	if (client->user == LOG_NO_USER)
		buf_add_text(&name, "tcp");
	else
		buf_add_format(&name, "user-%lu", (unsigned long)client->user);
	if (open_file(count, folder, buf_text(&name), err))
		result = take_session(count, err);
	buf_free(&name);
	free(folder);
	return result;
}

/* Gives zero for a number that was never written, or only in part. */
static bool
read_at(int fd, uint64_t index, int64_t *value)
{
	ssize_t got =
	    pread(fd, value, sizeof(*value), (off_t)(index * sizeof(*value)));

	if (got != (ssize_t)sizeof(*value))
		*value = 0;
	return got >= 0;
}

static bool
write_at(int fd, uint64_t index, int64_t value)
{
	return pwrite(fd, &value, sizeof(value),
		   (off_t)(index * sizeof(value))) == (ssize_t)sizeof(value);
}

/* The counter comes first, then the ring. */
static uint64_t
ring_index(uint64_t message)
{
	return 1 + message % RATE_MAX;
}

/* Milliseconds. Not the monotonic clock: the file may outlive a reboot. */
static int64_t
wall_clock(void)
{
	struct timespec now = {0, 0};

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum count_result
count_message(int fd, const struct rate *rate, bool takes)
{
	int64_t now = wall_clock(), then = 0, number = 0;
	uint64_t messages;

	if (!read_at(fd, 0, &number))
		return COUNT_FAILED;
	messages = (uint64_t)number;
	if (messages >= rate->count) {
		if (!read_at(fd, ring_index(messages - rate->count), &then))
			return COUNT_FAILED;
		/* A time in the future comes from a wrong clock. */
		if (then <= now && then > now - rate->period)
			return COUNT_EXCEEDED;
	}
	if (takes &&
	    (!write_at(fd, ring_index(messages), now) ||
		!write_at(fd, 0, (int64_t)(messages + 1))))
		return COUNT_FAILED;
	return COUNT_GRANTED;
}

static bool
lock_ring(int fd)
{
	int64_t deadline = deadline_in(LOCK_TIME);

	while (!lock(fd, F_WRLCK, RING_LOCK)) {
		if ((errno != EACCES && errno != EAGAIN) ||
		    clock_now() >= deadline)
			return false;
		if (wait_for(NULL, 0, deadline_in(LOCK_PAUSE)) ==
		    WAIT_INTERRUPTED) {
			errno = EINTR;
			return false;
		}
	}
	return true;
}

enum count_result
client_count_message(const struct client_count *count, const struct rate *rate,
    bool takes, struct error *err)
{
	enum count_result result = COUNT_FAILED;
	bool is_locked;
	int number;

	if (!count->is_counted || rate->count == 0)
		return COUNT_GRANTED;
	if (count->fd < 0) {
		error_set(err, ERROR_CONFIG,
		    "cannot count messages for client-rate: RUNTIME_DIRECTORY "
		    "is not set\n"
		    "hint: set RuntimeDirectory= in the systemd unit; see "
		    "smtpost-service(8)");
		return COUNT_FAILED;
	}
	is_locked = lock_ring(count->fd);
	if (is_locked) {
		result = count_message(count->fd, rate, takes);
		number = errno;
		lock(count->fd, F_UNLCK, RING_LOCK);
		errno = number;
	}
	if (result == COUNT_FAILED)
		error_set(err, ERROR_CONFIG,
		    "cannot count messages in RUNTIME_DIRECTORY: %s",
		    !is_locked && (errno == EACCES || errno == EAGAIN)
			? "another process holds the lock"
			: strerror(errno));
	return result;
}

void
client_count_close(struct client_count *count)
{
	if (count->fd >= 0)
		close(count->fd);
	*count = (struct client_count){.fd = -1};
}
