/*
 * What an issuer says of itself: RFC 8414, or OpenID Connect Discovery 1.0.
 * Nothing of it is used unless it names exactly the issuer that was asked for.
 */
#ifndef OAUTH_METADATA_H
#define OAUTH_METADATA_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "oauth/oauth_provider.h"
#include "oauth/web.h"

/* All text is owned; URLs are https. NULL: none. */
struct metadata {
	char *authorize, *token, *device, *revoke, *registration;
	char *scopes; /* that it supports, with blanks between them */
	/* enum provider_flows; that of a browser needs PKCE with S256. */
	unsigned flows;
	enum client_auth auth; /* how it wants the secret of a client */
	/* It adds `iss` to a redirect (RFC 9207), so that it must be there. */
	bool sends_iss;
};

/*
 * Reads the document of this issuer. False with ERROR_CONFIG; nothing has to be
 * freed then.
 */
bool metadata_read(struct metadata *metadata, struct span issuer,
    struct span document, struct error *err);
/* Asks the issuer for it. ERROR_TEMPORARY if it may answer later. */
bool metadata_fetch(struct metadata *metadata, const struct web *web,
    struct span issuer, struct error *err);
/* Adds the URL of the document: that of RFC 8414, or that of OpenID. */
void metadata_add_url(struct buf *out, struct span issuer, bool is_openid);
void metadata_free(struct metadata *metadata);

#endif
