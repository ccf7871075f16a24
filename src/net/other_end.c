/*
 * Asks the kernel about the two ends of a socket. If the kernel does not
 * answer a question, the socket counts as unusable.
 */
#include "net/other_end.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/host.h"

static bool
is_unix(int fd)
{
	struct sockaddr_storage own = {0};
	socklen_t len = sizeof(own);

	return getsockname(fd, (struct sockaddr *)&own, &len) == 0 &&
	    own.ss_family == AF_UNIX;
}

/* The user that opened the other end of a Unix socket; false if unknown. */
static bool
find_user(int fd, uid_t *user)
{
#if defined(SO_PEERCRED) && defined(HAVE_STRUCT_UCRED)
	struct ucred peer = {0};
	socklen_t len = sizeof(peer);

	if (!is_unix(fd) ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0 ||
	    len != sizeof(peer) || peer.uid == (uid_t)-1)
		return false;
	*user = peer.uid;
	return true;
#elif defined(HAVE_GETPEEREID)
	gid_t group;

	return is_unix(fd) && getpeereid(fd, user, &group) == 0;
#else
	(void)fd;
	(void)user;
	return false;
#endif
}

/* Finds the owner of the folder that holds the socket. */
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
other_end_is_trusted(int fd, const char *path, struct buf *reason)
{
	uid_t peer, owner;

	if (!find_user(fd, &peer)) {
		buf_add_text(reason,
		    "the system does not report which user runs the server");
		return false;
	}
	if (peer == 0 || peer == getuid() ||
	    (find_folder_owner(path, &owner) && peer == owner))
		return true;
	buf_add_format(reason,
	    "the server runs as user %lu, which is neither root, nor this user "
	    "(%lu), nor the owner of the socket's folder",
	    (unsigned long)peer, (unsigned long)getuid());
	return false;
}

bool
other_end_is_loopback(int fd)
{
	struct sockaddr_storage peer = {0};
	socklen_t len = sizeof(peer);

	return getpeername(fd, (struct sockaddr *)&peer, &len) == 0 &&
	    host_is_loopback(&peer);
}

/* Whether it is a connected stream socket. */
static bool
is_stream(int fd)
{
	struct sockaddr_storage peer = {0};
	socklen_t peer_len = sizeof(peer), len = sizeof(int);
	int type = 0, listens = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) < 0 ||
	    type != SOCK_STREAM)
		return false;
	len = sizeof(int);
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) < 0 ||
	    listens != 0)
		return false;
	return getpeername(fd, (struct sockaddr *)&peer, &peer_len) == 0;
}

enum other_end
other_end_find(int fd, uid_t *user)
{
	struct sockaddr_storage own = {0};
	socklen_t len = sizeof(own);

	if (getsockname(fd, (struct sockaddr *)&own, &len) < 0)
		return errno == ENOTSOCK ? OTHER_END_NONE : OTHER_END_UNUSABLE;
	if (!is_stream(fd))
		return OTHER_END_UNUSABLE;
	switch (own.ss_family) {
	case AF_UNIX:
		return find_user(fd, user) ? OTHER_END_USER
					   : OTHER_END_UNUSABLE;
	case AF_INET:
	case AF_INET6:
		return other_end_is_loopback(fd) ? OTHER_END_LOOPBACK
						 : OTHER_END_REMOTE;
	default:
		return OTHER_END_UNUSABLE;
	}
}
