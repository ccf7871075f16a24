/*
 * Domains that are shared by many users, reserved names and address literals
 * say nothing about this set-up.
 */
#include "doctor/sender_domain.h"

#include <string.h>

#include "address/domain.h"
#include "base/wait.h"
#include "profile/provider.h"
#include "profile/provider_domain.h"

#define CHECK_TIME ((int64_t)10 * 1000)

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

static const char *
address_of(const struct diagnosis *diagnosis, enum sender_domain which)
{
	const char *from =
	    diagnosis->profile != NULL ? diagnosis->profile->sender : NULL;

	/* With a placeholder, the From depends on the caller. */
	if (which == SENDER_DOMAIN_FROM && from != NULL &&
	    strchr(from, '@') != NULL && strchr(from, '%') == NULL)
		return from;
	return diagnosis->sender;
}

bool
sender_domain_find(const struct diagnosis *diagnosis, enum sender_domain which,
    struct buf *domain, struct buf *reason)
{
	const char *address = address_of(diagnosis, which);
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

/* An earlier look-up failed: so would the next, after the same time. */
static const char *
failed_check(const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i]->is_unknown &&
		    span_starts(
			span_from(findings->items[i]->id), SPAN("dns.")))
			return findings->items[i]->id;
	return NULL;
}

bool
sender_domain_take(struct diagnosis *diagnosis, const char *id,
    enum sender_domain which, struct buf *domain)
{
	const char *failed = failed_check(&diagnosis->findings);
	struct buf reason = {0};
	bool is_found = failed == NULL &&
	    sender_domain_find(diagnosis, which, domain, &reason);

	if (failed != NULL)
		finding_add_skipped(&diagnosis->findings, id, failed);
	else if (!is_found)
		finding_add(&diagnosis->findings, id, SEVERITY_SKIPPED, "%s",
		    buf_text(&reason));
	buf_free(&reason);
	return is_found;
}

const struct provider *
sender_domain_provider(const struct diagnosis *diagnosis)
{
	const struct profile *profile = diagnosis->profile;
	const struct survey *survey = &diagnosis->survey;
	const struct provider *provider = NULL;

	if (profile == NULL)
		return NULL;
	for (size_t i = 0; i < profile->server_count && provider == NULL; i++)
		provider = provider_of(profile, &profile->servers[i]);
	/* Those that a domain names (srv:) */
	for (size_t i = 0; i < survey->count && provider == NULL; i++)
		provider = provider_of(profile, survey->servers[i]->server);
	return provider;
}

struct lookup
sender_domain_lookup(const struct diagnosis *diagnosis)
{
	return (struct lookup){.deadline = deadline_earlier(diagnosis->deadline,
				   deadline_in(CHECK_TIME))};
}

void
sender_domain_end(struct diagnosis *diagnosis, struct lookup *lookup)
{
	if (lookup->is_interrupted)
		diagnosis->is_interrupted = true;
	lookup_free(lookup);
}
