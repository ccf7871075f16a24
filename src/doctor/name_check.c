/*
 * Judges the look-ups of the survey. A host that only an intranet has is as it
 * should be: an address is odd only for a service that everybody can reach.
 */
#include "doctor/name_check.h"

#include <string.h>

#include "address/domain.h"
#include "base/wait.h"
#include "profile/server_url.h"
#include "smtp/route.h"

#define SRV_ID "name.srv"
#define HOST_ID "name.host"
#define PRIVATE_ID "name.private"
#define INVENTED_ID "name.invented"

/*
 * A resolver gives each name server 5 seconds, so that the answer comes a
 * little later if the first one is silent.
 */
#define SLOW ((int64_t)4500)

#define RESOLVER_HINT "see /etc/resolv.conf, or the output of resolvectl status"

/* --- name.srv */

/*
 * A domain that names no server is only a warning where there is another
 * server: later checks say whether that one takes a mail.
 */
static enum severity
limit_domain(const struct diagnosis *diagnosis)
{
	return diagnosis->survey.count > 0 ? SEVERITY_WARNING
					   : SEVERITY_FAILURE;
}

static void
add_unnamed(struct diagnosis *diagnosis, const struct survey_domain *domain)
{
	struct findings *findings = &diagnosis->findings;
	const char *host = domain->server->host;
	enum severity severity = limit_domain(diagnosis);

	if (domain->services[0].result == SRV_REFUSED ||
	    domain->services[1].result == SRV_REFUSED)
		finding_add(findings, SRV_ID, severity,
		    "%s._tcp of %s is \".\": no submission there",
		    domain->services[domain->services[1].result == SRV_REFUSED]
			.name,
		    host);
	else
		finding_set_hint(finding_add(findings, SRV_ID, severity,
				     "%s names no server for submission", host),
		    "name the server itself, as in server = "
		    "smtps://mail.%s",
		    host);
}

static void
add_lookup_trouble(struct diagnosis *diagnosis,
    const struct survey_service *service, const char *host)
{
	struct buf reason = {0};

	buf_add_span(&reason, buf_span(&service->reason));
	finding_set_hint(
	    finding_add(&diagnosis->findings, SRV_ID, limit_domain(diagnosis),
		"the servers of %s cannot be looked up: %s", host,
		buf_text(&reason)),
	    RESOLVER_HINT);
	buf_free(&reason);
}

/* A target elsewhere can be forged without DNSSEC; the certificate tells. */
static void
add_elsewhere(struct diagnosis *diagnosis, const char *host, const char *target)
{
	struct finding *finding =
	    finding_add(&diagnosis->findings, SRV_ID, SEVERITY_NOTE,
		"%s names %s, outside of its own domain, without DNSSEC: the "
		"certificate there must be for %s",
		host, target, host);

	finding_set_hint(finding,
	    "if %s is the right server, its certificate can be checked for "
	    "that name instead",
	    target);
	finding_add_setting(finding, "tls-host", target);
}

/*
 * The first target that is in another domain, by an answer that can be forged;
 * NULL: there is none.
 */
static const char *
target_elsewhere(const struct survey_domain *domain)
{
	for (size_t i = 0; i < ROUTE_SERVICES; i++) {
		const struct survey_service *service = &domain->services[i];

		if (service->result != SRV_FOUND ||
		    service->records.is_authentic)
			continue;
		for (size_t j = 0; j < service->records.count; j++)
			if (!domain_is_in(
				span_from(service->records.items[j].target),
				span_from(domain->server->host)))
				return service->records.items[j].target;
	}
	return NULL;
}

/* Whether a server of the domain shows a certificate for another name. */
static bool
has_other_certificate(const struct survey *survey, const char *domain)
{
	for (size_t i = 0; i < survey->count; i++) {
		const struct survey_server *server = survey->servers[i];

		if (server->server->domain == NULL ||
		    strcmp(server->server->domain, domain) != 0)
			continue;
		for (size_t j = 0; j < server->count; j++)
			if (server->addresses[j]->tls.faults & FAULT_NAME)
				return true;
	}
	return false;
}

/* Adds "mail.example.com port 465, mail.example.com port 587". */
static void
add_named(struct diagnosis *diagnosis, const struct survey_domain *domain)
{
	struct buf text = {0};

	for (size_t i = 0; i < ROUTE_SERVICES; i++) {
		const struct survey_service *service = &domain->services[i];

		for (size_t j = 0;
		     service->result == SRV_FOUND && j < service->records.count;
		     j++)
			buf_add_format(&text, "%s%s port %u",
			    text.len > 0 ? ", " : "",
			    service->records.items[j].target,
			    (unsigned)service->records.items[j].port);
	}
	finding_add(&diagnosis->findings, SRV_ID, SEVERITY_OK, "%s names %s",
	    domain->server->host, buf_text(&text));
	buf_free(&text);
}

static void
judge_domain(struct diagnosis *diagnosis, const struct survey_domain *domain)
{
	const char *host = domain->server->host;
	const char *elsewhere = target_elsewhere(domain);
	bool is_found = false;

	for (size_t i = 0; i < ROUTE_SERVICES; i++) {
		const struct survey_service *service = &domain->services[i];

		if (service->name != NULL && service->result == SRV_TROUBLE) {
			add_lookup_trouble(diagnosis, service, host);
			return;
		}
		is_found |=
		    service->name != NULL && service->result == SRV_FOUND;
	}
	if (!is_found)
		add_unnamed(diagnosis, domain);
	/* The check of that name says the same, if it fails. */
	else if (elsewhere != NULL && diagnosis->profile->tls_host == NULL &&
	    !has_other_certificate(&diagnosis->survey, host))
		add_elsewhere(diagnosis, host, elsewhere);
	else
		add_named(diagnosis, domain);
}

void
name_check_srv(struct diagnosis *diagnosis)
{
	const struct survey *survey = diagnosis_survey(diagnosis);

	for (size_t i = 0; i < survey->domain_count; i++)
		judge_domain(diagnosis, survey->domains[i]);
	if (survey->domain_count == 0)
		finding_add(&diagnosis->findings, SRV_ID, SEVERITY_SKIPPED,
		    "no server is named by its domain (srv:)");
}

/* --- name.host */

/* The name of the family that alone is looked up; NULL: both are. */
static const char *
family_name(const struct profile *profile)
{
	int family = network_family(&profile->network);

	return family == AF_INET ? "IPv4" : family == AF_INET6 ? "IPv6" : NULL;
}

/* Whether the host has an address of the family that is not looked up. */
static bool
has_other_family(const struct diagnosis *diagnosis, const char *host)
{
	const struct host_question question = {
	    .host = host,
	    .port = 587,
	    .family = network_family(&diagnosis->profile->network) == AF_INET
		? AF_INET6
		: AF_INET,
	};
	struct host_addresses list;
	struct buf ignored = {0};
	enum host_result result = host_resolve(&question,
	    deadline_earlier(diagnosis->deadline,
		deadline_in(diagnosis->profile->timeout_connect)),
	    &list, &ignored);

	buf_free(&ignored);
	return result == HOST_FOUND;
}

static void
add_no_address(struct diagnosis *diagnosis, const struct obstacle *item,
    enum severity severity, const char *hosts)
{
	const struct network *network = &diagnosis->profile->network;
	const char *family = family_name(diagnosis->profile);
	struct findings *findings = &diagnosis->findings;
	struct finding *finding;

	if (family == NULL ||
	    !has_other_family(diagnosis, item->server->server->host)) {
		finding = finding_add(
		    findings, HOST_ID, severity, "%s does not exist", hosts);
		finding_set_hint(finding, "is the name spelled correctly?");
	} else if (network->ip != IP_ANY) {
		finding = finding_add(findings, HOST_ID, severity,
		    "%s has no %s address, and ip = %c is set", hosts, family,
		    family[3]);
		finding_add_setting(finding, "ip", "any");
	} else {
		finding = finding_add(findings, HOST_ID, severity,
		    "%s has no %s address, and source-address = %s is one",
		    hosts, family, network->sources.names[0]);
	}
}

static void
add_name_trouble(struct diagnosis *diagnosis, const struct obstacle *item,
    enum severity severity, const char *hosts)
{
	struct buf reason = {0};
	struct finding *finding;

	buf_add_span(&reason, buf_span(&item->server->reason));
	if (span_starts(buf_span(&reason), SPAN("the name server")))
		finding = finding_add(&diagnosis->findings, HOST_ID, severity,
		    "%s; it was asked for %s", buf_text(&reason), hosts);
	else
		finding = finding_add(&diagnosis->findings, HOST_ID, severity,
		    "%s cannot be looked up: %s", hosts, buf_text(&reason));
	finding_set_hint(finding, RESOLVER_HINT);
	buf_free(&reason);
}

static void
add_unresolved(struct diagnosis *diagnosis, struct obstacles *obstacles)
{
	struct obstacle *item;

	while ((item = obstacles_next(obstacles, HOST_ID)) != NULL) {
		enum severity severity = obstacle_severity(obstacles, item);
		struct buf hosts = {0};

		obstacles_add_places(
		    obstacles, item, OBSTACLE_WITH_HOST, &hosts);
		if (item->server->resolved == HOST_UNKNOWN)
			add_no_address(
			    diagnosis, item, severity, buf_text(&hosts));
		else
			add_name_trouble(
			    diagnosis, item, severity, buf_text(&hosts));
		buf_free(&hosts);
	}
}

/* Whether its name was looked up, and not only read. */
static bool
is_looked_up(const struct survey_server *server)
{
	struct host_address literal;

	return server->resolve_time >= 0 &&
	    !host_parse_address(&literal, server->server->host);
}

static void
add_slow(struct diagnosis *diagnosis, const struct survey_server *server)
{
	finding_set_hint(
	    finding_add(&diagnosis->findings, HOST_ID, SEVERITY_WARNING,
		"the answer for %s took %d.%d s: the first name server is "
		"probably dead",
		server->server->host, (int)(server->resolve_time / 1000),
		(int)(server->resolve_time / 100 % 10)),
	    RESOLVER_HINT);
}

/* Adds "mail.example.com: 192.0.2.5, 2001:db8::5" once for each host. */
static void
add_resolved(const struct survey *survey, size_t index, struct buf *text)
{
	const struct survey_server *server = survey->servers[index];

	for (size_t i = 0; i < index; i++)
		if (strcmp(survey->servers[i]->server->host,
			server->server->host) == 0)
			return;
	buf_add_format(
	    text, "%s%s: ", text->len > 0 ? "; " : "", server->server->host);
	for (size_t i = 0; i < server->count; i++)
		buf_add_format(text, "%s%s", i > 0 ? ", " : "",
		    server->addresses[i]->name);
}

void
name_check_host(struct diagnosis *diagnosis)
{
	const struct survey *survey = diagnosis_survey(diagnosis);
	const struct survey_server *slow = NULL;
	struct findings *findings = &diagnosis->findings;
	size_t count = findings->count;
	struct buf text = {0};

	add_unresolved(diagnosis, diagnosis_obstacles(diagnosis));
	for (size_t i = 0; i < survey->count; i++) {
		const struct survey_server *server = survey->servers[i];

		if (server->resolved != HOST_FOUND || !is_looked_up(server))
			continue;
		if (server->resolve_time >= SLOW && slow == NULL)
			slow = server;
		add_resolved(survey, i, &text);
	}
	if (slow != NULL)
		add_slow(diagnosis, slow);
	if (findings->count == count && text.len > 0)
		finding_add(
		    findings, HOST_ID, SEVERITY_OK, "%s", buf_text(&text));
	else if (findings->count == count)
		finding_add(findings, HOST_ID, SEVERITY_SKIPPED,
		    "no name has to be looked up here");
	buf_free(&text);
}

/* --- name.private */

/* The host, its private address, and who may have given it. */
static struct finding *
add_astray(struct diagnosis *diagnosis, const struct survey_server *server,
    enum severity severity)
{
	struct finding *finding = finding_add(&diagnosis->findings, PRIVATE_ID,
	    severity,
	    "%s is %s here, a private address: a login page of this network "
	    "or a filter answers for it",
	    server->server->host, server->addresses[0]->name);

	finding_set_subject(finding, server->server->host);
	finding_add_text(finding, "address", server->addresses[0]->name);
	return finding;
}

static void
hint_at_login_page(const struct obstacles *obstacles, struct finding *finding)
{
	if (obstacles_show_login_page(obstacles))
		finding_set_hint(
		    finding, "this network wants a login in a browser first");
	else
		finding_set_hint(finding,
		    "compare the address with the one that another network "
		    "gives");
}

/*
 * A session that is ready shows that the private address is meant, as in a
 * network of Amazon's, if the certificate is that of the host.
 */
static void
judge_private(struct diagnosis *diagnosis, const struct survey_server *server)
{
	const struct survey_address *address = server->addresses[0];

	if (survey_address_is_ready(address) && address->is_tls &&
	    address->tls.distrust == NULL)
		finding_add(&diagnosis->findings, PRIVATE_ID, SEVERITY_NOTE,
		    "%s is %s here, a private address, but its certificate is "
		    "for %s",
		    server->server->host, address->name, server->server->host);
	else
		hint_at_login_page(&diagnosis->obstacles,
		    add_astray(diagnosis, server, SEVERITY_WARNING));
}

void
name_check_private(struct diagnosis *diagnosis)
{
	const struct survey *survey = diagnosis_survey(diagnosis);
	struct obstacles *obstacles = diagnosis_obstacles(diagnosis);
	struct findings *findings = &diagnosis->findings;
	size_t count = findings->count;
	struct obstacle *item;
	bool is_any = false;

	while ((item = obstacles_next(obstacles, PRIVATE_ID)) != NULL) {
		enum severity severity = obstacle_severity(obstacles, item);

		obstacles_mark(obstacles, item);
		hint_at_login_page(
		    obstacles, add_astray(diagnosis, item->server, severity));
	}
	for (size_t i = 0; i < survey->count; i++) {
		const struct survey_server *server = survey->servers[i];

		is_any |= obstacle_is_public(server->server);
		if (findings->count == count && server->count > 0 &&
		    !server->by_proxy && obstacle_is_public(server->server) &&
		    obstacle_is_private(&server->addresses[0]->address))
			judge_private(diagnosis, server);
	}
	if (findings->count == count && is_any)
		finding_add(findings, PRIVATE_ID, SEVERITY_OK,
		    "a public server has a public address");
	else if (findings->count == count)
		finding_add(findings, PRIVATE_ID, SEVERITY_SKIPPED,
		    "only known services are sure to have public addresses");
}

/* --- name.invented */

void
name_check_invented(struct diagnosis *diagnosis)
{
	struct obstacles *obstacles = diagnosis_obstacles(diagnosis);
	struct findings *findings = &diagnosis->findings;
	struct obstacle *item;
	size_t count = findings->count;

	while ((item = obstacles_next(obstacles, INVENTED_ID)) != NULL) {
		struct buf hosts = {0};
		struct finding *finding;
		enum severity severity = obstacle_severity(obstacles, item);

		obstacles_add_places(
		    obstacles, item, OBSTACLE_WITH_HOST, &hosts);
		finding = finding_add(findings, INVENTED_ID, severity,
		    "the name server gives %s for %s, and also for names that "
		    "do not exist: %s probably does not exist",
		    obstacles->invented, buf_text(&hosts), buf_text(&hosts));
		finding_set_hint(finding, "%s",
		    obstacles_show_login_page(obstacles)
			? "this network wants a login in a browser first"
			: "is the name spelled correctly?");
		buf_free(&hosts);
	}
	if (findings->count > count)
		return;
	if (obstacles->invented != NULL)
		finding_add(findings, INVENTED_ID, SEVERITY_NOTE,
		    "the name server invents addresses for names that do not "
		    "exist: a wrong name of a server cannot be recognized "
		    "here");
	else
		finding_add(findings, INVENTED_ID, SEVERITY_OK,
		    "nothing hints at invented addresses");
}
