/*
 * Frees a profile. A new field that owns memory needs a line here; since the
 * tests read every setting, the memory checkers report a missing line.
 */
#include "profile/profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A URL may hold the PIN of a token. */
static void
forget(char *url)
{
	if (url != NULL)
		mem_wipe(url, strlen(url));
	free(url);
}

bool
profile_is_direct(const struct profile *profile)
{
	return profile->server_count > 0 &&
	    profile->servers[0].scheme == SCHEME_MX;
}

enum name_server_trust
profile_dns_trust(const struct profile *profile)
{
	static const enum name_server_trust trusts[] = {
	    [DNSSEC_AUTO] = NAME_SERVER_TRUST_AUTO,
	    [DNSSEC_TRUSTED] = NAME_SERVER_TRUST_ALWAYS,
	    [DNSSEC_NO] = NAME_SERVER_TRUST_NEVER,
	};

	return trusts[profile->dnssec];
}

bool
profile_has_token(const struct profile *profile)
{
	return profile->token_command != NULL || profile->oauth.service != NULL;
}

void
profile_free(struct profile *profile)
{
	free(profile->name);
	free(profile->choice);
	free(profile->config);
	free(profile->extends);
	free(profile->provider);
	for (size_t i = 0; i < profile->server_count; i++)
		server_url_free(&profile->servers[i]);
	free(profile->servers);

	free(profile->tls_trust);
	free(profile->tls_crl);
	free(profile->tls_host);
	free(profile->tls_priority);
	free(profile->trust_file);
	free(profile->trust_folder);
	name_list_free(&profile->tls_pin);
	forget(profile->tls_cert);
	forget(profile->tls_key);

	name_list_free(&profile->auth);
	free(profile->user);
	buf_wipe(&profile->password);
	free(profile->password_command);
	free(profile->password_file);
	free(profile->token_command);
	oauth_settings_free(&profile->oauth);

	free(profile->sender);
	free(profile->full_name);
	free(profile->domain);
	free(profile->ehlo_name);
	name_list_free(&profile->match);
	name_list_free(&profile->local_domains);
	clients_free(&profile->clients);

	free(profile->aliases);
	free(profile->local_recipients);
	free(profile->add_headers);
	free(profile->sent_copy);
	free(profile->filter_command);
	dkim_settings_free(&profile->dkim);
	name_list_free(&profile->network.sources);
	proxy_url_free(&profile->network.proxy);
	free(profile->network.proxy_password_command);
	free(profile->network.proxy_password_file);
	queue_policy_free(&profile->queue);
	free(profile->log_file);

	name_list_free(&profile->origins);
	buf_free(&profile->files);
	buf_free(&profile->notes);
	free(profile->unconfigured);
	*profile = (struct profile)PROFILE_UNSET;
}
