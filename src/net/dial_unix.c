#include "net/dial_unix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/wait.h"

/* How long to wait while the queue of the server's socket is full. */
#define PAUSE ((int64_t)50)

static enum dial_result
fail(struct buf *reason, enum dial_result result, const char *text)
{
	buf_add_char(reason, ascii_lower(text[0]));
	buf_add_text(reason, text + 1);
	return result;
}

static int
open_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0)
		return -1;
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The same call may succeed after a while. */
static bool
is_passing(int error)
{
	return error == EAGAIN || error == EINTR || error == EINPROGRESS ||
	    error == EALREADY;
}

/*
 * A connection to a Unix socket stands at once or not at all; with a full
 * queue it is EAGAIN (Linux) or ECONNREFUSED, and there is nothing to poll.
 */
static enum dial_result
try_until(int fd, const struct sockaddr_un *address, int64_t deadline,
    struct buf *reason)
{
	for (;;) {
		int64_t pause =
		    deadline_earlier(deadline_in(PAUSE), deadline);

		if (connect(fd, (const struct sockaddr *)address,
			sizeof(*address)) == 0 ||
		    errno == EISCONN)
			return DIAL_DONE;
		if (!is_passing(errno))
			return fail(reason, DIAL_FAILED, strerror(errno));
		if (clock_now() >= deadline)
			return fail(reason, DIAL_TIMEOUT, "no answer");
		if (wait_for(NULL, 0, pause) == WAIT_INTERRUPTED)
			return fail(
			    reason, DIAL_SIGNAL, "interrupted by a signal");
	}
}

enum dial_result
dial_unix(const char *path, int64_t timeout, int64_t deadline, int *fd,
    struct buf *reason)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	enum dial_result result;

	*fd = -1;
	if (strlen(path) >= sizeof(address.sun_path))
		return fail(reason, DIAL_FAILED, strerror(ENAMETOOLONG));
	memcpy(address.sun_path, path, strlen(path) + 1);
	*fd = open_socket();
	if (*fd < 0)
		return fail(reason, DIAL_FAILED, strerror(errno));
	result = try_until(*fd, &address,
	    deadline_earlier(deadline_in(timeout), deadline), reason);
	if (result != DIAL_DONE) {
		close(*fd);
		*fd = -1;
	}
	return result;
}

bool
dial_is_unix(int fd)
{
	struct sockaddr_storage own = {0};
	socklen_t len = sizeof(own);

	return getsockname(fd, (struct sockaddr *)&own, &len) == 0 &&
	    own.ss_family == AF_UNIX;
}

bool
dial_peer_user(int fd, uid_t *user)
{
#if defined(SO_PEERCRED) && defined(HAVE_STRUCT_UCRED)
	struct ucred peer = {0};
	socklen_t len = sizeof(peer);

	if (!dial_is_unix(fd) ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0 ||
	    len != sizeof(peer) || peer.uid == (uid_t)-1)
		return false;
	*user = peer.uid;
	return true;
#elif defined(HAVE_GETPEEREID)
	gid_t group;

	return dial_is_unix(fd) && getpeereid(fd, user, &group) == 0;
#else
	(void)fd;
	(void)user;
	return false;
#endif
}

/* The owner of the folder in which the socket lies. */
static bool
find_folder_owner(const char *path, uid_t *owner)
{
	struct span folder = span_from(path);
	struct stat status;
	char *copy;
	bool found;

	while (folder.len > 1 && folder.at[folder.len - 1] != '/')
		folder.len--;
	copy = span_copy(folder);
	found = stat(copy, &status) == 0;
	free(copy);
	if (found)
		*owner = status.st_uid;
	return found;
}

bool
dial_unix_is_trusted(int fd, const char *path, struct buf *reason)
{
	uid_t peer, owner;

	if (!dial_peer_user(fd, &peer)) {
		buf_add_text(reason,
		    "the system does not report which user runs the server");
		return false;
	}
	if (peer == 0 || peer == getuid() ||
	    (find_folder_owner(path, &owner) && peer == owner))
		return true;
	buf_add_format(reason,
	    "the server runs as user %lu, who is neither root, nor this user "
	    "(%lu), nor the owner of the socket's folder",
	    (unsigned long)peer, (unsigned long)getuid());
	return false;
}
