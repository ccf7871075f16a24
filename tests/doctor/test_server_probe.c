/* server_probe.c: servers of which nothing comes. */
#include "rows.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/wait.h"
#include "doctor/server_probe.h"

/* Milliseconds until the probe gives up. */
#define PATIENCE ((int64_t)200)

struct probe_row {
	const char *name;
	const char *scheme;
	size_t count;
};

static const struct probe_row probes[] = {
    {"a port that never greets", "smtp", 1},
    {"several of them", "smtp", 3},
    {"a port that never begins TLS", "smtps", 1},
};

/* The kernel takes the connections; nobody answers. */
static int
open_mute_port(unsigned *port)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(listener >= 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(
	    getsockname(listener, (struct sockaddr *)&address, &len), 0);
	*port = ntohs(address.sin_port);
	return listener;
}

static void
test_probe(void **state)
{
	const struct probe_row *probe = *state;
	struct server_candidate candidates[3] = {{0}};
	size_t best = 0;
	unsigned port;
	int listener = open_mute_port(&port);

	for (size_t i = 0; i < probe->count; i++) {
		struct buf url = {0};

		buf_add_format(&url, "%s://127.0.0.1:%u", probe->scheme, port);
		candidates[i].servers = buf_take_text(&url);
	}
	assert_int_equal(server_probe_run(candidates, probe->count,
			     deadline_in(PATIENCE), &best),
	    PROBE_NONE);
	for (size_t i = 0; i < probe->count; i++) {
		assert_false(candidates[i].is_good);
		assert_true(candidates[i].is_temporary);
		assert_non_null(candidates[i].why);
		server_probe_free(&candidates[i]);
	}
	close(listener);
}

int
main(void)
{
	return rows_run("probe", probes, ROWS(probes), test_probe);
}
