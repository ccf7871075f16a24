/* The way to a server, the same for a submission and for a survey. */
#include "smtp/route.h"

const struct route_service route_services[ROUTE_SERVICES] = {
    {"_submissions", SCHEME_SMTPS},
    {"_submission", SCHEME_SMTP},
};

const struct proxy *
route_proxy(const struct profile *profile, const struct server *server)
{
	return network_has_proxy(&profile->network) &&
		!server_url_is_unix(server)
	    ? &profile->network.proxy
	    : NULL;
}

struct proxy_target
route_target(const struct server *server, const struct proxy *proxy)
{
	return (struct proxy_target){
	    .host = server->host,
	    .port = server->port,
	    .user = span_from(proxy->user),
	    .password = proxy_url_password(proxy),
	};
}

enum cause
route_proxy_cause(enum proxy_result result)
{
	switch (result) {
	case PROXY_NO_LOGIN:
		return CAUSE_LOGIN;
	case PROXY_MALFORMED:
		return CAUSE_PROTOCOL;
	default:
		return CAUSE_TEMPORARY;
	}
}

void
route_set_failure(struct outcome *outcome, const struct profile *profile,
    const struct server *server, enum cause cause, struct buf *reason)
{
	const struct proxy *proxy = route_proxy(profile, server);
	struct buf way = {0};

	if (proxy != NULL) {
		buf_add_text(&way, " through the ");
		proxy_url_add_name(proxy, &way);
	}
	if (server_url_is_unix(server))
		outcome_set_own(outcome, STAGE_CONNECT, cause,
		    "cannot connect to %s: %s", server->path, buf_text(reason));
	else
		outcome_set_own(outcome, STAGE_CONNECT, cause,
		    "cannot connect to %s port %u%s: %s", server->host,
		    server->port, buf_text(&way), buf_text(reason));
	buf_free(&way);
}

void
route_set_lookup_failure(struct outcome *outcome, const struct server *domain,
    enum cause cause, struct buf *reason)
{
	outcome_set_own(outcome, STAGE_CONNECT, cause,
	    "cannot find the servers of %s: %s", domain->host,
	    buf_text(reason));
}

bool
route_is_more_telling(const struct outcome *next, const struct outcome *kept)
{
	if (kept->action == ACTION_NONE)
		return true;
	if (next->action == ACTION_FAILED && kept->action == ACTION_DELAYED)
		return false;
	if (next->action == kept->action && next->stage < kept->stage)
		return false;
	/* An unknown host does not outweigh a temporary failure. */
	return next->cause != CAUSE_NO_HOST || kept->cause != CAUSE_TEMPORARY;
}
