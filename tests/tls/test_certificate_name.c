/* Which names of a certificate match the server's name. */
#include "rows.h"

#include "tls/certificate_name.h"

#include "pki.h"
#include "tls_peer.h"

/* DNS names of a certificate, and the server's name. */
struct name_row {
	const char *name;
	struct span offered;
	const char *wanted;
	bool matches;
};

static const struct name_row name_rows[] = {
    {"equal", {"mail.example.org", 16}, "mail.example.org", true},
    {"upper case", {"MAIL.Example.ORG", 16}, "mail.exAMPle.org", true},
    {"final dot", {"mail.example.org", 16}, "mail.example.org.", true},
    {"one label", {"localhost", 9}, "localhost", true},
    {"another", {"mail.example.com", 16}, "mail.example.org", false},
    {"a part", {"example.org", 11}, "mail.example.org", false},
    {"longer", {"mail.example.org.evil.test", 26}, "mail.example.org", false},
    {"NUL", {"mail.example.org\0.evil.test", 27}, "mail.example.org", false},
    {"NUL at the end", {"mail.example.org", 17}, "mail.example.org", false},
    {"wildcard", {"*.example.org", 13}, "mail.example.org", true},
    {"wildcard, IDN", {"*.example.org", 13}, "xn--bcher-kva.example.org", true},
    {"wildcard too deep", {"*.example.org", 13}, "a.mail.example.org", false},
    {"wildcard for the domain", {"*.example.org", 13}, "example.org", false},
    {"wildcard for nothing", {"*.example.org", 13}, ".example.org", false},
    {"wildcard alone", {"*", 1}, "mail", false},
    {"wildcard of everything", {"*.", 2}, "mail.", false},
    {"wildcard of one label", {"*.org", 5}, "example.org", false},
    {"wildcard of one label and a dot", {"*.org.", 6}, "example.org.", false},
    {"half a wildcard", {"m*.example.org", 14}, "mail.example.org", false},
    {"wildcard inside", {"mail.*.org", 10}, "mail.example.org", false},
    {"two wildcards", {"*.*.example.org", 15}, "a.b.example.org", false},
    {"wildcard asked for", {"*.example.org", 13}, "*.example.org", false},
    {"empty", {"", 0}, "", false},
    {"empty name", {"", 0}, "mail.example.org", false},
    {"dot", {".", 1}, ".", false},
    {"an address is no name", {"127.0.0.1", 9}, "127.0.0.1", false},
    {"nor with a dot", {"127.0.0.1", 9}, "127.0.0.1.", false},
    {"nor a short one", {"127.1", 5}, "127.1", false},
    {"nor by wildcard", {"*.0.0.1", 7}, "127.0.0.1", false},
    {"digits in a name", {"mx1", 3}, "mx1", true},
};

static void
test_name(void **state)
{
	const struct name_row *row = *state;

	assert_int_equal(
	    certificate_name_matches(row->offered, row->wanted), row->matches);
}

/* RFC 6186 section 6: the service and domain that were looked up. */
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
	struct tls_options options = tls_peer_client();
	struct tls_failure failure;
	char extensions[512];
	struct tls_peer server;

	pki_authorities();
	options.host = options.name = "example.org";
	options.service = row->service;
	snprintf(extensions, sizeof(extensions),
	    "subjectAltName = %s\nextendedKeyUsage = serverAuth\n",
	    row->subject_alternative);
	pki_make_odd("odd", "/CN=x", extensions, row->signer, "-sha256");
	server = tls_peer_start("odd", TLS13, tls_peer_hang_up);
	tls_peer_expect(&server, &options,
	    row->trusted ? TLS_DONE : TLS_REFUSED, "not ", &failure);
	if (!row->trusted &&
	    strstr(failure.text, "not for example.org") == NULL)
		assert_non_null(strstr(failure.text, "so not example.org"));
}

/* An SRV-ID in DER, whose lengths have one form only (X.690 section 10.1). */
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

int
main(void)
{
	struct rows all = {0};

	pki_begin();
	rows_add(&all, "name", name_rows, ROWS(name_rows), test_name);
	rows_add(
	    &all, "service", service_rows, ROWS(service_rows), test_service);
	rows_add(&all, "SRV-ID", der_rows, ROWS(der_rows), test_der);
	return pki_end(&all);
}
