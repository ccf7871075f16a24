/*
 * Both folders must be the caller's and closed to all others, as the XDG Base
 * Directory Specification demands of the outer one.
 */
#include "oauth/session_folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/durable.h"
#include "base/environment.h"

#define OPEN_FOLDER (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* The descriptor, or -1 after closing it. */
static int
check(int fd)
{
	struct stat status;

	if (fd >= 0 &&
	    (fstat(fd, &status) < 0 || status.st_uid != geteuid() ||
		(status.st_mode & 077) != 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

int
session_folder_open(void)
{
	const char *path = environment_get("XDG_RUNTIME_DIR");
	int outer, folder;

	if (path == NULL || path[0] != '/')
		return -1;
	outer = check(open(path, OPEN_FOLDER));
	if (outer < 0)
		return -1;
	mkdirat(outer, "smtpost", 0700); /* it may be there */
	folder = check(openat(outer, "smtpost", OPEN_FOLDER | O_NOFOLLOW));
	close(outer);
	return folder;
}

bool
session_folder_write(int folder, const char *name, struct span text)
{
	struct buf temporary = {0};
	bool done;
	int fd;

	buf_add_format(&temporary, "%s.%ld.new", name, (long)getpid());
	unlinkat(folder, buf_text(&temporary), 0);
	fd = openat(folder, buf_text(&temporary),
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	done = fd >= 0 && durable_write(fd, text.at, text.len);
	if (fd >= 0)
		done = durable_close(fd) && done;
	done =
	    done && renameat(folder, buf_text(&temporary), folder, name) == 0;
	if (!done && fd >= 0)
		unlinkat(folder, buf_text(&temporary), 0);
	buf_free(&temporary);
	return done;
}
