/* Registers smtpost-oauth as a client of a service by itself (RFC 7591). */
#ifndef OAUTH_REGISTRATION_H
#define OAUTH_REGISTRATION_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "oauth/oauth_client.h"

/* A client that a service has made. */
struct registration {
	struct buf id;
	struct buf secret; /* wiped; empty: it is a public client */
	enum client_auth auth;
};

/*
 * Registers a client for a login by this flow, and takes over its ID and its
 * secret. False with ERROR_CONFIG, or ERROR_TEMPORARY if a retry may help.
 */
bool registration_run(
    struct oauth_client *client, enum oauth_flow flow, struct error *err);
/* Public for the tests: adds the request. */
void registration_add_request(
    struct buf *out, const char *redirect_host, enum oauth_flow flow);
/*
 * Public for the tests: reads the body of a reply. False with a phrase in
 * `reason` that quotes nothing of it; nothing has to be freed then.
 */
bool registration_read(struct registration *registration, struct span body,
    enum oauth_flow flow, struct buf *reason);
void registration_free(struct registration *registration); /* wipes */

#endif
