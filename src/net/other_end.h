/*
 * What is at the other end of a socket: a local user, a loopback address or any
 * host. An end that the kernel does not describe is never trusted.
 */
#ifndef NET_OTHER_END_H
#define NET_OTHER_END_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"

/*
 * From the most to the least trusted. If two ends differ, the later value
 * applies to both.
 */
enum other_end {
	OTHER_END_NONE,	    /* not a socket: a pipe, a file or a terminal */
	OTHER_END_USER,	    /* a Unix socket, and its user is known */
	OTHER_END_LOOPBACK, /* TCP from a loopback address: a local user */
	OTHER_END_REMOTE,   /* TCP from any other address */
	OTHER_END_UNUSABLE, /* not connected, not a stream, or another family */
};

/*
 * Classifies a descriptor that the caller inherited from inetd, systemd or the
 * program that started it. Sets *user if the result is OTHER_END_USER.
 */
enum other_end other_end_find(int fd, uid_t *user);
/* Whether the peer's address is 127.0.0.0/8, ::1, or 127.0.0.0/8 mapped. */
bool other_end_is_loopback(int fd);
/*
 * Whether the server that listens on the Unix socket `path`, which `fd` is
 * connected to, may receive a password: it runs as root, as this user, or as
 * the owner of the socket's folder. If not, adds a phrase that says why.
 */
bool other_end_is_trusted(int fd, const char *path, struct buf *reason);

#endif
