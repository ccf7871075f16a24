/*
 * srv:domain: the servers that a domain names for submission, with TLS from
 * the start (RFC 8314 section 5.1) before those with STARTTLS (RFC 6186).
 */
#include "smtp/reach_parts.h"

#include "base/wait.h"
#include "net/service.h"
#include "profile/server_url.h"

struct kind {
	const char *service;
	enum scheme scheme;
};

static const struct kind kinds[] = {
    {"_submissions", SCHEME_SMTPS},
    {"_submission", SCHEME_SMTP},
};

static bool
fail(struct reach *reach, const struct server *domain, enum cause cause,
    struct buf *reason)
{
	struct outcome outcome = {0};

	reach->server = domain;
	outcome_set_own(&outcome, STAGE_CONNECT, cause,
	    "cannot find the servers of %s: %s", domain->host,
	    buf_text(reason));
	reach_fail(reach, &outcome);
	outcome_free(&outcome);
	return false;
}

static bool
try_service(struct reach *reach, const struct server *domain,
    const struct kind *kind, const struct service_list *list,
    struct session *session)
{
	bool opened = false;

	for (size_t i = 0; i < list->count && !opened && !reach->is_over;
	     i++) {
		struct server *server = trail_add_server(&reach->trail);

		server_set_target(server, domain, kind->scheme,
		    list->items[i].target, list->items[i].port);
		server->service = kind->service;
		reach->server = server;
		observer_note(reach->observer, "found %s", server->url);
		opened = reach_try_addresses(reach, session);
	}
	return opened;
}

/*
 * A name server that cannot tell ends it: by keeping silent about one service
 * nobody shall bring us to the other.
 */
bool
reach_try_domain(struct reach *reach, struct session *session)
{
	const struct server *domain = reach->server;
	struct service_list list;
	struct buf reason = {0};
	bool opened = false, is_named = false, goes_on = true;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) &&
	     goes_on && !opened && !reach->is_over;
	     i++) {
		int64_t deadline = deadline_earlier(reach->deadline,
		    deadline_in(reach->profile->timeout_connect));

		buf_clear(&reason);
		observer_note(reach->observer, "looking up %s._tcp.%s",
		    kinds[i].service, domain->host);
		switch (service_find(kinds[i].service, domain->host,
		    deadline, &list, &reason)) {
		case SERVICE_FOUND:
			is_named = true;
			opened = try_service(
			    reach, domain, &kinds[i], &list, session);
			break;
		case SERVICE_NONE:
		case SERVICE_REFUSED:
			break;
		case SERVICE_TROUBLE:
		case SERVICE_SIGNAL:
			is_named = true;
			goes_on = fail(
			    reach, domain, CAUSE_TEMPORARY, &reason);
			break;
		}
	}
	/* The session may outlive the list, but not the profile. */
	if (opened)
		session->server = domain;
	if (!opened && !is_named)
		fail(reach, domain, CAUSE_NO_HOST, &reason);
	buf_free(&reason);
	return opened;
}
