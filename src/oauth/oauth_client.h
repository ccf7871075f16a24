/*
 * The client of a login: what the settings and the service's row say together.
 * A login that was made keeps its own token endpoint, client ID and scope.
 */
#ifndef OAUTH_OAUTH_CLIENT_H
#define OAUTH_OAUTH_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "oauth/login_record.h"
#include "oauth/oauth_provider.h"
#include "oauth/web.h"
#include "profile/profile.h"

/* Text is owned; NULL: none, or not known. */
struct oauth_client {
	const struct profile *profile;	       /* borrowed */
	const struct oauth_provider *provider; /* static */
	char *title;			       /* for people */
	char *issuer;			       /* that `iss` names */
	struct buf tenant;		       /* of Microsoft; else empty */
	char *id;	       /* from the settings, or registered */
	struct buf secret;     /* wiped; empty: none is sent */
	enum client_auth auth; /* how the secret is sent */
	char *scope;
	char *authorize, *token, *device, *revoke, *registration;
	unsigned flows;	      /* that work; enum provider_flows */
	const char *resource; /* RFC 8707; static */
	bool sends_iss;	      /* RFC 9207: `iss` must be in a redirect */
	bool is_registered;   /* its ID comes from the registration */
	int64_t margin;	      /* seconds that a token must still be valid */
};

/*
 * Reads settings and row, and the file with the secret, and sends nothing.
 * False with ERROR_CONFIG. Free it in every case.
 */
bool oauth_client_init(struct oauth_client *client,
    const struct profile *profile, struct error *err);
void oauth_client_free(struct oauth_client *client); /* wipes */
/* Asks an issuer what it says of itself; for a known service does nothing. */
bool oauth_client_discover(struct oauth_client *client, struct error *err);
/*
 * Whether the client has all that a login by this flow needs; sends nothing.
 * False with ERROR_CONFIG and a hint. A missing ID is no error if the service
 * registers clients: oauth_client_needs_id.
 */
bool oauth_client_check(
    const struct oauth_client *client, enum oauth_flow flow, struct error *err);
/* Whether it must be registered (RFC 7591) before a login. */
bool oauth_client_needs_id(const struct oauth_client *client);
/* Takes over the ID and the secret (empty: none) of a registration. */
void oauth_client_set_registered(struct oauth_client *client, struct span id,
    struct span secret, enum client_auth auth);
/* Takes over the client that a login was made with. */
void oauth_client_use_record(
    struct oauth_client *client, const struct login_record *record);
/* oauth_client_init, for the client that this login was made with. */
bool oauth_client_restore(struct oauth_client *client,
    const struct profile *profile, const struct login_record *record,
    struct error *err);
/* A web for requests of this client, which must outlive it. */
struct web oauth_client_web(const struct oauth_client *client);

#endif
