/*
 * What a service answers through the browser (RFC 6749 section 4.1.2): an
 * address of this machine with a code, or with an error. Any page and any
 * program can send such an address, so nothing of one without our state counts.
 */
#ifndef OAUTH_REDIRECT_H
#define OAUTH_REDIRECT_H

#include <stdbool.h>

#include "base/buf.h"

#define REDIRECT_MAX ((size_t)32 * 1024)

/* Everything is borrowed. */
struct redirect_wanted {
	struct span state;
	const char *issuer; /* that `iss` must name (RFC 9207); NULL: any */
	bool needs_iss;	    /* the service says that it sends `iss` */
};

/* Starts all zero; redirect_free in every case. */
struct redirect {
	struct buf code;	       /* wiped; printable ASCII */
	struct buf error, description; /* as sent */
};

enum redirect_result {
	REDIRECT_CODE,	  /* `code` is not empty */
	REDIRECT_ERROR,	  /* `error` is not empty */
	REDIRECT_FOREIGN, /* not the answer to this login */
	REDIRECT_ISSUER,  /* our state, but of another issuer: give up */
	REDIRECT_METHOD,  /* a request that is no GET */
};

/* Reads an address that a person has copied, perhaps with text around it. */
enum redirect_result redirect_read_address(struct redirect *redirect,
    struct span text, const struct redirect_wanted *wanted);
/*
 * Reads the header of an HTTP request to this machine, of which only the first
 * line counts. The path must be "/".
 */
enum redirect_result redirect_read_request(struct redirect *redirect,
    struct span header, const struct redirect_wanted *wanted);
void redirect_free(struct redirect *redirect); /* wipes */

#endif
