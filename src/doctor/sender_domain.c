/* The From is the profile's setting sender, else the reverse-path. */
#include "doctor/sender_domain.h"

#include <string.h>

#include "base/wait.h"
#include "doctor/own_domain.h"
#include "profile/provider.h"

#define CHECK_TIME ((int64_t)10 * 1000)

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
	return own_domain_find(address_of(diagnosis, which), domain, reason);
}

const char *
sender_domain_failed(const struct diagnosis *diagnosis)
{
	const struct findings *findings = &diagnosis->findings;

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
	const char *failed = sender_domain_failed(diagnosis);
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
