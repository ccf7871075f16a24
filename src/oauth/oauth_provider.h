/*
 * The services that smtpost-oauth knows, one row each, and the row for issuers
 * that describe themselves. profile/provider_table.h has their mail servers.
 */
#ifndef OAUTH_OAUTH_PROVIDER_H
#define OAUTH_OAUTH_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "profile/oauth_settings.h"

/* The flows that work at a service, or'ed. */
enum provider_flows {
	PROVIDER_BROWSER = 1,
	PROVIDER_DEVICE = 2,
	PROVIDER_CLIENT_CREDENTIALS = 4,
	PROVIDER_SERVICE_ACCOUNT = 8,
};

/* How a client shows its secret (RFC 6749 section 2.3.1). */
enum client_auth {
	CLIENT_AUTH_BODY,
	CLIENT_AUTH_UNSURE, /* in the body; if that is refused, in the header */
	CLIENT_AUTH_HEADER, /* HTTP Basic */
};

/*
 * All text is static. In URLs, TENANT stands for the tenant. NULL: none, or for
 * a service that describes itself, not known before it has.
 */
struct oauth_provider {
	const char *name;  /* as in `oauth = NAME`: "microsoft:TENANT" */
	const char *title; /* for people: "Google"; NULL: the issuer's host */
	const char *issuer;
	const char *authorize, *token, *device, *revoke, *registration;
	const char *scope;	/* to submit mail and to renew the login */
	const char *app_scope;	/* the same without a person */
	const char *parameters; /* further ones of the authorize URL: a form */
	/* In every row: the host for this machine in a redirect. */
	const char *redirect_host;
	/* RFC 8707, only for a client that was registered; NULL: none. */
	const char *resource;
	const char *registered_scope; /* the scope of such a client */
	unsigned flows;
	bool has_tenant;
	bool needs_secret;     /* an ID of a desktop application has one, too */
	bool is_unverified;    /* see oauth_provider.c */
	const char *no_device; /* why PROVIDER_DEVICE is not in flows */
	const char *get_id;    /* a hint: how to get a client ID */
	const char *end;       /* "the login ends " and this */
	int idle_days; /* after which a login ends that is not used; 0: none */
};

extern const struct oauth_provider oauth_provider_table[];
extern const size_t oauth_provider_count;

/*
 * The row for a value of the setting `oauth`, and the tenant in it (empty:
 * none). Never NULL: an unknown issuer has a row, the last of the table.
 */
const struct oauth_provider *oauth_provider_find(
    struct span service, struct span *tenant);
/* Whether a person logs in by this flow, so that there is a refresh token. */
bool oauth_provider_needs_person(enum oauth_flow flow);
/* The flow as one of enum provider_flows; 0 for OAUTH_FLOW_AUTO. */
unsigned oauth_provider_flow(enum oauth_flow flow);
/* The URL with its tenant, which the caller frees; NULL for NULL. */
char *oauth_provider_url(const char *url, struct span tenant);
/* Adds flows as oauth-flow names them: "browser, device". */
void oauth_provider_add_flows(unsigned flows, struct buf *out);

#endif
