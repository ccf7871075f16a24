/* Every visitor runs in a child process, as a browser would. */
#include "rows.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/signals.h"
#include "base/wait.h"
#include "oauth/listener.h"

#define STATE "Xk-3_s"
#define ANSWER "GET /?code=abc&state=" STATE " HTTP/1.1\r\nHost: a\r\n\r\n"

static const struct redirect_wanted wanted = {
    .state = {STATE, sizeof(STATE) - 1}};

static int
connect_to(unsigned short port, bool is_six)
{
	struct sockaddr_in four = {
	    .sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6,
	    .sin6_port = htons(port),
	    .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = socket(is_six ? AF_INET6 : AF_INET, SOCK_STREAM, 0);

	four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd,
		is_six ? (struct sockaddr *)&six : (struct sockaddr *)&four,
		is_six ? sizeof(six) : sizeof(four)) < 0)
		_exit(3);
	return fd;
}

/* Sends the text and reads to the end of the answer. */
static void
visit(unsigned short port, struct span text, struct buf *answer)
{
	int fd = connect_to(port, false);
	char block[4096];
	ssize_t got;

	while (text.len > 0) {
		ssize_t sent = send(fd, text.at, text.len, MSG_NOSIGNAL);

		if (sent <= 0)
			break;
		text = span_skip(text, (size_t)sent);
	}
	while ((got = recv(fd, block, sizeof(block), 0)) > 0)
		buf_add(answer, block, (size_t)got);
	close(fd);
}

struct visit_row {
	const char *name, *request;
	const char *answer; /* how it begins; NULL: any, or none */
};

/* None of them ends the wait. */
static const struct visit_row visits[] = {
    {"an icon", "GET /favicon.ico HTTP/1.1\r\n\r\n", "HTTP/1.1 404 "},
    {"no state", "GET /?code=abc HTTP/1.1\r\n\r\n", "HTTP/1.1 404 "},
    {"another state", "GET /?code=abc&state=x HTTP/1.1\r\n\r\n",
	"HTTP/1.1 404 "},
    {"an error of a stranger", "GET /?error=x HTTP/1.1\r\n\r\n",
	"HTTP/1.1 404 "},
    {"HEAD", "HEAD /?code=abc&state=" STATE " HTTP/1.1\r\n\r\n",
	"HTTP/1.1 405 "},
    {"POST",
	"POST /?code=abc&state=" STATE " HTTP/1.1\r\nContent-Length: 9\r\n"
	"\r\ncode=abc",
	NULL},
    {"TLS", "\x16\x03\x01\x02\x05\n\n", "HTTP/1.1 404 "},
    {"line feeds", "\n\n", "HTTP/1.1 404 "},
};

/* The exit status of the child that visits, then brings the answer. */
static int
visit_and_answer(unsigned short port, const struct visit_row *row)
{
	struct buf answer = {0};
	struct span text;

	connect_to(port, false); /* in advance, as browsers do; says nothing */
	visit(port, span_from(row->request), &answer);
	if (row->answer != NULL &&
	    !span_starts(buf_span(&answer), span_from(row->answer)))
		return 1;
	buf_clear(&answer);
	visit(port, SPAN(ANSWER), &answer);
	text = buf_span(&answer);
	return span_starts(text, SPAN("HTTP/1.1 200 OK\r\n")) &&
		span_matches(text, SPAN("*cache-control: no-store*")) &&
		span_matches(text, SPAN("*referrer-policy: no-referrer*")) &&
		span_matches(text, SPAN("*default-src 'none'*")) &&
		span_matches(text, SPAN("*</html>\n")) &&
		!span_matches(text, SPAN("*href*")) &&
		!span_matches(text, SPAN("*abc*"))
	    ? 0
	    : 2;
}

static void
expect_code(struct listener *listener, pid_t child)
{
	struct redirect redirect = {0};
	enum redirect_result result = REDIRECT_FOREIGN;
	int status = -1;

	assert_int_equal(listener_wait(listener, &wanted, -1,
			     deadline_in(20000), &redirect, &result),
	    LISTENER_ANSWERED);
	assert_int_equal(result, REDIRECT_CODE);
	assert_string_equal(buf_text(&redirect.code), "abc");
	listener_close(listener);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	redirect_free(&redirect);
}

static void
test_visit(void **state)
{
	const struct visit_row *row = *state;
	struct listener listener;
	struct error err = {0};
	pid_t child;

	assert_true(listener_open(&listener, 0, &err));
	child = fork();
	if (child == 0)
		_exit(visit_and_answer(listener.port, row));
	expect_code(&listener, child);
}

/* More silent visitors than there is room for, and more than may be sent. */
static int
crowd(unsigned short port)
{
	struct buf text, answer = {0};

	buf_init(&text, 2 * REDIRECT_MAX);
	buf_add_text(&text, "GET /?code=abc&state=" STATE "&x=");
	while (text.len < REDIRECT_MAX + 100)
		buf_add_char(&text, 'x');
	visit(port, buf_span(&text), &answer);
	for (size_t i = 0; i < 2 * LISTENER_VISITORS; i++)
		connect_to(port, false);
	buf_clear(&answer);
	visit(port, SPAN(ANSWER), &answer);
	return span_starts(buf_span(&answer), SPAN("HTTP/1.1 200 ")) ? 0 : 1;
}

static void
test_crowd(void **state)
{
	struct listener listener;
	struct error err = {0};
	pid_t child;

	(void)state;
	assert_true(listener_open(&listener, 0, &err));
	child = fork();
	if (child == 0)
		_exit(crowd(listener.port));
	expect_code(&listener, child);
}

/* A request that comes in pieces, at ::1 where there is one. */
static void
drip(const struct listener *listener)
{
	int fd = connect_to(listener->port, listener->sockets[1] >= 0);
	char octet;

	for (const char *at = ANSWER; *at != '\0'; at++)
		send(fd, at, 1, MSG_NOSIGNAL);
	while (recv(fd, &octet, 1, 0) > 0)
		continue;
	_exit(0);
}

static void
test_pieces(void **state)
{
	struct listener listener;
	struct error err = {0};
	pid_t child;

	(void)state;
	assert_true(listener_open(&listener, 0, &err));
	child = fork();
	if (child == 0)
		drip(&listener);
	expect_code(&listener, child);
}

static void
test_port(void **state)
{
	struct listener one, other;
	struct error err = {0};

	(void)state;
	assert_true(listener_open(&one, 0, &err));
	assert_false(listener_open(&other, one.port, &err));
	assert_int_equal(err.kind, ERROR_CONFIG);
	assert_contains(err.text, "in use");
	listener_close(&other);
	listener_close(&one);
}

/* Another program has the port at ::1 alone, where browsers may look first. */
static void
test_other_address(void **state)
{
	struct listener listener;
	struct error err = {0};
	struct sockaddr_in6 six = {
	    .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	socklen_t size = sizeof(six);
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	(void)state;
	if (fd < 0 || bind(fd, (struct sockaddr *)&six, size) < 0)
		rows_skip("this machine has no ::1");
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&six, &size), 0);
	assert_false(listener_open(&listener, ntohs(six.sin6_port), &err));
	assert_int_equal(err.kind, ERROR_CONFIG);
	listener_close(&listener);
	close(fd);
}

/* A visitor whose time is up, and who has not sent everything. */
static void
test_slow(void **state)
{
	struct listener listener;
	struct redirect redirect = {0};
	enum redirect_result result;
	int ends[2];

	(void)state;
	listener_init(&listener);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_int_equal(write(ends[1], ANSWER, 10), 10);
	listener.visitors[3].fd = ends[0];
	listener.visitors[3].deadline = deadline_in(10);
	buf_init_secret(&listener.visitors[3].header, REDIRECT_MAX);
	assert_int_equal(listener_wait(&listener, &wanted, -1, deadline_in(100),
			     &redirect, &result),
	    LISTENER_TIMEOUT);
	assert_int_equal(listener.visitors[3].fd, -1);
	assert_int_equal(listener.visitors[3].header.len, 0);
	listener_close(&listener);
	close(ends[1]);
}

static void
test_end(void **state)
{
	struct listener listener;
	struct redirect redirect = {0};
	struct error err = {0};
	enum redirect_result result;
	int ends[2];

	(void)state;
	assert_true(listener_open(&listener, 0, &err));
	assert_int_equal(listener_wait(&listener, &wanted, -1, deadline_in(20),
			     &redirect, &result),
	    LISTENER_TIMEOUT);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_int_equal(listener_wait(&listener, &wanted, ends[0],
			     deadline_in(20000), &redirect, &result),
	    LISTENER_INPUT);
	signal(SIGINT, SIG_DFL);
	signals_catch();
	raise(SIGINT);
	assert_int_equal(listener_wait(&listener, &wanted, -1,
			     deadline_in(20000), &redirect, &result),
	    LISTENER_SIGNAL);
	listener_close(&listener);
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "not the answer", visits, ROWS(visits), test_visit);
	rows_add_one(&all, "a crowd, and too large a request", test_crowd);
	rows_add_one(&all, "a request in pieces", test_pieces);
	rows_add_one(&all, "a port in use", test_port);
	rows_add_one(&all, "a port in use at ::1 alone", test_other_address);
	rows_add_one(&all, "a slow visitor", test_slow);
	rows_add_one(&all, "time-out, input, signal", test_end);
	return rows_end(&all);
}
