/*
 * Closes descriptors. With close_range(2) the child makes no more system calls
 * than it would make to replace its standard streams alone.
 */
#include "base/descriptors.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <unistd.h>

#include "base/text.h"

#define FD_TRIED 65536 /* where /dev/fd does not list them */

/* False where the system has no such call. */
static bool
close_range_is_done(unsigned first, unsigned last)
{
#ifdef HAVE_CLOSE_RANGE
	return close_range(first, last, 0) == 0;
#else
	(void)first;
	(void)last;
	return false;
#endif
}

static void
close_each(int first, int kept)
{
	DIR *stream = opendir("/dev/fd");
	struct dirent *entry;
	long max = sysconf(_SC_OPEN_MAX);

	if (stream == NULL) {
		for (int fd = first; fd < max && fd < FD_TRIED; fd++)
			if (fd != kept)
				close(fd);
		return;
	}
	while ((entry = readdir(stream)) != NULL) {
		uint64_t fd;

		if (span_number(span_from(entry->d_name), INT_MAX, &fd) &&
		    (int)fd >= first && (int)fd != kept &&
		    (int)fd != dirfd(stream))
			close((int)fd);
	}
	closedir(stream);
}

void
descriptors_close_from(int first)
{
	if (!close_range_is_done((unsigned)first, UINT_MAX))
		close_each(first, -1);
}

bool
descriptors_leave(int kept)
{
	if ((kept >= 0 && !close_range_is_done(0, (unsigned)kept - 1)) ||
	    !close_range_is_done((unsigned)(kept + 1), UINT_MAX))
		close_each(0, kept);
	/* The lowest numbers are free, so these are 0, 1 and 2. */
	return open("/dev/null", O_RDWR) == STDIN_FILENO &&
	    dup(STDIN_FILENO) == STDOUT_FILENO &&
	    dup(STDIN_FILENO) == STDERR_FILENO;
}
