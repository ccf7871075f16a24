/* Connections by TCP: every address in turn, time-outs, source addresses. */
#include "rows.h"

#include "net/dial.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <unistd.h>

#include "base/signals.h"
#include "base/wait.h"
#include "net/host.h"
#include "net/other_end.h"
#include "resolver.h"

#define LONG 20000

static const struct dial_options plain = {.deadline = DEADLINE_NEVER};

/* A listening socket; *port 0: any free port. -1 on failure. */
static int
listen_at(const char *address, unsigned short *port)
{
	struct addrinfo *at = make_address(address, *port);
	struct sockaddr_storage got;
	socklen_t len = sizeof(got);
	int fd = socket(at->ai_family, SOCK_STREAM, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, at->ai_addr, at->ai_addrlen) < 0 ||
	    listen(fd, 0) < 0 ||
	    getsockname(fd, (struct sockaddr *)&got, &len) < 0) {
		if (fd >= 0)
			close(fd);
		fd = -1;
	} else
		*port = ntohs(got.ss_family == AF_INET
			? ((struct sockaddr_in *)(void *)&got)->sin_port
			: ((struct sockaddr_in6 *)(void *)&got)->sin6_port);
	freeaddrinfo(at);
	return fd;
}

/* Fills the queue of a listening socket, so that it no longer answers. */
struct hole {
	int listener;
	int callers[4];
};

static bool
hole_open(struct hole *hole, const char *address, unsigned short *port)
{
	struct addrinfo *at;

	hole->listener = listen_at(address, port);
	if (hole->listener < 0)
		return false;
	at = make_address(address, *port);
	for (size_t i = 0; i < 4; i++) {
		hole->callers[i] =
		    socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)!connect(hole->callers[i], at->ai_addr, at->ai_addrlen);
	}
	freeaddrinfo(at);
	poll(NULL, 0, 50);
	return true;
}

static void
hole_close(struct hole *hole)
{
	for (size_t i = 0; i < 4; i++)
		close(hole->callers[i]);
	close(hole->listener);
}

static struct dial *
dial_to(const char *host, unsigned short port)
{
	struct buf reason = {0};
	struct dial *dial;

	assert_int_equal(
	    dial_open(&dial, host, port, &plain, &reason), DIAL_DONE);
	assert_int_equal(reason.len, 0);
	buf_free(&reason);
	return dial;
}

static void
assert_peer(int fd, const char *address)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	struct buf text = {0};

	assert_int_equal(getpeername(fd, (struct sockaddr *)&peer, &len), 0);
	host_add_address(&text, &peer);
	assert_string_equal(buf_text(&text), address);
	buf_free(&text);
}

/* Results of dial_open. */
struct open_row {
	const char *name;
	const char *host;
	enum dial_result result;
};

static const struct open_row opens[] = {
    {"found", "four.test", DIAL_DONE},
    {"no such name", "no-name.test", DIAL_NO_HOST},
    {"no data", "no-data.test", DIAL_NO_HOST},
    {"unusable addresses", "nowhere.test", DIAL_NO_HOST},
    {"no name server", "again.test", DIAL_NAME_TROUBLE},
    {"another failure", "memory.test", DIAL_NAME_TROUBLE},
};

static void
test_open(void **state)
{
	const struct open_row *row = *state;
	struct buf reason = {0};
	struct dial *dial;

	assert_int_equal(
	    dial_open(&dial, row->host, 25, &plain, &reason), row->result);
	assert_int_equal(dial != NULL, row->result == DIAL_DONE);
	assert_int_equal(reason.len == 0, row->result == DIAL_DONE);
	dial_free(dial);
	buf_free(&reason);
}

static void
test_connect(void **state)
{
	unsigned short port = 0;
	int listener = listen_at("127.0.0.1", &port), fd = -1, value = 0;
	struct dial *dial = dial_to("four.test", port);
	struct buf text = {0};
	socklen_t len = sizeof(value);

	(void)state;
	assert_int_equal(
	    dial_next(dial, LONG, deadline_in(LONG), &fd, &text), DIAL_DONE);
	assert_peer(fd, "127.0.0.1");
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(
	    getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &len), 0);
	assert_true(value);
	assert_true(dial_own_literal(fd, &text));
	assert_string_equal(buf_text(&text), "[127.0.0.1]");
	assert_true(other_end_is_loopback(fd));
	close(fd);

	buf_clear(&text);
	assert_int_equal(dial_next(dial, LONG, deadline_in(LONG), &fd, &text),
	    DIAL_EXHAUSTED);
	dial_free(dial);
	buf_free(&text);
	close(listener);
}

/* source-address, with the many addresses of the loopback interface. */
struct source_row {
	const char *name;
	const char *sources[2];
	size_t count;
	enum dial_result result;
	const char *expected; /* our end, or the reason */
};

static const struct source_row sources[] = {
    {"of its family", {"127.0.0.7"}, 1, DIAL_DONE, "[127.0.0.7]"},
    {"the one of its family", {"::1", "127.0.0.7"}, 2, DIAL_DONE,
	"[127.0.0.7]"},
    {"not one of this machine", {"192.0.2.1"}, 1, DIAL_FAILED,
	"the source address is not one of this machine (127.0.0.1)"},
};

static void
test_source(void **state)
{
	const struct source_row *row = *state;
	char *copies[2] = {NULL, NULL};
	struct dial_options options = {.family = AF_INET,
	    .sources = copies,
	    .source_count = row->count,
	    .deadline = DEADLINE_NEVER};
	struct buf text = {0};
	unsigned short port = 0;
	int listener = listen_at("127.0.0.1", &port), fd = -1;
	struct dial *dial;

	for (size_t i = 0; i < row->count; i++)
		copies[i] = strdup(row->sources[i]);
	assert_int_equal(
	    dial_open(&dial, "both.test", port, &options, &text), DIAL_DONE);
	assert_int_equal(
	    dial_next(dial, LONG, deadline_in(LONG), &fd, &text), row->result);
	if (fd >= 0) {
		assert_true(dial_own_literal(fd, &text));
		close(fd);
	}
	assert_string_equal(buf_text(&text), row->expected);
	dial_free(dial);
	close(listener);
	buf_free(&text);
	for (size_t i = 0; i < row->count; i++)
		free(copies[i]);
}

static void
test_connect_six(void **state)
{
	unsigned short port = 0;
	int listener = listen_at("::1", &port), fd = -1;
	struct buf text = {0};
	struct dial *dial;

	(void)state;
	if (listener < 0) {
		print_message("# no IPv6 loopback here\n");
		skip();
	}
	dial = dial_to("six.test", port);
	assert_int_equal(
	    dial_next(dial, LONG, deadline_in(LONG), &fd, &text), DIAL_DONE);
	assert_true(dial_own_literal(fd, &text));
	assert_string_equal(buf_text(&text), "[IPv6:::1]");
	assert_true(other_end_is_loopback(fd));
	close(fd);
	dial_free(dial);
	buf_free(&text);
	close(listener);
}

/* IPv4 through an IPv6 socket is loopback too, and has an IPv4 literal. */
static void
test_mapped(void **state)
{
	unsigned short port = 0;
	int listener = listen_at("127.0.0.1", &port);
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	struct addrinfo *at = make_address("::ffff:127.0.0.1", port);
	struct buf text = {0};

	(void)state;
	if (fd < 0 || connect(fd, at->ai_addr, at->ai_addrlen) < 0) {
		print_message("# no mapped addresses here\n");
		skip();
	}
	freeaddrinfo(at);
	assert_true(other_end_is_loopback(fd));
	assert_true(dial_own_literal(fd, &text));
	assert_string_equal(buf_text(&text), "[127.0.0.1]");
	buf_free(&text);
	close(fd);
	close(listener);
}

static void
test_refused(void **state)
{
	unsigned short port = 0;
	int listener = listen_at("127.0.0.1", &port), fd = -1;
	struct dial *dial;
	struct buf reason = {0};

	(void)state;
	close(listener);
	dial = dial_to("three.test", port);
	assert_int_equal(dial_next(dial, LONG, deadline_in(LONG), &fd, &reason),
	    DIAL_FAILED);
	assert_string_equal(buf_text(&reason),
	    "connection refused (127.0.0.1, 127.0.0.2, 127.0.0.3)");
	assert_int_equal(fd, -1);
	buf_clear(&reason);
	assert_int_equal(dial_next(dial, LONG, deadline_in(LONG), &fd, &reason),
	    DIAL_EXHAUSTED);
	dial_free(dial);
	buf_free(&reason);
}

/* If the first address refuses, the second is tried at once. */
static void
test_next_address(void **state)
{
	unsigned short port = 0;
	int listener = listen_at("127.0.0.2", &port), fd = -1;
	int64_t begin, took = LONG;
	struct dial *dial = NULL;
	struct buf reason = {0};

	(void)state;
	if (listener < 0) {
		print_message("# only one loopback address here\n");
		skip();
	}
	/* Less than the head start; a busy machine may need several tries. */
	for (int i = 0; i < 20 && took >= 200; i++) {
		if (dial != NULL) {
			close(fd);
			dial_free(dial);
		}
		begin = clock_now();
		dial = dial_to("three.test", port);
		assert_int_equal(
		    dial_next(dial, LONG, deadline_in(LONG), &fd, &reason),
		    DIAL_DONE);
		took = clock_now() - begin;
		assert_peer(fd, "127.0.0.2");
		assert_int_equal(reason.len, 0);
	}
	assert_true(took < 200);
	close(fd);
	/* A second call tries the third address; then none is left. */
	assert_int_equal(dial_next(dial, LONG, deadline_in(LONG), &fd, &reason),
	    DIAL_FAILED);
	assert_string_equal(
	    buf_text(&reason), "connection refused (127.0.0.3)");
	dial_free(dial);
	buf_free(&reason);
	close(listener);
}

/* A dead address costs 250 ms, not its time-out. */
static void
test_head_start(void **state)
{
	unsigned short port = 0;
	struct hole hole;
	int listener = listen_at("127.0.0.2", &port), fd = -1;
	int64_t begin;
	struct dial *dial;
	struct buf reason = {0};

	(void)state;
	if (listener < 0 || !hole_open(&hole, "127.0.0.1", &port)) {
		print_message("# only one loopback address here\n");
		skip();
	}
	dial = dial_to("three.test", port);
	begin = clock_now();
	assert_int_equal(
	    dial_next(dial, LONG, deadline_in(LONG), &fd, &reason), DIAL_DONE);
	assert_peer(fd, "127.0.0.2");
	assert_true(clock_now() - begin >= 240);
	assert_true(clock_now() - begin < LONG);
	close(fd);
	/*
	 * The third address is tried before the dead one, which is tried again
	 * at the end, with its own time-out.
	 */
	assert_int_equal(
	    dial_next(dial, 600, deadline_in(LONG), &fd, &reason), DIAL_FAILED);
	assert_string_equal(buf_text(&reason),
	    "no answer (127.0.0.1), connection refused (127.0.0.3)");
	buf_clear(&reason);
	assert_int_equal(dial_next(dial, 600, deadline_in(LONG), &fd, &reason),
	    DIAL_EXHAUSTED);
	dial_free(dial);
	buf_free(&reason);
	hole_close(&hole);
	close(listener);
}

static void
test_timeouts(void **state)
{
	unsigned short port = 0;
	struct hole hole;
	int fd = -1;
	int64_t begin;
	struct dial *dial;
	struct buf reason = {0};

	(void)state;
	assert_true(hole_open(&hole, "127.0.0.1", &port));
	/* The deadline of the call. */
	dial = dial_to("four.test", port);
	begin = clock_now();
	assert_int_equal(dial_next(dial, LONG, deadline_in(300), &fd, &reason),
	    DIAL_TIMEOUT);
	assert_true(clock_now() - begin >= 300);
	assert_true(clock_now() - begin < LONG);
	dial_free(dial);
	buf_clear(&reason);
	/* The time-out of the address. */
	dial = dial_to("four.test", port);
	begin = clock_now();
	assert_int_equal(dial_next(dial, 300, deadline_in(LONG), &fd, &reason),
	    DIAL_TIMEOUT);
	assert_string_equal(buf_text(&reason), "no answer (127.0.0.1)");
	assert_true(clock_now() - begin < LONG);
	dial_free(dial);
	buf_free(&reason);
	hole_close(&hole);
}

/*
 * If the standard streams are closed, a socket does not get their descriptors.
 */
static void
test_low_descriptor(void **state)
{
	unsigned short port = 0;
	int listener = listen_at("127.0.0.1", &port), fd = -1;
	struct dial *dial = dial_to("four.test", port);
	struct buf reason = {0};
	int saved = fcntl(0, F_DUPFD_CLOEXEC, 10);
	enum dial_result result;

	(void)state;
	close(0);
	result = dial_next(dial, LONG, deadline_in(LONG), &fd, &reason);
	assert_int_equal(fcntl(0, F_GETFD), -1);
	if (saved >= 0) {
		dup2(saved, 0);
		close(saved);
	}
	assert_int_equal(result, DIAL_DONE);
	assert_true(fd > 2);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	dial_free(dial);
	buf_free(&reason);
	close(listener);
}

static void
test_no_socket(void **state)
{
	int ends[2];
	struct buf text = {0};

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_false(dial_own_literal(ends[0], &text));
	assert_false(other_end_is_loopback(ends[0]));
	assert_int_equal(text.len, 0);
	close(ends[0]);
	close(ends[1]);
}

/* The last test, because the signal stays pending. */
static void
test_signal(void **state)
{
	unsigned short port = 0;
	struct hole hole;
	int fd = -1;
	struct dial *dial;
	struct buf reason = {0};

	(void)state;
	assert_true(hole_open(&hole, "127.0.0.1", &port));
	signals_catch();
	dial = dial_to("four.test", port);
	raise(SIGTERM);
	assert_int_equal(dial_next(dial, LONG, deadline_in(LONG), &fd, &reason),
	    DIAL_SIGNAL);
	dial_free(dial);
	buf_free(&reason);
	hole_close(&hole);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "open", opens, ROWS(opens), test_open);
	rows_add_one(&all, "connect", test_connect);
	rows_add(&all, "source", sources, ROWS(sources), test_source);
	rows_add_one(&all, "connect by IPv6", test_connect_six);
	rows_add_one(&all, "mapped address", test_mapped);
	rows_add_one(&all, "refused", test_refused);
	rows_add_one(&all, "the next address at once", test_next_address);
	rows_add_one(&all, "head start", test_head_start);
	rows_add_one(&all, "time-outs", test_timeouts);
	rows_add_one(&all, "never descriptor 0, 1 or 2", test_low_descriptor);
	rows_add_one(&all, "not an internet socket", test_no_socket);
	rows_add_one(&all, "a signal", test_signal);
	return rows_end(&all);
}
