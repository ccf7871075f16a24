/*
 * Certificates that certtool does not make, and strengths that are none: what
 * an attacker or an old server may show.
 */
#include "rows.h"

#include "tls/tls.h"

#include <signal.h>

#include "base/text.h"
#include "base/wait.h"
#include "peer.h"
#include "pki.h"
#include "tls/certificate_name.h"

#define USAGE "extendedKeyUsage = serverAuth\n"
#define NAME "subjectAltName = DNS:mail.example.org\n"

struct odd_row {
	const char *name;
	const char *subject;
	const char *extensions; /* as openssl writes them */
	const char *digest;
	const char *signer;
	enum tls_result result;
	const char *text;
};

static const struct odd_row odd_rows[] = {
    {"usual", "/CN=x", NAME USAGE, "-sha256", "ca", TLS_DONE, ""},
    {"no extension at all", "/CN=mail.example.org", "", "-sha256", "ca",
	TLS_REFUSED, "names no server, so not mail.example.org"},
    {"empty list of names", "/CN=mail.example.org",
	"subjectAltName = DER:30:00\n" USAGE, "-sha256", "ca", TLS_REFUSED,
	"names no server, so not mail.example.org"},
    {"NUL in a name", "/CN=mail.example.org",
	"subjectAltName = DER:30:1a:82:18:6d:61:69:6c:2e:65:78:61:6d:70:6c:65:"
	"2e:6f:72:67:00:2e:65:76:69:6c:2e:61\n" USAGE,
	"-sha256", "ca", TLS_REFUSED,
	"is for mail.example.org\\x00.evil.a, not"},
    {"NUL at a name's end", "/CN=x",
	"subjectAltName = DER:30:13:82:11:6d:61:69:6c:2e:65:78:61:6d:70:6c:65:"
	"2e:6f:72:67:00\n" USAGE,
	"-sha256", "ca", TLS_REFUSED, "is for mail.example.org\\x00, not"},
    {"a name that gives advice", "/CN=x",
	"subjectAltName = DER:30:11:82:0f:61:2e:62:3b:20:74:6c:73:20:3d:20:6e:"
	"6f:6e:65\n" USAGE,
	"-sha256", "ca", TLS_REFUSED,
	"is for a.b; tls = none, not for mail.example.org\nhint: something may "
	"stand between you and the server, such as a login page of this "
	"network; if that is the right server, set tls-host to its name"},
    {"the name as an address of mail", "/CN=x",
	"subjectAltName = email:mail@mail.example.org\n" USAGE, "-sha256", "ca",
	TLS_REFUSED, "names no server"},
    {"the name as a URI", "/CN=x",
	"subjectAltName = URI:smtp://mail.example.org\n" USAGE, "-sha256", "ca",
	TLS_REFUSED, "names no server"},
    {"wildcard of everything", "/CN=x", "subjectAltName = DNS:*\n" USAGE,
	"-sha256", "ca", TLS_REFUSED, "is for *, not for"},
    {"wildcard of a top domain", "/CN=x", "subjectAltName = DNS:*.org\n" USAGE,
	"-sha256", "ca", TLS_REFUSED, "is for *.org, not for"},
    {"half a wildcard", "/CN=x", "subjectAltName = DNS:m*.example.org\n" USAGE,
	"-sha256", "ca", TLS_REFUSED, "is for m*.example.org, not for"},
    {"for clients and code", "/CN=x",
	NAME "extendedKeyUsage = clientAuth, codeSigning\n", "-sha256", "ca",
	TLS_REFUSED, "not meant for servers"},
    {"for anything", "/CN=x", NAME "extendedKeyUsage = anyExtendedKeyUsage\n",
	"-sha256", "ca", TLS_DONE, ""},
    {"a critical extension that nobody knows", "/CN=x",
	NAME USAGE "1.2.3.4 = critical, DER:05:00\n", "-sha256", "ca",
	TLS_REFUSED, "critical extension"},
    {"MD5", "/CN=x", NAME USAGE, "-md5", "rsa", TLS_REFUSED, "too weak"},
    {"by an authority that ends with it", "/CN=x", NAME USAGE, "-sha256",
	"deep", TLS_REFUSED, "constraints"},
    {"by a weak authority", "/CN=x", NAME USAGE, "-sha256", "weak", TLS_REFUSED,
	"too weak ("},
    {"by an authority whose signature is SHA-1", "/CN=x", NAME USAGE, "-sha256",
	"sha1", TLS_REFUSED, "too weak ("},
};

static void
make_all(void)
{
	static const char *const version[] = {"openssl", "version", NULL};
	static bool done;

	pki_authorities();
	if (!pki_run(version))
		skip(); /* openssl is missing */
	if (done)
		return;
	/* Their chains are joined, as the server has to send them. */
	pki_make("end", "cn = End\npath_len = 0\n" AUTHORITY, "ca", NULL, NULL);
	pki_make("deep", "cn = Deep\n" AUTHORITY, "end", NULL, NULL);
	pki_make("weak", "cn = Weak\n" AUTHORITY, "ca", "--bits=1024", NULL);
	pki_make("sha1", "cn = Old\n" AUTHORITY, "ca", NULL, "--hash=SHA1");
	pki_make("rsa", "cn = RSA\n" AUTHORITY, "ca", "--bits=2048", NULL);
	done = true;
}

/* NAME.pem and NAME.key by openssl, and the signer's chain behind it. */
static void
make_odd(const struct odd_row *row)
{
	char pem[128], key[128], request[128], form[128], ca[128], ca_key[128];
	char above[128];
	const char *ask[] = {"openssl", "req", "-new", "-newkey", "ec",
	    "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
	    key, "-subj", row->subject, "-out", request, NULL};
	const char *sign[] = {"openssl", "x509", "-req", "-in", request, "-CA",
	    ca, "-CAkey", ca_key, "-set_serial", "77", "-days", "30",
	    "-extfile", form, row->digest, "-out", pem, NULL};

	pki_path(pem, sizeof(pem), "odd", "pem");
	pki_path(key, sizeof(key), "odd", "key");
	pki_path(request, sizeof(request), "odd", "csr");
	pki_path(form, sizeof(form), "odd", "form");
	pki_path(ca, sizeof(ca), row->signer, "pem");
	pki_path(ca_key, sizeof(ca_key), row->signer, "key");
	pki_write(form, row->extensions, "w");
	assert_true(pki_run(ask));
	assert_true(pki_run(sign));
	if (strcmp(row->signer, "ca") != 0)
		pki_append(ca, pem);
	pki_path(above, sizeof(above), "end", "pem");
	if (strcmp(row->signer, "deep") == 0)
		pki_append(above, pem);
}

static void
check(struct peer *server, enum tls_result result, const char *text)
{
	struct tls_failure failure;
	struct tls *tls =
	    peer_connect(server, "mail.example.org", true, &failure);

	if (failure.result != result ||
	    (tls == NULL && strstr(failure.text, text) == NULL))
		fail_msg("%d, \"%s\" lacks \"%s\"", failure.result,
		    failure.text, text);
	assert_int_equal(tls != NULL, result == TLS_DONE);
	if (tls == NULL)
		assert_text_is_safe(failure.text);
	tls_free(tls);
	close(server->fd);
	peer_end(server, result == TLS_DONE ? 0 : 50);
}

static void
test_odd(void **state)
{
	const struct odd_row *row = *state;

	make_all();
	make_odd(row);
	for (int i = 0; i < 2; i++) {
		struct peer server = peer_start("odd",
		    i == 0 ? TLS13 ":+SIGN-ALL" : TLS12 ":+SIGN-ALL",
		    peer_hang_up);

		check(&server, row->result, row->text);
	}
}

/* RFC 6186 section 6: what was looked up in the DNS, as a name. */
struct service_row {
	const char *name;
	const char *subject_alternative;
	const char *service; /* NULL: the server was named by the user */
	const char *signer;
	bool trusted;
};

#define SRV_ID(text) "otherName:1.3.6.1.5.5.7.8.7;IA5STRING:" text
#define LONG_LABEL \
	"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"
#define LONG_NAME LONG_LABEL "." LONG_LABEL ".example.org"

static const struct service_row service_rows[] = {
    {"the service", SRV_ID("_submissions.example.org"), "_submissions", "ca",
	true},
    {"the other service", SRV_ID("_submission.example.org"), "_submission",
	"ca", true},
    {"in capitals", SRV_ID("_SUBMISSIONS.Example.ORG"), "_submissions", "ca",
	true},
    {"one of several names",
	"DNS:a.example.org,email:a@example.org," SRV_ID(
	    "_imaps.example.org") "," SRV_ID("_submissions.example.org"),
	"_submissions", "ca", true},
    {"the domain itself", "DNS:example.org", "_submissions", "ca", true},
    {"no service was looked up", SRV_ID("_submissions.example.org"), NULL, "ca",
	false},
    {"another service", SRV_ID("_imaps.example.org"), "_submissions", "ca",
	false},
    {"the one with STARTTLS", SRV_ID("_submission.example.org"), "_submissions",
	"ca", false},
    {"another domain", SRV_ID("_submissions.example.net"), "_submissions", "ca",
	false},
    {"a domain below", SRV_ID("_submissions.mail.example.org"), "_submissions",
	"ca", false},
    {"wildcard", SRV_ID("_submissions.*.org"), "_submissions", "ca", false},
    {"wildcard of services", SRV_ID("*.example.org"), "_submissions", "ca",
	false},
    {"with a protocol", SRV_ID("_submissions._tcp.example.org"), "_submissions",
	"ca", false},
    {"of another form",
	"otherName:1.3.6.1.5.5.7.8.7;UTF8:_submissions.example.org",
	"_submissions", "ca", false},
    {"of another kind",
	"otherName:1.3.6.1.5.5.7.8.5;IA5STRING:_submissions.example.org",
	"_submissions", "ca", false},
    {"as a name of the DNS", "DNS:_submissions.example.org", "_submissions",
	"ca", false},
    {"by an authority of other names", SRV_ID("_submissions.example.org"),
	"_submissions", "bound", false},
};

static void
test_service(void **state)
{
	const struct service_row *row = *state;
	char extensions[512], trust[128];
	struct odd_row odd = {
	    "", "/CN=x", extensions, "-sha256", row->signer, TLS_DONE, ""};
	struct tls_options options = {.host = "example.org",
	    .name = "example.org",
	    .service = row->service,
	    .trust = trust,
	    .verify = true};
	struct tls_failure failure;
	struct peer server;
	struct tls *tls;

	make_all();
	snprintf(extensions, sizeof(extensions), "subjectAltName = %s\n" USAGE,
	    row->subject_alternative);
	make_odd(&odd);
	pki_path(trust, sizeof(trust), "ca", "pem");
	server = peer_start("odd", TLS13, peer_hang_up);
	tls = tls_start(server.fd, &options, deadline_in(LONG), &failure);
	if ((tls != NULL) != row->trusted)
		fail_msg("%s", tls != NULL ? "trusted" : failure.text);
	if (tls == NULL && strstr(failure.text, "not for example.org") == NULL)
		assert_non_null(strstr(failure.text, "so not example.org"));
	tls_free(tls);
	close(server.fd);
	peer_end(&server, row->trusted ? 0 : 50);
}

/* The form itself, as octets: X.690 section 10.1 knows one only. */
struct der_row {
	const char *name;
	const char *octets;
	size_t len;
	const char *domain;
	bool matches;
};

#define BYTES(text) text, sizeof(text) - 1
#define SERVICE "_submissions."

static const struct der_row der_rows[] = {
    {"short", BYTES("\x16\x10" SERVICE "a.b"), "a.b", true},
    {"final dot of ours", BYTES("\x16\x10" SERVICE "a.b"), "a.b.", true},
    {"final dot of theirs", BYTES("\x16\x11" SERVICE "a.b."), "a.b", false},
    {"long", BYTES("\x16\x81\x98" SERVICE LONG_NAME), LONG_NAME, true},
    {"long form of a short one", BYTES("\x16\x81\x10" SERVICE "a.b"), "a.b",
	false},
    {"longer than it says", BYTES("\x16\x10" SERVICE "a.bc"), "a.bc", false},
    {"shorter than it says", BYTES("\x16\x11" SERVICE "a.b"), "a.b", false},
    {"without an end", BYTES("\x16\x80" SERVICE "a.b"), "a.b", false},
    {"NUL", BYTES("\x16\x12" SERVICE "a.b\0c"), "a.b", false},
    {"nothing of the domain", BYTES("\x16\x0d" SERVICE), "", false},
    {"no length", BYTES("\x16"), "a.b", false},
    {"no long length", BYTES("\x16\x81"), "a.b", false},
    {"nothing", BYTES(""), "a.b", false},
};

static void
test_der(void **state)
{
	const struct der_row *row = *state;

	assert_int_equal(certificate_name_matches_service(
			     (struct span){row->octets, row->len},
			     "_submissions", row->domain),
	    row->matches);
}

/* F13: what a server must not talk us into. */
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
	struct peer server;

	pki_authorities();
	server = peer_start("leaf", row->priority, peer_hang_up);
	check(&server, row->result, "");
}

int
main(void)
{
	struct rows all = {0};
	int failures;

	signal(SIGPIPE, SIG_IGN);
	pki_begin();
	rows_add(&all, "odd", odd_rows, ROWS(odd_rows), test_odd);
	rows_add(
	    &all, "service", service_rows, ROWS(service_rows), test_service);
	rows_add(&all, "SRV-ID", der_rows, ROWS(der_rows), test_der);
	rows_add(&all, "weak", weak_rows, ROWS(weak_rows), test_weak);
	failures = rows_end(&all);
	pki_end();
	return failures;
}
