/*
 * Frees the settings of an OAuth login. The client secret is wiped: that of a
 * desktop application is no secret, but that of a web application is one.
 */
#include "profile/oauth_settings.h"

#include <stdlib.h>

void
oauth_settings_free(struct oauth_settings *settings)
{
	free(settings->service);
	free(settings->client_id);
	buf_wipe(&settings->client_secret);
	free(settings->client_secret_file);
	free(settings->tenant);
	free(settings->scope);
	free(settings->key);
	free(settings->read_command);
	free(settings->write_command);
	free(settings->tls_trust);
	*settings = (struct oauth_settings){0};
}
