/*
 * From a host name and port to a connected socket: every address in turn,
 * IPv6 and IPv4 interleaved, the next one started after a short head start
 * (RFC 8305). When the caller finds that what answered is no use, the next
 * call goes on with the addresses that are left.
 */
#ifndef NET_DIAL_H
#define NET_DIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct dial; /* opaque: addresses and attempts */

enum dial_result {
	DIAL_DONE,
	DIAL_EXHAUSTED,	   /* no address left */
	DIAL_NO_HOST,	   /* the name does not exist */
	DIAL_NAME_TROUBLE, /* the name server did not answer */
	DIAL_TIMEOUT,
	DIAL_SIGNAL,
	DIAL_FAILED, /* every address refused */
};

struct dial_options {
	int family; /* AF_UNSPEC: any; AF_INET or AF_INET6 */
	/* Addresses to connect from, one of a family at most; borrowed. */
	char *const *sources;
	size_t source_count;
	int64_t deadline; /* for the name */
	/* Told what is tried, a sentence each; may be NULL. */
	void (*tell)(void *context, const char *sentence);
	void *context;
};

/* Resolves; on failure *dial is NULL and reason holds a phrase. */
enum dial_result dial_open(struct dial **dial, const char *host,
    unsigned short port, const struct dial_options *options,
    struct buf *reason);
/*
 * The next connected, non-blocking, close-on-exec socket with TCP_NODELAY.
 * `timeout` is for each address (milliseconds), `deadline` for the call.
 */
enum dial_result dial_next(struct dial *dial, int64_t timeout, int64_t deadline,
    int *fd, struct buf *reason);
void dial_free(struct dial *dial);
/* Another such socket to the peer of this one, from our end; -1: none. */
int dial_again(int fd, int64_t deadline);
/*
 * Our end of a connected socket as an address literal: "[192.0.2.1]",
 * "[IPv6:...]" (RFC 5321 section 4.1.3).
 */
bool dial_own_literal(int fd, struct buf *out);

/*
 * A connected, non-blocking, close-on-exec socket; DIAL_TIMEOUT, DIAL_SIGNAL
 * or DIAL_FAILED with a phrase in reason. While the server has no room for
 * another connection it is tried again until the time is over.
 */
enum dial_result dial_unix(const char *path, int64_t timeout, int64_t deadline,
    int *fd, struct buf *reason);

#endif
