#include "profile/effective.h"

#include <stdlib.h>
#include <unistd.h>

#include "address/domain.h"
#include "base/mem.h"
#include "profile/identity.h"
#include "profile/profile_set.h"
#include "profile/server_url.h"
#include "profile/setting.h"

static void
set_origin(struct profile *profile, struct span name, const char *origin)
{
	char **text = &profile->origins[setting_index(setting_find(name))].text;

	free(*text);
	*text = mem_copy_text(origin);
}

static void
fill_domain(struct profile *profile)
{
	const char *origin;
	char *domain;

	if (profile->domain != NULL)
		return;
	domain = identity_domain_found(&origin);
	set_origin(
	    profile, SPAN("domain"), domain != NULL ? origin : "none found");
	profile->domain = domain;
}

static bool
is_unix_only(const struct profile *profile)
{
	for (size_t i = 0; i < profile->server_count; i++)
		if (!server_url_is_unix(&profile->servers[i]))
			return false;
	return true;
}

/* As a session chooses it; the address is known only to a connection. */
static void
fill_ehlo_name(struct profile *profile)
{
	char host[256] = "";

	if (profile->ehlo_name != NULL)
		return;
	if (is_unix_only(profile)) {
		profile->ehlo_name = mem_copy_text("localhost.localdomain");
		set_origin(profile, SPAN("ehlo-name"), "Unix socket");
	} else if (gethostname(host, sizeof(host) - 1) == 0 &&
	    domain_is_fqdn(span_from(host))) {
		profile->ehlo_name = mem_copy_text(host);
		set_origin(profile, SPAN("ehlo-name"), "host name");
	} else {
		profile->ehlo_name = mem_copy_text("[ADDRESS]");
		set_origin(profile, SPAN("ehlo-name"),
		    "our address in the connection");
	}
}

void
effective_fill(struct profile *profile)
{
	fill_domain(profile);
	fill_ehlo_name(profile);
	if (!profile->tls_is_set && is_unix_only(profile)) {
		profile->tls = TLS_POLICY_NONE;
		set_origin(profile, SPAN("tls"), "Unix socket");
	}
}

void
effective_set_full_name(
    struct profile *profile, const char *name, const char *origin)
{
	free(profile->full_name);
	profile->full_name = mem_copy_text(name);
	set_origin(profile, SPAN("full-name"), origin);
}
