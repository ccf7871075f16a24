/*
 * Two processes that renew one login at the same time end it at services that
 * rotate refresh tokens. A lock belongs to its process, so that none is ever
 * stale; its file stays, since removing it would let two processes lock two
 * files of one name.
 */
#include "oauth/login_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lock.h"
#include "base/utf8.h"
#include "base/wait.h"

#define STEP_MILLISECONDS 25

static bool
refuse(const char *path, const char *why, struct error *err)
{
	char *shown = utf8_masked(span_from(path));

	error_set(err, ERROR_TEMPORARY, "cannot lock %s: %s", shown, why);
	free(shown);
	return false;
}

static bool
wait_for_lock(int fd, const char *path, struct error *err)
{
	int64_t deadline = deadline_in(LOGIN_LOCK_MILLISECONDS);

	for (;;) {
		enum lock_result result = lock_try(fd);

		if (result == LOCK_TAKEN)
			return true;
		if (result == LOCK_FAILED)
			return refuse(path, strerror(errno), err);
		if (clock_now() >= deadline)
			return refuse(path,
			    "another process has been using this login for "
			    "30 seconds",
			    err);
		if (wait_for(NULL, 0, deadline_in(STEP_MILLISECONDS)) ==
		    WAIT_INTERRUPTED)
			return refuse(path, "a signal interrupted it", err);
	}
}

int
login_lock_take(
    int folder, const char *name, const char *path, struct error *err)
{
	int fd = file_make(folder, name, O_RDWR | O_NONBLOCK);

	if (fd < 0) {
		file_refuse("open", path, ERROR_TEMPORARY, err);
		return -1;
	}
	if (file_is_trusted(fd, path, FILE_PRIVATE, ERROR_CONFIG, err) &&
	    wait_for_lock(fd, path, err))
		return fd;
	close(fd);
	return -1;
}

int
login_lock_look(int folder, const char *name, const char *path)
{
	struct error ignored = {0};
	int fd = openat(
	    folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 ||
	    file_is_trusted(fd, path, FILE_PRIVATE, ERROR_CONFIG, &ignored))
		return fd;
	close(fd);
	return -1;
}
