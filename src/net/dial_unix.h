/*
 * Unix sockets: connecting to one by its path, and who is at the other end.
 */
#ifndef NET_DIAL_UNIX_H
#define NET_DIAL_UNIX_H

#include <stdbool.h>
#include <sys/types.h>

#include "net/dial.h"

/*
 * A connected, non-blocking, close-on-exec socket; DIAL_TIMEOUT, DIAL_SIGNAL
 * or DIAL_FAILED with a phrase in reason. While the server has no room for
 * another connection it is tried again until the time is over.
 */
enum dial_result dial_unix(const char *path, int64_t timeout,
    int64_t deadline, int *fd, struct buf *reason);
bool dial_is_unix(int fd);
/* The user who opened the other end of a Unix socket; false: not known. */
bool dial_peer_user(int fd, uid_t *user);
/*
 * Whether the server that we connected to by `path` may hear a secret: it is
 * root's, ours, or of the user who owns the socket's folder. False: why not.
 */
bool dial_unix_is_trusted(int fd, const char *path, struct buf *reason);

#endif
