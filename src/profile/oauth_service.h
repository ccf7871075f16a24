/*
 * What a person who sets up a profile has to know of a service of the setting
 * `oauth`. oauth/oauth_provider.h has what smtpost-oauth needs.
 */
#ifndef PROFILE_OAUTH_SERVICE_H
#define PROFILE_OAUTH_SERVICE_H

#include <stdbool.h>

#include "base/buf.h"

/* What the profile needs besides `oauth`. */
enum oauth_client_need {
	OAUTH_NEEDS_ID,	    /* oauth-client-id; a secret is refused */
	OAUTH_NEEDS_SECRET, /* and oauth-client-secret */
	OAUTH_NEEDS_NOTHING,
	OAUTH_NEEDS_UNKNOWN, /* an issuer; it may give out IDs by itself */
};

/* Of a value of `oauth`, which may have a tenant: "microsoft:example.com". */
enum oauth_client_need oauth_service_need(struct span service);
/* RFC 8414 section 2: an https URL without a query and a fragment. */
bool oauth_service_is_issuer(struct span text);
/*
 * Adds the value of `oauth` for an issuer as people and pages write it, a host
 * or a URL. False, and nothing is added: it is neither.
 */
bool oauth_service_add(struct span issuer, struct buf *out);

#endif
