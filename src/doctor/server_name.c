/*
 * Without a list of public suffixes, a domain counts as that of an organisation
 * if its first label is longer than those of "co.uk" and "com.au".
 */
#include "doctor/server_name.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "address/domain.h"
#include "net/dns.h"
#include "profile/provider.h"

/* The longest first label of a public suffix with two labels. */
#define SUFFIX_LABEL_MAX ((size_t)3)

/* The domain of the organisation; empty: it cannot be told. */
static struct span
organisation_of(struct span name)
{
	struct span parent = span_skip(name, span_find(name, '.') + 1);
	size_t label = span_find(parent, '.');
	struct span rest = span_skip(parent, label + 1);

	if (label == parent.len)
		return (struct span){"", 0};
	if (label > SUFFIX_LABEL_MAX || span_find(rest, '.') < rest.len)
		return parent;
	return (struct span){"", 0};
}

bool
server_name_is_akin(const char *host, struct span name)
{
	static const struct profile none = PROFILE_UNSET;
	char *text = span_copy(name);
	struct server server = {.host = (char *)(uintptr_t)host};
	const struct provider *own = provider_of(&none, &server);
	struct span organisation = organisation_of(span_from(host));
	bool is_akin;

	server.host = text;
	if (!domain_is_ldh(name) || !domain_is_fqdn(name))
		is_akin = false;
	else if (own != NULL)
		is_akin = provider_of(&none, &server) == own;
	else
		is_akin = organisation.len > 0 &&
		    span_equal_nocase(organisation, organisation_of(name));
	free(text);
	return is_akin;
}

bool
server_name_add_reverse(const struct host_address *address, struct buf *out)
{
	const struct sockaddr_in *four = (const void *)&address->socket;
	const struct sockaddr_in6 *six = (const void *)&address->socket;
	const unsigned char *octets = (const void *)&four->sin_addr;
	bool is_ip4 = address->socket.ss_family == AF_INET;

	if (!is_ip4 && address->socket.ss_family != AF_INET6)
		return false;
	if (!is_ip4) {
		octets = (const void *)&six->sin6_addr;
		is_ip4 = IN6_IS_ADDR_V4MAPPED(&six->sin6_addr);
		octets += is_ip4 ? 12 : 0;
	}
	if (is_ip4)
		return buf_add_format(out, "%u.%u.%u.%u.in-addr.arpa",
		    octets[3], octets[2], octets[1], octets[0]);
	for (size_t i = 16; i-- > 0;)
		buf_add_format(
		    out, "%x.%x.", octets[i] & 0xfU, octets[i] >> 4U);
	return buf_add_text(out, "ip6.arpa");
}

bool
server_name_find(
    const struct host_address *address, int64_t deadline, struct buf *name)
{
	struct buf question = {0}, reason = {0};
	struct dns_records list = {.count = 0};
	bool found = false;

	if (server_name_add_reverse(address, &question))
		found = dns_ask(buf_text(&question), DNS_PTR, deadline, &list,
			    &reason) == DNS_FOUND &&
		    buf_add_text(name, list.items[0].target);
	dns_answer_free(&list);
	buf_free(&question);
	buf_free(&reason);
	return found;
}
