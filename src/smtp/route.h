/*
 * The way to a server: which proxy, which services of a domain, and how a
 * failure on it is reported.
 */
#ifndef SMTP_ROUTE_H
#define SMTP_ROUTE_H

#include "envelope/outcome.h"
#include "net/proxy.h"
#include "profile/profile.h"
#include "profile/server_url.h"

/*
 * The services that a domain may name: with TLS from the start (RFC 8314
 * section 5.1), and after it with STARTTLS (RFC 6186).
 */
#define ROUTE_SERVICES 2
struct route_service {
	const char *name;
	enum scheme scheme;
};
extern const struct route_service route_services[ROUTE_SERVICES];

/* The proxy through which the server is reached; NULL: none. */
const struct proxy *route_proxy(
    const struct profile *profile, const struct server *server);
struct proxy_target route_target(
    const struct server *server, const struct proxy *proxy);
/* The cause of a failure of proxy_connect. */
enum cause route_proxy_cause(enum proxy_result result);
/* Sets the outcome to "cannot connect to ...: REASON". */
void route_set_failure(struct outcome *outcome, const struct profile *profile,
    const struct server *server, enum cause cause, struct buf *reason);
/* Sets it to "cannot find the servers of DOMAIN: REASON". */
void route_set_lookup_failure(struct outcome *outcome,
    const struct server *domain, enum cause cause, struct buf *reason);
/*
 * Whether the next failure is reported rather than the one kept so far
 * (ACTION_NONE: none). That at the latest stage explains most; but a temporary
 * one outweighs a refusal, because a retry may help.
 */
bool route_is_more_telling(
    const struct outcome *next, const struct outcome *kept);

#endif
