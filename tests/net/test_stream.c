#include "rows.h"

#include "base/signals.h"
#include "net/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/wait.h"

#define SOON 300   /* for a wait that is to time out */
#define LONG 20000 /* for a wait that is not */
#define BULK ((size_t)3 * 1024 * 1024)

/* What the peer does, in a child process. */
typedef int peer_function(int fd);

struct peer {
	pid_t pid;
	struct stream *stream;
};

static struct peer
peer_start(peer_function *function)
{
	struct peer peer;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	peer.pid = fork();
	assert_true(peer.pid >= 0);
	if (peer.pid == 0) {
		close(ends[0]);
		signal(SIGPIPE, SIG_IGN);
		alarm(30);
		_exit(function(ends[1]));
	}
	close(ends[1]);
	peer.stream = stream_new(ends[0]);
	return peer;
}

static void
peer_end(struct peer *peer)
{
	int status = -1;

	stream_free(peer->stream);
	assert_int_equal(waitpid(peer->pid, &status, 0), peer->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static char
pattern(size_t i)
{
	return (char)('a' + (i * 7 + i / 251) % 26);
}

static bool
put(int fd, const char *text)
{
	return write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* Reads `len` octets and compares them with the pattern from `from` on. */
static bool
swallow(int fd, size_t from, size_t len)
{
	char block[5000];

	while (len > 0) {
		ssize_t got =
		    read(fd, block, len < sizeof(block) ? len : sizeof(block));

		if (got <= 0)
			return false;
		for (ssize_t i = 0; i < got; i++)
			if (block[i] != pattern(from++))
				return false;
		len -= (size_t)got;
	}
	return true;
}

static char *
bulk_new(void)
{
	char *bulk = malloc(BULK);

	assert_non_null(bulk);
	for (size_t i = 0; i < BULK; i++)
		bulk[i] = pattern(i);
	return bulk;
}

static void
assert_input(struct stream *stream, const char *text)
{
	struct span input = stream_input(stream);

	assert_int_equal(input.len, strlen(text));
	assert_memory_equal(input.at, text, input.len);
}

static bool
fill_until(struct stream *stream, size_t len)
{
	while (stream_input(stream).len < len)
		if (!stream_fill(stream, deadline_in(LONG)))
			return false;
	return true;
}

/* A memory stream gives every octet once and in order, in any pieces. */
struct cut_row {
	const char *name;
	size_t cut;
	size_t fills;
};

static const struct cut_row cuts[] = {
    {"all at once", 0, 1},
    {"octet by octet", 1, 10},
    {"threes", 3, 4},
    {"exactly", 10, 1},
    {"more than there is", 100, 1},
};

static void
test_cut(void **state)
{
	const struct cut_row *row = *state;
	struct buf output = {0};
	struct stream *stream =
	    stream_new_memory(SPAN("0123456789"), row->cut, &output);
	size_t fills = 0;

	while (stream_fill(stream, DEADLINE_NEVER))
		fills++;
	assert_int_equal(fills, row->fills);
	assert_input(stream, "0123456789");
	assert_int_equal(stream_state(stream), STREAM_CLOSED);
	assert_true(stream_peek(stream));
	stream_free(stream);
	buf_free(&output);
}

static void
test_memory_output(void **state)
{
	struct buf output = {0};
	struct stream *stream = stream_new_memory(SPAN("x"), 0, &output);

	(void)state;
	assert_true(stream_write(stream, "one ", 4, DEADLINE_NEVER));
	assert_true(stream_write(stream, "two", 3, DEADLINE_NEVER));
	assert_int_equal(output.len, 0);
	/* There is no input before the first read. */
	assert_false(stream_peek(stream));
	assert_true(stream_fill(stream, DEADLINE_NEVER));
	assert_string_equal(buf_text(&output), "one two");
	assert_true(stream_peek(stream));
	stream_free(stream);
	buf_free(&output);
}

static void
test_memory_full(void **state)
{
	struct buf output = {.max = 4};
	struct stream *stream = stream_new_memory(SPAN(""), 0, &output);

	(void)state;
	assert_true(stream_write(stream, "12345", 5, DEADLINE_NEVER));
	assert_false(stream_flush(stream, DEADLINE_NEVER));
	assert_int_equal(stream_state(stream), STREAM_BROKEN);
	assert_int_not_equal(stream_reason(stream)[0], '\0');
	stream_free(stream);
	buf_free(&output);
}

/* Octets are sent in order, whatever the sizes of the writes. */
struct sizes_row {
	const char *name;
	size_t sizes[4];
	size_t sent_before_flush;
};

static const struct sizes_row sizes[] = {
    {"all fits", {100, 200, 0, 0}, 0},
    {"fits exactly", {16000, 384, 0, 0}, 0},
    {"a small one is not divided", {16380, 5, 0, 0}, 16380},
    {"a large one fills up", {16380, 600, 0, 0}, 16384},
    {"larger than the buffer", {50000, 0, 0, 0}, 50000},
    {"larger, after a small one", {10, 50000, 0, 0}, 50010},
    {"exactly the buffer twice", {32768, 0, 0, 0}, 32768},
    {"full, then one more", {16384, 1, 0, 0}, 16384},
    {"mixed", {16383, 513, 40000, 7}, 56896},
};

static void
test_sizes(void **state)
{
	const struct sizes_row *row = *state;
	struct buf output = {.max = BULK};
	struct stream *stream = stream_new_memory(SPAN(""), 0, &output);
	char *bulk = bulk_new();
	size_t at = 0;

	for (size_t i = 0; i < 4; i++) {
		assert_true(stream_write(
		    stream, bulk + at, row->sizes[i], DEADLINE_NEVER));
		at += row->sizes[i];
	}
	assert_int_equal(output.len, row->sent_before_flush);
	assert_true(stream_flush(stream, DEADLINE_NEVER));
	assert_int_equal(output.len, at);
	assert_memory_equal(output.data, bulk, at);
	free(bulk);
	stream_free(stream);
	buf_free(&output);
}

static int
peer_talks(int fd)
{
	char line[16];

	if (!put(fd, "220 hello\r\n"))
		return 1;
	/* Two writes of the client come together. */
	if (read(fd, line, sizeof(line)) != 10 ||
	    memcmp(line, "EHLO\r\nMAIL", 10) != 0)
		return 2;
	return put(fd, "250 ok\r\n") ? 0 : 3;
}

static void
test_talk(void **state)
{
	struct peer peer = peer_start(peer_talks);
	struct stream *stream = peer.stream;

	(void)state;
	assert_true(fill_until(stream, 11));
	assert_input(stream, "220 hello\r\n");
	stream_consume(stream, 4);
	assert_input(stream, "hello\r\n");
	stream_consume(stream, 1000);
	assert_input(stream, "");
	assert_true(stream_write(stream, "EHLO\r\n", 6, deadline_in(LONG)));
	assert_true(stream_write(stream, "MAIL", 4, deadline_in(LONG)));
	assert_true(fill_until(stream, 8));
	assert_input(stream, "250 ok\r\n");
	assert_false(stream_fill(stream, deadline_in(LONG)));
	assert_int_equal(stream_state(stream), STREAM_CLOSED);
	/* Unread input can be read after the connection has ended. */
	assert_input(stream, "250 ok\r\n");
	assert_false(stream_write(stream, "x", 1, deadline_in(LONG)));
	stream_retry(stream);
	assert_int_equal(stream_state(stream), STREAM_CLOSED);
	peer_end(&peer);
}

/* Both ends write more than the sockets hold before either reads. */
static int
peer_writes_first(int fd)
{
	char *bulk = malloc(60000);

	for (size_t i = 0; bulk != NULL && i < 60000; i++)
		bulk[i] = pattern(i);
	/* A small buffer, so that this blocks until the client reads. */
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &(int){4096}, sizeof(int));
	if (bulk == NULL)
		return 1;
	for (size_t at = 0; at < 60000;) {
		ssize_t sent = write(fd, bulk + at, 60000 - at);

		if (sent <= 0)
			return 2;
		at += (size_t)sent;
	}
	free(bulk);
	/* Only the client ends the connection, or it could see the end early.
	 */
	return swallow(fd, 0, BULK) && !swallow(fd, BULK, 1) ? 0 : 3;
}

static void
test_both_write(void **state)
{
	struct peer peer = peer_start(peer_writes_first);
	struct stream *stream = peer.stream;
	char *bulk = bulk_new();

	(void)state;
	assert_true(stream_write(stream, bulk, BULK, deadline_in(LONG)));
	assert_true(stream_flush(stream, deadline_in(LONG)));
	/* Everything was flushed, so the input was read during the write. */
	assert_int_equal(stream_input(stream).len, 60000);
	assert_memory_equal(stream_input(stream).at, bulk, 60000);
	free(bulk);
	peer_end(&peer);
}

/* A line that never ends fills the input buffer, which is an error. */
static int
peer_floods(int fd)
{
	char block[1000];

	memset(block, 'x', sizeof(block));
	while (write(fd, block, sizeof(block)) > 0)
		;
	return 0;
}

static void
test_flood(void **state)
{
	struct peer peer = peer_start(peer_floods);
	struct stream *stream = peer.stream;

	(void)state;
	while (stream_fill(stream, deadline_in(LONG)))
		assert_true(stream_input(stream).len <= 65536);
	assert_int_equal(stream_state(stream), STREAM_BROKEN);
	assert_int_equal(stream_input(stream).len, 65536);
	peer_end(&peer);
}

/* Consuming makes room: more than INPUT_MAX octets pass through. */
static int
peer_sends_bulk(int fd)
{
	for (size_t i = 0; i < 300000; i += 1000) {
		char block[1000];

		for (size_t j = 0; j < 1000; j++)
			block[j] = pattern(i + j);
		if (write(fd, block, sizeof(block)) != sizeof(block))
			return 1;
	}
	return 0;
}

static void
test_window(void **state)
{
	struct peer peer = peer_start(peer_sends_bulk);
	struct stream *stream = peer.stream;
	size_t at = 0;

	(void)state;
	while (stream_fill(stream, deadline_in(LONG))) {
		struct span input = stream_input(stream);
		/* Some input always stays unread. */
		size_t len = input.len - input.len / 3;

		for (size_t i = 0; i < len; i++)
			assert_int_equal(input.at[i], pattern(at++));
		stream_consume(stream, len);
	}
	assert_int_equal(at + stream_input(stream).len, 300000);
	peer_end(&peer);
}

/* The server refuses early, then closes while data arrives. */
static int
peer_refuses_early(int fd)
{
	char block[1000];

	if (read(fd, block, sizeof(block)) <= 0)
		return 1;
	return put(fd, "552 too big\r\n") ? 0 : 2;
}

static void
test_early_reply(void **state)
{
	struct peer peer = peer_start(peer_refuses_early);
	struct stream *stream = peer.stream;
	char *bulk = bulk_new();

	(void)state;
	assert_false(stream_write(stream, bulk, BULK, deadline_in(LONG)));
	assert_int_equal(stream_state(stream), STREAM_CLOSED);
	assert_int_not_equal(stream_reason(stream)[0], '\0');
	while (stream_fill(stream, deadline_in(LONG)))
		;
	assert_input(stream, "552 too big\r\n");
	free(bulk);
	peer_end(&peer);
}

static int
peer_sends_one(int fd)
{
	return put(fd, "250 injected\r\n") ? 0 : 1;
}

/* The same over TCP, where the kernel answers the data with a reset. */
static void
test_early_reply_and_reset(void **state)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd, server;
	struct stream *stream;
	char *bulk = bulk_new();

	(void)state;
	assert_int_equal(bind(listener, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(listener, 1), 0);
	getsockname(listener, (struct sockaddr *)&address, &len);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, len), 0);
	server = accept(listener, NULL, NULL);
	assert_true(server >= 0);
	stream = stream_new(fd);

	assert_true(stream_write(stream, bulk, 20000, deadline_in(LONG)));
	assert_true(put(server, "421 going down\r\n"));
	/* Closed with data unread, so a reset follows the reply. */
	close(server);
	while (stream_write(stream, bulk, 20000, deadline_in(LONG)))
		;
	assert_int_equal(stream_state(stream), STREAM_CLOSED);
	/* The reply is there without another call, and not twice after one. */
	assert_input(stream, "421 going down\r\n");
	assert_false(stream_fill(stream, deadline_in(LONG)));
	assert_input(stream, "421 going down\r\n");
	free(bulk);
	stream_free(stream);
	close(listener);
}

/* Plaintext input is never read as input over TLS. */
static void
test_plaintext_before_tls(void **state)
{
	struct peer peer = peer_start(peer_sends_one);
	struct stream *stream = peer.stream;

	(void)state;
	assert_true(fill_until(stream, 4));
	stream_use_tls(stream, NULL);
	assert_int_equal(stream_state(stream), STREAM_BROKEN);
	assert_int_equal(stream_input(stream).len, 0);
	assert_false(stream_fill(stream, deadline_in(LONG)));
	assert_true(stream_peek(stream));
	peer_end(&peer);
}

/* Silence, and octets that come one by one, do not move the deadline. */
static int
peer_drips(int fd)
{
	for (int i = 0; i < 200; i++) {
		if (!put(fd, "x"))
			return 0;
		poll(NULL, 0, 20);
	}
	return 0;
}

static void
test_deadline(void **state)
{
	struct peer peer = peer_start(peer_drips);
	struct stream *stream = peer.stream;
	int64_t begin = clock_now(), deadline = deadline_in(SOON);

	(void)state;
	while (stream_fill(stream, deadline))
		assert_true(clock_now() < begin + LONG);
	assert_int_equal(stream_state(stream), STREAM_TIMED_OUT);
	assert_true(clock_now() - begin >= SOON);
	assert_true(clock_now() - begin < SOON + 1000);
	assert_false(stream_fill(stream, deadline_in(LONG)));
	stream_retry(stream);
	assert_int_equal(stream_state(stream), STREAM_OPEN);
	assert_string_equal(stream_reason(stream), "");
	assert_true(stream_fill(stream, deadline_in(LONG)));
	peer_end(&peer);
}

/*
 * A peer that does not read: the write times out, and after stream_retry every
 * octet arrives once and in order.
 */
static int
peer_reads_late(int fd)
{
	char go[2];

	if (recv(fd, go, 1, MSG_PEEK) != 1)
		return 1;
	poll(NULL, 0, 2 * SOON);
	return swallow(fd, 0, BULK + 4) && !swallow(fd, BULK + 4, 1) ? 0 : 2;
}

static void
test_write_deadline(void **state)
{
	struct peer peer = peer_start(peer_reads_late);
	struct stream *stream = peer.stream;
	char *bulk = bulk_new(), tail[4];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		tail[i] = pattern(BULK + i);
	assert_false(stream_write(stream, bulk, BULK, deadline_in(SOON)));
	assert_int_equal(stream_state(stream), STREAM_TIMED_OUT);
	assert_false(stream_write(stream, "lost", 4, deadline_in(SOON)));
	stream_retry(stream);
	assert_true(stream_write(stream, tail, 4, deadline_in(LONG)));
	assert_true(stream_flush(stream, deadline_in(LONG)));
	free(bulk);
	peer_end(&peer);
}

/* stream_peek reads what has arrived and does not wait. */
static int
peer_waits(int fd)
{
	char octet;

	while (read(fd, &octet, 1) == 1)
		if (octet == 'r' && !put(fd, "421 bye\r\n"))
			return 1;
		else if (octet == 'q')
			return 0;
	return 0;
}

static void
test_peek(void **state)
{
	struct peer peer = peer_start(peer_waits);
	struct stream *stream = peer.stream;
	struct pollfd wait = {.fd = stream_fd(stream), .events = POLLIN};

	(void)state;
	assert_false(stream_peek(stream));
	assert_int_equal(stream_state(stream), STREAM_OPEN);
	assert_true(stream_write(stream, "r", 1, deadline_in(LONG)));
	assert_true(stream_flush(stream, deadline_in(LONG)));
	assert_int_equal(poll(&wait, 1, LONG), 1);
	assert_true(stream_peek(stream));
	assert_input(stream, "421 bye\r\n");
	stream_consume(stream, 9);
	assert_false(stream_peek(stream));
	assert_true(stream_write(stream, "q", 1, deadline_in(LONG)));
	assert_true(stream_flush(stream, deadline_in(LONG)));
	assert_int_equal(poll(&wait, 1, LONG), 1);
	assert_true(stream_peek(stream));
	assert_int_equal(stream_state(stream), STREAM_CLOSED);
	assert_input(stream, "");
	peer_end(&peer);
}

/* A signal ends a wait, and after stream_retry the stream continues. */
static int
peer_interrupts(int fd)
{
	poll(NULL, 0, 100);
	if (kill(getppid(), SIGTERM) < 0)
		return 1;
	poll(NULL, 0, 300);
	return put(fd, "250 ok\r\n") ? 0 : 2;
}

static void
test_signal(void **state)
{
	struct peer peer;
	struct stream *stream;

	(void)state;
	signals_catch();
	peer = peer_start(peer_interrupts);
	stream = peer.stream;
	assert_false(stream_fill(stream, deadline_in(LONG)));
	assert_int_equal(stream_state(stream), STREAM_INTERRUPTED);
	signals_defer();
	stream_retry(stream);
	assert_true(fill_until(stream, 8));
	assert_input(stream, "250 ok\r\n");
	peer_end(&peer);
}

/*
 * Replies and signals are noticed even if no write ever blocks. The peer first
 * sends a reply, and then reads everything.
 */
static int
peer_speaks_and_swallows(int fd)
{
	char block[65536];

	if (!put(fd, "552 no\r\n"))
		return 1;
	while (read(fd, block, sizeof(block)) > 0)
		;
	return 0;
}

static void
test_heard_while_writing(void **state)
{
	struct peer peer = peer_start(peer_speaks_and_swallows);
	struct stream *stream = peer.stream;
	struct pollfd wait = {.fd = stream_fd(stream), .events = POLLIN};
	static const char block[16384];
	int writes = 0;

	(void)state;
	assert_int_equal(poll(&wait, 1, LONG), 1);
	while (stream_input(stream).len == 0 && writes++ < 20) {
		assert_true(stream_write(
		    stream, block, sizeof(block), deadline_in(LONG)));
		poll(NULL, 0, 5); /* so that the peer keeps up */
	}
	assert_input(stream, "552 no\r\n");
	signals_catch();
	raise(SIGTERM);
	for (writes = 0; writes < 20; writes++)
		if (!stream_write(
			stream, block, sizeof(block), deadline_in(LONG)))
			break;
	assert_true(writes < 20);
	assert_int_equal(stream_state(stream), STREAM_INTERRUPTED);
	signals_defer();
	peer_end(&peer);
}

int
main(void)
{
	struct rows all = {0};

	signal(SIGPIPE, SIG_IGN);
	rows_add(&all, "cut", cuts, ROWS(cuts), test_cut);
	rows_add_one(&all, "memory takes output", test_memory_output);
	rows_add_one(&all, "memory is full", test_memory_full);
	rows_add(&all, "sizes", sizes, ROWS(sizes), test_sizes);
	rows_add_one(&all, "a dialogue over a socket", test_talk);
	rows_add_one(&all, "both ends write", test_both_write);
	rows_add_one(&all, "a flood of input is bounded", test_flood);
	rows_add_one(&all, "much input passes through", test_window);
	rows_add_one(&all, "early reply", test_early_reply);
	rows_add_one(
	    &all, "early reply and a reset", test_early_reply_and_reset);
	rows_add_one(&all, "plaintext before TLS", test_plaintext_before_tls);
	rows_add_one(
	    &all, "single octets do not move a deadline", test_deadline);
	rows_add_one(&all, "a write that times out", test_write_deadline);
	rows_add_one(&all, "peek", test_peek);
	rows_add_one(&all, "a signal", test_signal);
	rows_add_one(&all, "noticed while writing", test_heard_while_writing);
	return rows_end(&all);
}
