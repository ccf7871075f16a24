#include "rows.h"

#include "base/signals.h"
#include "net/stream.h"
#include "tls/tls.h"
#include "tls/tls_library.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wait.h"
#include "peer.h"
#include "pki.h"

#define BULK ((size_t)2 * 1024 * 1024)
#define OLD_VERSIONS "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0"

/* Servers that do not get as far as a certificate; raw octets. */
struct handshake_row {
	const char *name;
	const char *octets; /* what the server sends, then it hangs up */
	size_t len;
	bool stays; /* it stays, in silence */
	enum tls_result result;
	const char *text;
};

#ifndef POLLRDHUP
#define POLLRDHUP 0
#endif

#define RAW(text) text, sizeof(text) - 1

static const struct handshake_row handshake_rows[] = {
    {"closes", RAW(""), false, TLS_LOST, "closed the connection"},
    {"silent", RAW(""), true, TLS_LOST, "in time"},
    {"half a record", RAW("\x16\x03\x03\x00\x7a\x02"), false, TLS_LOST,
	"closed the connection"},
    {"half a record, then silence", RAW("\x16\x03\x03\x00\x7a\x02"), true,
	TLS_LOST, "in time"},
    {"speaks SMTP", RAW("220 mail.example.org ESMTP\r\n"), true, TLS_REFUSED,
	"does not speak TLS on this port, it sent \"220 mail.example.org "
	"ESMTP\"\nhint: "},
    {"speaks SMTP and hangs up", RAW("554 no\r\n"), false, TLS_REFUSED,
	"does not speak TLS on this port, it sent \"554 no\"\nhint: "},
    {"speaks HTTP", RAW("HTTP/1.1 400 Bad Request\r\n"), true, TLS_REFUSED,
	"speaks HTTP on this port, not TLS: \"HTTP/1.1 400 Bad "
	"Request\"\nhint: "},
    {"a login page", RAW("HTTP/1.1 302 Found\r\n"), true, TLS_REFUSED,
	"\nhint: a login page answers instead of the server"},
    {"escapes in clear", RAW("\x1b[31mred\r\n"), true, TLS_REFUSED,
	"it sent \"\\x1b[31mred\""},
    {"alert: protocol version", RAW("\x15\x03\x01\x00\x02\x02\x46"), true,
	TLS_REFUSED, "neither TLS 1.2 nor 1.3"},
    {"alert: handshake failure", RAW("\x15\x03\x03\x00\x02\x02\x28"), true,
	TLS_REFUSED, "the alert \"handshake failed\" (40)"},
    {"alert: internal error", RAW("\x15\x03\x03\x00\x02\x02\x50"), true,
	TLS_LOST, "the alert \"internal error\" (80)"},
    {"alert: close", RAW("\x15\x03\x03\x00\x02\x01\x00"), true, TLS_LOST,
	"closed the connection"},
    {"server hello of TLS 1.1",
	RAW("\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02"
	    "0123456789abcdef0123456789abcdef\x00\xc0\x14\x00"),
	true, TLS_REFUSED, "neither TLS 1.2 nor 1.3"},
    {"noise in a record", RAW("\x16\x03\x03\x00\x06\x02\x00\x00\x02no"), true,
	TLS_REFUSED, "handshake cannot be completed: "},
    {"data first", RAW("\x17\x03\x03\x00\x04hallo"), true, TLS_REFUSED,
	"handshake cannot be completed: "},
    {"a record too long", RAW("\x16\x03\x03\xff\xff\x02"), true, TLS_REFUSED,
	"handshake cannot be completed: "},
};

static void
test_handshake(void **state)
{
	const struct handshake_row *row = *state;
	struct tls_failure failure = {0};
	struct tls_options options = {.host = "x.test", .name = "x.test"};
	int64_t begin = clock_now();
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	assert_int_equal(write(ends[1], row->octets, row->len), row->len);
	if (!row->stays)
		shutdown(ends[1], SHUT_WR);
	assert_null(tls_start(ends[0], &options, deadline_in(400), &failure));
	if (strstr(failure.text, row->text) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", failure.text, row->text);
	assert_int_equal(failure.result, row->result);
	assert_text_is_safe(failure.text);
	assert_true(clock_now() - begin < 3000);
	close(ends[0]);
	close(ends[1]);
}

/* Warnings without end do not hold the handshake up for ever. */
static void
test_warnings(void **state)
{
	struct tls_failure failure = {0};
	struct tls_options options = {.host = "x.test", .name = "x.test"};
	int64_t begin = clock_now();
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	for (int i = 0; i < 50; i++)
		assert_int_equal(
		    write(ends[1], "\x15\x03\x03\x00\x02\x01\x70", 7), 7);
	assert_null(tls_start(ends[0], &options, deadline_in(LONG), &failure));
	assert_int_equal(failure.result, TLS_REFUSED);
	assert_true(clock_now() - begin < LONG);
	close(ends[0]);
	close(ends[1]);
}

/* Versions that a real server of GnuTLS is willing to speak. */
struct version_row {
	const char *name;
	const char *server;   /* its priorities */
	const char *priority; /* the client's own */
	bool only_tls13;
	const char *protocol; /* NULL: refused */
	const char *text; /* of the failure; else how the key exchange begins */
};

/* A key that can be used without Diffie-Hellman, too. */
#define RSA_KEY GOOD "encryption_key\n"
#define STATIC_RSA TLS12 ":-KX-ALL:+RSA"
#define CBC ":-CIPHER-ALL:+AES-128-CBC:+AES-256-CBC"

/* Opportunistic TLS takes what is old too, for lack of anything better. */
static const char *const old_rows[] = {
    STATIC_RSA,
    TLS12 CBC ":%NO_ETM",
    TLS12 ":-KX-ALL:+RSA" CBC,
};

static void
test_old(void **state)
{
	struct tls_options options = {
	    .host = "mail.example.org", .name = "mail.example.org"};
	struct tls_failure failure;

	(void)state;
	pki_authorities();
	pki_make("old", RSA_KEY, "ca", "--bits=2048", NULL);
	for (size_t i = 0; i < 2 * sizeof(old_rows) / sizeof(old_rows[0]);
	     i++) {
		struct peer server =
		    peer_start("old", old_rows[i / 2], peer_hang_up);
		struct tls *tls;

		/* With a login the certificate is judged, and no more. */
		options.verify = options.accept_untrusted = i % 2 == 1;
		tls =
		    tls_start(server.fd, &options, deadline_in(LONG), &failure);
		assert_non_null(tls);
		tls_free(tls);
		close(server.fd);
		peer_end(&server, 0);
	}
}

static const struct version_row version_rows[] = {
    {"all", "NORMAL", NULL, false, "TLS1.3", ""},
    {"TLS 1.2", TLS12, NULL, false, "TLS1.2", ""},
    {"TLS 1.1 and 1.0", OLD_VERSIONS, NULL, false, NULL,
	"the server speaks neither TLS 1.2 nor 1.3\nhint: "},
    {"TLS 1.1, by the hint's words", OLD_VERSIONS, "+VERS-TLS1.1:+VERS-TLS1.0",
	false, "TLS1.1", ""},
    {"TLS 1.2 where 1.3 is the least", TLS12, NULL, true, NULL,
	"(40)\nhint: perhaps it does not speak TLS 1.3: tls-min"},
    {"all where 1.3 is the least", "NORMAL", NULL, true, "TLS1.3", ""},
    {"the user's word is the last", TLS12, "+VERS-TLS1.2", true, "TLS1.2", ""},
    {"the user's beginning keeps versions", OLD_VERSIONS, "LEGACY", false, NULL,
	"neither TLS 1.2 nor 1.3"},
    {"the user's beginning", "NORMAL", "SECURE256:-VERS-TLS1.3", false,
	"TLS1.2", ""},
    {"no common cipher", TLS12 ":-CIPHER-ALL:+AES-128-GCM",
	"-CIPHER-ALL:+AES-256-GCM", false, NULL,
	"(40)\nhint: perhaps tls-priority"},
    {"encryption is not given up", TLS12 ":-CIPHER-ALL:+NULL",
	"+NULL:%PROFILE_VERY_WEAK", false, NULL, "(40)"},
    {"no forward secrecy", STATIC_RSA, NULL, false, NULL,
	"(40)\nhint: perhaps it supports no key exchange with forward secrecy"},
    {"no forward secrecy, by the hint's words", STATIC_RSA, "+RSA", false,
	"TLS1.2", "RSA"},
    {"Diffie-Hellman", TLS12 ":-KX-ALL:+DHE-RSA", NULL, false, "TLS1.2",
	"DHE-FFDHE2048"},
    {"CBC without encrypt-then-MAC", TLS12 CBC ":%NO_ETM", NULL, false, NULL,
	"\nhint: perhaps the server uses CBC without encrypt-then-MAC: "
	"tls-priority = +AES-256-CBC accepts"},
    {"the same, by the hint's words", TLS12 CBC ":%NO_ETM", "+AES-256-CBC",
	false, "TLS1.2", "ECDHE-"},
    {"the same, by others", TLS12 CBC ":%NO_ETM", "NORMAL:%NO_ETM", false,
	"TLS1.2", "ECDHE-"},
    {"CBC with encrypt-then-MAC", TLS12 CBC, NULL, false, "TLS1.2", "ECDHE-"},
    {"CBC is the last", TLS12 ":-CIPHER-ALL:+AES-128-GCM:+AES-256-CBC:%NO_ETM",
	NULL, false, "TLS1.2", "ECDHE-"},
    {"not understood", "NORMAL", "+NONSENSE", false, NULL, "cannot start"},
};

static void
test_version(void **state)
{
	const struct version_row *row = *state;
	char trust[128];
	struct tls_options options = {.host = "mail.example.org",
	    .name = "mail.example.org",
	    .trust = trust,
	    .verify = true,
	    .only_tls13 = row->only_tls13,
	    .priority = row->priority};
	struct tls_failure failure;
	struct peer server;
	struct tls *tls;

	pki_authorities();
	pki_path(trust, sizeof(trust), "ca", "pem");
	pki_make("old", RSA_KEY, "ca", "--bits=2048", NULL);
	server = peer_start("old", row->server, peer_hang_up);
	tls = tls_start(server.fd, &options, deadline_in(LONG), &failure);
	assert_int_equal(tls != NULL, row->protocol != NULL);
	if (tls != NULL) {
		assert_string_equal(tls_protocol(tls), row->protocol);
		assert_memory_equal(
		    tls_key_exchange(tls), row->text, strlen(row->text));
	} else if (strstr(failure.text, row->text) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", failure.text, row->text);
	tls_free(tls);
	close(server.fd);
	peer_end(&server, row->protocol != NULL ? 0 : 50);
}

/* What is not understood is found before anything is connected. */
struct priority_row {
	const char *name;
	const char *priority;
	const char *text; /* NULL: fine */
};

static const struct priority_row priority_rows[] = {
    {"changes", "-CIPHER-ALL:+AES-256-GCM:%PROFILE_HIGH", NULL},
    {"a beginning", "SECURE192", NULL},
    {"a beginning and changes", "SECURE128:-VERS-TLS1.2", NULL},
    {"unknown cipher", "+AES-9-GCM", "does not understand it at \"+AES-9"},
    {"unknown word in the middle", "-RSA:!hello:+RSA",
	"does not understand it at \"!hello\""},
    {"unknown beginning", "NRMAL", "does not understand it"},
    {"nothing is left", "-VERS-ALL", "rejects it: "},
    {"no cipher is left", "-CIPHER-ALL", "rejects it: "},
    {"no encryption", "-CIPHER-ALL:+NULL:-VERS-TLS1.3:%PROFILE_VERY_WEAK",
	"rejects it: "},
};

static void
test_priority(void **state)
{
	const struct priority_row *row = *state;
	struct tls_options options = {
	    .verify = true, .priority = row->priority};
	struct tls_failure failure;

	assert_int_equal(
	    tls_options_check_priority(&options, &failure), row->text == NULL);
	if (row->text == NULL)
		return;
	assert_int_equal(failure.result, TLS_CONFIG);
	assert_text_is_safe(failure.text);
	if (strstr(failure.text, row->text) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", failure.text, row->text);
}

/* What the server does after the handshake, seen through a stream. */
static struct stream *
stream_to(struct peer *server)
{
	struct tls_failure failure;
	struct stream *stream = stream_new(server->fd);
	struct tls *tls =
	    peer_connect(server, "mail.example.org", true, &failure);

	assert_non_null(tls);
	stream_use_tls(stream, tls);
	assert_ptr_equal(stream_tls(stream), tls);
	return stream;
}

static bool
fill_until(struct stream *stream, size_t len)
{
	while (stream_input(stream).len < len)
		if (!stream_fill(stream, deadline_in(LONG)))
			return false;
	return true;
}

/* RFC 6066 section 3: what the client says that it looks for. */
struct sni_row {
	const char *name;
	const char *host;
	const char *expected;
};

static const struct sni_row sni_rows[] = {
    {"name", "mail.example.org", "mail.example.org\n"},
    {"final dot", "mail.example.org.", "mail.example.org\n"},
    {"one label", "localhost", "localhost\n"},
    {"A-label", "xn--bcher-kva.example", "xn--bcher-kva.example\n"},
    {"address", "127.0.0.1", "\n"},
    {"IPv6 address", "::1", "\n"},
    {"IPv6 address with a zone", "fe80::1%lo", "\n"},
};

/* Tells which name the client asked for. */
static int
serve_sni(int fd, gnutls_session_t session)
{
	char name[256];
	size_t len = sizeof(name) - 1;
	unsigned type;

	(void)fd;
	if (gnutls_server_name_get(session, name, &len, &type, 0) < 0)
		len = 0;
	name[len++] = '\n';
	return gnutls_record_send(session, name, len) == (ssize_t)len ? 0 : 1;
}

static void
test_sni(void **state)
{
	const struct sni_row *row = *state;
	struct tls_options options = {.host = row->host, .name = "x"};
	struct tls_failure failure;
	struct peer server;
	struct stream *stream;
	struct tls *tls;

	pki_authorities();
	server = peer_start("leaf", "NORMAL", serve_sni);
	stream = stream_new(server.fd);
	tls = tls_start(server.fd, &options, deadline_in(LONG), &failure);
	assert_non_null(tls);
	stream_use_tls(stream, tls);
	assert_true(fill_until(stream, strlen(row->expected)));
	assert_int_equal(stream_input(stream).len, strlen(row->expected));
	assert_memory_equal(
	    stream_input(stream).at, row->expected, strlen(row->expected));
	stream_free(stream);
	peer_end(&server, 0);
}

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
	struct peer server;
	struct stream *stream;

	(void)state;
	pki_authorities();
	server = peer_start("leaf", "NORMAL", serve_talk);
	stream = stream_to(&server);
	assert_true(fill_until(stream, 11));
	assert_memory_equal(stream_input(stream).at, "220 hello\r\n", 11);
	stream_consume(stream, 11);
	assert_false(stream_peek(stream));
	assert_true(stream_write(stream, "EHLO\r\n", 6, deadline_in(LONG)));
	assert_true(stream_write(stream, "MAIL", 4, deadline_in(LONG)));
	assert_true(fill_until(stream, 8));
	stream_free(stream);
	peer_end(&server, 0);
}

/* F14: no close_notify; the end is the end, and what came before counts. */
static int
serve_cut(int fd, gnutls_session_t session)
{
	(void)fd;
	return gnutls_record_send(session, "250 o", 5) == 5 ? 0 : 1;
}

static void
test_cut(void **state)
{
	struct peer server;
	struct stream *stream;

	(void)state;
	pki_authorities();
	server = peer_start("leaf", "NORMAL", serve_cut);
	stream = stream_to(&server);
	assert_true(fill_until(stream, 5));
	assert_false(stream_fill(stream, deadline_in(LONG)));
	assert_int_equal(stream_state(stream), STREAM_CLOSED);
	assert_int_equal(stream_input(stream).len, 5);
	stream_free(stream);
	peer_end(&server, 0);
}

/* F16: after close_notify nothing counts, in clear least of all. */
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
	struct peer server;
	struct stream *stream;

	(void)state;
	pki_authorities();
	server = peer_start("leaf", "NORMAL", serve_end_and_clear);
	stream = stream_to(&server);
	/* Both have come before the first is read. */
	peer_end(&server, 0);
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
	struct peer server;
	struct stream *stream;

	(void)state;
	pki_authorities();
	server =
	    peer_start("leaf", "NORMAL:-VERS-ALL:+VERS-TLS1.2", serve_clear);
	stream = stream_to(&server);
	assert_false(stream_fill(stream, deadline_in(LONG)));
	assert_int_equal(stream_state(stream), STREAM_BROKEN);
	assert_int_not_equal(stream_reason(stream)[0], '\0');
	assert_int_equal(stream_input(stream).len, 0);
	assert_false(stream_write(stream, "x", 1, deadline_in(LONG)));
	stream_free(stream);
	peer_end(&server, 0);
}

static char
pattern(size_t i)
{
	return (char)('a' + (i * 7 + i / 251) % 26);
}

/*
 * The server writes much, asks for new keys while the client is stuck in a
 * write, then reads: every octet must come once and in order.
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
			if (block[i] != pattern(at++))
				return 4;
	}
	return at == BULK ? 0 : 5;
}

static void
test_rekey(void **state)
{
	struct peer server;
	struct stream *stream;
	char *bulk = malloc(BULK);

	(void)state;
	assert_non_null(bulk);
	for (size_t i = 0; i < BULK; i++)
		bulk[i] = pattern(i);
	pki_authorities();
	server = peer_start("leaf", TLS13, serve_rekey);
	stream = stream_to(&server);
	assert_true(stream_write(stream, bulk, BULK, deadline_in(LONG)));
	assert_true(stream_flush(stream, deadline_in(LONG)));
	assert_int_equal(stream_input(stream).len, 33);
	stream_free(stream);
	peer_end(&server, 0);
	free(bulk);
}

/* Broken off by the deadline and taken up again: nothing twice, no hole. */
static int
serve_late(int fd, gnutls_session_t session)
{
	poll(NULL, 0, 800);
	return serve_rekey(fd, session);
}

static void
test_write_deadline(void **state)
{
	struct peer server;
	struct stream *stream;
	char *bulk = malloc(BULK);

	(void)state;
	assert_non_null(bulk);
	for (size_t i = 0; i < BULK; i++)
		bulk[i] = pattern(i);
	pki_authorities();
	server = peer_start("leaf", TLS13, serve_late);
	stream = stream_to(&server);
	assert_false(stream_write(stream, bulk, BULK, deadline_in(300)));
	assert_int_equal(stream_state(stream), STREAM_TIMED_OUT);
	stream_retry(stream);
	assert_true(stream_flush(stream, deadline_in(LONG)));
	stream_free(stream);
	peer_end(&server, 0);
	free(bulk);
}

/* Given up in the middle: not one octet more goes out, no goodbye either. */
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
	struct peer server;
	struct stream *stream;
	char *bulk = calloc(1, BULK);

	(void)state;
	assert_non_null(bulk);
	pki_authorities();
	server = peer_start("leaf", TLS13, serve_until_end);
	stream = stream_to(&server);
	assert_false(stream_write(stream, bulk, BULK, deadline_in(200)));
	stream_free(stream);
	peer_end(&server, 0);
	free(bulk);
}

/* F40 over TLS: a refusal in the middle of the data, then the end. */
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
	struct peer server;
	struct stream *stream;
	char *bulk = calloc(1, BULK);

	(void)state;
	assert_non_null(bulk);
	pki_authorities();
	server = peer_start("leaf", "NORMAL", serve_refusal);
	stream = stream_to(&server);
	assert_false(stream_write(stream, bulk, BULK, deadline_in(LONG)));
	while (stream_fill(stream, deadline_in(LONG)))
		;
	assert_int_equal(stream_state(stream), STREAM_CLOSED);
	assert_int_equal(stream_input(stream).len, 13);
	assert_memory_equal(stream_input(stream).at, "552 too big\r\n", 13);
	stream_free(stream);
	peer_end(&server, 0);
	free(bulk);
}

/* F15: a few are put up with, a flood is not. */
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
	struct peer server;
	struct stream *stream;

	pki_authorities();
	server = peer_start("leaf", row->priority, serve_events);
	stream = stream_to(&server);
	assert_true(stream_write(stream, &count, 1, deadline_in(LONG)));
	assert_int_equal(fill_until(stream, 8), row->survives);
	assert_int_equal(
	    stream_state(stream), row->survives ? STREAM_OPEN : STREAM_BROKEN);
	stream_free(stream);
	peer_end(&server, 0);
}

/* F15: records without content do not put off a deadline that is over. */
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
	struct peer server;
	struct stream *stream;
	struct pollfd end;

	(void)state;
	pki_authorities();
	server = peer_start("leaf", TLS13, serve_delay);
	stream = stream_to(&server);
	end = (struct pollfd){.fd = stream_fd(stream), .events = POLLRDHUP};
	poll(&end, 1, 300);
	assert_false(stream_fill(stream, clock_now()));
	assert_int_equal(stream_state(stream), STREAM_TIMED_OUT);
	stream_retry(stream);
	assert_true(fill_until(stream, 10));
	stream_free(stream);
	peer_end(&server, 0);
}

/* A tiny record behind TLS 1.3's tickets is seen by a peek. */
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
	struct peer server;
	struct stream *stream;

	(void)state;
	pki_authorities();
	server = peer_start("leaf", TLS13, serve_farewell);
	stream = stream_to(&server);
	poll(NULL, 0, 300);
	assert_true(stream_peek(stream));
	assert_int_equal(stream_input(stream).len, 9);
	stream_free(stream);
	peer_end(&server, 0);
}

/* F60: the environment neither logs keys nor sets priorities. */
static void
test_environment(void **state)
{
	struct tls_failure failure;
	struct peer server;
	char log[128];

	(void)state;
	pki_authorities();
	pki_path(log, sizeof(log), "keys", "log");
	server = peer_start("leaf", "NORMAL", peer_hang_up);
	setenv("SSLKEYLOGFILE", log, 1);
	setenv("GNUTLS_DEBUG_LEVEL", "9", 1);
	setenv("GNUTLS_SYSTEM_PRIORITY_FILE", "/nonexistent", 1);
	setenv("GNUTLS", "kept", 1);
	tls_free(peer_connect(&server, "mail.example.org", true, &failure));
	assert_int_equal(failure.result, TLS_DONE);
	assert_int_equal(access(log, F_OK), -1);
	assert_null(getenv("SSLKEYLOGFILE"));
	assert_null(getenv("GNUTLS_DEBUG_LEVEL"));
	assert_null(getenv("GNUTLS_SYSTEM_PRIORITY_FILE"));
	assert_non_null(getenv("GNUTLS"));
	close(server.fd);
	peer_end(&server, 0);
}

static void
test_library(void **state)
{
	(void)state;
	assert_true(
	    span_starts(span_from(tls_library_name()), SPAN("GnuTLS 3.")));
}

/* Last: from here on a signal has come. */
static void
test_signal(void **state)
{
	struct tls_failure failure = {0};
	struct tls_options options = {.host = "x.test", .name = "x.test"};
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	signals_catch();
	raise(SIGTERM);
	assert_null(tls_start(ends[0], &options, deadline_in(LONG), &failure));
	assert_int_equal(failure.result, TLS_SIGNAL);
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	struct rows all = {0};
	int failures;

	signal(SIGPIPE, SIG_IGN);
	pki_begin();
	rows_add(&all, "handshake", handshake_rows, ROWS(handshake_rows),
	    test_handshake);
	rows_add_one(&all, "warnings without end", test_warnings);
	rows_add(
	    &all, "version", version_rows, ROWS(version_rows), test_version);
	rows_add_one(&all, "opportunistic, and old", test_old);
	rows_add(&all, "priority", priority_rows, ROWS(priority_rows),
	    test_priority);
	rows_add(&all, "server name", sni_rows, ROWS(sni_rows), test_sni);
	rows_add_one(&all, "a talk", test_talk);
	rows_add_one(&all, "cut off", test_cut);
	rows_add_one(&all, "clear text after the end", test_end_and_clear);
	rows_add_one(&all, "clear text", test_clear);
	rows_add_one(&all, "new keys under a full pipe", test_rekey);
	rows_add_one(&all, "write that breaks off", test_write_deadline);
	rows_add_one(&all, "write that is given up", test_given_up);
	rows_add_one(&all, "early refusal", test_refusal);
	rows_add(&all, "events", events_rows, ROWS(events_rows), test_events);
	rows_add_one(&all, "late", test_late);
	rows_add_one(&all, "peek", test_peek);
	rows_add_one(&all, "environment", test_environment);
	rows_add_one(&all, "library", test_library);
	rows_add_one(&all, "a signal", test_signal);
	failures = rows_end(&all);
	pki_end();
	return failures;
}
