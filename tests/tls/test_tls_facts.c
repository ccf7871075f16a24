/*
 * What is read of a connection that diagnoses: the handshake goes on whatever
 * is wrong, the faults are told apart, and the chain is described.
 */
#include "rows.h"

#include <gnutls/gnutls.h>

#include "base/text.h"
#include "base/wait.h"
#include "pki.h"
#include "tls/tls_facts.h"
#include "tls_peer.h"

#define MAIL "dns_name = mail.example.org\n"
#define OLD                                           \
	"activation_date = \"2020-01-01 00:00:00\"\n" \
	"expiration_date = \"2020-02-01 00:00:00\"\n"
#define YOUNG                                         \
	"activation_date = \"2039-01-01 00:00:00\"\n" \
	"expiration_date = \"2040-02-01 00:00:00\"\n"

struct fault_row {
	const char *name;
	const char *template;
	const char *signer;   /* NULL: itself */
	const char *above[4]; /* sent after it */
	unsigned faults;
	const char *used;   /* of the chain: "110", the last one is not */
	const char *anchor; /* NULL: none */
	const char *key, *hash;
};

static const struct fault_row fault_rows[] = {
    {"none", GOOD, "ca", {0}, 0, "1", "CN=Test Root", 0, 0},
    {"none, root sent", GOOD, "ca", {"ca"}, 0, "11", NULL, 0, 0},
    {"none, of two", GOOD, "middle", {"middle"}, 0, "11", "CN=Test Root", 0, 0},
    {"none, of three", GOOD, "middle", {"middle", "ca"}, 0, "111", NULL, 0, 0},
    {"RSA", GOOD, "ca", {0}, 0, "1", "CN=Test Root", "--bits=2048", 0},
    {"self-signed", GOOD, NULL, {0}, FAULT_ISSUER_UNKNOWN | FAULT_SELF_SIGNED,
	"1", NULL, 0, 0},
    {"unknown issuer", GOOD, "other", {0}, FAULT_ISSUER_UNKNOWN, "1", NULL, 0,
	0},
    {"unknown root", GOOD, "other", {"other"}, FAULT_ISSUER_UNKNOWN, "11", NULL,
	0, 0},
    {"no middle", GOOD, "middle", {0}, FAULT_ISSUER_UNKNOWN, "1", NULL, 0, 0},
    {"expired", MAIL SERVER OLD, "ca", {0}, FAULT_EXPIRED, "1", "CN=Test Root",
	0, 0},
    {"not yet", MAIL SERVER YOUNG, "ca", {0}, FAULT_NOT_YET, "1",
	"CN=Test Root", 0, 0},
    {"by an expired middle", GOOD, "late", {"late"}, FAULT_EXPIRED, "11",
	"CN=Test Root", 0, 0},
    {"another name", "dns_name = a.test\n" SERVER NOW, "ca", {0}, FAULT_NAME,
	"1", "CN=Test Root", 0, 0},
    {"another name, unknown issuer", "dns_name = a.test\n" SERVER NOW, "other",
	{0}, FAULT_ISSUER_UNKNOWN | FAULT_NAME, "1", NULL, 0, 0},
    {"for clients", MAIL "tls_www_client\nsigning_key\n" NOW, "ca", {0},
	FAULT_PURPOSE, "1", "CN=Test Root", 0, 0},
    {"weak key", GOOD, "ca", {0}, FAULT_WEAK, "1", "CN=Test Root",
	"--bits=1024", 0},
    {"weak signature", GOOD, "ca", {0}, FAULT_WEAK, "1", "CN=Test Root", 0,
	"--hash=SHA1"},
    {"constraints", GOOD, "bound", {"bound"}, FAULT_OTHER, "11", "CN=Test Root",
	0, 0},
};

static struct tls_options
diagnosing(void)
{
	struct tls_options options = tls_peer_client();

	options.diagnose = true;
	return options;
}

/* Connects to the certificate "test", which succeeds, and reads the facts. */
static void
look(struct tls_facts *facts, const struct tls_options *options,
    const char *priority)
{
	struct tls_peer server =
	    tls_peer_start("test", priority, tls_peer_hang_up);
	struct tls_failure failure;
	struct tls *tls;

	memset(&failure, 0xff, sizeof(failure));
	tls = tls_start(server.fd, options, deadline_in(LONG), &failure);
	if (tls == NULL)
		fail_msg("no handshake: %s", failure.text);
	assert_int_equal(failure.result, TLS_DONE);
	tls_facts_read(facts, tls);
	tls_free(tls);
	close(server.fd);
	tls_peer_end(&server, 0);
}

static void
test_fault(void **state)
{
	const struct fault_row *row = *state;
	struct tls_options options = diagnosing();
	struct tls_facts facts;
	char leaf[128], above[128];

	pki_authorities();
	pki_make("test", row->template, row->signer, row->key, row->hash);
	pki_path(leaf, sizeof(leaf), "test", "pem");
	for (size_t i = 0; i < 4 && row->above[i] != NULL; i++) {
		pki_path(above, sizeof(above), row->above[i], "pem");
		pki_append(above, leaf);
	}
	for (int i = 0; i < 2; i++) {
		look(&facts, &options,
		    i == 0 ? TLS13 ":+SIGN-ALL" : TLS12 ":+SIGN-ALL");
		assert_int_equal(facts.faults, row->faults);
		assert_int_equal(facts.distrust == NULL, row->faults == 0);
		assert_string_equal(
		    facts.verified_by, row->faults == 0 ? "trust" : "none");
		assert_true(facts.must_trust);
		assert_string_equal(facts.wanted, "mail.example.org");
		assert_int_equal(facts.count, strlen(row->used));
		assert_int_equal(facts.sent, facts.count);
		for (size_t at = 0; at < facts.count; at++)
			assert_int_equal(
			    facts.chain[at].is_used, row->used[at] == '1');
		assert_int_equal(facts.has_anchor, row->anchor != NULL);
		if (row->anchor != NULL)
			assert_string_equal(facts.anchor.subject, row->anchor);
		assert_string_equal(
		    facts.protocol, i == 0 ? "TLS1.3" : "TLS1.2");
		assert_string_equal(
		    facts.binding, i == 0 ? "tls-exporter" : "tls-unique");
		assert_string_equal(facts.staple, "none");
		assert_false(facts.asks_certificate);
		assert_int_equal(facts.chain[0].is_key_weak,
		    row->key != NULL && strcmp(row->key, "--bits=1024") == 0);
		assert_int_equal(
		    facts.chain[0].is_signature_weak, row->hash != NULL);
		tls_facts_free(&facts);
	}
}

/* The sentence is that of a submission, which ends there. */
static void
test_sentence(void **state)
{
	struct tls_options options = tls_peer_client();
	struct tls_failure failure;
	struct tls_peer server;
	struct tls_facts facts;

	(void)state;
	pki_authorities();
	pki_make("test", GOOD, "other", NULL, NULL);
	server = tls_peer_start("test", TLS13, tls_peer_hang_up);
	tls_peer_expect(&server, &options, TLS_REFUSED, "Other Root", &failure);
	options.diagnose = true;
	look(&facts, &options, TLS13);
	assert_string_equal(facts.distrust, failure.text);
	assert_int_equal(facts.faults, failure.faults);
	tls_facts_free(&facts);
}

static void
test_certificate(void **state)
{
	const struct certificate_facts *own;
	struct tls_options options = diagnosing();
	struct tls_facts facts;

	(void)state;
	pki_authorities();
	pki_make("test",
	    "cn = \"mail\"\norganization = \"A, B\"\n" MAIL
	    "dns_name = \"b.example, c.example\"\nip_address = 192.0.2.1\n"
	    "ip_address = 2001:db8::1\n"
	    "ca_issuers_uri = \"http://ca.test/ca.crt\"\n" SERVER
	    "activation_date = \"2020-01-01 00:00:00\"\n"
	    "expiration_date = \"2039-12-31 23:59:59\"\n",
	    "ca", NULL, NULL);
	look(&facts, &options, TLS13);
	own = &facts.chain[0];
	assert_string_equal(own->subject, "CN=mail,O=A\\x5c, B");
	assert_string_equal(own->issuer, "CN=Test Root");
	assert_string_equal(own->names,
	    "mail.example.org, b.example??c.example, 192.0.2.1, 2001:db8::1");
	assert_string_equal(own->key, "ECDSA 256");
	assert_string_equal(own->signature, "ECDSA-SHA256");
	assert_true(own->not_before == 1577836800);
	assert_true(own->not_after == 2208988799);
	assert_true(own->has_issuer_url);
	assert_false(own->is_self_issued);
	assert_int_equal(strlen(own->sha256), 64);
	assert_int_equal(strlen(own->pin), 71);
	assert_true(facts.has_anchor);
	assert_true(facts.anchor.is_self_issued);
	assert_false(facts.anchor.has_issuer_url);
	tls_facts_free(&facts);
	assert_null(facts.protocol);
	tls_facts_free(&facts);
}

/* A trusted root ends the path, even if more was sent. */
static void
test_surplus(void **state)
{
	struct tls_options options = diagnosing();
	struct tls_facts facts;
	char leaf[128], middle[128], root[128];

	(void)state;
	pki_authorities();
	pki_make("test", GOOD, "middle", NULL, NULL);
	pki_path(leaf, sizeof(leaf), "test", "pem");
	pki_path(middle, sizeof(middle), "middle", "pem");
	pki_path(root, sizeof(root), "ca", "pem");
	pki_append(middle, leaf);
	pki_append(root, leaf);
	options.trust = middle;
	look(&facts, &options, TLS13);
	assert_int_equal(facts.faults, 0);
	assert_int_equal(facts.count, 3);
	assert_true(facts.chain[0].is_used && facts.chain[1].is_used);
	assert_false(facts.chain[2].is_used);
	assert_false(facts.has_anchor);
	tls_facts_free(&facts);
}

/* Terminal codes, and a very long name. */
static void
test_hostile(void **state)
{
	enum { LENGTH = 60000 };
	static char template[LENGTH + 512];
	struct tls_options options = diagnosing();
	struct tls_facts facts;
	size_t len;

	(void)state;
	pki_authorities();
	len = (size_t)snprintf(template, sizeof(template),
	    "cn = \"\x1b[31mred\xe2\x80\xae\"\n" MAIL SERVER NOW
	    "dns_name = \"");
	memset(template + len, 'a', LENGTH);
	strcpy(template + len + LENGTH, "\"\n");
	pki_make("test", template, NULL, NULL, NULL);
	look(&facts, &options, TLS13);
	assert_string_equal(
	    facts.chain[0].subject, "CN=\\x1b[31mred\\xe2\\x80\\xae");
	assert_memory_equal(facts.chain[0].names, "mail.example.org, aaa", 21);
	assert_true(strlen(facts.chain[0].names) < 16384);
	tls_facts_free(&facts);
}

/* Roots and lists that cannot be read stop a submission, and not a look. */
static void
test_files(void **state)
{
	static const struct {
		bool is_crl, is_empty;
		unsigned faults;
		const char *text;
	} cases[] = {
	    {false, false, FAULT_ROOTS, "/nonexistent"},
	    {false, true, FAULT_ROOTS, "holds no certificate"},
	    {true, false, FAULT_CRL, "/nonexistent"},
	    {true, true, FAULT_CRL, "holds no revocation list"},
	};
	struct tls_facts facts;
	char empty[128];

	(void)state;
	pki_authorities();
	pki_make("test", GOOD, "ca", NULL, NULL);
	pki_path(empty, sizeof(empty), "empty", "pem");
	pki_write(empty, "", "w");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tls_options options = diagnosing();
		const char *path = cases[i].is_empty ? empty : "/nonexistent";

		if (cases[i].is_crl)
			options.crl = path;
		else
			options.trust = path;
		look(&facts, &options, TLS13);
		assert_int_equal(facts.faults, cases[i].faults);
		if (strstr(facts.distrust, cases[i].text) == NULL)
			fail_msg("\"%s\"", facts.distrust);
		assert_string_equal(facts.verified_by, "none");
		tls_facts_free(&facts);
	}
}

/* The policy of the user says whether a submission would go on. */
static void
test_policy(void **state)
{
	struct tls_options options = diagnosing();
	struct tls_facts facts;
	char pin[72], *pins[] = {pin};

	(void)state;
	pki_authorities();
	pki_make("test", GOOD, "other", NULL, NULL);
	options.accept_untrusted = true;
	look(&facts, &options, TLS13);
	assert_false(facts.must_trust);
	assert_int_equal(facts.faults, FAULT_ISSUER_UNKNOWN);
	tls_facts_free(&facts);

	options.verify = false;
	look(&facts, &options, TLS12);
	assert_false(facts.must_trust);
	assert_int_equal(facts.faults, FAULT_ISSUER_UNKNOWN);
	tls_facts_free(&facts);

	options = diagnosing();
	snprintf(pin, sizeof(pin), "sha256:%064d", 0);
	options.pin_alone = true;
	options.pins = pins;
	options.pin_count = 1;
	look(&facts, &options, TLS13);
	assert_true(facts.must_trust);
	assert_int_equal(facts.faults, FAULT_PIN);
	assert_false(facts.has_anchor);
	pins[0] = facts.chain[0].pin;
	{
		struct tls_facts second;

		look(&second, &options, TLS13);
		assert_int_equal(second.faults, 0);
		assert_string_equal(second.verified_by, "pin");
		tls_facts_free(&second);
	}
	tls_facts_free(&facts);
}

int
main(void)
{
	struct rows all = {0};

	pki_begin();
	rows_add(&all, "fault", fault_rows, ROWS(fault_rows), test_fault);
	rows_add_one(&all, "the sentence of a submission", test_sentence);
	rows_add_one(&all, "what a certificate says", test_certificate);
	rows_add_one(&all, "more than the path was sent", test_surplus);
	rows_add_one(&all, "hostile names", test_hostile);
	rows_add_one(&all, "files that cannot be read", test_files);
	rows_add_one(&all, "the user's policy", test_policy);
	return pki_end(&all);
}
