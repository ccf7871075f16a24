/*
 * The other end of a descriptor that the caller opened for us: inetd, systemd
 * or a program that starts us on a pipe. A socket that is not understood
 * counts as unusable, never as harmless.
 */
#ifndef NET_OTHER_END_H
#define NET_OTHER_END_H

#include <sys/types.h>

/* In the order of what may go wrong: of two ends the later one decides. */
enum other_end {
	OTHER_END_NONE,	    /* no socket: a pipe, a file or a terminal */
	OTHER_END_USER,	    /* a Unix socket, and its user is known */
	OTHER_END_LOOPBACK, /* TCP from a loopback address: a local user */
	OTHER_END_REMOTE,   /* TCP from another address: anybody */
	OTHER_END_UNUSABLE, /* no connection, no stream, or another family */
};

/* Sets *user where the kind is OTHER_END_USER. */
enum other_end other_end_find(int fd, uid_t *user);

#endif
