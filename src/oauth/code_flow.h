/*
 * A login with a browser (RFC 6749 section 4.1, RFC 8252): the browser comes
 * back to this machine with a code, or a person pastes the address.
 */
#ifndef OAUTH_CODE_FLOW_H
#define OAUTH_CODE_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "oauth/oauth_client.h"
#include "oauth/token_reply.h"

/* How long a person may take, in milliseconds. */
#define CODE_FLOW_MILLISECONDS ((int64_t)10 * 60 * 1000)

/* Everything is borrowed. */
struct code_flow {
	struct oauth_client *client;
	unsigned short port;  /* of this machine; 0: any */
	bool pastes;	      /* the browser is elsewhere: do not listen */
	bool opens_a_browser; /* where there is a terminal and a display */
};

/*
 * Logs in. Sets *asked_at to the time before the tokens were asked for, in
 * seconds since 1970. False with ERROR_LOGIN, ERROR_CONFIG, ERROR_TEMPORARY or
 * ERROR_USAGE (--paste without a terminal). Free the reply in every case.
 */
bool code_flow_run(const struct code_flow *flow, struct token_reply *reply,
    int64_t *asked_at, struct error *err);
/*
 * Adds the address for the browser. Public for the tests. False if it is too
 * long.
 */
bool code_flow_add_address(const struct oauth_client *client,
    const char *redirect_uri, struct span state, struct span challenge,
    struct buf *out);

#endif
