/*
 * Domains that are shared by many users, reserved names and address literals
 * say nothing about this set-up.
 */
#include "doctor/own_domain.h"

#include "address/domain.h"
#include "profile/provider_domain.h"

/* RFC 2606, 6761, 6762, 7686, 8375, 9476, and what ICANN keeps free. */
static bool
is_reserved(struct span domain)
{
	static const char *const ends[] = {"alt", "example", "example.com",
	    "example.net", "example.org", "home.arpa", "internal", "invalid",
	    "local", "localhost", "onion", "test"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (domain_is_in(domain, span_from(ends[i])))
			return true;
	return false;
}

bool
own_domain_find(const char *address, struct buf *domain, struct buf *reason)
{
	struct provider_match match;
	struct error ignored;
	struct span name;

	if (address == NULL || address[0] == '\0') {
		buf_add_text(reason,
		    address == NULL ? "the sender is not known"
				    : "the sender is the null reverse-path");
		return false;
	}
	name = span_trim(domain_of_path(span_from(address)));
	if (domain_is_literal(name) ||
	    !domain_to_ascii(name, domain, &ignored) ||
	    !domain_is_fqdn(buf_span(domain)))
		buf_add_text(reason, "the sender has no full domain name");
	else if (is_reserved(buf_span(domain)))
		buf_add_format(reason, "%s is reserved, and not in the DNS",
		    buf_text(domain));
	else if (provider_domain_find(buf_span(domain), &match))
		buf_add_format(reason, "%s belongs to %s, not to its users",
		    buf_text(domain), match.provider->title);
	else
		return true;
	buf_free(domain);
	return false;
}
