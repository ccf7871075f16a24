/*
 * The way to a server. A source address that is the only one also decides the
 * family: from an IPv4 address nothing else can be reached.
 */
#include "profile/network.h"

#include <string.h>
#include <sys/socket.h>

#include "base/environment.h"

int
network_family(const struct network *network)
{
	static const int families[] = {
	    [IP_ANY] = AF_UNSPEC, [IP_FOUR] = AF_INET, [IP_SIX] = AF_INET6};

	if (network->ip != IP_ANY || network->sources.count != 1)
		return families[network->ip];
	return strchr(network->sources.names[0], ':') != NULL ? AF_INET6
							      : AF_INET;
}

bool
network_has_proxy(const struct network *network)
{
	return network->proxy.kind != PROXY_NONE;
}

bool
network_has_command(const struct network *network)
{
	return network->proxy.kind == PROXY_COMMAND;
}

struct http_network
network_for_http(const struct network *network)
{
	const struct proxy *proxy = &network->proxy;

	return (struct http_network){
	    .family = network_family(network),
	    .sources = network->sources.names,
	    .source_count = network->sources.count,
	    .proxy_kind = proxy->kind,
	    .proxy_command = proxy->command,
	    .proxy_host = proxy->host,
	    .proxy_port = proxy->port,
	    .proxy_user = span_from(proxy->user),
	    .proxy_password = proxy_url_password(proxy),
	};
}

struct tls_options
network_trust_for_http(const char *trust)
{
	struct tls_options options = {
	    .verify = true, .is_public = true, .trust = trust};

	if (options.trust == NULL)
		options.trust = environment_get_text("SSL_CERT_FILE");
	if (options.trust == NULL)
		options.trust_folder = environment_get_text("SSL_CERT_DIR");
	return options;
}
