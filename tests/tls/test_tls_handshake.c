/*
 * Handshakes: what the client offers and accepts, with servers that send
 * anything, and the failure if there is no connection.
 */
#include "rows.h"

#include "net/stream.h"
#include "tls/tls.h"
#include "tls/tls_library.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>

#include "base/signals.h"
#include "base/wait.h"
#include "pki.h"
#include "tls_peer.h"

#define OLD_VERSIONS "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0"

/* Servers that end before the certificate comes, as raw octets. */
struct handshake_row {
	const char *name;
	const char *octets; /* what the server sends, then it hangs up */
	size_t len;
	bool stays; /* it stays, in silence */
	enum tls_result result;
	const char *text;
};

#define RAW(text) text, sizeof(text) - 1

static const struct handshake_row handshake_rows[] = {
    {"closes", RAW(""), false, TLS_LOST, "closed the connection"},
    {"silent", RAW(""), true, TLS_LOST, "in time"},
    {"half a record", RAW("\x16\x03\x03\x00\x7a\x02"), false, TLS_LOST,
	"closed the connection"},
    {"half a record, then silence", RAW("\x16\x03\x03\x00\x7a\x02"), true,
	TLS_LOST, "in time"},
    {"speaks SMTP", RAW("220 mail.example.org ESMTP\r\n"), true, TLS_REFUSED,
	"does not speak TLS on this port; it sent \"220 mail.example.org "
	"ESMTP\"\nhint: "},
    {"speaks SMTP and hangs up", RAW("554 no\r\n"), false, TLS_REFUSED,
	"does not speak TLS on this port; it sent \"554 no\"\nhint: "},
    {"speaks SMTP at length",
	RAW("220 mail.example.org ESMTP ready for whatever you may want to "
	    "send today\r\n"),
	true, TLS_REFUSED,
	"\"220 mail.example.org ESMTP ready for whatever you may want to "
	"se...\"\nhint: "},
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

/* Endless warnings do not delay the handshake for ever. */
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

/* Versions that a real server, GnuTLS, allows. */
struct version_row {
	const char *name;
	const char *server;   /* its priorities */
	const char *priority; /* the client's own */
	bool only_tls13;
	const char *protocol; /* NULL: refused */
	const char *text; /* of the failure; else how the key exchange begins */
};

/* A key that can also be used without Diffie-Hellman. */
#define RSA_KEY GOOD "encryption_key\n"
#define STATIC_RSA TLS12 ":-KX-ALL:+RSA"
#define CBC ":-CIPHER-ALL:+AES-128-CBC:+AES-256-CBC"

/* Opportunistic TLS accepts old algorithms too: plaintext would be worse. */
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
		struct tls_peer server =
		    tls_peer_start("old", old_rows[i / 2], tls_peer_hang_up);
		struct tls *tls;

		/* With a login, only the certificate is checked in addition. */
		options.verify = options.accept_untrusted = i % 2 == 1;
		tls =
		    tls_start(server.fd, &options, deadline_in(LONG), &failure);
		assert_non_null(tls);
		tls_free(tls);
		close(server.fd);
		tls_peer_end(&server, 0);
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
	struct tls_options options = tls_peer_client();
	struct tls_failure failure;
	struct tls_peer server;
	struct tls *tls;

	pki_authorities();
	options.only_tls13 = row->only_tls13;
	options.priority = row->priority;
	pki_make("old", RSA_KEY, "ca", "--bits=2048", NULL);
	server = tls_peer_start("old", row->server, tls_peer_hang_up);
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
	tls_peer_end(&server, row->protocol != NULL ? 0 : 50);
}

/* Algorithms that a server must not be able to choose. */
struct weak_row {
	const char *name;
	const char *priority; /* of the server */
	enum tls_result result;
};

#define WEAK ":%PROFILE_VERY_WEAK:%VERIFY_ALLOW_BROKEN"

static const struct weak_row weak_rows[] = {
    {"AES-GCM", TLS12 WEAK, TLS_DONE},
    {"RC4", TLS12 ":-CIPHER-ALL:+ARCFOUR-128" WEAK, TLS_REFUSED},
    {"3DES", TLS12 ":-CIPHER-ALL:+3DES-CBC" WEAK, TLS_REFUSED},
    {"no encryption", TLS12 ":-CIPHER-ALL:+NULL" WEAK, TLS_REFUSED},
    {"nobody's certificate", TLS12 ":-KX-ALL:+ANON-ECDH" WEAK, TLS_REFUSED},
    {"TLS 1.0", "NORMAL:-VERS-ALL:+VERS-TLS1.0" WEAK, TLS_REFUSED},
    {"signatures by SHA-1", TLS12 ":-SIGN-ALL:+SIGN-ECDSA-SHA1" WEAK,
	TLS_REFUSED},
};

static void
test_weak(void **state)
{
	const struct weak_row *row = *state;
	struct tls_options options = tls_peer_client();
	struct tls_peer server;

	pki_authorities();
	server = tls_peer_start("leaf", row->priority, tls_peer_hang_up);
	tls_peer_expect(&server, &options, row->result, "", NULL);
}

/* A wrong tls-priority is found before the first connection. */
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

/* RFC 6066 section 3: which name the client asks for. */
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

/* Sends the name that the client asked for. */
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
	struct tls_options options = tls_peer_client();
	struct tls_peer server;
	struct stream *stream;

	pki_authorities();
	options.host = row->host;
	server = tls_peer_start("leaf", "NORMAL", serve_sni);
	stream = tls_peer_stream_with(&server, &options);
	assert_true(tls_peer_fill(stream, strlen(row->expected)));
	assert_int_equal(stream_input(stream).len, strlen(row->expected));
	assert_memory_equal(
	    stream_input(stream).at, row->expected, strlen(row->expected));
	stream_free(stream);
	tls_peer_end(&server, 0);
}

/* Environment variables can neither log keys nor set priorities. */
static void
test_environment(void **state)
{
	struct tls_failure failure;
	struct tls_peer server;
	char log[128];

	(void)state;
	pki_authorities();
	pki_path(log, sizeof(log), "keys", "log");
	server = tls_peer_start("leaf", "NORMAL", tls_peer_hang_up);
	setenv("SSLKEYLOGFILE", log, 1);
	setenv("GNUTLS_DEBUG_LEVEL", "9", 1);
	setenv("GNUTLS_SYSTEM_PRIORITY_FILE", "/nonexistent", 1);
	setenv("GNUTLS", "kept", 1);
	tls_free(tls_peer_connect(&server, "mail.example.org", true, &failure));
	assert_int_equal(failure.result, TLS_DONE);
	assert_int_equal(access(log, F_OK), -1);
	assert_null(getenv("SSLKEYLOGFILE"));
	assert_null(getenv("GNUTLS_DEBUG_LEVEL"));
	assert_null(getenv("GNUTLS_SYSTEM_PRIORITY_FILE"));
	assert_non_null(getenv("GNUTLS"));
	close(server.fd);
	tls_peer_end(&server, 0);
}

static void
test_library(void **state)
{
	(void)state;
	assert_true(
	    span_starts(span_from(tls_library_name()), SPAN("GnuTLS 3.")));
}

/* The last test, because the signal stays pending. */
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

	pki_begin();
	rows_add(&all, "handshake", handshake_rows, ROWS(handshake_rows),
	    test_handshake);
	rows_add_one(&all, "warnings without end", test_warnings);
	rows_add(
	    &all, "version", version_rows, ROWS(version_rows), test_version);
	rows_add_one(&all, "opportunistic, and old", test_old);
	rows_add(&all, "weak", weak_rows, ROWS(weak_rows), test_weak);
	rows_add(&all, "priority", priority_rows, ROWS(priority_rows),
	    test_priority);
	rows_add(&all, "server name", sni_rows, ROWS(sni_rows), test_sni);
	rows_add_one(&all, "environment", test_environment);
	rows_add_one(&all, "library", test_library);
	rows_add_one(&all, "a signal", test_signal);
	return pki_end(&all);
}
