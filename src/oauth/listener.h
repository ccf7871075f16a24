/*
 * Waits on this machine for the browser that a service sends back (RFC 8252
 * section 7.3). Browsers open connections in advance and ask for icons, and any
 * program can connect, so only a request with the answer itself ends the wait.
 */
#ifndef OAUTH_LISTENER_H
#define OAUTH_LISTENER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "oauth/redirect.h"

/* Connections at once; one more ends the oldest. */
#define LISTENER_VISITORS ((size_t)8)
/* How long a connection may take, in milliseconds. */
#define LISTENER_VISIT_MILLISECONDS 5000

struct listener_visitor {
	int fd; /* -1: free */
	int64_t deadline;
	struct buf header; /* wiped */
};

struct listener {
	int sockets[2]; /* 127.0.0.1 and ::1; -1: none */
	unsigned short port;
	int64_t pause_until; /* no descriptor was left for a visitor */
	struct listener_visitor visitors[LISTENER_VISITORS];
};

enum listener_result {
	LISTENER_ANSWERED,
	LISTENER_INPUT, /* the other descriptor can be read */
	LISTENER_TIMEOUT,
	LISTENER_SIGNAL,
	LISTENER_FAILED,
};

/* Without sockets: for listener_wait with another descriptor alone. */
void listener_init(struct listener *listener);
/*
 * Listens on 127.0.0.1 and, if this machine has it, on ::1, with one port; 0:
 * any. False with ERROR_CONFIG if the port is in use, else ERROR_OS. Close it
 * in every case.
 */
bool listener_open(
    struct listener *listener, unsigned short port, struct error *err);
/*
 * Waits until a browser brings the answer, or until `other` can be read (-1:
 * there is none). LISTENER_ANSWERED sets *result to REDIRECT_CODE,
 * REDIRECT_ERROR or REDIRECT_ISSUER and fills *redirect, which the caller
 * frees.
 */
enum listener_result listener_wait(struct listener *listener,
    const struct redirect_wanted *wanted, int other, int64_t deadline,
    struct redirect *redirect, enum redirect_result *result);
void listener_close(struct listener *listener);

#endif
