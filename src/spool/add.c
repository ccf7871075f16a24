/*
 * Adds a mail to the spool. The order of the calls is what makes its promise
 * true: the content is written and synced, then the envelope under another
 * name, then it is renamed and the folder is synced. Only then does the mail
 * survive a power cut.
 */
#include "spool/add.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crc.h"
#include "base/durable.h"
#include "base/lock.h"
#include "spool/record.h"

#define NAMES_TRIED 100

static bool
fail(struct add *add, int error, struct error *err)
{
	add_abandon(add);
	return error_set(err, ERROR_TEMPORARY,
	    "cannot put the mail into the queue %s: %s", add->folder->path,
	    strerror(error));
}

/*
 * Whether the file still has its name: a sweeper can unlink it between its
 * creation and its lock. Then errno is EEXIST, so that another name is tried.
 */
static bool
is_linked(int fd)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return false;
	errno = EEXIST;
	return status.st_nlink == 1;
}

/* Makes ID.eml and locks it; errno EEXIST: the name is taken. */
static bool
make_content(struct add *add)
{
	int flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC;
	char name[FOLDER_NAME_SIZE];

	folder_name(name, &add->id, "eml");
	add->fd =
	    openat(add->folder->mail, name, flags | O_CREAT | O_EXCL, 0600);
	if (add->fd < 0)
		return false;
	add->lock = openat(add->folder->mail, name, flags);
	if (add->lock < 0) {
		if (errno == ENOENT)
			errno = EEXIST;
		return false;
	}
	switch (lock_try(add->lock)) {
	case LOCK_TAKEN:
		return is_linked(add->lock);
	case LOCK_BUSY:
		errno = EEXIST;
		break;
	case LOCK_FAILED:
		break;
	}
	return false;
}

static void
unlink_content(struct add *add)
{
	char name[FOLDER_NAME_SIZE];
	int error = errno;

	folder_name(name, &add->id, "eml");
	unlinkat(add->folder->mail, name, 0);
	errno = error;
}

static void
close_both(struct add *add)
{
	int error = errno;

	if (add->fd >= 0)
		close(add->fd);
	if (add->lock >= 0)
		close(add->lock);
	add->fd = add->lock = -1;
	errno = error;
}

bool
add_begin(struct add *add, const struct folder *folder, const struct id *id,
    int64_t now, struct error *err)
{
	*add = (struct add){.folder = folder, .fd = -1, .lock = -1};
	errno = EIO;
	for (int tried = 0; tried < NAMES_TRIED; tried++) {
		if (id != NULL)
			add->id = *id;
		else if (!id_make(&add->id, now))
			break;
		if (make_content(add))
			return true;
		/* A sweeper that holds the lock removes the file itself. */
		if (add->fd >= 0 && errno != EEXIST)
			unlink_content(add);
		close_both(add);
		if (errno != EEXIST || id != NULL)
			break;
	}
	return error_set(err, ERROR_TEMPORARY,
	    "cannot put the mail into the queue %s: %s", folder->path,
	    strerror(errno));
}

bool
add_write(struct add *add, const char *data, size_t len)
{
	if (add->error == 0 && !durable_write(add->fd, data, len))
		add->error = errno;
	add->size += len;
	add->sum = crc_add(add->sum, data, len);
	return add->error == 0;
}

/* The envelope under the name ID.tmp, on disk; false with errno. */
static bool
write_envelope(struct add *add, const char *name, struct waiting *waiting,
    const struct add_records *records)
{
	struct buf text;
	bool done;
	int error = 0;
	int fd = openat(add->folder->mail, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return false;
	buf_init(&text, WAITING_OCTETS_MAX);
	record_add_head(&text, waiting);
	if (records != NULL)
		records->add(records->context, &text, waiting);
	errno = EFBIG;
	done = !text.full && durable_write(fd, text.data, text.len) &&
	    durable_sync(fd);
	error = errno;
	buf_free(&text);
	if (!durable_close(fd) && done) {
		done = false;
		error = errno;
	}
	errno = error;
	return done;
}

bool
add_commit(struct add *add, struct waiting *waiting, struct error *err)
{
	return add_commit_with_records(add, waiting, NULL, err);
}

bool
add_commit_with_records(struct add *add, struct waiting *waiting,
    const struct add_records *records, struct error *err)
{
	char temporary[FOLDER_NAME_SIZE], envelope[FOLDER_NAME_SIZE];
	int folder = add->folder->mail, fd = add->fd;

	waiting->id = add->id;
	waiting->content_size = add->size;
	waiting->content_sum = add->sum;
	folder_name(temporary, &add->id, "tmp");
	folder_name(envelope, &add->id, "env");
	if (add->error != 0)
		return fail(add, add->error, err);
	if (!durable_sync(fd))
		return fail(add, errno, err);
	add->fd = -1;
	if (!durable_close(fd) ||
	    !write_envelope(add, temporary, waiting, records) ||
	    renameat(folder, temporary, folder, envelope) < 0 ||
	    !durable_sync_folder(folder))
		return fail(add, errno, err);
	return true;
}

void
add_release(struct add *add)
{
	close_both(add);
}

void
add_abandon(struct add *add)
{
	static const char *const endings[] = {"env", "tmp", "eml"};
	char name[FOLDER_NAME_SIZE];

	if (add->lock < 0)
		return;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		folder_name(name, &add->id, endings[i]);
		unlinkat(add->folder->mail, name, 0);
	}
	close_both(add);
}
