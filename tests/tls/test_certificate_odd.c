/*
 * Certificates that certtool cannot make, and chains of weak authorities, which
 * an attacker or an old server may send.
 */
#include "rows.h"

#include <signal.h>

#include "pki.h"
#include "tls_peer.h"

#define USAGE "extendedKeyUsage = serverAuth\n"
#define NAME "subjectAltName = DNS:mail.example.org\n"

struct odd_row {
	const char *name;
	const char *subject;
	const char *extensions; /* as openssl reads them */
	const char *digest;
	const char *signer;
	enum tls_result result;
	const char *text;
};

static const struct odd_row odd_rows[] = {
    {"usual", "/CN=x", NAME USAGE, "-sha256", "ca", TLS_DONE, ""},
    {"no extension at all", "/CN=mail.example.org", "", "-sha256", "ca",
	TLS_REFUSED, "names no server, so it is not for mail.example.org"},
    {"empty list of names", "/CN=mail.example.org",
	"subjectAltName = DER:30:00\n" USAGE, "-sha256", "ca", TLS_REFUSED,
	"names no server, so it is not for mail.example.org"},
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
    {"an unknown critical extension", "/CN=x",
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
make_authorities(void)
{
	static bool done;

	pki_authorities();
	if (done)
		return;
	pki_make("end", "cn = End\npath_len = 0\n" AUTHORITY, "ca", NULL, NULL);
	pki_make("deep", "cn = Deep\n" AUTHORITY, "end", NULL, NULL);
	pki_make("weak", "cn = Weak\n" AUTHORITY, "ca", "--bits=1024", NULL);
	pki_make("sha1", "cn = Old\n" AUTHORITY, "ca", NULL, "--hash=SHA1");
	pki_make("rsa", "cn = RSA\n" AUTHORITY, "ca", "--bits=2048", NULL);
	done = true;
}

static void
test_odd(void **state)
{
	static const char *const versions[] = {
	    TLS13 ":+SIGN-ALL", TLS12 ":+SIGN-ALL"};
	const struct odd_row *row = *state;
	struct tls_options options = tls_peer_client();
	char above[128], pem[128];

	make_authorities();
	pki_make_odd(
	    "odd", row->subject, row->extensions, row->signer, row->digest);
	if (strcmp(row->signer, "deep") == 0) {
		pki_path(above, sizeof(above), "end", "pem");
		pki_path(pem, sizeof(pem), "odd", "pem");
		pki_append(above, pem);
	}
	for (int i = 0; i < 2; i++) {
		struct tls_peer server =
		    tls_peer_start("odd", versions[i], tls_peer_hang_up);

		tls_peer_expect(
		    &server, &options, row->result, row->text, NULL);
	}
}

int
main(void)
{
	struct rows all = {0};

	pki_begin();
	rows_add(&all, "odd", odd_rows, ROWS(odd_rows), test_odd);
	return pki_end(&all);
}
