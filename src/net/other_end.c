/*
 * Classifies a socket by asking the kernel about both of its ends. Every
 * question that the kernel does not answer makes the socket unusable.
 */
#include "net/other_end.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "net/dial.h"

/* Connected, and a stream of octets. */
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
		return dial_peer_user(fd, user) ? OTHER_END_USER
						: OTHER_END_UNUSABLE;
	case AF_INET:
	case AF_INET6:
		return dial_is_loopback(fd) ? OTHER_END_LOOPBACK
					    : OTHER_END_REMOTE;
	default:
		return OTHER_END_UNUSABLE;
	}
}
