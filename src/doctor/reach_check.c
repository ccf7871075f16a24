/*
 * Judges the connections of the survey. On Linux, errno names the cause: see
 * add_connect_finding.
 */
#include "doctor/reach_check.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "doctor/server_remedy.h"
#include "profile/server_url.h"
#include "smtp/route.h"

#define SOURCE_ID "source"
#define PROXY_ID "proxy"
#define CONNECT_ID "reach.connect"
#define FAMILY_ID "ipv6"
#define PORT_ID "reach.port"
#define SECOND_ID "reach.second"

/* A proxy that takes longer than this is slow. */
#define SLOW_PROXY ((int64_t)2000)
/* IPv6 may take so much longer than IPv4. */
#define SLOWER ((int64_t)500)

/* --- source */

/* 0, or errno: why no connection can come from this address. */
static int
source_error(const char *text)
{
	struct host_address source;
	int fd, error = 0;

	if (!host_parse_address(&source, text))
		return EINVAL;
	fd = socket(source.socket.ss_family, SOCK_STREAM, 0);
	if (fd < 0 ||
	    bind(fd, (const struct sockaddr *)(const void *)&source.socket,
		source.len) < 0)
		error = errno;
	if (fd >= 0)
		close(fd);
	return error;
}

/* A failure if every address of a server fails by it, else a warning. */
static enum severity
source_severity(struct obstacles *obstacles)
{
	enum severity severity = SEVERITY_WARNING;
	struct obstacle *item;

	while ((item = obstacles_next(obstacles, SOURCE_ID)) != NULL) {
		if (obstacle_severity(obstacles, item) == SEVERITY_FAILURE)
			severity = SEVERITY_FAILURE;
		item->is_reported = true;
	}
	return severity;
}

void
reach_check_source(struct diagnosis *diagnosis)
{
	const struct name_list *sources = &diagnosis->profile->network.sources;
	enum severity severity =
	    source_severity(diagnosis_obstacles(diagnosis));
	struct findings *findings = &diagnosis->findings;
	size_t count = findings->count;

	for (size_t i = 0; i < sources->count; i++) {
		int error = source_error(sources->names[i]);

		if (error == EADDRNOTAVAIL)
			finding_set_hint(
			    finding_add(findings, SOURCE_ID, severity,
				"this machine does not have the address %s now",
				sources->names[i]),
			    "see the output of: ip address");
		else if (error != 0)
			finding_add(findings, SOURCE_ID, severity,
			    "%s cannot be used as source-address: %s",
			    sources->names[i], strerror(error));
	}
	if (findings->count > count)
		return;
	if (sources->count == 0)
		finding_add(findings, SOURCE_ID, SEVERITY_SKIPPED,
		    "no source-address is set");
	else
		finding_add(findings, SOURCE_ID, SEVERITY_OK,
		    "this machine has %s%s%s", sources->names[0],
		    sources->count > 1 ? " and " : "",
		    sources->count > 1 ? sources->names[1] : "");
}

/* --- proxy */

static void
judge_proxied(struct diagnosis *diagnosis, const struct survey_server *server)
{
	const struct survey_address *address = server->addresses[0];
	int64_t took = address->connect_time;
	struct finding *finding;

	finding = took > SLOW_PROXY
	    ? finding_add(&diagnosis->findings, PROXY_ID, SEVERITY_NOTE,
		  "the proxy reaches %s after %d.%d s", server->server->host,
		  (int)(took / 1000), (int)(took / 100 % 10))
	    : finding_add(&diagnosis->findings, PROXY_ID, SEVERITY_OK,
		  "the proxy reaches %s after %d ms", server->server->host,
		  (int)took);
	finding_add_number(finding, "milliseconds", took);
}

/* Adds the sentence of a submission and its hint. */
static void
add_trouble(struct diagnosis *diagnosis, enum severity severity,
    const struct survey_address *address)
{
	struct buf text = {0};
	struct finding *finding;

	reply_add_joined(&text, &address->trouble.reply);
	finding = finding_add(
	    &diagnosis->findings, PROXY_ID, severity, "%s", buf_text(&text));
	if (address->trouble.hint != NULL)
		finding_set_hint(finding, "%s", address->trouble.hint);
	buf_free(&text);
}

/* Only what the server sends shows that the command reaches it. */
static void
judge_command(struct diagnosis *diagnosis, const struct survey_server *server)
{
	const struct survey_address *address = server->addresses[0];

	if (address->is_tls || address->greeting.len > 0 ||
	    address->odd.len > 0)
		finding_add(&diagnosis->findings, PROXY_ID, SEVERITY_OK,
		    "the proxy command reaches %s", server->server->host);
	else
		finding_add(&diagnosis->findings, PROXY_ID, SEVERITY_NOTE,
		    "nothing comes through the proxy command from %s",
		    server->server->host);
}

void
reach_check_proxy(struct diagnosis *diagnosis)
{
	const struct survey *survey = diagnosis_survey(diagnosis);
	struct obstacles *obstacles = diagnosis_obstacles(diagnosis);
	struct findings *findings = &diagnosis->findings;
	size_t count = findings->count;
	bool by_command = network_has_command(&diagnosis->profile->network);
	struct obstacle *item;

	while ((item = obstacles_next(obstacles, PROXY_ID)) != NULL) {
		add_trouble(diagnosis, obstacle_severity(obstacles, item),
		    item->address);
		obstacles_mark(obstacles, item);
	}
	for (size_t i = 0; i < survey->count && findings->count == count; i++)
		if (survey->servers[i]->by_proxy)
			(by_command ? judge_command : judge_proxied)(
			    diagnosis, survey->servers[i]);
	if (findings->count == count)
		finding_add(
		    findings, PROXY_ID, SEVERITY_SKIPPED, "no proxy is set");
}

/* --- reach.connect */

static void
hint_at_route(struct finding *finding, const struct survey_address *address)
{
	finding_set_hint(
	    finding, "see the output of: ip route get %s", address->name);
}

/* A socket that a program on this machine should listen at. */
static void
add_socket_finding(struct diagnosis *diagnosis, enum severity severity,
    const struct survey_address *address)
{
	struct findings *findings = &diagnosis->findings;
	const char *path = address->name;

	if (address->error == ENOENT)
		finding_add(
		    findings, CONNECT_ID, severity, "there is no %s", path);
	else if (address->error == ECONNREFUSED)
		finding_add(findings, CONNECT_ID, severity,
		    "nothing listens at %s", path);
	else if (address->error == ETIMEDOUT)
		finding_add(
		    findings, CONNECT_ID, severity, "%s does not answer", path);
	else
		finding_add(findings, CONNECT_ID, severity,
		    "cannot connect to %s: %s", path, strerror(address->error));
}

/* What errno of connect(2) means on Linux; `places` have that in common. */
static void
add_connect_finding(struct diagnosis *diagnosis, enum severity severity,
    const struct survey_address *address, const char *places)
{
	struct findings *findings = &diagnosis->findings;
	struct finding *finding;

	switch (address->error) {
	case ECONNREFUSED:
		finding_add(findings, CONNECT_ID, severity,
		    "nothing listens at %s", places);
		break;
	case EACCES: /* a route of type prohibit, or a local firewall */
	case EPERM:
		finding = finding_add(findings, CONNECT_ID, severity,
		    "this machine does not allow connections to %s", places);
		finding_set_hint(finding,
		    "see its firewall, its routes, or IPAddressDeny= of a "
		    "systemd unit");
		break;
	case EINVAL: /* a route of type blackhole */
		finding = finding_add(findings, CONNECT_ID, severity,
		    "a route of this machine drops what goes to %s", places);
		hint_at_route(finding, address);
		break;
	case ENETUNREACH:
		finding = finding_add(findings, CONNECT_ID, severity,
		    "this machine has no route to %s", places);
		hint_at_route(finding, address);
		break;
	case EHOSTUNREACH: /* a route of type unreachable, or ICMP */
		finding = finding_add(findings, CONNECT_ID, severity,
		    "a route says that %s cannot be reached", places);
		hint_at_route(finding, address);
		break;
	case EADDRNOTAVAIL: /* as in a container without IPv6 */
		finding_add(findings, CONNECT_ID, severity,
		    "this machine has no address from which it could reach %s",
		    places);
		break;
	case ETIMEDOUT:
		finding_add(findings, CONNECT_ID, severity,
		    "there is no answer from %s", places);
		break;
	default:
		finding_add(findings, CONNECT_ID, severity,
		    "cannot connect to %s: %s", places,
		    strerror(address->error));
		break;
	}
}

/* The first address that was connected to; NULL: none was. */
static const struct obstacle *
first_connected(const struct obstacles *obstacles)
{
	for (size_t i = 0; i < obstacles->count; i++)
		if (obstacles->items[i].address != NULL &&
		    obstacles->items[i].address->is_connected)
			return &obstacles->items[i];
	return NULL;
}

/* Adds "mail.example.com port 465: 192.0.2.5 after 21 ms". */
static void
add_connected(const struct survey *survey, struct buf *text)
{
	for (size_t i = 0; i < survey->count; i++) {
		const struct survey_server *server = survey->servers[i];
		const char *between = ":";

		for (size_t j = 0; j < server->count; j++) {
			const struct survey_address *address =
			    server->addresses[j];

			if (!address->is_connected)
				continue;
			if (between[0] == ':')
				buf_add_text(text, text->len > 0 ? "; " : "");
			if (between[0] == ':' &&
			    server_url_is_unix(server->server))
				buf_add_text(text, "this machine");
			else if (between[0] == ':')
				server_url_add_place(text, server->server);
			buf_add_format(text, "%s %s after %d ms", between,
			    address->name, (int)address->connect_time);
			between = ",";
		}
	}
}

void
reach_check_connect(struct diagnosis *diagnosis)
{
	struct obstacles *obstacles = diagnosis_obstacles(diagnosis);
	const struct obstacle *connected = first_connected(obstacles);
	struct findings *findings = &diagnosis->findings;
	size_t count = findings->count;
	struct buf text = {0};
	struct obstacle *item;

	while ((item = obstacles_next(obstacles, CONNECT_ID)) != NULL) {
		enum severity severity = obstacle_severity(obstacles, item);

		buf_clear(&text);
		obstacles_add_places(
		    obstacles, item, OBSTACLE_WITH_ADDRESSES, &text);
		if (server_url_is_unix(item->server->server))
			add_socket_finding(diagnosis, severity, item->address);
		else
			add_connect_finding(diagnosis, severity, item->address,
			    buf_text(&text));
	}
	buf_clear(&text);
	add_connected(&diagnosis->survey, &text);
	if (findings->count == count && connected != NULL)
		finding_add_number(finding_add(findings, CONNECT_ID,
				       SEVERITY_OK, "%s", buf_text(&text)),
		    "milliseconds", connected->address->connect_time);
	else if (findings->count == count)
		finding_add_skipped(findings, CONNECT_ID, PORT_ID);
	buf_free(&text);
}

/* --- ipv6 */

/* The fastest connected address of a family; NULL: there is none. */
static const struct survey_address *
fastest(const struct survey_server *server, int family)
{
	const struct survey_address *found = NULL;

	for (size_t i = 0; i < server->count; i++) {
		const struct survey_address *address = server->addresses[i];

		if (address->address.socket.ss_family == family &&
		    address->is_connected &&
		    (found == NULL ||
			address->connect_time < found->connect_time))
			found = address;
	}
	return found;
}

/*
 * A family whose addresses are dead. Silence delays every mail, so that IPv6 is
 * better switched off; an error that comes at once costs nothing.
 */
static void
add_dead_family(struct diagnosis *diagnosis, struct obstacle *item)
{
	const struct survey_address *dead = item->address;
	bool is_six = dead->address.socket.ss_family == AF_INET6;
	const struct survey_address *alive =
	    fastest(item->server, is_six ? AF_INET : AF_INET6);
	bool is_silent = dead->error == ETIMEDOUT;
	bool is_harmless = is_six ? !is_silent : dead->error == ENETUNREACH;
	struct finding *finding;

	obstacles_mark(&diagnosis->obstacles, item);
	if (alive == NULL)
		return; /* then it is not an obstacle of this kind */
	finding = finding_add(&diagnosis->findings, FAMILY_ID,
	    is_harmless ? SEVERITY_NOTE : SEVERITY_WARNING,
	    "%s does not reach %s: %s %s, %s answers after %d ms",
	    is_six ? "IPv6" : "IPv4", item->server->server->host, dead->name,
	    is_silent ? "does not answer" : "cannot be reached", alive->name,
	    (int)alive->connect_time);
	if (!is_silent) {
		struct buf reason = {0};
		const char *text = strerror(dead->error);

		buf_add_char(&reason, ascii_lower(text[0]));
		buf_add_text(&reason, text + 1);
		finding_set_hint(finding, "%s%s", buf_text(&reason),
		    is_harmless ? "; it fails at once and so costs no time"
				: "");
		buf_free(&reason);
	}
	if (is_six && is_silent)
		finding_add_setting(finding, "ip", "4");
}

void
reach_check_ipv6(struct diagnosis *diagnosis)
{
	const struct survey *survey = diagnosis_survey(diagnosis);
	struct obstacles *obstacles = diagnosis_obstacles(diagnosis);
	struct findings *findings = &diagnosis->findings;
	size_t count = findings->count;
	struct obstacle *item;
	bool has_both = false;

	while ((item = obstacles_next(obstacles, FAMILY_ID)) != NULL)
		add_dead_family(diagnosis, item);
	for (size_t i = 0; i < survey->count && findings->count == count; i++) {
		const struct survey_server *server = survey->servers[i];
		const struct survey_address *four = fastest(server, AF_INET);
		const struct survey_address *six = fastest(server, AF_INET6);

		has_both |= four != NULL && six != NULL;
		if (four != NULL && six != NULL &&
		    six->connect_time > four->connect_time + SLOWER)
			finding_add(findings, FAMILY_ID, SEVERITY_NOTE,
			    "IPv6 reaches %s after %d ms, IPv4 after %d ms",
			    server->server->host, (int)six->connect_time,
			    (int)four->connect_time);
	}
	if (findings->count > count)
		return;
	if (has_both)
		finding_add(findings, FAMILY_ID, SEVERITY_OK,
		    "IPv4 and IPv6 reach the server equally well");
	else
		finding_add(findings, FAMILY_ID, SEVERITY_SKIPPED,
		    "no server has addresses of both families that answer");
}

/* --- reach.port */

/* Another port of the same host that answers, the best one; 0: none does. */
static unsigned short
find_open_port(struct diagnosis *diagnosis, const struct obstacle *item)
{
	static const unsigned short usual[] = {465, 587, 2525, 25};
	const struct probe probe =
	    diagnosis_probe(diagnosis, item->server, item->address);
	unsigned short ports[PROBE_PORTS_MAX];
	bool answers[PROBE_PORTS_MAX];
	size_t count = 0;

	if (!probe_is_possible(&probe))
		return 0;
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (usual[i] != item->server->server->port)
			ports[count++] = usual[i];
	probe_ports(&probe, ports, count, answers);
	for (size_t i = 0; i < count; i++)
		if (answers[i])
			return ports[i];
	return 0;
}

static void
add_open_port(struct diagnosis *diagnosis, const struct obstacle *item,
    enum severity severity, unsigned short port)
{
	const struct server *server = item->server->server;
	struct finding *finding =
	    finding_add(&diagnosis->findings, PORT_ID, severity,
		"port %u of %s is silent, port %u answers: this network lets "
		"no mail out at port %u",
		(unsigned)server->port, server->host, (unsigned)port,
		(unsigned)server->port);

	server_remedy_add(finding, diagnosis->profile, server,
	    port == 465 ? SCHEME_SMTPS : SCHEME_SMTP, port);
}

/* Says that no port of these hosts answers. */
static void
add_dead_hosts(
    struct diagnosis *diagnosis, enum severity severity, const char *hosts)
{
	struct finding *finding = finding_add(&diagnosis->findings, PORT_ID,
	    severity,
	    "no port of %s answers: it is down, or a firewall drops what goes "
	    "there",
	    hosts);

	if (obstacles_show_login_page(&diagnosis->obstacles))
		finding_set_hint(
		    finding, "this network wants a login in a browser first");
}

static void
add_silent(struct diagnosis *diagnosis, struct obstacle *item)
{
	struct obstacles *obstacles = diagnosis_obstacles(diagnosis);
	enum severity severity = obstacle_severity(obstacles, item);
	unsigned short port = find_open_port(diagnosis, item);
	struct buf hosts = {0};

	obstacles_add_places(obstacles, item, OBSTACLE_WITH_HOST, &hosts);
	if (port != 0)
		add_open_port(diagnosis, item, severity, port);
	else
		add_dead_hosts(diagnosis, severity, buf_text(&hosts));
	buf_free(&hosts);
}

void
reach_check_port(struct diagnosis *diagnosis)
{
	struct obstacles *obstacles = diagnosis_obstacles(diagnosis);
	const struct obstacle *connected = first_connected(obstacles);
	struct findings *findings = &diagnosis->findings;
	size_t count = findings->count;
	struct obstacle *item;

	while ((item = obstacles_next(obstacles, PORT_ID)) != NULL)
		add_silent(diagnosis, item);
	if (findings->count > count)
		return;
	if (connected != NULL && !server_url_is_unix(connected->server->server))
		finding_add(findings, PORT_ID, SEVERITY_OK,
		    "port %u is not blocked",
		    (unsigned)connected->server->server->port);
	else if (connected != NULL)
		finding_add(findings, PORT_ID, SEVERITY_SKIPPED,
		    "the server is a socket on this machine");
	else
		finding_add_skipped(findings, PORT_ID, CONNECT_ID);
}

/* --- reach.second */

/* Whether the server stands before every one that is connected. */
static bool
is_first(const struct survey *survey, const struct survey_server *server)
{
	for (size_t i = 0; i < survey->count && survey->servers[i] != server;
	     i++)
		if (survey_is_connected(survey->servers[i]))
			return false;
	return true;
}

static const char *
what_it_does(const struct survey_address *address)
{
	switch (address->error) {
	case ETIMEDOUT:
		return "does not answer";
	case ECONNREFUSED:
		return "refuses connections";
	default:
		return "cannot be reached";
	}
}

static void
add_dead_server(struct diagnosis *diagnosis, struct obstacle *item)
{
	struct obstacles *obstacles = diagnosis_obstacles(diagnosis);
	const struct obstacle *alive = first_connected(obstacles);
	struct buf dead = {0}, other = {0};

	/* Its address alone need not be named: all are dead. */
	obstacles_add_places(obstacles, item, OBSTACLE_WITH_PORT, &dead);
	if (alive == NULL)
		buf_add_text(&other, "the other server");
	else
		server_url_add_place(&other, alive->server->server);
	if (is_first(&diagnosis->survey, item->server))
		finding_add(&diagnosis->findings, SECOND_ID, SEVERITY_WARNING,
		    "%s %s: every mail goes to %s, and nothing takes over if "
		    "that fails",
		    buf_text(&dead), what_it_does(item->address),
		    buf_text(&other));
	else
		finding_add(&diagnosis->findings, SECOND_ID, SEVERITY_WARNING,
		    "%s %s: nothing takes over if %s fails", buf_text(&dead),
		    what_it_does(item->address), buf_text(&other));
	buf_free(&dead);
	buf_free(&other);
}

void
reach_check_second(struct diagnosis *diagnosis)
{
	const struct survey *survey = diagnosis_survey(diagnosis);
	struct obstacles *obstacles = diagnosis_obstacles(diagnosis);
	struct findings *findings = &diagnosis->findings;
	size_t count = findings->count;
	struct obstacle *item;

	while ((item = obstacles_next(obstacles, SECOND_ID)) != NULL)
		add_dead_server(diagnosis, item);
	if (findings->count > count)
		return;
	if (survey->count < 2)
		finding_add(findings, SECOND_ID, SEVERITY_SKIPPED,
		    "there is only one server");
	else
		finding_add(findings, SECOND_ID, SEVERITY_OK,
		    "%u servers answer", (unsigned)survey->count);
}
