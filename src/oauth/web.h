/*
 * Requests to an OAuth service, over the network of a profile (proxy, ip,
 * source-address) and with the certificates of oauth-tls-trust.
 */
#ifndef OAUTH_WEB_H
#define OAUTH_WEB_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "net/http.h"
#include "profile/profile.h"

/* The time for one request, in milliseconds. */
#define WEB_MILLISECONDS 30000
#define WEB_FORM "application/x-www-form-urlencoded"

/* The body of a POST. Everything is borrowed. */
struct web_body {
	const char *type; /* WEB_FORM, or another content type */
	struct span text;
	struct span authorization; /* that goes with it; empty: none */
};

/* Everything is borrowed. */
struct web {
	const struct profile *profile;
	const char *title; /* of the service, for errors: "Google" */
};

/*
 * Sends the body by POST, or a GET if there is none. True if a reply has come,
 * of any status. Else ERROR_TEMPORARY, or ERROR_CONFIG if a retry cannot help:
 * "cannot reach Google: REASON". Free the reply in every case.
 */
bool web_send(const struct web *web, const char *url,
    const struct web_body *body, struct http_reply *reply, struct error *err);

#endif
