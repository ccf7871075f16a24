/*
 * Connects once more to an address of the survey. A probe sends no more than a
 * ClientHello, or EHLO and QUIT.
 */
#include "doctor/probe.h"

#include <string.h>
#include <unistd.h>

#include "base/wait.h"
#include "net/dial.h"
#include "net/stream.h"
#include "profile/server_url.h"
#include "smtp/echo.h"
#include "tls/tls.h"

/* How long all attempts at other ports may take, or a handshake. */
#define PROBE_TIMEOUT ((int64_t)5000)
/* How long to wait for the first words, and then for the rest of them. */
#define FIRST_TIMEOUT ((int64_t)2000)
#define REST_TIMEOUT ((int64_t)500)
#define SAID_MAX ((size_t)8192)

static int64_t
deadline_of(const struct probe *probe, int64_t timeout)
{
	const struct profile *profile = probe->profile;

	timeout = deadline_earlier(timeout, profile->timeout_connect);
	if (profile->timeout != 0)
		timeout = deadline_earlier(timeout, profile->timeout);
	return deadline_earlier(probe->deadline, deadline_in(timeout));
}

bool
probe_is_possible(const struct probe *probe)
{
	int family = probe->address->address.socket.ss_family;

	return !probe->server->by_proxy &&
	    (family == AF_INET || family == AF_INET6);
}

/* Connects to the ports; each end that is connected is the caller's. */
static void
connect_to(const struct probe *probe, const unsigned short *ports, size_t count,
    struct dial_end *ends)
{
	const struct dial_options options = {
	    .sources = probe->profile->network.sources.names,
	    .source_count = probe->profile->network.sources.count,
	    .deadline = deadline_of(probe, PROBE_TIMEOUT),
	    .tell = observer_tell,
	    .context = (void *)probe->observer,
	};

	for (size_t i = 0; i < count; i++) {
		ends[i] = (struct dial_end){.address = probe->address->address};
		host_set_port(&ends[i].address.socket, ports[i]);
	}
	dial_every(ends, count, &options, PROBE_TIMEOUT);
}

/* A connection to one port; fd is -1 if there is none. */
static struct dial_end
connect_to_one(const struct probe *probe, unsigned short port)
{
	struct dial_end end;

	connect_to(probe, &port, 1, &end);
	return end;
}

void
probe_ports(const struct probe *probe, const unsigned short *ports,
    size_t count, bool *answers)
{
	struct dial_end ends[PROBE_PORTS_MAX];

	connect_to(probe, ports, count, ends);
	for (size_t i = 0; i < count; i++) {
		answers[i] = ends[i].fd >= 0;
		if (answers[i])
			close(ends[i].fd);
	}
}

bool
probe_speaks_tls(const struct probe *probe)
{
	const struct server *server = probe->server->server;
	const struct tls_options options = {
	    .host = server->host, .name = server->host};
	struct tls_failure failure = {0};
	struct dial_end end = connect_to_one(probe, server->port);

	if (end.fd < 0)
		return false;
	observer_note(
	    probe->observer, "no greeting: trying TLS in another connection");
	tls_free(tls_start(
	    end.fd, &options, deadline_of(probe, PROBE_TIMEOUT), &failure));
	close(end.fd);
	return failure.is_tls;
}

/* Reads until the server stops, or has said enough. */
static void
hear(const struct probe *probe, struct stream *stream, struct buf *said)
{
	int64_t deadline = deadline_of(probe, FIRST_TIMEOUT);

	while (said->len < SAID_MAX && stream_fill(stream, deadline)) {
		buf_add_span(said,
		    span_head(stream_input(stream), SAID_MAX - said->len));
		stream_consume(stream, stream_input(stream).len);
		deadline = deadline_earlier(
		    deadline, deadline_of(probe, REST_TIMEOUT));
	}
}

void
probe_listen(const struct probe *probe, bool may_ask, struct buf *said)
{
	static const char question[] = "EHLO localhost\r\nQUIT\r\n";
	struct dial_end end =
	    connect_to_one(probe, probe->server->server->port);
	struct buf heard = {0};
	struct stream *stream;
	struct echo echo;

	if (end.fd < 0)
		return;
	observer_note(probe->observer, "listening to it in another connection");
	stream = stream_new(end.fd);
	hear(probe, stream, &heard);
	if (heard.len == 0 && may_ask &&
	    stream_state(stream) == STREAM_TIMED_OUT) {
		stream_retry(stream);
		if (stream_write(stream, question, sizeof(question) - 1,
			deadline_of(probe, FIRST_TIMEOUT)))
			hear(probe, stream, &heard);
	}
	stream_free(stream);
	echo_init(&echo);
	if (probe->hidden != NULL)
		echo_hide_secret(&echo, probe->hidden);
	echo_replace(&echo, buf_span(&heard), said);
	echo_free(&echo);
	buf_free(&heard);
}

/* A session on a connection, as the survey has one. */
static struct survey_address *
meet(const struct probe *probe, const struct dial_end *end,
    const struct profile *profile, const struct server *server)
{
	struct survey_address *address = survey_address_new();
	const struct survey_visit visit = {
	    .profile = profile,
	    .server = server,
	    .observer = probe->observer,
	    .hidden = probe->hidden,
	    .connected_at = end->ended_at,
	    .timeout =
		deadline_earlier(PROBE_TIMEOUT, profile->timeout_connect),
	    .deadline = deadline_of(probe, PROBE_TIMEOUT),
	};

	address->address = end->address;
	address->error = end->error;
	if (end->fd >= 0)
		survey_address_meet(address, end->fd, &visit);
	return address;
}

struct survey_address *
probe_secure_port(const struct probe *probe)
{
	struct dial_end end = connect_to_one(probe, 465);
	struct server server = *probe->server->server;

	server.scheme = SCHEME_SMTPS;
	server.port = 465;
	return meet(probe, &end, probe->profile, &server);
}

struct survey_address *
probe_old_tls(const struct probe *probe)
{
	struct dial_end end =
	    connect_to_one(probe, probe->server->server->port);
	static char old[] =
	    "-VERS-TLS1.3:+VERS-TLS1.1:+VERS-TLS1.0:+RSA:+AES-256-CBC"
	    ":+AES-128-CBC:+SIGN-RSA-SHA1:+SIGN-ECDSA-SHA1:%PROFILE_LOW";
	struct profile profile = *probe->profile;

	/* The server learns nothing of the client here. */
	profile.tls_cert = NULL;
	profile.tls_min = TLS_MIN_1_2;
	profile.tls_priority = old;
	observer_note(probe->observer,
	    "trying older versions of TLS in another connection");
	return meet(probe, &end, &profile, probe->server->server);
}
