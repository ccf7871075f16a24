/*
 * Writes to a Maildir. All names are resolved in folders that are open already,
 * and no symbolic link is followed, so that nobody can exchange a folder
 * meanwhile.
 */
#include "smtp/sent_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/durable.h"
#include "base/mem.h"
#include "base/random.h"

#define HOST_SIZE 256
#define RANDOM_CHARACTERS 10
#define SEEN ":2,S"

static bool
fail(const char **why)
{
	*why = strerror(errno);
	return false;
}

/* Opens a folder, and makes it if it is missing. -1 with *why. */
static int
open_folder(int at, const char *name, const char **why)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(at, name, flags);
	struct stat status;

	if (fd < 0 && errno == ENOENT &&
	    (mkdirat(at, name, 0700) == 0 || errno == EEXIST))
		fd = openat(at, name, flags);
	if (fd < 0) {
		*why = errno == ENOTDIR || errno == ELOOP
		    ? "it is a symbolic link or not a folder"
		    : strerror(errno);
		return -1;
	}
	*why = NULL;
	if (fstat(fd, &status) < 0)
		fail(why);
	else if (status.st_uid != geteuid())
		*why = "it belongs to another user";
	else if (status.st_mode & S_IWOTH)
		*why = "everybody can write to it";
	if (*why == NULL)
		return fd;
	close(fd);
	return -1;
}

/* A name that no other process and no other host uses. NULL: *why. */
static char *
make_name(const char **why)
{
	char host[HOST_SIZE] = "";
	struct buf name = {0};
	struct timeval now;

	gettimeofday(&now, NULL);
	buf_add_format(&name, "%lld.M%06ldP%ldR", (long long)now.tv_sec,
	    (long)now.tv_usec, (long)getpid());
	if (!random_add_name(&name, RANDOM_CHARACTERS)) {
		*why = "the system has no source of random numbers";
		buf_free(&name);
		return NULL;
	}
	buf_add_char(&name, '.');
	if (gethostname(host, sizeof(host) - 1) < 0 || host[0] == '\0')
		buf_add_text(&name, "localhost");
	for (const char *at = host; *at != '\0'; at++) {
		if (*at == '/' || *at == ':')
			buf_add_format(&name, "\\%03o", (unsigned)*at);
		else
			buf_add_char(&name, *at);
	}
	return buf_take_text(&name);
}

/* The path without slashes at its end, which would follow a symbolic link. */
static char *
without_slashes(const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	return span_copy((struct span){path, len});
}

bool
sent_folder_begin(
    struct sent_folder *folder, const char *path, const char **why)
{
	char *plain = without_slashes(path);
	int top = open_folder(AT_FDCWD, plain, why), unused = -1;

	*folder = (struct sent_folder){-1, -1, -1, NULL};
	free(plain);
	if (top >= 0) {
		folder->tmp = open_folder(top, "tmp", why);
		if (folder->tmp >= 0)
			unused = open_folder(top, "new", why);
		if (unused >= 0)
			folder->cur = open_folder(top, "cur", why);
		close(top);
	}
	if (unused >= 0)
		close(unused);
	if (folder->cur < 0)
		return false;
	folder->name = make_name(why);
	if (folder->name == NULL)
		return false;
	folder->fd = openat(folder->tmp, folder->name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return folder->fd >= 0 || fail(why);
}

/* Gives the file, which is whole, its name in `cur`. */
static bool
keep(struct sent_folder *folder, const char **why)
{
	struct buf name = {0};
	bool done;

	buf_add_format(&name, "%s" SEEN, folder->name);
	done = durable_sync(folder->fd) || fail(why);
	if (!durable_close(folder->fd) && done)
		done = fail(why);
	folder->fd = -1;
	if (done &&
	    renameat(folder->tmp, folder->name, folder->cur, buf_text(&name)) <
		0)
		done = fail(why);
	if (!done) {
		unlinkat(folder->tmp, folder->name, 0);
	} else if (!durable_sync_folder(folder->cur)) {
		done = fail(why);
		unlinkat(folder->cur, buf_text(&name), 0);
	}
	buf_free(&name);
	return done;
}

bool
sent_folder_end(struct sent_folder *folder, bool is_whole, const char **why)
{
	bool done = false;

	if (folder->fd >= 0 && is_whole) {
		done = keep(folder, why);
	} else if (folder->fd >= 0) {
		unlinkat(folder->tmp, folder->name, 0);
		close(folder->fd);
	}
	if (folder->tmp >= 0)
		close(folder->tmp);
	if (folder->cur >= 0)
		close(folder->cur);
	free(folder->name);
	*folder = (struct sent_folder){-1, -1, -1, NULL};
	return done || !is_whole;
}
