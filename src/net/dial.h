/*
 * Connecting: from a host name and port, or the path of a Unix socket, to a
 * connected socket. All sockets are non-blocking and close-on-exec. Time-outs
 * are in milliseconds, deadlines absolute (base/wait.h).
 */
#ifndef NET_DIAL_H
#define NET_DIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "net/host.h"

struct dial; /* opaque: the addresses of a host and the state of each */

enum dial_result {
	DIAL_DONE,
	DIAL_EXHAUSTED,	   /* every address was tried */
	DIAL_NO_HOST,	   /* the name does not exist */
	DIAL_NAME_TROUBLE, /* the look-up of the name failed */
	DIAL_TIMEOUT,	   /* no address answered in time */
	DIAL_SIGNAL,	   /* a signal interrupted the call */
	DIAL_FAILED,	   /* no address could be connected to */
};

struct dial_options {
	int family; /* AF_UNSPEC: any; AF_INET or AF_INET6 */
	/* Addresses to connect from, at most one of each family; borrowed. */
	char *const *sources;
	size_t source_count;
	int64_t deadline; /* for the look-up of the name, or for dial_every */
	/* Called with a sentence about every attempt; may be NULL. */
	void (*tell)(void *context, const char *sentence);
	void *context;
};

/*
 * Looks up the addresses of the host. On failure sets *dial to NULL and adds a
 * phrase to `reason`. The caller frees by dial_free.
 */
enum dial_result dial_open(struct dial **dial, const char *host,
    unsigned short port, const struct dial_options *options,
    struct buf *reason);
/* The same for addresses that are known, at most HOST_ADDRESSES_MAX. */
struct dial *dial_addresses(const struct host_address *addresses, size_t count,
    const struct dial_options *options);
/*
 * Connects to the addresses in turn, giving each a short head start before the
 * next (RFC 8305), and sets *fd to the first socket that is connected. If that
 * server is of no use, the next call tries the remaining addresses. `timeout`
 * is for each address, `deadline` for the call. On failure adds a phrase to
 * `reason`.
 */
enum dial_result dial_next(struct dial *dial, int64_t timeout, int64_t deadline,
    int *fd, struct buf *reason);
/* Whether the next call would try another address. */
bool dial_has_more(const struct dial *dial);
void dial_free(struct dial *dial);

/* How the attempt at one address ended. */
struct dial_end {
	struct host_address address; /* set before the call */
	int fd;			     /* connected: the caller's; else -1 */
	int error; /* errno; ETIMEDOUT: silence, or no time left; 0: none */
	bool is_source; /* the error is about the source address */
	/* clock_now; 0: the attempt was not started */
	int64_t started_at, ended_at;
	int64_t heard_at; /* when the first octet was seen; 0: not yet */
};

/*
 * Connects to every address, a few at a time, each until it is connected, has
 * failed, or has been silent for `timeout`. Returns DIAL_SIGNAL if a signal
 * ended that early, else DIAL_DONE.
 */
enum dial_result dial_every(struct dial_end *ends, size_t count,
    const struct dial_options *options, int64_t timeout);
/* Adds "connection refused (192.0.2.1)". */
void dial_add_error(const struct dial_end *end, struct buf *reason);
/*
 * A second connection between the same two addresses as `fd`; -1 if there is
 * none by the deadline.
 */
int dial_again(int fd, int64_t deadline);
/*
 * Adds the address of our end of a connected socket as an address literal,
 * "[192.0.2.1]" or "[IPv6:...]" (RFC 5321 section 4.1.3). False if it is not an
 * IP address.
 */
bool dial_own_literal(int fd, struct buf *out);
/*
 * Connects to a Unix socket. While its queue is full, tries again until the
 * time-out or the deadline. On failure returns DIAL_TIMEOUT, DIAL_SIGNAL or
 * DIAL_FAILED, and adds a phrase to `reason`.
 */
enum dial_result dial_unix(const char *path, int64_t timeout, int64_t deadline,
    int *fd, struct buf *reason);

#endif
