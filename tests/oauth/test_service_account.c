#include "rows.h"

#include <fcntl.h>
#include <gnutls/abstract.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/json.h"
#include "base/json_text.h"
#include "oauth/service_account.h"
#include "tls/tls_library.h"

#define NOW 1700000000

/* One key for all tests, since it takes time to make. */
static struct {
	gnutls_privkey_t key;
	struct buf pem;
	char path[64];
} made;

static void
make_pem(gnutls_pk_algorithm_t type, unsigned bits, gnutls_privkey_t key,
    struct buf *pem)
{
	gnutls_x509_privkey_t plain;
	gnutls_datum_t text;

	assert_int_equal(gnutls_privkey_generate(key, type, bits, 0), 0);
	assert_int_equal(gnutls_privkey_export_x509(key, &plain), 0);
	assert_int_equal(
	    gnutls_x509_privkey_export2_pkcs8(
		plain, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &text),
	    0);
	buf_add(pem, text.data, text.size);
	gnutls_free(text.data);
	gnutls_x509_privkey_deinit(plain);
}

static void
test_make(void **state)
{
	struct tls_failure failure;
	int fd;

	(void)state;
	assert_true(tls_library_start(&failure));
	strcpy(made.path, "test_service_account.XXXXXX");
	fd = mkstemp(made.path);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(gnutls_privkey_init(&made.key), 0);
	make_pem(GNUTLS_PK_RSA, 2048, made.key, &made.pem);
}

static void
tear_down(void)
{
	unlink(made.path);
	gnutls_privkey_deinit(made.key);
	buf_free(&made.pem);
}

static void
write_key(struct span text, mode_t mode)
{
	int fd = open(made.path, O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.at, text.len), text.len);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static bool
add_token(struct buf *jwt, const char *id, const char *user, struct error *err)
{
	struct profile profile = PROFILE_UNSET;
	const struct oauth_client client = {.profile = &profile,
	    .id = (char *)id,
	    .scope = (char *)"mail \"x\"",
	    .title = (char *)"Svc",
	    .token = (char *)"https://a.example/token"};

	profile.user = (char *)user;
	profile.oauth.key = made.path;
	buf_init_secret(jwt, SERVICE_ACCOUNT_TOKEN_MAX);
	return service_account_add_token(jwt, &client, NOW, err);
}

static struct span
next_part(struct span *rest)
{
	struct span part = span_head(*rest, span_find(*rest, '.'));

	*rest = span_skip(*rest, part.len + 1);
	return part;
}

static void
assert_part(struct span part, const char *wanted)
{
	struct buf text = {0};

	assert_true(base64_decode_url(&text, part));
	assert_string_equal(buf_text(&text), wanted);
	buf_free(&text);
}

/* Checks the parts of the token, and its signature by the public key. */
static void
assert_token(struct span jwt, const char *header, const char *account)
{
	struct span rest = jwt, first = next_part(&rest),
		    second = next_part(&rest);
	struct span text = span_head(jwt, first.len + 1 + second.len);
	const gnutls_datum_t data = {
	    (unsigned char *)(uintptr_t)text.at, (unsigned)text.len};
	gnutls_datum_t signature;
	gnutls_pubkey_t public;
	struct buf claims = {0}, octets = {0};

	assert_part(first, header);
	buf_add_format(&claims,
	    "{\"iss\":\"%s\",\"sub\":\"me@example.org\",\"scope\":"
	    "\"mail \\\"x\\\"\",\"aud\":\"https://a.example/token\",\"iat\":"
	    "1700000000,\"exp\":1700003600}",
	    account);
	assert_part(second, buf_text(&claims));
	assert_true(base64_decode_url(&octets, rest));
	signature = (gnutls_datum_t){
	    (unsigned char *)octets.data, (unsigned)octets.len};
	assert_int_equal(gnutls_pubkey_init(&public), 0);
	assert_int_equal(
	    gnutls_pubkey_import_privkey(public, made.key, 0, 0), 0);
	assert_true(gnutls_pubkey_verify_data2(public, GNUTLS_SIGN_RSA_SHA256,
			0, &data, &signature) >= 0);
	gnutls_pubkey_deinit(public);
	buf_free(&claims);
	buf_free(&octets);
}

static void
test_pem(void **state)
{
	struct buf jwt;
	struct error err = {0};

	(void)state;
	write_key(buf_span(&made.pem), 0600);
	assert_true(
	    add_token(&jwt, "robot@example.org", "me@example.org", &err));
	assert_token(buf_span(&jwt), "{\"alg\":\"RS256\",\"typ\":\"JWT\"}",
	    "robot@example.org");
	buf_wipe(&jwt);
}

static void
test_json(void **state)
{
	struct buf jwt, text = {0};
	struct error err = {0};

	(void)state;
	buf_add_text(&text,
	    "\n{\"type\":\"service_account\",\"private_key_id\":\"k1\","
	    "\"token_uri\":\"https://other.example/\",\"client_email\":"
	    "\"json@example.org\"");
	json_text_add_key(&text, "private_key");
	json_text_add_exact(&text, buf_span(&made.pem));
	buf_add_char(&text, '}');
	write_key(buf_span(&text), 0600);
	assert_true(add_token(&jwt, "not used", "me@example.org", &err));
	assert_token(buf_span(&jwt),
	    "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"k1\"}",
	    "json@example.org");
	buf_wipe(&jwt);
	buf_free(&text);
}

struct bad_row {
	const char *name, *text;
	const char *id, *user;
	const char *error;
	mode_t mode;
};

#define ACCOUNT "{\"type\":\"service_account\",\"client_email\":\"a@b.c\""

static const struct bad_row bad[] = {
    {"no user", "", "a", NULL, "needs user", 0600},
    {"a file that others can read", "", "a", "u", "test_service_account", 0644},
    {"an empty file", "", "a", "u", "no private key in PEM form", 0600},
    {"no key", "hunter2", "a", "u", "no private key in PEM form", 0600},
    {"PEM without an account", "hunter2", NULL, "u", "oauth-client-id", 0600},
    {"no JSON", "{hunter2", "a", "u", "cannot use oauth-key", 0600},
    {"other JSON", "{\"type\":\"authorized_user\"}", "a", "u",
	"it is not the key of a service account", 0600},
    {"JSON without a key", ACCOUNT "}", "a", "u", "no private_key", 0600},
    {"JSON with a bad key", ACCOUNT ",\"private_key\":\"hunter2\"}", "a", "u",
	"no private key in PEM form", 0600},
};

static void
test_bad(void **state)
{
	const struct bad_row *row = *state;
	struct buf jwt;
	struct error err = {0};

	write_key(span_from(row->text), row->mode);
	assert_false(add_token(&jwt, row->id, row->user, &err));
	assert_int_equal(err.kind, ERROR_CONFIG);
	assert_contains(err.text, row->error);
	assert_lacks(err.text, "hunter2");
	buf_wipe(&jwt);
}

struct key_row {
	const char *name;
	gnutls_pk_algorithm_t type;
	unsigned bits;
	const char *error;
};

static const struct key_row keys[] = {
    {"an elliptic curve", GNUTLS_PK_ECDSA,
	GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), "it is no RSA key"},
    {"a short key", GNUTLS_PK_RSA, 1024, "is shorter than 2048 bits"},
};

static void
test_key(void **state)
{
	const struct key_row *row = *state;
	gnutls_privkey_t key;
	struct buf pem = {0}, jwt;
	struct error err = {0};

	assert_int_equal(gnutls_privkey_init(&key), 0);
	make_pem(row->type, row->bits, key, &pem);
	write_key(buf_span(&pem), 0600);
	assert_false(add_token(&jwt, "a", "u", &err));
	assert_contains(err.text, row->error);
	gnutls_privkey_deinit(key);
	buf_free(&pem);
	buf_wipe(&jwt);
}

int
main(void)
{
	struct rows all = {0};
	int status;

	rows_add_one(&all, "a key is made", test_make);
	rows_add_one(&all, "a key in PEM form", test_pem);
	rows_add_one(&all, "JSON of Google", test_json);
	rows_add(&all, "bad", bad, ROWS(bad), test_bad);
	rows_add(&all, "key", keys, ROWS(keys), test_key);
	status = rows_end(&all);
	tear_down();
	return status;
}
