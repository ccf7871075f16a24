/*
 * Finds and makes the folder of a session. It and the folder around it must be
 * the caller's and closed to all others, as the XDG Base Directory
 * Specification demands of the outer one.
 */
#include "oauth/session_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/durable.h"
#include "base/environment.h"
#include "base/file.h"

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

const char *
session_folder_place(void)
{
	const char *path = environment_get("XDG_RUNTIME_DIR");

	return path != NULL && path[0] == '/' ? path : NULL;
}

int
session_folder_open(const char *place)
{
	int outer, folder = -1;

	if (place == NULL)
		return -1;
	outer = check(open(place, OPEN_FOLDER));
	if (outer < 0)
		return -1;
	/* It may be there; the umask may take rights away. */
	if (mkdirat(outer, "smtpost", 0700) < 0 ||
	    fchmodat(outer, "smtpost", 0700, 0) == 0)
		folder =
		    check(openat(outer, "smtpost", OPEN_FOLDER | O_NOFOLLOW));
	close(outer);
	return folder;
}

static bool
unlink_in(int folder, const char *name)
{
	return unlinkat(folder, name, 0) == 0 || errno == ENOENT;
}

static void
remove_in(const char *place, const char *name, struct error *err)
{
	struct buf temporary = {0}, path = {0};
	struct error other = {0};
	int folder = session_folder_open(place);

	if (folder < 0)
		return;
	buf_add_format(&temporary, "%s.new", name);
	buf_add_format(&path, "%s/smtpost/%s", place, name);
	if (!unlink_in(folder, buf_text(&temporary)) ||
	    !unlink_in(folder, name))
		file_refuse("remove", buf_text(&path), ERROR_TEMPORARY, &other);
	error_join(err, &other);
	buf_free(&path);
	buf_free(&temporary);
	close(folder);
}

void
session_folder_remove(const char *name, const char *place, struct error *err)
{
	const char *own = session_folder_place();

	remove_in(own, name, err);
	if (own == NULL || place == NULL || strcmp(own, place) != 0)
		remove_in(place, name, err);
}

bool
session_folder_write(int folder, const char *name, struct span text)
{
	struct buf temporary = {0};
	bool done;
	int fd;

	/* The caller has the lock, so that only a killed process left one. */
	buf_add_format(&temporary, "%s.new", name);
	unlinkat(folder, buf_text(&temporary), 0);
	fd = file_make(folder, buf_text(&temporary), O_WRONLY | O_EXCL);
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
