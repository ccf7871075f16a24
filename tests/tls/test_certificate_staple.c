/*
 * Stapled OCSP responses, made by openssl: good, bad, missing, and about
 * another certificate.
 */
#include "rows.h"

#include <fcntl.h>
#include <gnutls/x509.h>
#include <time.h>

#include "base/text.h"
#include "base/wait.h"
#include "pki.h"
#include "tls/tls_facts.h"
#include "tls_peer.h"

#define MUST "tls_feature = 5\n"
#define PAST_DAYS 8

/* How to make a response; all NULL: no response. */
struct staple {
	const char *signer;   /* who signs: a certificate of the fixture */
	const char *asked[2]; /* about whom; signed by "ca" or "middle" */
	const char *revoked;  /* one of them */
	const char *unknown;  /* the same: its status is unknown */
	const char *raw;      /* or these five octets instead */
};

struct staple_row {
	const char *name;
	const char *certificate; /* leaf, or must: it asks for a staple */
	struct staple staple;
	int days; /* from now */
	enum tls_result result;
	const char *text;
	const char *word; /* in the facts of a connection that diagnoses */
};

static const struct staple_row rows[] = {
    {"none", "leaf", {0}, 0, TLS_DONE, "", "none"},
    {"good", "leaf", {.signer = "ca", .asked = {"leaf"}}, 0, TLS_DONE, "",
	"good"},
    {"revoked", "leaf", {.signer = "ca", .asked = {"leaf"}, .revoked = "leaf"},
	0, TLS_REFUSED, "the certificate has been revoked", "revoked"},
    {"unknown", "leaf", {.signer = "ca", .asked = {"leaf"}, .unknown = "leaf"},
	0, TLS_REFUSED, "stapled OCSP status of the certificate is not valid",
	"bad"},
    {"asked for, unknown", "must",
	{.signer = "ca", .asked = {"must"}, .unknown = "must"}, 0, TLS_REFUSED,
	"stapled OCSP status of the certificate is not valid", "bad"},
    {"asked for, none", "must", {0}, 0, TLS_REFUSED,
	"requires a stapled OCSP status, and none was sent", "none"},
    {"asked for, good", "must", {.signer = "ca", .asked = {"must"}}, 0,
	TLS_DONE, "", "good"},
    {"asked for, revoked", "must",
	{.signer = "ca", .asked = {"must"}, .revoked = "must"}, 0, TLS_REFUSED,
	"the certificate has been revoked", "revoked"},
    {"asked for, try later", "must", {.raw = "\x30\x03\x0a\x01\x03"}, 0,
	TLS_REFUSED, "requires a stapled OCSP status, and none was sent",
	"bad"},
    {"try later", "leaf", {.raw = "\x30\x03\x0a\x01\x03"}, 0, TLS_DONE, "",
	"none"},
    {"noise", "leaf", {.raw = "\x30\x03hey"}, 0, TLS_REFUSED,
	"stapled OCSP status of the certificate is not valid", "bad"},
    {"about another", "leaf", {.signer = "ca", .asked = {"must"}}, 0,
	TLS_REFUSED, "stapled OCSP status of the certificate is not valid",
	"bad"},
    {"by another's authority", "leaf", {.signer = "other", .asked = {"leaf"}},
	0, TLS_REFUSED, "stapled OCSP status of the certificate is not valid",
	"bad"},
    {"by a responder of the authority", "leaf",
	{.signer = "responder", .asked = {"leaf"}}, 0, TLS_DONE, "", "good"},
    {"revoked, by a responder", "leaf",
	{.signer = "responder", .asked = {"leaf"}, .revoked = "leaf"}, 0,
	TLS_REFUSED, "the certificate has been revoked", "revoked"},
    {"by a server of the authority", "leaf",
	{.signer = "must", .asked = {"leaf"}}, 0, TLS_REFUSED,
	"stapled OCSP status of the certificate is not valid", "bad"},
    /* The test shifts the clock of GnuTLS only, and so this is not "expired".
     */
    {"stale", "leaf", {.signer = "ca", .asked = {"leaf"}}, PAST_DAYS,
	TLS_REFUSED, "revocation data of the certificate are out of date",
	"bad"},
    {"asked for, stale", "must", {.signer = "ca", .asked = {"must"}}, PAST_DAYS,
	TLS_REFUSED, "revocation data of the certificate are out of date",
	"bad"},
    /* Older versions of GnuTLS check only the first answer. */
    {"two answers, the first revoked is another's", "leaf",
	{.signer = "ca", .asked = {"leaf", "must"}, .revoked = "must"}, 0,
	TLS_DONE, "", "good"},
    {"two answers, the second is revoked", "leaf",
	{.signer = "ca", .asked = {"must", "leaf"}, .revoked = "leaf"}, 0,
	TLS_REFUSED, "the certificate has been revoked", "revoked"},
};

static void
make_all(void)
{
	static bool done;

	pki_authorities();
	pki_need_openssl();
	if (done)
		return;
	pki_make("must", MUST GOOD, "ca", NULL, NULL);
	pki_make("responder", "cn = Responder\nocsp_signing_key\n" NOW, "ca",
	    NULL, NULL);
	done = true;
}

/* Adds a line to OpenSSL's index: the status of a certificate. */
static void
add_status(const char *index, const char *name, bool revoked)
{
	char path[128], serial[80], line[160];
	unsigned char number[32];
	size_t len = sizeof(number), hex = sizeof(serial);
	gnutls_x509_crt_t certificate;
	gnutls_datum_t octets;

	pki_path(path, sizeof(path), name, "pem");
	assert_int_equal(gnutls_load_file(path, &octets), 0);
	gnutls_x509_crt_init(&certificate);
	assert_int_equal(
	    gnutls_x509_crt_import(certificate, &octets, GNUTLS_X509_FMT_PEM),
	    0);
	assert_int_equal(
	    gnutls_x509_crt_get_serial(certificate, number, &len), 0);
	gnutls_x509_crt_deinit(certificate);
	gnutls_free(octets.data);
	octets = (gnutls_datum_t){number, (unsigned)len};
	assert_int_equal(gnutls_hex_encode(&octets, serial, &hex), 0);
	for (char *at = serial; *at != '\0'; at++)
		if (*at >= 'a' && *at <= 'f')
			*at = (char)(*at - 'a' + 'A');
	snprintf(line, sizeof(line),
	    "%s\t400101000000Z\t%s\t%s\tunknown\t/CN=%s\n", revoked ? "R" : "V",
	    revoked ? "250101000000Z" : "", serial, name);
	pki_write(index, line, "a");
}

static void
make_response(const char *to, const struct staple *staple)
{
	char index[128], ca[128], signer[128], key[128], asked[2][128];
	const char *arguments[24] = {"openssl", "ocsp", "-index", index, "-CA",
	    ca, "-rsigner", signer, "-rkey", key, "-ndays", "5", "-noverify",
	    "-respout", to};
	size_t count = 15;

	pki_path(index, sizeof(index), "index", "txt");
	pki_path(ca, sizeof(ca), "ca", "pem");
	pki_path(signer, sizeof(signer), staple->signer, "pem");
	pki_path(key, sizeof(key), staple->signer, "key");
	pki_write(index, "", "w");
	for (size_t i = 0; i < 2 && staple->asked[i] != NULL; i++) {
		const char *name = staple->asked[i];

		if (staple->unknown == NULL ||
		    strcmp(staple->unknown, name) != 0)
			add_status(index, name,
			    staple->revoked != NULL &&
				strcmp(staple->revoked, name) == 0);
		pki_path(asked[i], sizeof(asked[i]), name, "pem");
		arguments[count++] = "-issuer";
		arguments[count++] = ca;
		arguments[count++] = "-cert";
		arguments[count++] = asked[i];
	}
	unlink(to);
	assert_true(pki_run(arguments));
	assert_int_equal(access(to, R_OK), 0);
}

static int shift_days;

static time_t
shifted_time(time_t *at)
{
	time_t now = time(NULL) + (time_t)shift_days * 24 * 60 * 60;

	if (at != NULL)
		*at = now;
	return now;
}

/* A connection that diagnoses tells what the response says. */
static void
look(const struct staple_row *row, const struct tls_peer_options *options)
{
	struct tls_peer server = tls_peer_start_with(options);
	struct tls_options client = tls_peer_client();
	struct tls_failure failure;
	struct tls_facts facts;
	struct tls *tls;

	client.diagnose = true;
	tls = tls_start(server.fd, &client, deadline_in(LONG), &failure);
	assert_non_null(tls);
	tls_facts_read(&facts, tls);
	assert_string_equal(facts.staple, row->word);
	assert_int_equal(facts.distrust == NULL, row->result == TLS_DONE);
	tls_facts_free(&facts);
	tls_free(tls);
	close(server.fd);
	tls_peer_end(&server, 0);
}

static void
test_staple(void **state)
{
	const struct staple_row *row = *state;
	char path[128];
	FILE *file;

	make_all();
	pki_path(path, sizeof(path), "staple", "der");
	if (row->staple.signer != NULL)
		make_response(path, &row->staple);
	if (row->staple.raw != NULL) {
		file = fopen(path, "w");
		assert_non_null(file);
		assert_int_equal(fwrite(row->staple.raw, 1, 5, file), 5);
		fclose(file);
	}
	/* Both versions: in TLS 1.2 it is a message of its own. */
	for (int i = 0; i < 2; i++) {
		struct tls_peer_options options = {
		    .certificate = row->certificate,
		    .priority = i == 0 ? TLS13 : TLS12,
		    .function = tls_peer_hang_up,
		    .staple =
			row->staple.signer || row->staple.raw ? path : NULL};
		struct tls_options client = tls_peer_client();
		struct tls_failure failure;
		struct tls_peer server = tls_peer_start_with(&options);

		shift_days = row->days;
		tls_peer_expect(
		    &server, &client, row->result, row->text, &failure);
		shift_days = 0;
		/* No setting accepts a certificate that is revoked. */
		if (row->result != TLS_DONE)
			assert_null(strstr(failure.text, "\nhint: "));
		shift_days = row->days;
		look(row, &options);
		shift_days = 0;
	}
}

int
main(void)
{
	struct rows all = {0};

	gnutls_global_init();
	gnutls_global_set_time_function(shifted_time);
	pki_begin();
	rows_add(&all, "staple", rows, ROWS(rows), test_staple);
	return pki_end(&all);
}
