/*
 * What the settings of an OAuth login say. The service is a known name or the
 * URL of an issuer; oauth/oauth_provider.h knows what each needs.
 */
#ifndef PROFILE_OAUTH_SETTINGS_H
#define PROFILE_OAUTH_SETTINGS_H

#include "base/buf.h"

/* The order in an enum is that of its words in the settings table. */
enum oauth_flow {
	OAUTH_FLOW_AUTO,
	OAUTH_FLOW_BROWSER,
	OAUTH_FLOW_DEVICE,
	OAUTH_FLOW_CLIENT_CREDENTIALS,
	OAUTH_FLOW_SERVICE_ACCOUNT,
};

enum oauth_store { OAUTH_STORE_FILE, OAUTH_STORE_COMMAND };

/* All text is owned; NULL: not set. */
struct oauth_settings {
	/*
	 * As written: "google", "microsoft:contoso.com" or
	 * "https://login.example.com". NULL: no OAuth login, and the other
	 * fields mean nothing.
	 */
	char *service;
	char *client_id;
	struct buf client_secret; /* wiped */
	char *client_secret_file;
	char *tenant; /* what oauth-tenant says, not what follows microsoft: */
	char *scope;
	enum oauth_flow flow;
	char *key; /* a file: PEM, or JSON of a service account */
	enum oauth_store store;
	char *read_command, *write_command;
	char *tls_trust; /* a file; NULL: the system's certificates */
	/*
	 * One of them that is from the command line or the environment, where
	 * smtpost-oauth does not see it; NULL: none. Static.
	 */
	const char *set_by_call;
};

void oauth_settings_free(struct oauth_settings *settings); /* wipes */

#endif
