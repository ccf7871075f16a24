/* Which certificates are accepted, and how the others are described. */
#include "rows.h"

#include "tls/tls.h"

#include <signal.h>

#include "base/text.h"
#include "base/wait.h"
#include "pki.h"
#include "tls_peer.h"

/* Certificates, their signers, and the verdict. */
enum chain {
	ALONE,
	WITH_MIDDLE, /* the signer's certificate is sent too */
};

struct certificate_row {
	const char *name;
	const char *template;
	const char *signer; /* NULL: itself */
	enum chain chain;
	const char *wanted;
	enum tls_result result;
	const char *text; /* in the failure */
	const char *key, *hash;
	bool is_fatal;
};

static const struct certificate_row certificate_rows[] = {
    {"good", GOOD, "ca", ALONE, "mail.example.org", TLS_DONE, "", 0, 0, false},
    {"one of several names",
	"dns_name = a.example.org\ndns_name = b.example.org\n" SERVER NOW, "ca",
	ALONE, "b.example.org", TLS_DONE, "", 0, 0, false},
    {"upper case", "dns_name = MAIL.EXAMPLE.ORG\n" SERVER NOW, "ca", ALONE,
	"mail.example.org", TLS_DONE, "", 0, 0, false},
    {"wildcard", "dns_name = *.example.org\n" SERVER NOW, "ca", ALONE,
	"mail.example.org", TLS_DONE, "", 0, 0, false},
    {"wildcard too deep", "dns_name = *.example.org\n" SERVER NOW, "ca", ALONE,
	"a.b.example.org", TLS_REFUSED,
	"is for *.example.org, not "
	"for a.b.example.org\nhint: ",
	0, 0, false},
    {"IDN", "dns_name = xn--bcher-kva.example\n" SERVER NOW, "ca", ALONE,
	"xn--bcher-kva.example", TLS_DONE, "", 0, 0, false},
    {"address", "ip_address = 127.0.0.1\n" SERVER NOW, "ca", ALONE, "127.0.0.1",
	TLS_DONE, "", 0, 0, false},
    {"IPv6 address", "ip_address = ::1\n" SERVER NOW, "ca", ALONE, "0::1",
	TLS_DONE, "", 0, 0, false},
    {"address as a DNS name", "dns_name = 127.0.0.1\n" SERVER NOW, "ca", ALONE,
	"127.0.0.1", TLS_REFUSED,
	"is for 127.0.0.1, not for 127.0.0.1, which it lists as a name, not as "
	"an address\nhint: ask its owner to add",
	0, 0, false},
    {"IPv6 address as a DNS name",
	"dns_name = a.test\ndns_name = ::1\n" SERVER NOW, "ca", ALONE, "0::1",
	TLS_REFUSED,
	"is for a.test, ::1, not for 0::1, which it lists as a name", 0, 0,
	false},
    {"another address", "ip_address = 127.0.0.2\n" SERVER NOW, "ca", ALONE,
	"127.0.0.1", TLS_REFUSED, "is for 127.0.0.2, not for 127.0.0.1", 0, 0,
	false},
    {"a name and no address", GOOD, "ca", ALONE, "127.0.0.1", TLS_REFUSED,
	"not for 127.0.0.1", 0, 0, false},
    {"wrong name", GOOD, "ca", ALONE, "smtp.example.org", TLS_REFUSED,
	"is for mail.example.org, not for smtp.example.org\nhint: ", 0, 0,
	false},
    {"many names",
	"dns_name = a.test\ndns_name = b.test\ndns_name = c.test\n"
	"dns_name = d.test\ndns_name = e.test\ndns_name = f.test\n" SERVER NOW,
	"ca", ALONE, "mail.example.org", TLS_REFUSED,
	"is for a.test, b.test, c.test, d.test and 2 more, not for", 0, 0,
	false},
    {"common name only", "cn = mail.example.org\n" SERVER NOW, "ca", ALONE,
	"mail.example.org", TLS_REFUSED,
	"names no server, so it is not for mail.example.org (its subject, "
	"CN=mail.example.org, does not count)",
	0, 0, false},
    {"common name beside an address",
	"cn = mail.example.org\nip_address = 127.0.0.1\n" SERVER NOW, "ca",
	ALONE, "mail.example.org", TLS_REFUSED, "is for 127.0.0.1, not", 0, 0,
	false},
    {"common name beside another kind of name",
	"cn = mail.example.org\nemail = me@example.org\n" SERVER NOW, "ca",
	ALONE, "mail.example.org", TLS_REFUSED, "names no server", 0, 0, false},
    {"expired",
	"dns_name = mail.example.org\n" SERVER
	"activation_date = \"2020-01-01 00:00:00\"\n"
	"expiration_date = \"2020-02-01 00:00:00\"\n",
	"ca", ALONE, "mail.example.org", TLS_REFUSED,
	"the certificate expired on 2020-0", 0, 0, false},
    {"not yet valid",
	"dns_name = mail.example.org\n" SERVER
	"activation_date = \"2039-01-01 00:00:00\"\n"
	"expiration_date = \"2040-02-01 00:00:00\"\n",
	"ca", ALONE, "mail.example.org", TLS_REFUSED,
	"the certificate is not valid before 20", 0, 0, false},
    {"self-signed", GOOD, NULL, ALONE, "mail.example.org", TLS_REFUSED,
	"self-signed and not a trusted root: CN=x\nhint: ", 0, 0, false},
    {"unknown root", GOOD, "other", ALONE, "mail.example.org", TLS_REFUSED,
	"issuer is unknown: CN=Other Root\nhint: ", 0, 0, false},
    {"unknown root, sent too", GOOD, "other", WITH_MIDDLE, "mail.example.org",
	TLS_REFUSED, "root is not trusted: CN=Other Root\nhint: ", 0, 0, false},
    {"two troubles", GOOD, "other", ALONE, "smtp.example.org", TLS_REFUSED,
	"CN=Other Root; the certificate is for mail.example.org", 0, 0, false},
    {"by a middle", GOOD, "middle", WITH_MIDDLE, "mail.example.org", TLS_DONE,
	"", 0, 0, false},
    {"by a middle that was not sent", GOOD, "middle", ALONE, "mail.example.org",
	TLS_REFUSED, "unknown: CN=Test Middle", 0, 0, false},
    {"by an expired middle", GOOD, "late", WITH_MIDDLE, "mail.example.org",
	TLS_REFUSED,
	"the certificate of its issuer CN=Late Middle expired on 202", 0, 0,
	false},
    {"by a middle bound to other names", GOOD, "bound", WITH_MIDDLE,
	"mail.example.org", TLS_REFUSED, "constraints", 0, 0, true},
    {"by an issuer that is no authority", GOOD, "leaf", WITH_MIDDLE,
	"mail.example.org", TLS_REFUSED, "not allowed to issue", 0, 0, true},
    {"for clients",
	"dns_name = mail.example.org\ntls_www_client\nsigning_key\n" NOW, "ca",
	ALONE, "mail.example.org", TLS_REFUSED, "not meant for servers", 0, 0,
	false},
    {"no purpose", "dns_name = mail.example.org\n" NOW, "ca", ALONE,
	"mail.example.org", TLS_DONE, "", 0, 0, false},
    {"SHA-1", GOOD, "ca", ALONE, "mail.example.org", TLS_REFUSED, "too weak", 0,
	"--hash=SHA1", false},
    {"RSA of 1024 bits", GOOD, "ca", ALONE, "mail.example.org", TLS_REFUSED,
	"too weak (RSA of 1024 bits", "--bits=1024", 0, false},
    {"RSA of 2048 bits", GOOD, "ca", ALONE, "mail.example.org", TLS_DONE, "",
	"--bits=2048", 0, false},
    {"made by a gateway on the way",
	"cn = \"Corporate Web Gateway CA\"\ndns_name = "
	"mail.example.org\n" SERVER NOW,
	NULL, ALONE, "mail.example.org", TLS_REFUSED,
	"\nhint: a virus scanner or a gateway opens TLS on the way: tell it to "
	"leave mail alone, and do not trust its key",
	0, 0, true},
    {"foreign octets in the subject",
	"cn = \"a\\\\\x1b[31m\xe2\x80\xae\"\n" SERVER NOW, NULL, ALONE,
	"mail.example.org", TLS_REFUSED, "self-signed", 0, 0, false},
};

static void
test_certificate(void **state)
{
	const struct certificate_row *row = *state;
	struct tls_failure failure;
	struct tls_peer server;
	struct tls *tls;
	char signer[128], leaf[128];

	pki_authorities();
	pki_make("test", row->template, row->signer, row->key, row->hash);
	pki_path(leaf, sizeof(leaf), "test", "pem");
	if (row->chain == WITH_MIDDLE) {
		pki_path(signer, sizeof(signer), row->signer, "pem");
		pki_append(signer, leaf);
	}

	/* Both versions: the certificate comes at different points. */
	for (int i = 0; i < 2; i++) {
		server = tls_peer_start("test",
		    i == 0 ? TLS13 ":+SIGN-ALL" : TLS12 ":+SIGN-ALL",
		    tls_peer_hang_up);
		tls = tls_peer_connect(&server, row->wanted, true, &failure);
		assert_int_equal(failure.result, row->result);
		assert_int_equal(tls != NULL, row->result == TLS_DONE);
		if (tls == NULL) {
			assert_text_is_safe(failure.text);
			if (strstr(failure.text, row->text) == NULL)
				fail_msg("\"%s\" lacks \"%s\"", failure.text,
				    row->text);
			/*
			 * No hint accepts a forged or revoked certificate.
			 */
			assert_int_equal(
			    strstr(failure.text, "tls-pin = sha256:") == NULL,
			    row->is_fatal);
		} else {
			assert_string_equal(tls_verified_by(tls), "trust");
			assert_string_equal(
			    tls_protocol(tls), i == 0 ? "TLS1.3" : "TLS1.2");
		}
		tls_free(tls);
		close(server.fd);
		if (row->result == TLS_DONE)
			tls_peer_end(&server, 0);
		else
			tls_peer_end(&server, 50);
	}
}

#define STRANGER                                                     \
	"something may stand between you and the server, such as a " \
	"login page of this network"

/* tls-pin: keys that the user expects. */
struct pin_row {
	const char *name;
	const char *signer; /* of GOOD; NULL: itself */
	const char *wanted;
	const char *pins; /* letters: l leaf's own, o another */
	bool alone;
	enum tls_result result;
	const char *text; /* in the failure; or what verified it */
};

static const struct pin_row pin_rows[] = {
    {"and trust", "ca", "mail.example.org", "l", false, TLS_DONE, "trust+pin"},
    {"the second of two", "ca", "mail.example.org", "ol", false, TLS_DONE,
	"trust+pin"},
    {"wrong", "ca", "mail.example.org", "o", false, TLS_REFUSED,
	", tls-pin expects sha256:"},
    {"wrong: the new key is shown", "ca", "mail.example.org", "o", false,
	TLS_REFUSED,
	"\nhint: " STRANGER "; if the server has a new key, and another "
	"network shows this one too, set tls-pin = sha256:"},
    {"none of two", "ca", "mail.example.org", "oo", false, TLS_REFUSED,
	", none of the 2 that tls-pin expects"},
    {"right, issuer not trusted", "other", "mail.example.org", "l", false,
	TLS_REFUSED, "issuer is unknown: CN=Other Root\nhint: "},
    {"right, wrong name", "ca", "smtp.example.org", "l", false, TLS_REFUSED,
	"is for mail.example.org, not for smtp.example.org"},
    {"wrong, issuer not trusted, wrong name", "other", "smtp.example.org", "o",
	false, TLS_REFUSED, "; the server's key is sha256:"},
    {"alone", NULL, "smtp.example.org", "l", true, TLS_DONE, "pin"},
    {"alone, the second of two", NULL, "x", "ol", true, TLS_DONE, "pin"},
    {"alone, wrong", "ca", "mail.example.org", "o", true, TLS_REFUSED,
	"the server's key is sha256:"},
    {"alone, none given", "ca", "mail.example.org", "", true, TLS_REFUSED,
	"none of the 0"},
};

/* The pin as certtool computes it: "sha256:" and the digest of the key. */
static void
read_pin(char pin[80], const char *certificate)
{
	char command[256], path[128];
	FILE *output;

	pki_path(path, sizeof(path), certificate, "pem");
	snprintf(command, sizeof(command),
	    "certtool --key-id --hash=sha256 --infile %s", path);
	output = popen(command, "r");
	assert_non_null(output);
	memcpy(pin, "sha256:", 7);
	assert_int_equal(fread(pin + 7, 1, 64, output), 64);
	pin[71] = '\0';
	pclose(output);
}

static struct tls *
connect_pinned(const struct pin_row *row, char *const *pins,
    struct tls_failure *failure, int expected)
{
	struct tls_peer server =
	    tls_peer_start("test", "NORMAL", tls_peer_hang_up);
	struct tls_options options = tls_peer_client();
	struct tls *tls;

	options.host = options.name = row->wanted;
	if (row->alone)
		options.trust = "/nonexistent";
	options.pins = pins;
	options.pin_count = strlen(row->pins);
	options.pin_alone = row->alone;
	memset(failure, 0xff, sizeof(*failure));
	tls = tls_start(server.fd, &options, deadline_in(LONG), failure);
	if (tls != NULL)
		assert_string_equal(tls_verified_by(tls), row->text);
	tls_free(tls);
	close(server.fd);
	tls_peer_end(&server, expected);
	return tls;
}

/* The pin that the hint suggests is accepted. */
static void
try_hint(const struct tls_failure *failure)
{
	static const struct pin_row trusting = {
	    "", NULL, "x", "h", true, TLS_DONE, "pin"};
	const char *hint = strstr(failure->text, "\nhint: ");
	struct tls_failure second;
	char pin[80], *pins[1] = {pin};

	assert_non_null(hint);
	hint = strstr(hint, "tls-pin = sha256:");
	assert_non_null(hint);
	memcpy(pin, hint + 10, 71);
	pin[71] = '\0';
	assert_non_null(connect_pinned(&trusting, pins, &second, 0));
}

static void
test_pin(void **state)
{
	const struct pin_row *row = *state;
	char own[80], other[80], *pins[4];
	struct tls_failure failure;
	struct tls *tls;

	pki_authorities();
	pki_make("test", GOOD, row->signer, NULL, NULL);
	read_pin(own, "test");
	read_pin(other, "other");
	for (size_t i = 0; row->pins[i] != '\0'; i++)
		pins[i] = row->pins[i] == 'l' ? own : other;
	tls = connect_pinned(
	    row, pins, &failure, row->result == TLS_DONE ? 0 : 50);
	assert_int_equal(failure.result, row->result);
	assert_int_equal(tls != NULL, row->result == TLS_DONE);
	if (tls != NULL)
		return;
	if (strstr(failure.text, row->text) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", failure.text, row->text);
	assert_text_is_safe(failure.text);
	try_hint(&failure);
}

/* Opportunistic TLS checks no certificate. */
static void
test_unverified(void **state)
{
	struct tls_failure failure;
	struct tls_peer server;
	struct tls *tls;

	(void)state;
	pki_authorities();
	pki_make("test", GOOD, NULL, NULL, NULL);
	server = tls_peer_start("test", TLS13, tls_peer_hang_up);
	tls = tls_peer_connect(&server, "another.example.org", false, &failure);
	assert_non_null(tls);
	assert_string_equal(tls_verified_by(tls), "none");
	assert_int_not_equal(tls_cipher(tls)[0], '\0');
	tls_free(tls);
	close(server.fd);
	tls_peer_end(&server, 0);
}

/*
 * The certificate is checked but always accepted; the caller asks tls_distrust
 * later.
 */
static void
test_accept_untrusted(void **state)
{
	struct tls_failure failure = {0};
	struct tls_options options = tls_peer_client();

	(void)state;
	pki_authorities();
	options.name = "another.example.org";
	options.accept_untrusted = true;
	for (int i = 0; i < 4; i++) {
		bool is_good = i >= 2;
		struct tls_peer server = tls_peer_start(
		    "leaf", i % 2 == 0 ? TLS13 : TLS12, tls_peer_hang_up);
		struct tls *tls;

		if (is_good)
			options.name = "mail.example.org";
		tls =
		    tls_start(server.fd, &options, deadline_in(LONG), &failure);
		assert_non_null(tls);
		assert_int_equal(failure.result, TLS_DONE);
		assert_string_equal(
		    tls_verified_by(tls), is_good ? "trust" : "none");
		if (is_good)
			assert_null(tls_distrust(tls));
		else
			assert_non_null(strstr(
			    tls_distrust(tls), "not for another.example"));
		tls_free(tls);
		close(server.fd);
		tls_peer_end(&server, 0);
	}
}

#define BREAKS_USAGE ":%DEBUG_ALLOW_KEY_USAGE_VIOLATIONS:%COMPAT"

/* A key that is not for signatures, in handshakes that it signs. */
static void
test_key_usage(void **state)
{
	static const char *const servers[] = {
	    TLS13 BREAKS_USAGE,
	    "NORMAL:-VERS-ALL:+VERS-TLS1.2:%DEBUG_ALLOW_KEY_USAGE_VIOLATIONS",
	    TLS12 BREAKS_USAGE,
	    "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-CBC"
	    ":%DEBUG_ALLOW_KEY_USAGE_VIOLATIONS",
	};
	struct tls_failure failure = {0};
	struct tls_options options = tls_peer_client();
	char pin[80] = "", *pins[] = {pin};

	(void)state;
	pki_authorities();
	pki_make("usage",
	    "cn = x\ndns_name = mail.example.org\ntls_www_server\n"
	    "encryption_key\n" NOW,
	    "ca", "--bits=2048", NULL);
	for (size_t i = 0; i < 3 * sizeof(servers) / sizeof(servers[0]); i++) {
		enum { JUDGED, PINNED, UNJUDGED } mode = i % 3;
		struct tls_peer server =
		    tls_peer_start("usage", servers[i / 3], tls_peer_hang_up);
		struct tls *tls;
		bool is_done;

		options.verify = mode != UNJUDGED;
		options.pin_alone = mode == PINNED;
		options.pins = pins;
		options.pin_count = mode == PINNED;
		tls =
		    tls_start(server.fd, &options, deadline_in(LONG), &failure);
		is_done = tls != NULL;
		/* The failure shows the right pin. */
		if (mode == PINNED && !is_done && pin[0] == '\0') {
			const char *at = strstr(failure.text, "sha256:");

			assert_non_null(at);
			memcpy(pin, at, 71);
			i--;
		} else {
			assert_int_equal(is_done, mode != JUDGED);
		}
		if (mode == JUDGED)
			assert_non_null(strstr(failure.text, "usage"));
		tls_free(tls);
		close(server.fd);
		tls_peer_end(&server, is_done ? 0 : 50);
	}
}

/* No exceptions are suggested for a known mail service. */
static void
test_public(void **state)
{
	static const char *const names[] = {
	    "mail.example.org", "smtp.example.org"};
	struct tls_failure failure = {0};
	struct tls_options options = tls_peer_client();

	(void)state;
	pki_authorities();
	pki_make("test", GOOD, "other", NULL, NULL);
	options.is_public = true;
	for (int i = 0; i < 2; i++) {
		struct tls_peer server =
		    tls_peer_start("test", TLS13, tls_peer_hang_up);

		options.name = names[i];
		tls_peer_expect(&server, &options, TLS_REFUSED,
		    "\nhint: " STRANGER "; ", &failure);
		assert_null(strstr(failure.text, "tls-pin"));
		assert_null(strstr(failure.text, "tls-host"));
	}
}

int
main(void)
{
	struct rows all = {0};

	pki_begin();
	rows_add(&all, "certificate", certificate_rows, ROWS(certificate_rows),
	    test_certificate);
	rows_add(&all, "pin", pin_rows, ROWS(pin_rows), test_pin);
	rows_add_one(&all, "nothing is checked", test_unverified);
	rows_add_one(&all, "accepted though untrusted", test_accept_untrusted);
	rows_add_one(&all, "key usage, where it counts", test_key_usage);
	rows_add_one(&all, "instead of a known service", test_public);
	return pki_end(&all);
}
