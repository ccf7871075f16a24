/*
 * Tries the servers of the profile and their addresses, through a proxy if
 * there is one, and the servers that a domain names (srv:). Of several failures
 * the one most useful to the user is reported.
 */
#include "smtp/reach.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/signals.h"
#include "base/wait.h"
#include "net/dial.h"
#include "net/proxy.h"
#include "net/srv.h"
#include "net/tunnel.h"
#include "profile/server_url.h"
#include "smtp/login.h"
#include "smtp/route.h"
#include "tls/tls.h"

/* How long a second connection, and its TLS handshake, may take. */
#define PROBE_TIMEOUT ((int64_t)5000)

static void
add_attempt(struct trail *trail, const struct server *server,
    const struct outcome *outcome)
{
	struct attempt *attempt;

	if (trail->attempt_count == TRAIL_ATTEMPTS_MAX)
		return;
	attempt = mem_append(
	    &trail->attempts, &trail->attempt_count, sizeof(*attempt));
	attempt->server = server;
	outcome_copy(&attempt->outcome, outcome);
}

static struct server *
add_server(struct trail *trail)
{
	struct server **found =
	    mem_append(&trail->found, &trail->found_count, sizeof(*found));

	*found = mem_new(1, sizeof(**found));
	return *found;
}

const struct server *
reach_add_exchanger(struct reach *reach, const char *host)
{
	struct server *server = add_server(&reach->trail);

	server_url_set_exchanger(server, host);
	return server;
}

void
reach_free_trail(struct trail *trail)
{
	for (size_t i = 0; i < trail->attempt_count; i++)
		outcome_free(&trail->attempts[i].outcome);
	for (size_t i = 0; i < trail->found_count; i++) {
		server_url_free(trail->found[i]);
		free(trail->found[i]);
	}
	free(trail->attempts);
	free(trail->found);
	*trail = (struct trail){0};
}

void
reach_fail(struct reach *reach, const struct outcome *outcome)
{
	struct buf text = {0};

	add_attempt(&reach->trail, reach->server, outcome);
	reply_add_joined(&text, &outcome->reply);
	observer_note(
	    reach->observer, "%s: %s", reach->server->url, buf_text(&text));
	buf_free(&text);
	if (outcome->hint != NULL)
		observer_note(reach->observer, "hint: %s", outcome->hint);
	reach->last_stage = outcome->stage;
	if (route_is_more_telling(outcome, &reach->failure)) {
		outcome_copy(&reach->failure, outcome);
		reach->failed = reach->server;
	}
	if (signals_caught() != 0)
		reach->is_over = true;
}

/* Opens a second connection to the first one's address; -1: failed. */
static int
connect_again(struct reach *reach, int fd, int64_t deadline)
{
	const struct proxy *proxy = route_proxy(reach->profile, reach->server);
	struct buf ignored = {0};
	int again = dial_again(fd, deadline);

	if (proxy != NULL && again >= 0) {
		const struct proxy_target target =
		    route_target(reach->server, proxy);

		if (proxy_connect(again, proxy->kind, &target, deadline,
			&ignored) != PROXY_DONE) {
			close(again);
			again = -1;
		}
	}
	buf_free(&ignored);
	return again;
}

/* Checks, in a second connection, whether the server starts with TLS. */
static bool
speaks_tls(void *context, int fd)
{
	struct reach *reach = context;
	int64_t deadline =
	    deadline_earlier(reach->deadline, deadline_in(PROBE_TIMEOUT));
	const struct tls_options options = {
	    .host = reach->server->host, .name = reach->server->host};
	struct tls_failure failure = {0};
	int again;

	if (reach->is_probed)
		return false;
	reach->is_probed = true;
	observer_note(reach->observer,
	    "no greeting so far: trying TLS in a second connection");
	again = connect_again(reach, fd, deadline);
	if (again < 0)
		return false;
	tls_free(tls_start(again, &options, deadline, &failure));
	close(again);
	reach->wants_tls = failure.is_tls;
	return failure.is_tls;
}

/*
 * RFC 5321 section 5.1: a mail exchanger that does not want us now is no reason
 * to give up, and filters say so with 5yz at the greeting, too. A refused EHLO
 * is a verdict, and no other host is asked.
 */
static void
judge_exchanger(struct reach *reach, struct outcome *trouble)
{
	if (trouble->stage == STAGE_GREETING)
		outcome_defer_refusal(trouble);
	if (trouble->action == ACTION_FAILED && trouble->stage == STAGE_EHLO) {
		outcome_free(&reach->failure);
		reach->is_over = true;
	}
	/* Nothing was required that the server lacks. */
	if (trouble->stage == STAGE_TLS &&
	    reach->verdict->tls == MX_TLS_OPPORTUNISTIC)
		trouble->cause = CAUSE_TEMPORARY;
}

/*
 * Opens a session on a socket that is connected to the server, or to the
 * command `tunnel`. Such a command may ask a person for something, so it is not
 * started again to see whether a silent server waits for TLS.
 */
static bool
try_connection(
    struct reach *reach, int fd, struct tunnel *tunnel, struct session *session)
{
	struct session_options options = {
	    .profile = reach->profile,
	    .server = reach->server,
	    .verdict = reach->verdict,
	    .secret = reach->secret,
	    .observer = reach->observer,
	    .deadline = reach->deadline,
	    .by_proxy = route_proxy(reach->profile, reach->server) != NULL,
	    .tunnel = tunnel,
	    .speaks_tls = tunnel == NULL ? speaks_tls : NULL,
	    .context = reach,
	};
	bool opened = session_open(session, fd, &options) &&
	    (session->secret == NULL ||
		(reach->no_login ? login_is_possible(session)
				 : login_authenticate(session)));

	if (reach->tried != NULL)
		reach->tried(reach->context, session);
	if (opened)
		return true;
	if (!session->may_move)
		reach->is_over = true;
	if (reach->verdict != NULL)
		judge_exchanger(reach, &session->trouble);
	reach_fail(reach, &session->trouble);
	session_close(session, false);
	return false;
}

bool
reach_use(struct reach *reach, int fd, struct session *session)
{
	return try_connection(reach, fd, NULL, session);
}

static void
fail_connect(struct reach *reach, enum cause cause, struct buf *reason)
{
	struct outcome outcome = {0};

	route_set_failure(
	    &outcome, reach->profile, reach->server, cause, reason);
	reach_fail(reach, &outcome);
	outcome_free(&outcome);
}

/* Records that no connection to the server or its proxy was made. */
static void
fail_dial(struct reach *reach, enum dial_result result, struct buf *reason)
{
	fail_connect(reach,
	    result == DIAL_NO_HOST ? CAUSE_NO_HOST : CAUSE_TEMPORARY, reason);
}

static bool
try_socket(struct reach *reach, struct session *session)
{
	struct buf reason = {0};
	int fd = -1;
	enum dial_result result;
	bool opened = false;

	observer_note(reach->observer, "trying %s", reach->server->path);
	result = dial_unix(reach->server->path, reach->profile->timeout_connect,
	    reach->deadline, &fd, &reason);
	if (result == DIAL_DONE)
		observer_note(
		    reach->observer, "connected to %s", reach->server->path);
	if (result == DIAL_DONE)
		opened = reach_use(reach, fd, session);
	else
		fail_dial(reach, result, &reason);
	buf_free(&reason);
	return opened;
}

/* The result of one address. */
enum passage {
	PASSAGE_OPEN,
	PASSAGE_NEXT,	/* another address may do better */
	PASSAGE_CLOSED, /* no other address would */
};

/*
 * Asks a connected proxy to connect to the server. Another address of the proxy
 * is tried only if this one does not work at all; a refused login is never
 * repeated.
 */
static enum passage
pass_proxy(
    struct reach *reach, const struct proxy *proxy, int fd, struct buf *reason)
{
	const struct proxy_target target = route_target(reach->server, proxy);
	int64_t deadline = deadline_earlier(
	    reach->deadline, deadline_in(reach->profile->timeout_connect));

	enum proxy_result result =
	    proxy_connect(fd, proxy->kind, &target, deadline, reason);

	if (result == PROXY_DONE)
		return PASSAGE_OPEN;
	fail_connect(reach, route_proxy_cause(result), reason);
	if (result == PROXY_NO_LOGIN)
		reach->is_over = true;
	return result == PROXY_TIMEOUT || result == PROXY_SIGNAL ||
		result == PROXY_LOST
	    ? PASSAGE_NEXT
	    : PASSAGE_CLOSED;
}

/* Uses a socket that is connected to the server or to its proxy. */
static enum passage
use_socket(struct reach *reach, int fd, struct session *session)
{
	struct buf reason = {0};
	enum passage passage = PASSAGE_OPEN;
	const struct proxy *proxy = route_proxy(reach->profile, reach->server);

	if (proxy != NULL)
		passage = pass_proxy(reach, proxy, fd, &reason);
	buf_free(&reason);
	if (passage != PASSAGE_OPEN) {
		close(fd);
		return passage;
	}
	if (reach_use(reach, fd, session))
		return PASSAGE_OPEN;
	return reach->wants_tls ? PASSAGE_CLOSED : PASSAGE_NEXT;
}

static enum dial_result
open_dial(struct reach *reach, struct dial **dial, struct buf *reason)
{
	const struct profile *profile = reach->profile;
	const struct proxy *proxy = route_proxy(reach->profile, reach->server);
	const struct dial_options options = {
	    .family = network_family(&profile->network),
	    .sources = profile->network.sources.names,
	    .source_count = profile->network.sources.count,
	    .deadline = deadline_earlier(
		reach->deadline, deadline_in(profile->timeout_connect)),
	    .tell = reach->observer != NULL ? observer_tell : NULL,
	    .context = (void *)reach->observer,
	};

	if (proxy != NULL)
		observer_note(reach->observer, "through the proxy %s port %u",
		    proxy->host, (unsigned)proxy->port);
	return dial_open(dial, proxy ? proxy->host : reach->server->host,
	    proxy ? proxy->port : reach->server->port, &options, reason);
}

/* Tries reach->server through the command of the profile. */
static bool
try_command(struct reach *reach, struct session *session)
{
	const struct server *server = reach->server;
	struct buf reason = {0};
	int fd = -1;
	struct tunnel *tunnel;

	observer_note(reach->observer, "through the proxy command");
	tunnel = tunnel_open(reach->profile->network.proxy.command,
	    server->host, server->port, &fd, &reason);
	if (tunnel == NULL)
		fail_connect(reach, CAUSE_TEMPORARY, &reason);
	buf_free(&reason);
	return tunnel != NULL && try_connection(reach, fd, tunnel, session);
}

/* Tries every address of reach->server, or of the proxy, until one works. */
static bool
try_addresses(struct reach *reach, struct session *session)
{
	struct buf reason = {0};
	struct dial *dial = NULL;
	enum dial_result result = open_dial(reach, &dial, &reason);
	enum passage passage = PASSAGE_NEXT;

	reach->wants_tls = false;
	while (
	    result == DIAL_DONE && passage == PASSAGE_NEXT && !reach->is_over) {
		int fd = -1;

		buf_clear(&reason);
		result = dial_next(dial, reach->profile->timeout_connect,
		    reach->deadline, &fd, &reason);
		if (result == DIAL_DONE)
			passage = use_socket(reach, fd, session);
	}
	if (result != DIAL_DONE && result != DIAL_EXHAUSTED)
		fail_dial(reach, result, &reason);
	if (dial != NULL)
		dial_free(dial);
	buf_free(&reason);
	return passage == PASSAGE_OPEN;
}

static void
fail_lookup(struct reach *reach, const struct server *domain, enum cause cause,
    struct buf *reason)
{
	struct outcome outcome = {0};

	reach->server = domain;
	route_set_lookup_failure(&outcome, domain, cause, reason);
	reach_fail(reach, &outcome);
	outcome_free(&outcome);
}

/* Tries the servers that the domain named for one service. */
static bool
try_service(struct reach *reach, const struct server *domain,
    const struct route_service *kind, const struct srv_records *list,
    struct session *session)
{
	bool opened = false;

	for (size_t i = 0; i < list->count && !opened && !reach->is_over; i++) {
		struct server *server = add_server(&reach->trail);

		server_url_set_target(server, domain, kind->scheme,
		    list->items[i].target, list->items[i].port);
		server->service = kind->name;
		reach->server = server;
		observer_note(reach->observer, "found %s", server->url);
		opened = try_addresses(reach, session);
	}
	return opened;
}

/*
 * A failed lookup ends the search, so that an attacker who suppresses the
 * answer for _submissions cannot downgrade us to _submission.
 */
static bool
try_domain(struct reach *reach, struct session *session)
{
	const struct server *domain = reach->server;
	struct srv_records list;
	struct buf reason = {0};
	bool opened = false, is_named = false, goes_on = true;

	for (size_t i = 0;
	     i < ROUTE_SERVICES && goes_on && !opened && !reach->is_over; i++) {
		int64_t deadline = deadline_earlier(reach->deadline,
		    deadline_in(reach->profile->timeout_connect));

		buf_clear(&reason);
		observer_note(reach->observer, "looking up %s._tcp.%s",
		    route_services[i].name, domain->host);
		switch (srv_find(route_services[i].name, domain->host, deadline,
		    &list, &reason)) {
		case SRV_FOUND:
			is_named = true;
			opened = try_service(
			    reach, domain, &route_services[i], &list, session);
			break;
		case SRV_NONE:
		case SRV_REFUSED:
			break;
		case SRV_TROUBLE:
		case SRV_SIGNAL:
			is_named = true;
			goes_on = false;
			fail_lookup(reach, domain, CAUSE_TEMPORARY, &reason);
			break;
		}
	}
	/* The session may outlive the trail, which owns the server found. */
	if (opened)
		session->server = domain;
	if (!opened && !is_named)
		fail_lookup(reach, domain, CAUSE_NO_HOST, &reason);
	buf_free(&reason);
	return opened;
}

void
reach_show(struct reach *reach, const struct server *server)
{
	const struct observed_place place = {
	    .stage = STAGE_CONNECT, .host = server_url_name(server)};

	reach->server = server;
	observer_reach(reach->observer, &place);
}

bool
reach_open(struct reach *reach, struct session *session)
{
	const struct profile *profile = reach->profile;
	bool opened = false;

	for (size_t i = 0;
	     i < profile->server_count && !opened && !reach->is_over; i++) {
		reach_show(reach, &profile->servers[i]);
		if (server_url_is_unix(reach->server))
			opened = try_socket(reach, session);
		else if (reach->server->scheme == SCHEME_SRV)
			opened = try_domain(reach, session);
		else if (network_has_command(&profile->network))
			opened = try_command(reach, session);
		else
			opened = try_addresses(reach, session);
	}
	return opened;
}

void
reach_free(struct reach *reach)
{
	outcome_free(&reach->failure);
	reach_free_trail(&reach->trail);
}
