/*
 * Locks by flock(2), or by OFD locks where the system has no flock. POSIX
 * record locks will not do: a process loses them when it closes any other
 * descriptor of the file.
 */
#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#ifdef HAVE_FLOCK
#include <sys/file.h>
#endif

enum lock_result
lock_try(int fd)
{
#ifdef HAVE_FLOCK
	while (flock(fd, LOCK_EX | LOCK_NB) < 0)
		if (errno != EINTR)
			return errno == EWOULDBLOCK ? LOCK_BUSY : LOCK_FAILED;
#else
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	while (fcntl(fd, F_OFD_SETLK, &whole) < 0)
		if (errno != EINTR)
			return errno == EAGAIN || errno == EACCES ? LOCK_BUSY
								  : LOCK_FAILED;
#endif
	return LOCK_TAKEN;
}
