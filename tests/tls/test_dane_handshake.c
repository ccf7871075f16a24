/*
 * Handshakes in which TLSA records decide about the certificate of a mail
 * server (RFC 7672 section 3).
 */
#include "rows.h"

#include "base/wait.h"
#include "pki.h"
#include "tls/dane.h"
#include "tls_peer.h"

#define RECORDS_MAX 4
#define MX "mail.example.org"
#define WRONG_NAME "cn = x\ndns_name = other.example.net\n" SERVER NOW
#define NEXT_HOP "cn = x\ndns_name = example.org\n" SERVER NOW
#define NO_NAME "cn = mail.example.org\n" SERVER NOW
#define OLD                                           \
	"cn = x\ndns_name = mail.example.org\n"       \
	"activation_date = \"2020-01-01 00:00:00\"\n" \
	"expiration_date = \"2020-02-01 00:00:00\"\n"
#define FOR_CLIENTS \
	"dns_name = mail.example.org\ntls_www_client\nsigning_key\n" NOW
#define FOR_ENCRYPTION                                          \
	"cn = x\ndns_name = mail.example.org\ntls_www_server\n" \
	"encryption_key\n" NOW
#define NEEDS_STAPLE "tls_feature = 5\n" GOOD
#define MISFIT "fits none of the TLSA records of mail.example.org (DANE)"

struct shake_row {
	const char *name;
	const char *template; /* of the server's certificate, "test" */
	const char *signer;   /* NULL: itself */
	const char *above[3]; /* what the server sends after it */
	/* "2 1 1 ca": of which certificate */
	const char *records[RECORDS_MAX];
	const char *text;     /* what verified it, or part of the failure */
	const char *names[2]; /* NULL: MX only */
	const char *key;      /* certtool's option */
	enum tls_result result;
	bool is_name_insecure, is_revoked;
};

static const struct shake_row shakes[] = {
    {"the key of the server", GOOD, "ca", {0}, {"3 1 1 test"},
	.text = "dane-ee"},
    {"the certificate of the server", GOOD, "ca", {0}, {"3 0 1 test"},
	.text = "dane-ee"},
    {"SHA-512", GOOD, "ca", {0}, {"3 1 2 test"}, .text = "dane-ee"},
    {"no digest", GOOD, "ca", {0}, {"3 0 0 test"}, .text = "dane-ee"},
    {"self-signed", GOOD, NULL, {0}, {"3 1 1 test"}, .text = "dane-ee"},
    {"another name", WRONG_NAME, NULL, {0}, {"3 1 1 test"}, .text = "dane-ee"},
    {"no name", NO_NAME, NULL, {0}, {"3 1 1 test"}, .text = "dane-ee"},
    {"expired", OLD, "ca", {0}, {"3 1 1 test"}, .text = "dane-ee"},
    {"for clients", FOR_CLIENTS, "ca", {0}, {"3 1 1 test"}, .text = "dane-ee"},
    {"its key is not for signatures", FOR_ENCRYPTION, "ca", {0}, {"3 1 1 test"},
	.text = "dane-ee", .key = "--bits=2048"},
    {"by an expired authority", GOOD, "late", {"late"}, {"3 1 1 test"},
	.text = "dane-ee"},
    {"1024 bits", GOOD, "ca", {0}, {"3 1 1 test"}, .text = "dane-ee",
	.key = "--bits=1024"},
    {"an OCSP status is missing", NEEDS_STAPLE, "ca", {0}, {"3 1 1 test"},
	.text = "dane-ee"},
    {"revoked", GOOD, "ca", {0}, {"3 1 1 test"}, .text = "dane-ee",
	.is_revoked = true},
    {"the old key and the new one", GOOD, "ca", {0},
	{"3 1 1 leaf", "3 1 1 test"}, .text = "dane-ee"},
    {"an old authority and the key", GOOD, "ca", {"ca"},
	{"2 1 1 other", "3 1 1 test"}, .text = "dane-ee"},
    {"another key", GOOD, "ca", {"ca"}, {"3 1 1 leaf"}, .text = MISFIT,
	.result = TLS_REFUSED},
    {"another certificate of the same key", GOOD, "ca", {0}, {"3 0 1 leaf"},
	.text = MISFIT, .result = TLS_REFUSED},
    {"the key of the authority as the server's", GOOD, "ca", {"ca"},
	{"3 1 1 ca"}, .text = MISFIT, .result = TLS_REFUSED},
    {"the weak digest fits, the strong one does not", GOOD, "ca", {0},
	{"3 1 1 test", "3 1 2 leaf"}, .text = MISFIT, .result = TLS_REFUSED},
    {"the host name comes from MX without DNSSEC", GOOD, "ca", {0},
	{"3 1 1 test"}, .text = "dane-insecure-mx", .is_name_insecure = true},
    {"another key, MX without DNSSEC", GOOD, "ca", {0}, {"3 1 1 leaf"},
	.text = MISFIT, .result = TLS_REFUSED, .is_name_insecure = true},

    {"authority: its key", GOOD, "ca", {"ca"}, {"2 1 1 ca"}, .text = "dane-ta"},
    {"authority: its certificate", GOOD, "ca", {"ca"}, {"2 0 2 ca"},
	.text = "dane-ta"},
    {"authority: one that no root has", GOOD, "other", {"other"},
	{"2 1 1 other"}, .text = "dane-ta"},
    {"authority: in between", GOOD, "middle", {"middle"}, {"2 1 1 middle"},
	.text = "dane-ta"},
    {"authority: in between, its root sent too", GOOD, "middle",
	{"middle", "ca"}, {"2 1 1 middle"}, .text = "dane-ta"},
    {"authority: the root above", GOOD, "middle", {"middle", "ca"},
	{"2 1 1 ca"}, .text = "dane-ta"},
    {"authority: the old and the new one", GOOD, "other", {"other"},
	{"2 1 1 ca", "2 1 1 other"}, .text = "dane-ta"},
    {"authority: beside a key", GOOD, "ca", {"ca"}, {"3 1 1 leaf", "2 1 1 ca"},
	.text = "dane-ta"},
    {"authority: MX without DNSSEC", GOOD, "ca", {"ca"}, {"2 1 1 ca"},
	.text = "dane-insecure-mx", .is_name_insecure = true},
    {"authority: another one, forged", GOOD, "other", {"other"}, {"2 1 1 ca"},
	.text = MISFIT, .result = TLS_REFUSED},
    {"authority: appended to a forged chain", GOOD, "other", {"other", "ca"},
	{"2 1 1 ca"}, .text = MISFIT "; the certificate's root is not trusted",
	.result = TLS_REFUSED},
    {"authority: appended to a self-signed one", GOOD, NULL, {"ca"},
	{"2 0 1 ca"}, .text = MISFIT "; the certificate is self-signed",
	.result = TLS_REFUSED},
    {"authority: not sent", GOOD, "ca", {0}, {"2 1 1 ca"}, .text = MISFIT,
	.result = TLS_REFUSED},
    {"authority: not sent, but in the record", GOOD, "ca", {0}, {"2 0 0 ca"},
	.text = "dane-ta"},
    {"authority: another one in the record", GOOD, "ca", {0}, {"2 0 0 other"},
	.text = MISFIT, .result = TLS_REFUSED},
    {"authority: the second in the records", GOOD, "ca", {0},
	{"2 0 0 other", "2 0 0 ca"}, .text = "dane-ta"},
    {"authority: not sent, its key in the record", GOOD, "ca", {0},
	{"2 1 0 ca"}, .text = MISFIT, .result = TLS_REFUSED},
    {"authority: its whole key", GOOD, "ca", {"ca"}, {"2 1 0 ca"},
	.text = "dane-ta"},
    {"authority: the server's own certificate", GOOD, NULL, {0}, {"2 0 1 test"},
	.text = MISFIT, .result = TLS_REFUSED},
    {"authority: not one", GOOD, "leaf", {"leaf"}, {"2 1 1 leaf"},
	.text = MISFIT, .result = TLS_REFUSED},
    {"authority: another name", WRONG_NAME, "ca", {"ca"}, {"2 1 1 ca"},
	.text = "is for other.example.net, not for mail.example.org",
	.result = TLS_REFUSED},
    {"authority: no name", NO_NAME, "ca", {"ca"}, {"2 1 1 ca"},
	.text = "names no server, so it is not for mail.example.org",
	.result = TLS_REFUSED},
    {"authority: the domain of the recipient", NEXT_HOP, "ca", {"ca"},
	{"2 1 1 ca"}, .text = "dane-ta", .names = {MX, "example.org"}},
    {"authority: its domain does not count", NEXT_HOP, "ca", {"ca"},
	{"2 1 1 ca"}, .text = "is for example.org, not for mail.example.org",
	.names = {MX, NULL}, .result = TLS_REFUSED},
    {"authority: expired", OLD SERVER, "ca", {"ca"}, {"2 1 1 ca"},
	.text = "expired on 2020-0", .result = TLS_REFUSED},
    {"authority: itself expired", GOOD, "late", {"late"}, {"2 1 1 late"},
	.text = "of its issuer CN=Late Middle expired on 202",
	.result = TLS_REFUSED},
    {"authority: bound to other names", GOOD, "bound", {"bound"}, {"2 1 1 ca"},
	.text = MISFIT, .result = TLS_REFUSED},
    {"authority: for clients", FOR_CLIENTS, "ca", {"ca"}, {"2 1 1 ca"},
	.text = "not meant for servers", .result = TLS_REFUSED},
    {"authority: 1024 bits", GOOD, "ca", {"ca"}, {"2 1 1 ca"},
	.text = "too weak", .key = "--bits=1024", .result = TLS_REFUSED},
    {"authority: an OCSP status is missing", NEEDS_STAPLE, "ca", {"ca"},
	{"2 1 1 ca"}, .text = "requires a stapled OCSP status",
	.result = TLS_REFUSED},
    {"authority: revoked", GOOD, "ca", {"ca"}, {"2 1 1 ca"},
	.text = "the certificate has been revoked", .result = TLS_REFUSED,
	.is_revoked = true},
};

/* A revocation list of the authority "ca", with the server's certificate. */
static void
revoke_test(void)
{
	char ca[128], key[128], form[128], list[128], back[128];
	const char *const arguments[] = {"certtool", "--generate-crl",
	    "--load-ca-privkey", key, "--load-ca-certificate", ca,
	    "--load-certificate", back, "--template", form, "--outfile", list,
	    NULL};

	pki_path(ca, sizeof(ca), "ca", "pem");
	pki_path(key, sizeof(key), "ca", "key");
	pki_path(back, sizeof(back), "test", "pem");
	pki_path(form, sizeof(form), "list", "form");
	pki_path(list, sizeof(list), "test", "crl");
	pki_write(form, "crl_next_update = 30\ncrl_number = 1\n", "w");
	assert_true(pki_run(arguments));
}

/* Makes the certificate "test", and appends what is sent after it. */
static void
make_chain(const struct shake_row *row)
{
	char pem[128], above[128];

	pki_authorities();
	pki_make("test", row->template, row->signer, row->key, NULL);
	if (row->is_revoked)
		revoke_test();
	pki_path(pem, sizeof(pem), "test", "pem");
	for (size_t i = 0; i < 3 && row->above[i] != NULL; i++) {
		pki_path(above, sizeof(above), row->above[i], "pem");
		pki_append(above, pem);
	}
}

static size_t
make_records(const struct shake_row *row, struct buf *data,
    struct dane_record records[RECORDS_MAX])
{
	size_t count = 0;

	for (; count < RECORDS_MAX && row->records[count] != NULL; count++) {
		data[count] = (struct buf){0};
		pki_add_tlsa(
		    &data[count], row->records[count], row->records[count] + 6);
		assert_true(dane_read(buf_span(&data[count]), &records[count]));
	}
	return count;
}

static void
try_handshake(const struct shake_row *row, const struct tls_options *options,
    const char *version)
{
	struct tls_peer_options peer = {.certificate = "test",
	    .priority = version,
	    .function = tls_peer_hang_up,
	    .sends_all = true};
	struct tls_peer server = tls_peer_start_with(&peer);
	struct tls_failure failure = {0};
	struct tls *tls =
	    tls_start(server.fd, options, deadline_in(LONG), &failure);

	if (failure.result != row->result ||
	    (tls == NULL && strstr(failure.text, row->text) == NULL))
		fail_msg("%d, \"%s\" lacks \"%s\"", failure.result,
		    failure.text, row->text);
	if (tls != NULL) {
		assert_string_equal(tls_verified_by(tls), row->text);
		assert_null(tls_distrust(tls));
	} else {
		/* Nothing in our settings can be the remedy. */
		assert_null(strstr(failure.text, "tls-"));
		assert_non_null(strstr(failure.text, "\nhint: "));
		assert_text_is_safe(failure.text);
	}
	tls_free(tls);
	close(server.fd);
	tls_peer_end(&server, row->result == TLS_DONE ? 0 : 50);
}

static void
test_shake(void **state)
{
	const struct shake_row *row = *state;
	struct dane_record records[RECORDS_MAX];
	struct buf data[RECORDS_MAX];
	struct dane dane = {.records = records,
	    .names = {MX},
	    .name_count = 1,
	    .is_name_insecure = row->is_name_insecure};
	struct tls_options options = {
	    .host = MX, .name = MX, .verify = true, .dane = &dane};
	char crl[128];
	size_t count;

	make_chain(row);
	count = make_records(row, data, records);
	dane.count = dane_choose(records, count);
	for (size_t i = 0; i < 2 && row->names[i] != NULL; i++) {
		dane.names[i] = row->names[i];
		dane.name_count = i + 1;
	}
	pki_path(crl, sizeof(crl), "test", "crl");
	if (row->is_revoked)
		options.crl = crl;
	/* The roots do not count: there are none. */
	options.trust = "/nonexistent";
	try_handshake(row, &options,
	    TLS13 ":+SIGN-ALL:%DEBUG_ALLOW_KEY_USAGE_VIOLATIONS:%COMPAT");
	try_handshake(row, &options,
	    TLS12 ":+SIGN-ALL:%DEBUG_ALLOW_KEY_USAGE_VIOLATIONS:%COMPAT");
	while (count > 0)
		buf_free(&data[--count]);
}

int
main(void)
{
	struct rows all = {0};

	gnutls_global_init();
	pki_begin();
	rows_add(&all, "handshake", shakes, ROWS(shakes), test_shake);
	return pki_end(&all);
}
