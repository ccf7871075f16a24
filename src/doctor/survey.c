/*
 * Surveys the servers one after the other. The addresses of a server are
 * connected to at the same time; then each gets its session.
 */
#include "doctor/survey.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/signals.h"
#include "base/wait.h"
#include "net/dial.h"
#include "net/proxy.h"
#include "net/tunnel.h"
#include "profile/proxy_secret.h"
#include "smtp/route.h"

/* The longest wait for one step. */
#define STEP_MAX ((int64_t)10000)

/* A survey that runs. */
struct tour {
	struct survey *survey;
	const struct profile *profile;
	const struct observer *observer;
	int64_t timeout, deadline;
	size_t waiting; /* connections to this server without a session yet */
};

static int64_t
step_deadline(const struct tour *tour)
{
	return deadline_earlier(tour->deadline, deadline_in(tour->timeout));
}

/*
 * How long to wait for a reply. All servers that have not been heard share half
 * of the time that is left: silent ones must not use all of it.
 */
static int64_t
reply_timeout(const struct tour *tour)
{
	size_t all = tour->profile->server_count, seen = tour->survey->count;
	size_t waiting = tour->waiting + (all > seen ? all - seen : 0);
	int64_t left = tour->deadline - clock_now();

	if (waiting <= 1 || left <= 0)
		return tour->timeout;
	return deadline_earlier(tour->timeout, left / 2 / (int64_t)waiting + 1);
}

static struct survey_address *
add_address(struct survey_server *found, const char *name)
{
	struct survey_address **item =
	    mem_append(&found->addresses, &found->count, sizeof(*item));

	*item = survey_address_new();
	(*item)->name = mem_copy_text(name);
	return *item;
}

static void
note_failure(const struct tour *tour, const struct outcome *outcome)
{
	struct survey *survey = tour->survey;
	struct buf text = {0};

	reply_add_joined(&text, &outcome->reply);
	observer_note(tour->observer, "%s", buf_text(&text));
	buf_free(&text);
	if (route_is_more_telling(outcome, &survey->failure))
		outcome_copy(&survey->failure, outcome);
}

/* Records that the address was not connected to, and why. */
static void
fail(const struct tour *tour, const struct survey_server *found,
    struct survey_address *address, enum cause cause, struct buf *reason)
{
	route_set_failure(
	    &address->trouble, tour->profile, found->server, cause, reason);
	note_failure(tour, &address->trouble);
}

/* Records why a submission would fail, although the session became ready. */
static void
note_unready(const struct tour *tour, const struct survey_address *address)
{
	struct outcome outcome = {0};

	if (address->needs_login && !address->is_extended)
		outcome_set_own(&outcome, STAGE_EHLO, CAUSE_LOGIN,
		    "the server knows no EHLO, and so no login");
	else
		outcome_set_own(&outcome, STAGE_TLS, CAUSE_PROTOCOL, "%s",
		    address->tls.distrust);
	note_failure(tour, &outcome);
	outcome_free(&outcome);
}

/* Runs the session on a connected socket. */
static void
meet(const struct tour *tour, const struct survey_server *found,
    struct survey_address *address, int fd, const struct survey_visit *times)
{
	struct survey_visit visit = *times;

	visit.profile = tour->profile;
	visit.server = found->server;
	visit.observer = tour->observer;
	visit.hidden = tour->survey->hidden;
	visit.by_proxy = found->by_proxy;
	visit.timeout = reply_timeout(tour);
	visit.deadline = tour->deadline;
	survey_address_meet(address, fd, &visit);
	if (address->trouble.action != ACTION_NONE)
		note_failure(tour, &address->trouble);
	else if (!survey_address_is_ready(address))
		note_unready(tour, address);
	else
		tour->survey->is_ready = true;
}

static void
visit_socket(const struct tour *tour, struct survey_server *found)
{
	struct survey_address *address =
	    add_address(found, found->server->path);
	struct buf reason = {0};
	int64_t start = clock_now();
	int fd = -1;
	enum dial_result result = dial_unix(
	    found->server->path, tour->timeout, tour->deadline, &fd, &reason);

	/* dial_unix keeps errno. */
	address->error = result == DIAL_DONE ? 0
	    : result == DIAL_TIMEOUT	     ? ETIMEDOUT
	    : result == DIAL_SIGNAL	     ? EINTR
					     : errno;
	address->connect_time = clock_now() - start;
	if (result == DIAL_DONE)
		meet(tour, found, address, fd,
		    &(struct survey_visit){.connected_at = clock_now()});
	else
		fail(tour, found, address, CAUSE_TEMPORARY, &reason);
	buf_free(&reason);
}

/* Connects to the proxy, and through it to the server; -1: failed. */
static int
pass_proxy(const struct tour *tour, struct survey_server *found,
    struct survey_address *address, struct buf *reason)
{
	const struct proxy *proxy = route_proxy(tour->profile, found->server);
	const struct proxy_target target = route_target(found->server, proxy);
	const struct dial_options options = {
	    .family = network_family(&tour->profile->network),
	    .sources = tour->profile->network.sources.names,
	    .source_count = tour->profile->network.sources.count,
	    .deadline = step_deadline(tour),
	    .tell = observer_tell,
	    .context = (void *)tour->observer,
	};
	enum proxy_result result;
	struct error err = {0};
	struct dial *dial;
	int fd = -1;

	if (!proxy_secret_fetch(tour->profile, tour->deadline, &err)) {
		buf_add_span(reason,
		    span_head(span_from(err.text),
			span_find(span_from(err.text), '\n')));
		fail(tour, found, address, secret_cause(&err), reason);
		return -1;
	}
	if (dial_open(&dial, proxy->host, proxy->port, &options, reason) ==
		DIAL_DONE &&
	    dial_next(dial, tour->timeout, tour->deadline, &fd, reason) !=
		DIAL_DONE)
		fd = -1;
	dial_free(dial);
	if (fd < 0) {
		fail(tour, found, address, CAUSE_TEMPORARY, reason);
		return -1;
	}
	result = proxy_connect(
	    fd, proxy->kind, &target, step_deadline(tour), reason);
	if (result == PROXY_DONE)
		return fd;
	fail(tour, found, address, route_proxy_cause(result), reason);
	close(fd);
	return -1;
}

/* Runs the session through the command of the profile. */
static void
visit_by_command(const struct tour *tour, struct survey_server *found,
    struct survey_address *address)
{
	struct buf reason = {0};
	int64_t start = clock_now();
	int fd;
	struct survey_visit visit = {
	    .connected_at = start,
	    .tunnel = tunnel_open(tour->profile->network.proxy.command,
		found->server->host, found->server->port, &fd, &reason),
	};

	address->connect_time = clock_now() - start;
	if (visit.tunnel != NULL)
		meet(tour, found, address, fd, &visit);
	else
		fail(tour, found, address, CAUSE_TEMPORARY, &reason);
	if (!address->is_connected)
		address->error = EHOSTUNREACH;
	buf_free(&reason);
}

/* The proxy resolves the name, so there is one way to the server. */
static void
visit_by_proxy(const struct tour *tour, struct survey_server *found)
{
	struct survey_address *address =
	    add_address(found, found->server->host);
	struct buf reason = {0};
	int64_t start = clock_now();
	int fd;

	found->by_proxy = true;
	if (network_has_command(&tour->profile->network)) {
		visit_by_command(tour, found, address);
		return;
	}
	fd = pass_proxy(tour, found, address, &reason);
	address->connect_time = clock_now() - start;
	if (fd >= 0)
		meet(tour, found, address, fd,
		    &(struct survey_visit){.connected_at = clock_now()});
	else
		address->error = EHOSTUNREACH;
	buf_free(&reason);
}

/* Finds the addresses of the server. */
static void
resolve(const struct tour *tour, struct survey_server *found,
    struct host_addresses *list)
{
	const struct host_question question = {
	    .host = found->server->host,
	    .port = found->server->port,
	    .family = network_family(&tour->profile->network),
	};
	struct host_address literal;
	bool is_name = !host_parse_address(&literal, question.host);
	struct outcome outcome = {0};
	int64_t start = clock_now();

	if (is_name)
		observer_note(
		    tour->observer, "looking up %s", found->server->host);
	found->resolved =
	    host_resolve(&question, step_deadline(tour), list, &found->reason);
	if (is_name)
		found->resolve_time = clock_now() - start;
	if (found->resolved != HOST_FOUND) {
		list->count = 0;
		route_set_failure(&outcome, tour->profile, found->server,
		    found->resolved == HOST_UNKNOWN ? CAUSE_NO_HOST
						    : CAUSE_TEMPORARY,
		    &found->reason);
		note_failure(tour, &outcome);
		outcome_free(&outcome);
	}
	if (list->count > SURVEY_ADDRESSES_MAX) {
		found->left_out = list->count - SURVEY_ADDRESSES_MAX;
		list->count = SURVEY_ADDRESSES_MAX;
	}
}

/* Uses what became of the attempt to connect to one address. */
static void
visit_end(const struct tour *tour, struct survey_server *found,
    const struct dial_end *end)
{
	struct buf name = {0}, reason = {0};
	struct survey_address *address;

	host_add_address(&name, &end->address.socket);
	address = add_address(found, buf_text(&name));
	address->address = end->address;
	address->error = end->error;
	address->is_source_refused = end->is_source;
	if (end->started_at != 0)
		address->connect_time = end->ended_at - end->started_at;
	if (end->fd >= 0) {
		meet(tour, found, address, end->fd,
		    &(struct survey_visit){.connected_at = end->ended_at,
			.heard_at = end->heard_at});
	} else {
		dial_add_error(end, &reason);
		fail(tour, found, address, CAUSE_TEMPORARY, &reason);
	}
	buf_free(&name);
	buf_free(&reason);
}

static void
visit_addresses(const struct tour *tour, struct survey_server *found)
{
	struct dial_end ends[SURVEY_ADDRESSES_MAX];
	struct host_addresses list;
	struct tour copy = *tour;
	const struct dial_options options = {
	    .sources = tour->profile->network.sources.names,
	    .source_count = tour->profile->network.sources.count,
	    .deadline = tour->deadline,
	    .tell = observer_tell,
	    .context = (void *)tour->observer,
	};

	resolve(tour, found, &list);
	for (size_t i = 0; i < list.count; i++)
		ends[i].address = list.items[i];
	dial_every(ends, list.count, &options, tour->timeout);
	copy.waiting = 0;
	for (size_t i = 0; i < list.count; i++)
		copy.waiting += ends[i].fd >= 0;
	for (size_t i = 0; i < list.count; i++) {
		bool is_connected = ends[i].fd >= 0;

		visit_end(&copy, found, &ends[i]);
		copy.waiting -= is_connected;
	}
}

static void
visit_server(const struct tour *tour, const struct server *server)
{
	struct survey *survey = tour->survey;
	struct survey_server **item, *found;
	const struct observed_place place = {
	    .stage = STAGE_CONNECT, .host = server_url_name(server)};

	if (survey->count == SURVEY_SERVERS_MAX || signals_are_pending()) {
		survey->left_out++;
		return;
	}
	item = mem_append(&survey->servers, &survey->count, sizeof(*item));
	*item = found = mem_new(1, sizeof(*found));
	found->server = server;
	found->resolve_time = -1;
	observer_reach(tour->observer, &place);
	if (server_url_is_unix(server))
		visit_socket(tour, found);
	else if (route_proxy(tour->profile, server) != NULL)
		visit_by_proxy(tour, found);
	else
		visit_addresses(tour, found);
}

/* Visits the servers that a domain names for one service. */
static void
visit_service(const struct tour *tour, const struct server *domain,
    const struct survey_service *service, enum scheme scheme)
{
	struct survey *survey = tour->survey;

	for (size_t i = 0; i < service->records.count; i++) {
		struct server **item, *server = mem_new(1, sizeof(*server));

		item = mem_append(
		    &survey->found, &survey->found_count, sizeof(*item));
		*item = server;
		server_url_set_target(server, domain, scheme,
		    service->records.items[i].target,
		    service->records.items[i].port);
		server->service = service->name;
		visit_server(tour, server);
	}
}

static void
fail_lookup(const struct tour *tour, const struct server *server,
    struct survey_service *service, enum cause cause)
{
	struct outcome outcome = {0};

	route_set_lookup_failure(&outcome, server, cause, &service->reason);
	note_failure(tour, &outcome);
	outcome_free(&outcome);
}

/* Asks for both services, as a submission does; a failed look-up ends that. */
static void
visit_domain(const struct tour *tour, const struct server *server)
{
	struct survey *survey = tour->survey;
	struct survey_domain **item, *domain = mem_new(1, sizeof(*domain));
	struct survey_service *service = NULL;
	bool is_named = false;

	item =
	    mem_append(&survey->domains, &survey->domain_count, sizeof(*item));
	*item = domain;
	domain->server = server;
	for (size_t i = 0; i < ROUTE_SERVICES && !signals_are_pending(); i++) {
		int64_t start = clock_now();

		service = &domain->services[i];
		service->name = route_services[i].name;
		observer_note(tour->observer, "looking up %s._tcp.%s",
		    service->name, server->host);
		service->result = srv_find(service->name, server->host,
		    step_deadline(tour), &service->records, &service->reason);
		service->time = clock_now() - start;
		if (service->result == SRV_TROUBLE ||
		    service->result == SRV_SIGNAL) {
			fail_lookup(tour, server, service, CAUSE_TEMPORARY);
			return;
		}
		is_named |= service->records.count > 0;
		visit_service(tour, server, service, route_services[i].scheme);
	}
	if (!is_named && service != NULL)
		fail_lookup(tour, server, service, CAUSE_NO_HOST);
}

void
survey_run(struct survey *survey, const struct profile *profile,
    const struct observer *observer, int64_t deadline)
{
	struct tour tour = {.survey = survey,
	    .profile = profile,
	    .observer = observer,
	    .timeout = deadline_earlier(STEP_MAX, profile->timeout_connect),
	    .deadline = deadline,
	    .waiting = 1};

	if (profile->timeout != 0)
		tour.timeout = deadline_earlier(tour.timeout, profile->timeout);
	for (size_t i = 0; i < profile->server_count; i++)
		if (profile->servers[i].scheme == SCHEME_SRV)
			visit_domain(&tour, &profile->servers[i]);
		else if (profile->servers[i].scheme != SCHEME_MX)
			visit_server(&tour, &profile->servers[i]);
	survey->is_interrupted = signals_are_pending();
}

bool
survey_is_connected(const struct survey_server *server)
{
	for (size_t i = 0; i < server->count; i++)
		if (server->addresses[i]->is_connected)
			return true;
	return false;
}

bool
survey_next_ready(const struct survey *survey, struct survey_walk *walk)
{
	while (walk->server_index < survey->count) {
		walk->server = survey->servers[walk->server_index];
		while (walk->address_index < walk->server->count) {
			walk->address =
			    walk->server->addresses[walk->address_index++];
			if (survey_address_is_ready(walk->address)) {
				walk->count++;
				return true;
			}
		}
		walk->server_index++;
		walk->address_index = 0;
	}
	return false;
}

static void
free_server(struct survey_server *found)
{
	for (size_t i = 0; i < found->count; i++)
		survey_address_free(found->addresses[i]);
	free(found->addresses);
	buf_free(&found->reason);
	free(found);
}

void
survey_free(struct survey *survey)
{
	for (size_t i = 0; i < survey->count; i++)
		free_server(survey->servers[i]);
	for (size_t i = 0; i < survey->domain_count; i++) {
		for (size_t j = 0; j < ROUTE_SERVICES; j++)
			buf_free(&survey->domains[i]->services[j].reason);
		free(survey->domains[i]);
	}
	for (size_t i = 0; i < survey->found_count; i++) {
		server_url_free(survey->found[i]);
		free(survey->found[i]);
	}
	free(survey->servers);
	free(survey->domains);
	free(survey->found);
	outcome_free(&survey->failure);
	*survey = (struct survey){0};
}
