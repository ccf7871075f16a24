/*
 * Trusted roots and revocation lists. Loading only the roots that a chain names
 * must give the same verdict as loading all of them: for every chain and every
 * bundle the verdict is compared with GnuTLS's verdict with the whole bundle.
 */
#include "rows.h"

#include "tls/tls.h"
#include "tls/trust.h"

#include <gnutls/x509.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/wait.h"
#include "pki.h"
#include "tls_peer.h"

#define PAST                                          \
	"activation_date = \"2020-01-01 00:00:00\"\n" \
	"expiration_date = \"2021-01-01 00:00:00\"\n"
#define CA "ca\ncert_signing_key\n"
#define ROOT_A "cn = \"Root A\"\n"

/* All certificates; a name begins with the letter of its subject. */
static const struct {
	const char *name, *template, *signer, *key;
} pool[] = {
    {"A", ROOT_A CA NOW, NULL, NULL},
    {"A2", ROOT_A CA NOW, NULL, NULL}, /* the same name, another key */
    {"B", "cn = \"Root B\"\n" CA NOW, NULL, NULL},
    {"AB", ROOT_A CA NOW, "B", "A"}, /* A, signed by B too */
    {"E", "cn = \"Root E\"\n" CA PAST, NULL, NULL},
    {"ER", "cn = \"Root E\"\n" CA NOW, NULL, "E"}, /* E, renewed */
    {"C", "cn = \"Root C\"\nnc_permit_dns = example.com\n" CA NOW, NULL, NULL},
    {"N", "cn = \"No Root\"\n" NOW, NULL, NULL}, /* signs, and may not */
    {"M", "cn = \"Middle\"\n" CA NOW, "A", NULL},
    {"MB", "cn = \"Middle\"\n" CA NOW, "B", "M"}, /* M, signed by B too */
    {"leafA", GOOD, "A", NULL},
    {"leafA2", GOOD, "A2", NULL},
    {"leafE", GOOD, "E", NULL},
    {"leafC", GOOD, "C", NULL},
    {"leafN", GOOD, "N", NULL},
    {"leafM", GOOD, "M", NULL},
    {"leafOld", "cn = x\ndns_name = mail.example.org\n" SERVER PAST, "A", NULL},
    {"self", GOOD, NULL, NULL},
};

/* Chains that the server sends. */
static const char *const chains[] = {
    "leafA",
    "leafA A",
    "leafA AB",
    "leafA AB B",
    "leafA2",
    "leafA2 A2",
    "leafE",
    "leafE E",
    "leafE ER",
    "leafC",
    "leafC C",
    "leafN N",
    "leafM",
    "leafM M",
    "leafM MB",
    "leafM M A",
    "leafM M AB",
    "leafM M AB B",
    "leafM MB B",
    "leafOld",
    "self",
};

/* Bundles of trusted certificates. */
static const char *const bundles[] = {
    "A",
    "B",
    "A A2",
    "A2 A",
    "A2",
    "A A",
    "AB",
    "A AB B",
    "E",
    "E ER",
    "ER E",
    "C",
    "N",
    "M",
    "MB",
    "M B",
    "leafM",
    "leafOld",
    "self",
    "C E A2",
    "A A2 B AB E ER C N M MB",
};

static void
make_pool(void)
{
	char path[128];
	struct stat status;

	pki_authorities();
	pki_path(path, sizeof(path), "self", "pem");
	if (stat(path, &status) == 0)
		return;
	for (size_t i = 0; i < sizeof(pool) / sizeof(pool[0]); i++)
		pki_make_for(pool[i].name, pool[i].template, pool[i].signer,
		    pool[i].key);
}

/* Writes the certificates of the list, one after the other, to NAME.pem. */
static void
join(const char *name, const char *list)
{
	struct span rest = span_from(list), word;
	char to[128], from[128], part[32];

	pki_path(to, sizeof(to), name, "pem");
	pki_write(to, "", "w");
	while (span_next_word(&rest, " ", &word)) {
		snprintf(part, sizeof(part), "%.*s", (int)word.len, word.at);
		pki_path(from, sizeof(from), part, "pem");
		pki_append(from, to);
	}
}

static void
join_chain(const char *list)
{
	char first[32], from[128], to[128];

	join("chain", list);
	snprintf(first, sizeof(first), "%.*s", (int)strcspn(list, " "), list);
	pki_path(from, sizeof(from), first, "key");
	pki_path(to, sizeof(to), "chain", "key");
	pki_write(to, "", "w");
	pki_append(from, to);
}

static void
read_whole(struct buf *text, const char *name)
{
	char path[128];
	struct error err;
	int fd;

	pki_path(path, sizeof(path), name, "pem");
	fd = file_open(path, FILE_ANY, ERROR_IO, &err);
	assert_true(fd >= 0);
	assert_true(file_read(fd, path, text, ERROR_IO, &err));
	close(fd);
}

static gnutls_datum_t
datum_of(const struct buf *text)
{
	return (gnutls_datum_t){
	    (unsigned char *)text->data, (unsigned)text->len};
}

/* The verdict of a client that loads the whole bundle. */
static bool
is_trusted_eagerly(void)
{
	unsigned flags = GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_MEDIUM);
	gnutls_typed_vdata_st purpose = {.type = GNUTLS_DT_KEY_PURPOSE_OID,
	    .data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_SERVER};
	struct buf bundle = {0}, chain = {0};
	gnutls_x509_crt_t sent[8];
	unsigned count = 8, status = 1;
	gnutls_x509_trust_list_t list;
	gnutls_datum_t datum;

	read_whole(&bundle, "bundle");
	read_whole(&chain, "chain");
	datum = datum_of(&chain);
	assert_true(gnutls_x509_crt_list_import(
			sent, &count, &datum, GNUTLS_X509_FMT_PEM, 0) > 0);
	datum = datum_of(&bundle);
	gnutls_x509_trust_list_init(&list, 0);
	assert_true(gnutls_x509_trust_list_add_trust_mem(
			list, &datum, NULL, GNUTLS_X509_FMT_PEM, 0, 0) > 0);
	assert_int_equal(gnutls_x509_trust_list_verify_crt2(list, sent, count,
			     &purpose, 1, flags, &status, NULL),
	    0);
	for (unsigned i = 0; i < count; i++)
		gnutls_x509_crt_deinit(sent[i]);
	gnutls_x509_trust_list_deinit(list, 1);
	buf_free(&bundle);
	buf_free(&chain);
	return status == 0;
}

/* The verdict of our client with the folder, or if NULL with the bundle. */
static bool
is_trusted_with(const char *folder)
{
	struct tls_peer server =
	    tls_peer_start("chain", TLS13, tls_peer_hang_up);
	struct tls_options options = tls_peer_client();
	char trust[128];
	struct tls_failure failure;
	struct tls *tls;
	bool trusted;

	pki_path(trust, sizeof(trust), "bundle", "pem");
	options.trust = folder == NULL ? trust : NULL;
	options.trust_folder = folder;
	tls = tls_start(server.fd, &options, deadline_in(LONG), &failure);
	trusted = tls != NULL;
	assert_int_equal(failure.result, trusted ? TLS_DONE : TLS_REFUSED);
	tls_free(tls);
	close(server.fd);
	tls_peer_end(&server, trusted ? 0 : 50);
	return trusted;
}

static bool
is_trusted_by_us(void)
{
	return is_trusted_with(NULL);
}

/* A folder of certificates, with a file that is not a certificate. */
static void
test_folder(void **state)
{
	char folder[128], from[128], readme[160], er[160], a[160];

	(void)state;
	make_pool();
	pki_path(folder, sizeof(folder), "folder", "d");
	assert_int_equal(mkdir(folder, 0755), 0);
	snprintf(readme, sizeof(readme), "%s/readme", folder);
	snprintf(er, sizeof(er), "%s/ER.pem", folder);
	snprintf(a, sizeof(a), "%s/A.pem", folder);
	pki_write(readme, "not a certificate\n", "w");
	pki_path(from, sizeof(from), "ER", "pem");
	pki_append(from, er);
	join_chain("leafE");
	assert_true(is_trusted_with(folder));
	join_chain("leafA");
	assert_false(is_trusted_with(folder));
	pki_path(from, sizeof(from), "A", "pem");
	pki_append(from, a);
	assert_true(is_trusted_with(folder));
	unlink(readme);
	unlink(er);
	unlink(a);
	rmdir(folder);
}

static void
test_all(void **state)
{
	unsigned trusted = 0, refused = 0;

	(void)state;
	make_pool();
	for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++) {
		join_chain(chains[i]);
		for (size_t j = 0; j < sizeof(bundles) / sizeof(bundles[0]);
		     j++) {
			bool eagerly;

			join("bundle", bundles[j]);
			eagerly = is_trusted_eagerly();
			if (is_trusted_by_us() != eagerly)
				fail_msg("chain %s, bundle %s: should be %s",
				    chains[i], bundles[j],
				    eagerly ? "trusted" : "refused");
			*(eagerly ? &trusted : &refused) += 1;
		}
	}
	/* Both verdicts must occur, or nothing was tested. */
	assert_true(trusted > 50);
	assert_true(refused > 50);
}

/* How many roots trust_load_named has loaded. */
static unsigned looked_up;

static int
count_roots(gnutls_session_t session)
{
	struct trust *trust = gnutls_session_get_ptr(session);
	gnutls_x509_trust_list_t list;
	gnutls_x509_trust_list_iter_t at = NULL;
	gnutls_x509_crt_t root;

	if (!trust_load_named(trust, session))
		return GNUTLS_E_CERTIFICATE_ERROR;
	gnutls_certificate_get_trust_list(trust->credentials, &list);
	while (gnutls_x509_trust_list_iter_get_ca(list, &at, &root) >= 0) {
		gnutls_x509_crt_deinit(root);
		looked_up++;
	}
	return GNUTLS_E_CERTIFICATE_ERROR; /* there is nothing more to see */
}

static void
look_up(const char *chain)
{
	struct tls_peer server;
	gnutls_certificate_credentials_t credentials;
	gnutls_session_t session;
	struct tls_options options = {.verify = true};
	struct trust trust;
	struct tls_failure failure;
	char path[128];
	int result;

	looked_up = 0;
	join_chain(chain);
	server = tls_peer_start("chain", TLS13, NULL);
	pki_path(path, sizeof(path), "bundle", "pem");
	gnutls_certificate_allocate_credentials(&credentials);
	options.trust = path;
	assert_true(trust_open(&trust, credentials, &options, &failure));
	gnutls_init(&session, GNUTLS_CLIENT);
	gnutls_session_set_ptr(session, &trust);
	gnutls_set_default_priority(session);
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
	gnutls_session_set_verify_function(session, count_roots);
	gnutls_transport_set_int(session, server.fd);
	do
		result = gnutls_handshake(session);
	while (result < 0 && !gnutls_error_is_fatal(result));
	gnutls_alert_send_appropriate(session, result);
	gnutls_deinit(session);
	trust_close(&trust);
	gnutls_certificate_free_credentials(credentials);
	close(server.fd);
	tls_peer_end(&server, 50);
}

/* Of 1,000 roots only those are loaded that the chain names. */
static void
test_thousand(void **state)
{
	char bundle[128], path[128];

	(void)state;
	make_pool();
	join("bundle", "A");
	pki_path(bundle, sizeof(bundle), "bundle", "pem");
	pki_path(path, sizeof(path), "C", "pem");
	for (int i = 0; i < 998; i++)
		pki_append(path, bundle);
	pki_path(path, sizeof(path), "B", "pem");
	pki_append(path, bundle);

	look_up("leafM MB");
	assert_int_equal(looked_up, 1);
	look_up("leafM M AB");
	assert_int_equal(looked_up, 2);
	look_up("leafE");
	assert_int_equal(looked_up, 0);
	join_chain("leafM MB");
	assert_true(is_trusted_by_us());
	join_chain("leafE");
	assert_false(is_trusted_by_us());
}

/* The file of trusted roots. */
struct trust_row {
	const char *name;
	const char *before, *after; /* around the right root; NULL: no root */
	enum tls_result result;
	const char *text;
};

#define BROKEN "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"

static const struct trust_row trust_rows[] = {
    {"the root", "", "", TLS_DONE, ""},
    {"comments around", "# a comment\nsubject=x\n\n", "\n# the end", TLS_DONE,
	""},
    {"a broken certificate in front", BROKEN, "", TLS_DONE, ""},
    {"a broken certificate after it", "", BROKEN, TLS_DONE, ""},
    {"an unterminated certificate in front",
	"-----BEGIN CERTIFICATE-----\nMIIB\n", "", TLS_DONE, ""},
    {"a TRUSTED CERTIFICATE block in front",
	"-----BEGIN TRUSTED CERTIFICATE-----\nMIIB\n-----END TRUSTED "
	"CERTIFICATE-----\n",
	"", TLS_DONE, ""},
    {"only a TRUSTED CERTIFICATE block", NULL,
	"-----BEGIN TRUSTED CERTIFICATE-----\nMIIB\n-----END TRUSTED "
	"CERTIFICATE-----\n",
	TLS_CONFIG, "holds no certificate in PEM"},
    {"empty", NULL, "", TLS_CONFIG, "holds no certificate in PEM"},
    {"no certificate", NULL, "hello\n", TLS_CONFIG,
	"holds no certificate in PEM"},
    {"a broken certificate", NULL,
	"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
	TLS_CONFIG, "bundle.pem: a certificate in it cannot be read"},
    {"a certificate that does not end", NULL,
	"-----BEGIN CERTIFICATE-----\nMIIB", TLS_CONFIG, "bundle.pem: "},
};

static void
test_trust(void **state)
{
	const struct trust_row *row = *state;
	struct tls_options options = tls_peer_client();
	struct tls_peer server;
	char bundle[128], ca[128];

	pki_authorities();
	pki_path(bundle, sizeof(bundle), "bundle", "pem");
	pki_path(ca, sizeof(ca), "ca", "pem");
	pki_write(bundle, row->before ? row->before : "", "w");
	if (row->before != NULL)
		pki_append(ca, bundle);
	pki_write(bundle, row->after, "a");
	options.trust = bundle;
	server = tls_peer_start("leaf", TLS13, tls_peer_hang_up);
	tls_peer_expect(&server, &options, row->result, row->text, NULL);
}

static void
test_trust_missing(void **state)
{
	struct tls_failure failure = {0};
	struct tls_options options = {.host = "x",
	    .name = "x",
	    .trust = "/nonexistent/roots.pem",
	    .verify = true};

	(void)state;
	assert_null(tls_start(-1, &options, deadline_in(LONG), &failure));
	assert_int_equal(failure.result, TLS_CONFIG);
	assert_string_equal(failure.text,
	    "cannot open /nonexistent/roots.pem: No such file or directory");
}

/* tls-crl: a file of revocation lists. */
struct crl_row {
	const char *name;
	const char *certificate;
	/* The lists in the file: who signs, and whose certificate is revoked.
	 */
	const char *lists[2][2];
	const char *raw; /* instead of lists */
	enum tls_result result;
	const char *text;
};

static const struct crl_row crl_rows[] = {
    {"not in the list", "leaf", {{"ca", "back"}}, NULL, TLS_DONE, ""},
    {"in the list", "back", {{"ca", "back"}}, NULL, TLS_REFUSED,
	"the certificate has been revoked"},
    {"in the second list", "back", {{"other", "leaf"}, {"ca", "back"}}, NULL,
	TLS_REFUSED, "the certificate has been revoked"},
    {"in the list of another issuer", "back", {{"other", "back"}}, NULL,
	TLS_DONE, ""},
    {"the issuer's is in the list", "below", {{"ca", "middle"}}, NULL,
	TLS_REFUSED, "revoked"},
    {"in the issuer's list", "below", {{"middle", "below"}}, NULL, TLS_REFUSED,
	"the certificate has been revoked"},
    {"empty file", "leaf", {{NULL}}, "", TLS_CONFIG,
	"it holds no revocation list in PEM form"},
    {"damaged", "leaf", {{NULL}},
	"-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n", TLS_CONFIG,
	"it holds no revocation list in PEM form"},
    {"no file", "leaf", {{NULL}}, NULL, TLS_CONFIG, "cannot open"},
};

static void
make_list(const char *signer, const char *revoked, const char *all)
{
	char ca[128], key[128], form[128], list[128], back[128];
	const char *const arguments[] = {"certtool", "--generate-crl",
	    "--load-ca-privkey", key, "--load-ca-certificate", ca,
	    "--load-certificate", back, "--template", form, "--outfile", list,
	    NULL};

	pki_path(ca, sizeof(ca), signer, "pem");
	pki_path(key, sizeof(key), signer, "key");
	pki_path(back, sizeof(back), revoked, "pem");
	pki_path(form, sizeof(form), "list", "form");
	pki_path(list, sizeof(list), "list", "crl");
	pki_write(form, "crl_next_update = 30\ncrl_number = 1\n", "w");
	assert_true(pki_run(arguments));
	pki_append(list, all);
}

static void
make_revoked(void)
{
	static bool made;
	char from[128], to[128];

	pki_authorities();
	if (made)
		return;
	made = true;
	pki_make("back", GOOD, "ca", NULL, NULL);
	pki_make("below", GOOD, "middle", NULL, NULL);
	pki_path(from, sizeof(from), "middle", "pem");
	pki_path(to, sizeof(to), "below", "pem");
	pki_append(from, to);
}

static void
test_crl(void **state)
{
	const struct crl_row *row = *state;
	struct tls_options options = tls_peer_client();
	struct tls_peer server;
	char crl[128];

	make_revoked();
	pki_path(crl, sizeof(crl), "all", "crl");
	options.crl = crl;
	unlink(crl);
	if (row->raw != NULL || row->lists[0][0] != NULL)
		pki_write(crl, row->raw != NULL ? row->raw : "", "w");
	for (size_t i = 0; i < 2 && row->lists[i][0] != NULL; i++)
		make_list(row->lists[i][0], row->lists[i][1], crl);
	server = tls_peer_start(row->certificate, TLS13, tls_peer_hang_up);
	tls_peer_expect(&server, &options, row->result, row->text, NULL);
}

int
main(void)
{
	struct rows all = {0};

	gnutls_global_init();
	pki_begin();
	rows_add_one(&all, "every chain with every bundle", test_all);
	rows_add_one(&all, "a folder of roots", test_folder);
	rows_add_one(&all, "a thousand roots", test_thousand);
	rows_add(&all, "file", trust_rows, ROWS(trust_rows), test_trust);
	rows_add_one(&all, "file: missing", test_trust_missing);
	rows_add(&all, "revocation", crl_rows, ROWS(crl_rows), test_crl);
	return pki_end(&all);
}
