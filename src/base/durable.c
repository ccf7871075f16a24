/*
 * Writing and syncing files and folders. No other file calls fsync, so the
 * promise "the mail is on disk" can be checked in one place.
 */
#include "base/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

bool
durable_write(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		ssize_t done = write(fd, at, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done == 0)
			errno = EIO;
		if (done <= 0)
			return false;
		at += done;
		len -= (size_t)done;
	}
	return true;
}

bool
durable_sync(int fd)
{
#ifdef F_FULLFSYNC
	/* On macOS fsync leaves the octets in the disk's own memory. */
	if (fcntl(fd, F_FULLFSYNC) == 0)
		return true;
	if (errno != EINVAL && errno != ENOTSUP)
		return false;
#endif
	while (fsync(fd) < 0)
		if (errno != EINTR)
			return false;
	return true;
}

bool
durable_sync_folder(int fd)
{
	/* Some file systems keep names safe without it and refuse the call. */
	return durable_sync(fd) || errno == EINVAL;
}

bool
durable_close(int fd)
{
	return close(fd) == 0 || errno == EINTR || errno == EINPROGRESS;
}
