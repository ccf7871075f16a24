/*
 * Who is at the other end of a socket: a local user, a loopback address or
 * anybody. What the kernel does not tell counts as unknown, never as harmless.
 */
#ifndef NET_OTHER_END_H
#define NET_OTHER_END_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"

/* From the most to the least trusted: of two ends the later one decides. */
enum other_end {
	OTHER_END_NONE,	    /* no socket: a pipe, a file or a terminal */
	OTHER_END_USER,	    /* a Unix socket, and its user is known */
	OTHER_END_LOOPBACK, /* TCP from a loopback address: a local user */
	OTHER_END_REMOTE,   /* TCP from another address: anybody */
	OTHER_END_UNUSABLE, /* no connection, no stream, or another family */
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
