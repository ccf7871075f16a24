/*
 * TLS messages that a server may send after the handshake: those of TLS 1.3,
 * complete, in pieces and without end; requests to renegotiate; records that
 * arrive octet by octet.
 */
#include "rows.h"

#include "net/stream.h"

#include <gnutls/crypto.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/wait.h"
#include "pki.h"
#include "tls_peer.h"

#define BULK ((size_t)512 * 1024)
#define NO_END 1000000
#define TAG 16

/* Content types of RFC 8446 section 5.1. */
enum { CIPHER_CHANGE = 20, ALERT, HANDSHAKE, DATA };

#define RAW(text) text, sizeof(text) - 1
#define TICKET                                                          \
	"\x04\x00\x00\x12\x00\x00\x0e\x10\x01\x02\x03\x04\x01n\x00\x04" \
	"tick\x00\x00"
#define REQUEST "\x0d\x00\x00\x0d\x02id\x00\x08\x00\x0d\x00\x04\x00\x02\x04\x03"

/*
 * Sends one encrypted record with any content (RFC 8446 section 5.2), such as
 * no library would send.
 */
static bool
send_record(
    int fd, gnutls_session_t session, int type, const char *text, size_t len)
{
	unsigned char sealed[5 + 256 + TAG], sequence[8], nonce[12];
	unsigned char inner[256];
	size_t room = sizeof(sealed) - 5;
	gnutls_datum_t iv, key;
	gnutls_aead_cipher_hd_t cipher;
	bool done;

	if (len >= sizeof(inner) ||
	    gnutls_record_get_state(session, 0, NULL, &iv, &key, sequence) <
		0 ||
	    iv.size != sizeof(nonce) ||
	    gnutls_aead_cipher_init(&cipher, gnutls_cipher_get(session), &key) <
		0)
		return false;
	memcpy(nonce, iv.data, sizeof(nonce));
	for (size_t i = 0; i < sizeof(sequence); i++)
		nonce[4 + i] ^= sequence[i];
	memcpy(inner, text, len);
	inner[len++] = (unsigned char)type;
	memcpy(sealed, "\x17\x03\x03\x00", 4);
	sealed[3] = (unsigned char)((len + TAG) >> 8);
	sealed[4] = (unsigned char)(len + TAG);
	done = gnutls_aead_cipher_encrypt(cipher, nonce, sizeof(nonce), sealed,
		   5, TAG, inner, len, sealed + 5, &room) >= 0;
	gnutls_aead_cipher_deinit(cipher);
	for (size_t i = sizeof(sequence); i-- > 0;)
		if (++sequence[i] != 0)
			break;
	return done && gnutls_record_set_state(session, 0, sequence) >= 0 &&
	    write(fd, sealed, room + 5) == (ssize_t)room + 5;
}

/* Messages after the handshake, and the state in which they leave a stream. */
struct message_row {
	const char *name;
	int type;
	const char *text;
	size_t len;
	int count; /* NO_END: until the client goes */
	enum stream_state state;
};

static const struct message_row message_rows[] = {
    {"data", DATA, RAW("250-\r\n"), 1, STREAM_OPEN},
    {"a ticket", HANDSHAKE, RAW(TICKET), 1, STREAM_OPEN},
    {"two tickets in one record", HANDSHAKE, RAW(TICKET TICKET), 1,
	STREAM_OPEN},
    {"a hundred tickets", HANDSHAKE, RAW(TICKET), 100, STREAM_OPEN},
    {"tickets without end", HANDSHAKE, RAW(TICKET), NO_END, STREAM_TIMED_OUT},
    {"a ticket that is cut off", HANDSHAKE, TICKET, 12, 1, STREAM_BROKEN},
    {"a ticket longer than it says", HANDSHAKE,
	RAW("\x04\x00\x00\x05\x00\x00\x0e\x10\x01"), 1, STREAM_BROKEN},
    {"a certificate is asked for", HANDSHAKE, RAW(REQUEST), 1, STREAM_BROKEN},
    {"hello request of TLS 1.2", HANDSHAKE, RAW("\x00\x00\x00\x00"), 1,
	STREAM_BROKEN},
    {"another server hello", HANDSHAKE,
	RAW("\x02\x00\x00\x28\x03\x03"
	    "0123456789abcdef0123456789abcdef\x00\x13\x02\x00\x00\x00"),
	1, STREAM_BROKEN},
    {"another finished", HANDSHAKE,
	RAW("\x14\x00\x00\x20"
	    "0123456789abcdef0123456789abcdef"),
	1, STREAM_BROKEN},
    {"key update of no known kind", HANDSHAKE, RAW("\x18\x00\x00\x01\x02"), 1,
	STREAM_BROKEN},
    {"key update without its octet", HANDSHAKE, RAW("\x18\x00\x00\x00"), 1,
	STREAM_BROKEN},
    {"message of no known type", HANDSHAKE, RAW("\x63\x00\x00\x01\x01"), 1,
	STREAM_BROKEN},
    {"a message of 16 megabytes", HANDSHAKE, RAW("\x04\xff\xff\xff\x00"), 1,
	STREAM_BROKEN},
    {"empty data", DATA, RAW(""), 3, STREAM_OPEN},
    {"empty data without end", DATA, RAW(""), NO_END, STREAM_TIMED_OUT},
    {"an empty handshake message", HANDSHAKE, RAW(""), 1, STREAM_BROKEN},
    {"a warning, which is an error now", ALERT, RAW("\x01\x5a"), 1,
	STREAM_BROKEN},
    {"half an alert", ALERT, RAW("\x01"), 1, STREAM_BROKEN},
    {"fatal alert", ALERT, RAW("\x02\x50"), 1, STREAM_BROKEN},
    {"the end", ALERT, RAW("\x01\x00"), 1, STREAM_CLOSED},
    {"record of no known type", 99, RAW("x"), 1, STREAM_BROKEN},
    {"change of cipher", CIPHER_CHANGE, RAW("\x01"), 1, STREAM_BROKEN},
};

/* Set before the fork, so that the child has it too. */
static const struct message_row *row_served;

static int
serve_message(int fd, gnutls_session_t session)
{
	const struct message_row *row = row_served;
	ssize_t got;
	char octet;

	if (gnutls_record_recv(session, &octet, 1) != 1)
		return 1;
	for (int i = 0; i < row->count; i++)
		if (!send_record(fd, session, row->type, row->text, row->len))
			return row->state == STREAM_OPEN ? 2 : 0;
	if (gnutls_record_send(session, "250 ok\r\n", 8) < 0)
		return row->state == STREAM_OPEN ? 3 : 0;
	do
		got = gnutls_record_recv(session, &octet, 1);
	while (got > 0);
	/* RFC 8446 section 6.2: the client sends an alert. */
	return row->type == HANDSHAKE && row->state == STREAM_BROKEN &&
		got != GNUTLS_E_FATAL_ALERT_RECEIVED
	    ? 4
	    : 0;
}

static void
test_message(void **state)
{
	const struct message_row *row = row_served = *state;
	size_t whole = row->type == DATA ? row->len * (size_t)row->count : 0;
	int64_t begin = clock_now();
	struct tls_peer server;
	struct stream *stream;
	bool came = false;

	stream = tls_peer_stream(&server, TLS13, serve_message);
	assert_true(stream_write(stream, "x", 1, deadline_in(LONG)));
	if (row->state == STREAM_TIMED_OUT)
		stream_fill(stream, deadline_in(300));
	else
		came = tls_peer_fill(stream, whole + 8);
	assert_int_equal(stream_state(stream), row->state);
	assert_int_equal(came, row->state == STREAM_OPEN);
	if (!came)
		assert_int_equal(stream_input(stream).len, 0);
	if (row->state == STREAM_BROKEN) {
		assert_text_is_safe(stream_reason(stream));
		assert_false(stream_fill(stream, deadline_in(LONG)));
		assert_false(stream_write(stream, "x", 1, deadline_in(LONG)));
	}
	assert_true(clock_now() - begin < LONG);
	stream_free(stream);
	tls_peer_end(&server, 0);
}

/*
 * RFC 8446 section 4.6.2: a server cannot ask for a certificate after the
 * handshake, because the client does not offer that.
 */
static int
serve_reauth(int fd, gnutls_session_t session)
{
	char line[8];

	(void)fd;
	if (gnutls_record_recv(session, line, sizeof(line)) != 4)
		return 1;
	if (gnutls_reauth(session, 0) != GNUTLS_E_INVALID_REQUEST)
		return 2;
	if (gnutls_record_send(session, "250 ok\r\n", 8) != 8)
		return 3;
	return gnutls_record_recv(session, line, 1) == 0 ? 0 : 4;
}

struct reauth_row {
	const char *name;
	bool shows; /* a certificate of the client's */
};

static const struct reauth_row reauth_rows[] = {
    {"of a client without a certificate", false},
    {"of a client with one", true},
};

static void
test_reauth(void **state)
{
	const struct reauth_row *row = *state;
	struct tls_options options = tls_peer_client();
	char pem[128], key[128];
	struct tls_peer server;
	struct stream *stream;

	pki_authorities();
	pki_path(pem, sizeof(pem), "leaf", "pem");
	pki_path(key, sizeof(key), "leaf", "key");
	if (row->shows) {
		options.client_certificate = pem;
		options.client_key = key;
	}
	server = tls_peer_start("leaf", TLS13, serve_reauth);
	stream = tls_peer_stream_with(&server, &options);
	assert_true(stream_write(stream, "NOOP", 4, deadline_in(LONG)));
	assert_true(tls_peer_fill(stream, 8));
	stream_free(stream);
	tls_peer_end(&server, 0);
}

/* Each octet of a record comes alone, and stream_peek looks in between. */
static ssize_t
push_slowly(gnutls_transport_ptr_t pointer, const void *data, size_t len)
{
	const int *fd = pointer;

	for (size_t i = 0; i < len; i++) {
		if (write(*fd, (const char *)data + i, 1) != 1)
			return -1;
		poll(NULL, 0, 2);
	}
	return (ssize_t)len;
}

static int
serve_slowly(int fd, gnutls_session_t session)
{
	char octet;

	gnutls_transport_set_ptr2(
	    session, (gnutls_transport_ptr_t)(intptr_t)fd, &fd);
	gnutls_transport_set_push_function(session, push_slowly);
	if (gnutls_record_send(session, "250-one\r\n", 9) != 9 ||
	    gnutls_record_send(session, "250 two\r\n", 9) != 9)
		return 1;
	return gnutls_record_recv(session, &octet, 1) == 0 ? 0 : 2;
}

struct version_row {
	const char *name;
	const char *priority;
};

static const struct version_row version_rows[] = {
    {"TLS 1.2", TLS12},
    {"TLS 1.3", TLS13},
};

static void
test_slowly(void **state)
{
	const struct version_row *row = *state;
	int64_t end = deadline_in(LONG);
	struct tls_peer server;
	struct stream *stream;

	stream = tls_peer_stream(&server, row->priority, serve_slowly);
	while (!stream_peek(stream) && clock_now() < end)
		assert_int_equal(stream_state(stream), STREAM_OPEN);
	assert_int_equal(stream_input(stream).len, 9);
	assert_true(tls_peer_fill(stream, 18));
	assert_memory_equal(
	    stream_input(stream).at, "250-one\r\n250 two\r\n", 18);
	stream_free(stream);
	tls_peer_end(&server, 0);
}

/*
 * The server reads in small pieces through a small socket buffer, and in
 * between asks for new keys or to renegotiate.
 */
static int
serve_narrow(int fd, gnutls_session_t session)
{
	char block[777];
	size_t at = 0, asked = 0;

	(void)fd;
	poll(NULL, 0, 100);
	while (at < BULK) {
		ssize_t got;

		if (at >= asked * (BULK / 4)) {
			int result = gnutls_protocol_get_version(session) ==
				GNUTLS_TLS1_3
			    ? gnutls_session_key_update(session, GNUTLS_KU_PEER)
			    : gnutls_rehandshake(session);

			if (result < 0 ||
			    gnutls_record_send(session, "250-\r\n", 6) != 6)
				return 1;
			asked++;
		}
		got = gnutls_record_recv(session, block, sizeof(block));
		/* The client declines: RFC 5246 section 7.2.2. */
		if (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED ||
		    got == GNUTLS_E_WARNING_ALERT_RECEIVED)
			continue;
		if (got <= 0)
			return 2;
		for (ssize_t i = 0; i < got; i++)
			if (block[i] != tls_peer_octet(at++))
				return 3;
	}
	if (gnutls_record_send(session, "250 ok\r\n", 8) != 8)
		return 4;
	return gnutls_record_recv(session, block, 1) == 0 ? 0 : 5;
}

static void
test_narrow(void **state)
{
	const struct version_row *row = *state;
	struct tls_options options = tls_peer_client();
	struct tls_peer server;
	struct stream *stream;
	char *bulk = tls_peer_octets(BULK);

	pki_authorities();
	server = tls_peer_start("leaf", row->priority, serve_narrow);
	setsockopt(server.fd, SOL_SOCKET, SO_SNDBUF, &(int){2048}, sizeof(int));
	stream = tls_peer_stream_with(&server, &options);
	assert_true(stream_write(stream, bulk, BULK, deadline_in(LONG)));
	assert_true(stream_flush(stream, deadline_in(LONG)));
	assert_true(tls_peer_fill(stream, 4 * 6 + 8));
	stream_free(stream);
	tls_peer_end(&server, 0);
	free(bulk);
}

/* A client that is asked to renegotiate continues as before. */
static int
serve_talk(int fd, gnutls_session_t session)
{
	char line[16];

	(void)fd;
	for (int i = 0; i < 3; i++) {
		if (gnutls_rehandshake(session) < 0 ||
		    gnutls_record_send(session, "250 ok\r\n", 8) != 8)
			return 1;
		if (gnutls_record_recv(session, line, sizeof(line)) != 6 ||
		    memcmp(line, "NOOP\r\n", 6) != 0)
			return 2;
	}
	return gnutls_record_recv(session, line, 1) == 0 ? 0 : 3;
}

static void
test_renegotiation(void **state)
{
	struct tls_peer server;
	struct stream *stream;

	(void)state;
	stream = tls_peer_stream(&server, TLS12, serve_talk);
	for (int i = 0; i < 3; i++) {
		assert_true(tls_peer_fill(stream, 8));
		stream_consume(stream, 8);
		assert_true(
		    stream_write(stream, "NOOP\r\n", 6, deadline_in(LONG)));
		assert_true(stream_flush(stream, deadline_in(LONG)));
	}
	stream_free(stream);
	tls_peer_end(&server, 0);
}

int
main(void)
{
	struct rows all = {0};

	pki_begin();
	rows_add(
	    &all, "message", message_rows, ROWS(message_rows), test_message);
	rows_add(
	    &all, "asked again", reauth_rows, ROWS(reauth_rows), test_reauth);
	rows_add(&all, "octet by octet", version_rows, ROWS(version_rows),
	    test_slowly);
	rows_add(&all, "through a narrow pipe", version_rows,
	    ROWS(version_rows), test_narrow);
	rows_add_one(&all, "renegotiation", test_renegotiation);
	return pki_end(&all);
}
