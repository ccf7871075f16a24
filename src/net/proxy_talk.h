/*
 * The exchange with a proxy before the server is reached. Nothing is read
 * beyond the end of the proxy's reply, because the octets after it belong to
 * the server.
 */
#ifndef NET_PROXY_TALK_H
#define NET_PROXY_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum proxy_result {
	PROXY_DONE,
	PROXY_REFUSED,	 /* the proxy cannot connect, or is not allowed to */
	PROXY_NO_LOGIN,	 /* the login was refused, or is missing */
	PROXY_MALFORMED, /* the proxy does not speak the protocol */
	PROXY_TIMEOUT,
	PROXY_SIGNAL,
	PROXY_LOST, /* the connection to the proxy */
};

/* What the proxy is asked for; all borrowed. */
struct proxy_target {
	const char *host; /* a name or an address without brackets */
	unsigned short port;
	struct span user, password; /* user empty: no login */
};

struct proxy_talk {
	int fd; /* connected, non-blocking */
	int64_t deadline;
	/* Borrowed; a phrase in which "it" is the proxy is added on failure. */
	struct buf *reason;
	enum proxy_result result; /* set when a step fails */
};

/* Adds the text to the reason and sets the result. Always false. */
bool proxy_talk_fail(
    struct proxy_talk *talk, enum proxy_result result, const char *text);
/* Sends all of the data. */
bool proxy_talk_say(struct proxy_talk *talk, struct span data);
/* Reads exactly `len` octets. */
bool proxy_talk_hear(struct proxy_talk *talk, void *octets, size_t len);
/*
 * Waits for input and copies at most `size` octets of it, which are still to be
 * read afterwards. Sets *len to their number, which is not 0.
 */
bool proxy_talk_peek(
    struct proxy_talk *talk, void *octets, size_t size, size_t *len);

#endif
