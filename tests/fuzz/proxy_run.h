/* A client that meets a proxy which sends any octets and closes. */
#ifndef TESTS_FUZZ_PROXY_RUN_H
#define TESTS_FUZZ_PROXY_RUN_H

#include "fuzz/fuzz.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wait.h"
#include "net/proxy.h"

struct proxy_run {
	enum proxy_result result;
	struct buf reason;
	struct buf left; /* what the client did not read */
	struct buf said; /* what it sent */
};

static struct buf
proxy_run_read(int fd)
{
	struct buf all;
	char block[4096];
	ssize_t got;

	buf_init(&all, (size_t)1024 * 1024);
	while ((got = recv(fd, block, sizeof(block), MSG_DONTWAIT)) > 0)
		CLAIM(buf_add(&all, block, (size_t)got));
	return all;
}

/* The caller frees the run with proxy_run_free. */
static struct proxy_run
proxy_run_with(
    enum proxy_kind kind, const struct proxy_target *target, struct span says)
{
	struct proxy_run run = {.reason = {0}};
	int ends[2];

	CLAIM(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	CLAIM(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
	CLAIM(says.len == 0 ||
	    write(ends[1], says.at, says.len) == (ssize_t)says.len);
	CLAIM(shutdown(ends[1], SHUT_WR) == 0);
	run.result =
	    proxy_connect(ends[0], kind, target, DEADLINE_NEVER, &run.reason);
	run.left = proxy_run_read(ends[0]);
	run.said = proxy_run_read(ends[1]);
	close(ends[0]);
	close(ends[1]);
	CLAIM((run.result == PROXY_DONE) == (run.reason.len == 0));
	CLAIM(run.result != PROXY_TIMEOUT && run.result != PROXY_SIGNAL);
	CLAIM(!span_has_control(buf_span(&run.reason)));
	return run;
}

static void
proxy_run_free(struct proxy_run *run)
{
	buf_free(&run->reason);
	buf_free(&run->left);
	buf_free(&run->said);
}

#endif
