#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"

/* `path` is masked. */
static bool
examine(int fd, const char *path, enum file_trust trust,
    enum error_kind kind, struct error *err)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return error_set(err, kind, "cannot examine %s: %s", path,
		    strerror(errno));
	if (trust == FILE_ANY && S_ISDIR(status.st_mode))
		return error_set(err, kind, "cannot use %s: %s", path,
		    strerror(EISDIR));
	if (trust == FILE_ANY)
		return true;
	if (!S_ISREG(status.st_mode))
		return error_set(
		    err, kind, "cannot use %s: not a regular file", path);
	if (status.st_uid != getuid() && status.st_uid != 0)
		return error_set(err, kind,
		    "cannot trust %s: it belongs to user id %lu, neither you "
		    "nor root",
		    path, (unsigned long)status.st_uid);
	if (status.st_mode & (S_IWGRP | S_IWOTH))
		return error_set(err, kind,
		    "cannot trust %s: others can write to it\n"
		    "hint: chmod go-w '%s'",
		    path, path);
	if (trust == FILE_PRIVATE && (status.st_mode & (S_IRGRP | S_IROTH)))
		return error_set(err, kind,
		    "cannot trust %s: it holds a secret and others can read "
		    "it\nhint: chmod 600 '%s'",
		    path, path);
	return true;
}

bool
file_is_trusted(int fd, const char *path, enum file_trust trust,
    enum error_kind kind, struct error *err)
{
	char *shown = utf8_masked(span_from(path));
	bool done = examine(fd, shown, trust, kind, err);

	free(shown);
	return done;
}

/* "cannot open x: no such file"; keeps errno; false. */
static bool
refuse(const char *verb, const char *path, enum error_kind kind,
    struct error *err)
{
	int number = errno;
	char *shown = utf8_masked(span_from(path));

	error_set(err, kind, "cannot %s %s: %s", verb, shown,
	    strerror(number));
	free(shown);
	errno = number;
	return false;
}

int
file_open(const char *path, enum file_trust trust, enum error_kind kind,
    struct error *err)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY;
	int fd;

	/* Only what must be a regular file is opened so that it cannot hang. */
	if (trust != FILE_ANY)
		flags |= O_NONBLOCK;
	do
		fd = open(path, flags);
	while (fd < 0 && errno == EINTR);
	if (fd < 0) {
		refuse("open", path, kind, err);
		return -1;
	}
	if (!file_is_trusted(fd, path, trust, kind, err)) {
		close(fd);
		errno = EPERM;
		return -1;
	}
	return fd;
}

static void
refuse_size(const struct buf *buf, const char *path, enum error_kind kind,
    struct error *err)
{
	char *shown = utf8_masked(span_from(path));

	error_set(err, kind, "cannot read %s: it is larger than %zu octets",
	    shown, buf->max ? buf->max : BUF_DEFAULT_MAX);
	free(shown);
}

bool
file_read(int fd, const char *path, struct buf *buf, enum error_kind kind,
    struct error *err)
{
	char block[32768];
	bool done = false, read_all = false;

	while (!done) {
		ssize_t got = read(fd, block, sizeof(block));

		if (got < 0 && errno == EINTR)
			continue;
		done = true;
		if (got < 0)
			refuse("read", path, kind, err);
		else if (got == 0)
			read_all = true;
		else if (buf_add(buf, block, (size_t)got))
			done = false;
		else
			refuse_size(buf, path, kind, err);
	}
	mem_wipe(block, sizeof(block)); /* it may be a password */
	return read_all;
}
