/*
 * A key so long that computing with it takes hours. Any server can send one,
 * without its private key and without being trusted, because in TLS 1.3 the
 * server signs before its certificate is checked.
 */
#include "rows.h"

#include "tls/tls.h"

#include <fcntl.h>
#include <gnutls/abstract.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "base/wait.h"
#include "tls_peer.h"

/* DER (X.690) of the parts that stay the same. */
#define ALGORITHM "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\0"
#define RSA "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\0"
#define NAME "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01x"
#define DATES              \
	"\x30\x1e\x17\x0d" \
	"200101000000Z"    \
	"\x17\x0d"         \
	"400101000000Z"
#define HEAD "\xa0\x03\x02\x01\x02\x02\x01\x05" ALGORITHM NAME DATES NAME

#define FIXED(text) ((struct span){text, sizeof(text) - 1})

struct key_row {
	const char *name;
	size_t octets;	 /* of the modulus, and of the exponent */
	bool is_refused; /* before the signature is checked */
};

static const struct key_row rows[] = {
    {"usual", 512, false},
    {"long", 2048, true},
    {"hours of work", 20000, true},
};

/* Adds the content of `part` as one element, and empties `part`. */
static void
add_element(struct buf *out, int tag, struct buf *part)
{
	buf_add_char(out, (char)tag);
	buf_add_char(out, '\x82'); /* all are longer than 255 */
	buf_add_char(out, (char)(part->len >> 8));
	buf_add_char(out, (char)(part->len & 0xff));
	buf_add_span(out, buf_span(part));
	buf_clear(part);
}

static void
add_number(struct buf *out, size_t octets)
{
	struct buf number = {0};

	for (size_t i = 0; i < octets; i++)
		buf_add_char(&number, 0x55);
	add_element(out, 0x02, &number);
	buf_free(&number);
}

static void
make_certificate(struct buf *out, size_t octets)
{
	struct buf in = {0}, key = {0}, all = {0}, signature = {0};

	add_number(&in, octets);
	add_number(&in, octets);
	buf_add_char(&key, 0);
	add_element(&key, 0x30, &in);
	buf_add_span(&in, FIXED(RSA));
	add_element(&in, 0x03, &key);
	buf_add_span(&all, FIXED(HEAD));
	add_element(&all, 0x30, &in);
	add_element(&in, 0x30, &all);
	buf_add_span(&in, FIXED(ALGORITHM));
	buf_add_char(&signature, 0);
	for (size_t i = 0; i < 256; i++)
		buf_add_char(&signature, 0x55);
	add_element(&in, 0x03, &signature);
	add_element(out, 0x30, &in);
	buf_free(&in);
	buf_free(&key);
	buf_free(&all);
	buf_free(&signature);
}

/* Any octets, as many as the row says. */
static int
sign(gnutls_privkey_t key, gnutls_sign_algorithm_t algorithm, void *row,
    unsigned flags, const gnutls_datum_t *data, gnutls_datum_t *signature)
{
	size_t octets = ((const struct key_row *)row)->octets;

	(void)key;
	(void)algorithm;
	(void)flags;
	(void)data;
	signature->data = gnutls_malloc(octets);
	signature->size = (unsigned)octets;
	memset(signature->data, 0x2a, octets);
	return 0;
}

static int
describe(gnutls_privkey_t key, unsigned flags, void *row)
{
	(void)key;
	if (flags & GNUTLS_PRIVKEY_INFO_PK_ALGO)
		return GNUTLS_PK_RSA;
	if (flags & GNUTLS_PRIVKEY_INFO_PK_ALGO_BITS)
		return (int)((const struct key_row *)row)->octets * 8;
	return flags & GNUTLS_PRIVKEY_INFO_HAVE_SIGN_ALGO ? 1 : -1;
}

static bool
load(gnutls_certificate_credentials_t credentials, struct key_row *row)
{
	struct buf der = {0};
	gnutls_datum_t octets;
	gnutls_privkey_t key;
	gnutls_pcert_st certificate;
	bool done;

	make_certificate(&der, row->octets);
	octets = (gnutls_datum_t){(unsigned char *)der.data, (unsigned)der.len};
	gnutls_certificate_set_flags(
	    credentials, GNUTLS_CERTIFICATE_SKIP_KEY_CERT_MATCH);
	done = gnutls_pcert_import_x509_raw(
		   &certificate, &octets, GNUTLS_X509_FMT_DER, 0) >= 0 &&
	    gnutls_privkey_init(&key) >= 0 &&
	    gnutls_privkey_import_ext4(
		key, row, sign, sign, NULL, NULL, describe, 0) >= 0 &&
	    gnutls_certificate_set_key(
		credentials, NULL, 0, &certificate, 1, key) >= 0;
	buf_free(&der);
	return done;
}

/* Returns the exit status; 0: the client broke off the handshake. */
static int
serve(int fd, const char *priority, struct key_row row)
{
	gnutls_certificate_credentials_t credentials;
	gnutls_session_t session;
	int result;

	if (gnutls_global_init() < 0 ||
	    gnutls_certificate_allocate_credentials(&credentials) < 0 ||
	    !load(credentials, &row) ||
	    gnutls_init(&session, GNUTLS_SERVER) < 0 ||
	    gnutls_priority_set_direct(session, priority, NULL) < 0)
		return 90;
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
	gnutls_transport_set_int(session, fd);
	do
		result = gnutls_handshake(session);
	while (result < 0 && !gnutls_error_is_fatal(result));
	gnutls_deinit(session);
	gnutls_certificate_free_credentials(credentials);
	gnutls_global_deinit();
	return result < 0 ? 0 : 1;
}

static void
check(const struct key_row *row, const char *priority, bool verify)
{
	struct tls_options options = {.host = "mail.example.org",
	    .name = "mail.example.org",
	    .verify = verify};
	struct tls_failure failure = {0};
	struct tls_peer server;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	server = (struct tls_peer){fork(), ends[0]};
	assert_true(server.pid >= 0);
	if (server.pid == 0) {
		close(ends[0]);
		signal(SIGPIPE, SIG_IGN);
		alarm(30);
		_exit(serve(ends[1], priority, *row));
	}
	close(ends[1]);
	assert_null(
	    tls_start(server.fd, &options, deadline_in(LONG), &failure));
	assert_int_equal(failure.result, TLS_REFUSED);
	assert_int_equal(
	    strstr(failure.text, "key is longer") != NULL, row->is_refused);
	close(server.fd);
	tls_peer_end(&server, 0);
}

static void
test_key(void **state)
{
	const struct key_row *row = *state;

	check(row, TLS13, true);
	check(row, TLS13, false);
	check(row, TLS12, true);
	check(row, TLS12, false);
}

int
main(void)
{
	struct rows all = {0};

	signal(SIGPIPE, SIG_IGN);
	rows_add(&all, "key", rows, ROWS(rows), test_key);
	return rows_end(&all);
}
