/*
 * A stream over TLS: reading, writing, the end, and events that a server may
 * send in between.
 */
#include "rows.h"

#include "net/stream.h"
#include "tls/tls.h"

#include <poll.h>
#include <sys/socket.h>

#include "base/wait.h"
#include "pki.h"
#include "tls_peer.h"

#define BULK ((size_t)2 * 1024 * 1024)

#ifndef POLLRDHUP
#define POLLRDHUP 0
#endif

static int
serve_talk(int fd, gnutls_session_t session)
{
	char line[64];

	(void)fd;
	if (gnutls_record_send(session, "220 hello\r\n", 11) != 11)
		return 1;
	if (gnutls_record_recv(session, line, sizeof(line)) != 10 ||
	    memcmp(line, "EHLO\r\nMAIL", 10) != 0)
		return 2;
	if (gnutls_record_send(session, "250 ok\r\n", 8) != 8)
		return 3;
	return gnutls_record_recv(session, line, 1) == 0 ? 0 : 4;
}

static void
test_talk(void **state)
{
	struct tls_peer server;
	struct stream *stream;

	(void)state;
	stream = tls_peer_stream(&server, "NORMAL", serve_talk);
	assert_true(tls_peer_fill(stream, 11));
	assert_memory_equal(stream_input(stream).at, "220 hello\r\n", 11);
	stream_consume(stream, 11);
	assert_false(stream_peek(stream));
	assert_true(stream_write(stream, "EHLO\r\n", 6, deadline_in(LONG)));
	assert_true(stream_write(stream, "MAIL", 4, deadline_in(LONG)));
	assert_true(tls_peer_fill(stream, 8));
	stream_free(stream);
	tls_peer_end(&server, 0);
}

/* Without close_notify the connection ends, and the data before counts. */
static int
serve_cut(int fd, gnutls_session_t session)
{
	(void)fd;
	return gnutls_record_send(session, "250 o", 5) == 5 ? 0 : 1;
}

static void
test_cut(void **state)
{
	struct tls_peer server;
	struct stream *stream;

	(void)state;
	stream = tls_peer_stream(&server, "NORMAL", serve_cut);
	assert_true(tls_peer_fill(stream, 5));
	assert_false(stream_fill(stream, deadline_in(LONG)));
	assert_int_equal(stream_state(stream), STREAM_CLOSED);
	assert_int_equal(stream_input(stream).len, 5);
	stream_free(stream);
	tls_peer_end(&server, 0);
}

/* Plaintext after close_notify is ignored. */
static int
serve_end_and_clear(int fd, gnutls_session_t session)
{
	if (gnutls_bye(session, GNUTLS_SHUT_WR) < 0)
		return 1;
	return write(fd, "250 clear\r\n", 11) == 11 ? 0 : 2;
}

static void
test_end_and_clear(void **state)
{
	struct tls_peer server;
	struct stream *stream;

	(void)state;
	stream = tls_peer_stream(&server, "NORMAL", serve_end_and_clear);
	/* Both have arrived before the first is read. */
	tls_peer_end(&server, 0);
	for (int i = 0; i < 3; i++)
		assert_false(stream_fill(stream, deadline_in(LONG)));
	assert_int_equal(stream_state(stream), STREAM_CLOSED);
	assert_int_equal(stream_input(stream).len, 0);
	assert_true(stream_peek(stream));
	stream_free(stream);
}

static int
serve_clear(int fd, gnutls_session_t session)
{
	(void)session;
	return write(fd, "250 clear text\r\n", 16) == 16 ? 0 : 2;
}

static void
test_clear(void **state)
{
	struct tls_peer server;
	struct stream *stream;

	(void)state;
	stream = tls_peer_stream(
	    &server, "NORMAL:-VERS-ALL:+VERS-TLS1.2", serve_clear);
	assert_false(stream_fill(stream, deadline_in(LONG)));
	assert_int_equal(stream_state(stream), STREAM_BROKEN);
	assert_int_not_equal(stream_reason(stream)[0], '\0');
	assert_int_equal(stream_input(stream).len, 0);
	assert_false(stream_write(stream, "x", 1, deadline_in(LONG)));
	stream_free(stream);
	tls_peer_end(&server, 0);
}

/*
 * The server asks for new keys while the client's write blocks, then reads:
 * every octet must come once and in order.
 */
static int
serve_rekey(int fd, gnutls_session_t session)
{
	char block[4096];
	size_t at = 0;

	(void)fd;
	for (int i = 0; i < 3; i++) {
		poll(NULL, 0, 100);
		if (gnutls_record_send(session, "200 go on\r\n", 11) != 11)
			return 1;
		if (gnutls_session_key_update(session, GNUTLS_KU_PEER) < 0)
			return 2;
	}
	poll(NULL, 0, 100);
	while (at < BULK) {
		ssize_t got = gnutls_record_recv(session, block, sizeof(block));

		if (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED)
			continue;
		if (got <= 0)
			return 3;
		for (ssize_t i = 0; i < got; i++)
			if (block[i] != tls_peer_octet(at++))
				return 4;
	}
	return at == BULK ? 0 : 5;
}

static void
test_rekey(void **state)
{
	struct tls_peer server;
	struct stream *stream;
	char *bulk = tls_peer_octets(BULK);

	(void)state;
	stream = tls_peer_stream(&server, TLS13, serve_rekey);
	assert_true(stream_write(stream, bulk, BULK, deadline_in(LONG)));
	assert_true(stream_flush(stream, deadline_in(LONG)));
	/* A slow machine may read the last reply only now. */
	assert_true(tls_peer_fill(stream, 33));
	assert_int_equal(stream_input(stream).len, 33);
	stream_free(stream);
	tls_peer_end(&server, 0);
	free(bulk);
}

/* A write that the deadline ends and that continues later loses no octet. */
static int
serve_late(int fd, gnutls_session_t session)
{
	poll(NULL, 0, 800);
	return serve_rekey(fd, session);
}

static void
test_write_deadline(void **state)
{
	struct tls_peer server;
	struct stream *stream;
	char *bulk = tls_peer_octets(BULK);

	(void)state;
	stream = tls_peer_stream(&server, TLS13, serve_late);
	assert_false(stream_write(stream, bulk, BULK, deadline_in(300)));
	assert_int_equal(stream_state(stream), STREAM_TIMED_OUT);
	stream_retry(stream);
	assert_true(stream_flush(stream, deadline_in(LONG)));
	stream_free(stream);
	tls_peer_end(&server, 0);
	free(bulk);
}

/* After a write that was given up, nothing more is sent, not even an alert. */
static int
serve_until_end(int fd, gnutls_session_t session)
{
	char block[4096];
	ssize_t got;

	(void)fd;
	poll(NULL, 0, 600);
	do
		got = gnutls_record_recv(session, block, sizeof(block));
	while (got > 0);
	return got == GNUTLS_E_PREMATURE_TERMINATION ? 0 : 1;
}

static void
test_given_up(void **state)
{
	struct tls_peer server;
	struct stream *stream;
	char *bulk = calloc(1, BULK);

	(void)state;
	assert_non_null(bulk);
	stream = tls_peer_stream(&server, TLS13, serve_until_end);
	assert_false(stream_write(stream, bulk, BULK, deadline_in(200)));
	stream_free(stream);
	tls_peer_end(&server, 0);
	free(bulk);
}

/* The server refuses in the middle of the data, then closes. */
static int
serve_refusal(int fd, gnutls_session_t session)
{
	char block[1000];

	(void)fd;
	if (gnutls_record_recv(session, block, sizeof(block)) <= 0)
		return 1;
	if (gnutls_record_send(session, "552 too big\r\n", 13) != 13)
		return 2;
	return 0;
}

static void
test_refusal(void **state)
{
	struct tls_peer server;
	struct stream *stream;
	char *bulk = calloc(1, BULK);

	(void)state;
	assert_non_null(bulk);
	stream = tls_peer_stream(&server, "NORMAL", serve_refusal);
	assert_false(stream_write(stream, bulk, BULK, deadline_in(LONG)));
	while (stream_fill(stream, deadline_in(LONG)))
		;
	assert_int_equal(stream_state(stream), STREAM_CLOSED);
	assert_int_equal(stream_input(stream).len, 13);
	assert_memory_equal(stream_input(stream).at, "552 too big\r\n", 13);
	stream_free(stream);
	tls_peer_end(&server, 0);
	free(bulk);
}

/* A few events in a row are tolerated, many are not. */
struct events_row {
	const char *name;
	const char *priority;
	int count;
	bool survives;
};

static const struct events_row events_rows[] = {
    {"one request to renegotiate", TLS12, 1, true},
    {"many requests to renegotiate", TLS12, 200, false},
    {"two key updates", TLS13, 2, true},
    {"many key updates", TLS13, 200, false},
};

/* The number of events comes as the first octet. */
static int
serve_events(int fd, gnutls_session_t session)
{
	unsigned char count, goodbye;

	(void)fd;
	if (gnutls_record_recv(session, &count, 1) != 1)
		return 1;
	for (int i = 0; i < count; i++)
		if ((gnutls_protocol_get_version(session) == GNUTLS_TLS1_3
			    ? gnutls_session_key_update(session, GNUTLS_KU_PEER)
			    : gnutls_rehandshake(session)) < 0)
			return 0;
	if (gnutls_record_send(session, "250 ok\r\n", 8) < 0)
		return 0;
	while (gnutls_record_recv(session, &goodbye, 1) > 0)
		;
	return 0;
}

static void
test_events(void **state)
{
	const struct events_row *row = *state;
	char count = (char)row->count;
	struct tls_peer server;
	struct stream *stream;

	stream = tls_peer_stream(&server, row->priority, serve_events);
	assert_true(stream_write(stream, &count, 1, deadline_in(LONG)));
	assert_int_equal(tls_peer_fill(stream, 8), row->survives);
	assert_int_equal(
	    stream_state(stream), row->survives ? STREAM_OPEN : STREAM_BROKEN);
	stream_free(stream);
	tls_peer_end(&server, 0);
}

/* Records without content do not extend a deadline. */
static int
serve_delay(int fd, gnutls_session_t session)
{
	char octet;

	for (int i = 0; i < 4; i++)
		if (gnutls_session_key_update(session, 0) < 0)
			return 1;
	if (gnutls_record_send(session, "250 late\r\n", 10) != 10)
		return 1;
	shutdown(fd, SHUT_WR); /* all is sent */
	gnutls_record_recv(session, &octet, 1);
	return 0;
}

static void
test_late(void **state)
{
	struct tls_peer server;
	struct stream *stream;
	struct pollfd end;

	(void)state;
	stream = tls_peer_stream(&server, TLS13, serve_delay);
	end = (struct pollfd){.fd = stream_fd(stream), .events = POLLRDHUP};
	poll(&end, 1, 300);
	assert_false(stream_fill(stream, clock_now()));
	assert_int_equal(stream_state(stream), STREAM_TIMED_OUT);
	stream_retry(stream);
	assert_true(tls_peer_fill(stream, 10));
	stream_free(stream);
	tls_peer_end(&server, 0);
}

/* stream_peek sees a small record behind the tickets of TLS 1.3. */
static int
serve_farewell(int fd, gnutls_session_t session)
{
	char octet;

	(void)fd;
	if (gnutls_session_key_update(session, 0) < 0 ||
	    gnutls_record_send(session, "421 bye\r\n", 9) != 9)
		return 1;
	gnutls_record_recv(session, &octet, 1);
	return 0;
}

static void
test_peek(void **state)
{
	struct tls_peer server;
	struct stream *stream;

	(void)state;
	stream = tls_peer_stream(&server, TLS13, serve_farewell);
	poll(NULL, 0, 300);
	assert_true(stream_peek(stream));
	assert_int_equal(stream_input(stream).len, 9);
	stream_free(stream);
	tls_peer_end(&server, 0);
}

int
main(void)
{
	struct rows all = {0};

	pki_begin();
	rows_add_one(&all, "a talk", test_talk);
	rows_add_one(&all, "cut off", test_cut);
	rows_add_one(&all, "plaintext after the end", test_end_and_clear);
	rows_add_one(&all, "plaintext", test_clear);
	rows_add_one(&all, "new keys while a write blocks", test_rekey);
	rows_add_one(&all, "a write that continues later", test_write_deadline);
	rows_add_one(&all, "a write that is given up", test_given_up);
	rows_add_one(&all, "an early refusal", test_refusal);
	rows_add(&all, "events", events_rows, ROWS(events_rows), test_events);
	rows_add_one(&all, "a deadline that is over", test_late);
	rows_add_one(&all, "peek", test_peek);
	return pki_end(&all);
}
