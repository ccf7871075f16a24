/* What must hold among settings, each of which is right by itself. */
#include "profile/resolve.h"

#include <string.h>

#include "profile/login_check.h"
#include "profile/provider.h"
#include "profile/tls_check.h"

/* A source address of one family alone decides the family. */
static bool
check_network(const struct profile *profile, struct error *err)
{
	const char *source = profile->network.sources.count == 1
	    ? profile->network.sources.names[0]
	    : NULL;

	if (source == NULL || profile->network.ip == IP_ANY ||
	    (profile->network.ip == IP_SIX) == (strchr(source, ':') != NULL))
		return true;
	return error_set(err, ERROR_CONFIG,
	    "cannot use profile \"%s\": ip = %s contradicts source-address = "
	    "%s",
	    profile->name, profile->network.ip == IP_SIX ? "6" : "4", source);
}

/* RFC 2033 section 5: a server there would take LMTP for a bad SMTP. */
static bool
check_server(const struct profile *profile, const struct server *server,
    struct error *err)
{
	if (profile->tls == TLS_POLICY_NONE &&
	    server->scheme == SCHEME_SMTPS)
		return error_set(err, ERROR_CONFIG,
		    "cannot use profile \"%s\": tls = none contradicts %s",
		    profile->name, server->url);
	/* The certificate alone tells a forged record from a true one. */
	if (profile->tls != TLS_POLICY_REQUIRED &&
	    server->scheme == SCHEME_SRV)
		return error_set(err, ERROR_CONFIG,
		    "cannot use profile \"%s\": %s needs tls = required",
		    profile->name, server->url);
	if (profile->network.proxy.host != NULL &&
	    server->scheme == SCHEME_SRV)
		return error_set(err, ERROR_CONFIG,
		    "cannot use profile \"%s\": a proxy cannot look up %s\n"
		    "hint: server = smtps://HOST",
		    profile->name, server->url);
	if (server->scheme == SCHEME_LMTP && server->port == 25)
		return error_set(err, ERROR_CONFIG,
		    "cannot use profile \"%s\": LMTP is not spoken at port "
		    "25\nhint: smtp://HOST:25, or LMTP at another port",
		    profile->name);
	return true;
}

/* A TCP client has no user whose own address `own` could mean. */
static bool
check_clients(const struct profile *profile, struct error *err)
{
	const struct name_list *allowed = &profile->clients.senders;

	if (profile->clients.tcp == TCP_CLIENTS_NONE)
		return true;
	if (profile->clients.sender_map != NULL)
		return error_set(err, ERROR_CONFIG,
		    "cannot use profile \"%s\": allow-senders = FILE "
		    "contradicts tcp-clients = loopback, since nobody knows "
		    "which user a TCP client is\n"
		    "hint: name the senders, as in allow-senders = "
		    "*@example.com",
		    profile->name);
	for (size_t i = 0; i < allowed->count; i++)
		if (span_equal_nocase(
			span_from(allowed->names[i]), SPAN("own")))
			return error_set(err, ERROR_CONFIG,
			    "cannot use profile \"%s\": allow-senders = own "
			    "contradicts tcp-clients = loopback, since nobody "
			    "knows which user a TCP client is\n"
			    "hint: name the senders, as in allow-senders = "
			    "*@example.com",
			    profile->name);
	return true;
}

bool
profile_check(const struct profile *profile, struct error *err)
{
	if (profile->server_count == 0)
		return error_set(err, ERROR_CONFIG,
		    "cannot use profile \"%s\": it has no server\n"
		    "hint: server = smtps://HOST or smtp://HOST",
		    profile->name);
	for (size_t i = 0; i < profile->server_count; i++)
		if (!check_server(profile, &profile->servers[i], err))
			return false;
	return profile_check_login(profile, err) &&
	    provider_check(profile, err) &&
	    profile_check_tls(profile, err) &&
	    check_network(profile, err) &&
	    check_clients(profile, err);
}
