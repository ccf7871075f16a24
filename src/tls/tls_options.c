/*
 * Converts the options for GnuTLS: into a priority string, and credentials with
 * the client certificate. The user's own priority words come last and override
 * ours, except that a session is always encrypted.
 */
#include "tls/tls_options.h"

#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "tls/tls_library.h"
#include "tls/token_key.h"

#define PEM_MAX ((size_t)1024 * 1024)

#define TLS_1_3 ":-VERS-ALL:+VERS-TLS1.3"
#define TLS_1_2 ":+VERS-TLS1.2"
/* RFC 9155: no handshake is signed with SHA-1. */
#define NO_SHA1 ":-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:-SIGN-DSA-SHA1"
/* RFC 9325: RSA and Diffie-Hellman of 2048 bits or more, and no SHA-1. */
#define STRENGTH ":%PROFILE_MEDIUM"
/* RFC 9325 section 4.1: no key exchange without forward secrecy. */
#define FORWARD_SECRECY ":-RSA"
/* RFC 9325 section 4.2: no CBC without encrypt-then-MAC (RFC 7366). */
#define ENCRYPT_THEN_MAC ":%FORCE_ETM"
/* Moves the weakest algorithms of NORMAL to the end of the list. */
#define OLD_LAST                                               \
	":-AES-256-CBC:-AES-128-CBC:+AES-256-CBC:+AES-128-CBC" \
	":-RSA:+RSA"
/* Never without encryption, because a password may be sent over TLS. */
#define ENCRYPTED ":-NULL"

/* Whether a word adds CBC, or allows it without encrypt-then-MAC. */
static bool
asks_for_cbc(struct span own)
{
	struct span word;

	while (span_next_word(&own, ":", &word)) {
		bool is_cbc = word.len > 4 &&
		    span_equal_nocase(
			span_skip(word, word.len - 4), SPAN("-CBC"));

		if ((word.at[0] == '+' && is_cbc) ||
		    span_equal_nocase(word, SPAN("%NO_ETM")) ||
		    span_equal_nocase(word, SPAN("%COMPAT")))
			return true;
	}
	return false;
}

/*
 * The user's first word may be a keyword to start from ("SECURE256"). Our own
 * words follow it, so that no keyword allows old versions again (RFC 8996). The
 * user's other words ("+VERS-TLS1.1", "%PROFILE_LOW") come after ours.
 */
void
tls_options_add_priority(const struct tls_options *options, struct buf *out)
{
	struct span own = span_from(options->priority);
	struct span base = SPAN("NORMAL");

	if (own.len > 0 && strchr("+-!%", own.at[0]) == NULL) {
		base = span_head(own, span_find(own, ':'));
		own = span_skip(own, base.len + 1);
	}
	buf_add_span(out, base);
	buf_add_text(out, TLS_1_3);
	if (!options->only_tls13)
		buf_add_text(out, TLS_1_2);
	if (options->verify)
		buf_add_text(out, NO_SHA1 STRENGTH);
	if (span_equal(base, SPAN("NORMAL")))
		buf_add_text(out, OLD_LAST);
	if (options->verify && !options->accept_untrusted) {
		buf_add_text(out, FORWARD_SECRECY);
		if (!asks_for_cbc(own))
			buf_add_text(out, ENCRYPT_THEN_MAC);
	}
	if (own.len > 0) {
		buf_add_char(out, ':');
		buf_add_span(out, own);
	}
	if (options->priority != NULL)
		buf_add_text(out, ENCRYPTED);
}

/*
 * Adds the word at which GnuTLS stopped, if the user wrote it. `at` points into
 * the whole priority string.
 */
static void
add_word_at(struct buf *text, struct span own, const char *at)
{
	struct span word = span_from(at);
	char *shown;

	word = span_head(word, span_find(word, ':'));
	if (word.len == 0 || word.len > own.len)
		return;
	shown = utf8_excerpt_masked(word, 64);
	buf_add_format(text, " at \"%s\"", shown);
	free(shown);
}

bool
tls_options_check_priority(
    const struct tls_options *options, struct tls_failure *failure)
{
	struct buf whole = {0}, text = {0};
	const char *at = NULL;
	gnutls_priority_t priority;
	int result;

	*failure = (struct tls_failure){.result = TLS_DONE};
	if (!tls_library_start(failure))
		return false;
	tls_options_add_priority(options, &whole);
	result = gnutls_priority_init(&priority, buf_text(&whole), &at);
	if (whole.full)
		result = GNUTLS_E_INVALID_REQUEST;
	if (result >= 0) {
		gnutls_priority_deinit(priority);
	} else {
		if (result == GNUTLS_E_INVALID_REQUEST) {
			buf_add_text(&text, "GnuTLS does not understand it");
			add_word_at(&text, span_from(options->priority), at);
		} else {
			buf_add_text(&text, "GnuTLS rejects it: ");
			tls_library_add_error(&text, result);
		}
		tls_failure_set(failure, TLS_CONFIG, "%s", buf_text(&text));
	}
	buf_free(&whole);
	buf_free(&text);
	return result >= 0;
}

const char *
tls_options_oldest_version(const struct tls_options *options)
{
	gnutls_protocol_t oldest = GNUTLS_VERSION_UNKNOWN;
	struct tls_failure ignored;
	gnutls_priority_t priority;
	const unsigned *versions;
	struct buf whole = {0};
	int count;

	tls_options_add_priority(options, &whole);
	if (!tls_library_start(&ignored) ||
	    gnutls_priority_init(&priority, buf_text(&whole), NULL) < 0) {
		buf_free(&whole);
		return NULL;
	}
	buf_free(&whole);
	count = gnutls_priority_protocol_list(priority, &versions);
	for (int i = 0; i < count; i++)
		if (oldest == GNUTLS_VERSION_UNKNOWN || versions[i] < oldest)
			oldest = versions[i];
	gnutls_priority_deinit(priority);
	return gnutls_protocol_get_name(oldest);
}

/* `label` is PEM's name for the content (RFC 7468), `word` is ours. */
static bool
read_pem(struct buf *pem, const char *path, enum file_trust trust,
    const char *label, const char *word, struct tls_failure *failure)
{
	struct error err;
	char *shown;

	buf_init(pem, PEM_MAX);
	if (!file_read_path(path, trust, pem, ERROR_CONFIG, &err))
		return tls_failure_set(failure, TLS_CONFIG, "%s", err.text);
	if (strstr(buf_text(pem), label) != NULL)
		return true;
	shown = utf8_masked(span_from(path));
	tls_failure_set(failure, TLS_CONFIG,
	    "cannot use %s: it holds no %s in PEM form", shown, word);
	free(shown);
	return false;
}

/* Sets the failure: GnuTLS could not load the client certificate. */
static bool
refuse(const char *path, int error, struct tls_failure *failure)
{
	char *shown = utf8_masked(span_from(path));
	struct buf why = {0};

	switch (error) {
	case GNUTLS_E_CERTIFICATE_KEY_MISMATCH:
		buf_add_text(&why, "the key does not belong to it");
		break;
	case GNUTLS_E_DECRYPTION_FAILED:
	case GNUTLS_E_UNKNOWN_PKCS_CONTENT_TYPE:
		buf_add_text(&why,
		    "the key is encrypted; encrypted keys are not supported");
		break;
	default:
		tls_library_add_error(&why, error);
	}
	tls_failure_set(failure, TLS_CONFIG,
	    "cannot use the client certificate %s: %s", shown, buf_text(&why));
	buf_free(&why);
	free(shown);
	return false;
}

static gnutls_datum_t
datum_of(const struct buf *buf)
{
	return (gnutls_datum_t){(unsigned char *)buf->data, (unsigned)buf->len};
}

/* The setting that names the key. */
static const char *
key_of(const struct tls_options *options)
{
	return options->client_key != NULL ? options->client_key
					   : options->client_certificate;
}

/* Reads the certificate that belongs to a key in a token, if it is a file. */
static bool
read_beside_token(struct buf *certificate, const struct tls_options *options,
    struct tls_failure *failure)
{
	const char *path = options->client_certificate;

	return token_key_is_url(span_from(path)) ||
	    read_pem(certificate, path, FILE_OWN, "BEGIN CERTIFICATE",
		"certificate", failure);
}

static bool
load_from_token(const struct tls_options *options, void *credentials,
    struct tls_failure *failure)
{
	struct token_key *key = token_key_find(key_of(options));
	struct buf certificate = {0};
	bool done;

	if (key == NULL)
		return true;
	done = read_beside_token(&certificate, options, failure) &&
	    token_key_load(key, &certificate, options->client_certificate,
		credentials, failure);
	buf_free(&certificate);
	return done;
}

bool
tls_options_load_client_certificate(const struct tls_options *options,
    void *credentials, struct tls_failure *failure)
{
	const char *key_path = key_of(options);
	struct buf certificate = {0}, key = {0};
	bool done;

	if (options->client_certificate == NULL)
		return true;
	if (token_key_is_url(span_from(key_path)))
		return load_from_token(options, credentials, failure);
	done = read_pem(&certificate, options->client_certificate,
		   options->client_key != NULL ? FILE_OWN : FILE_PRIVATE,
		   "BEGIN CERTIFICATE", "certificate", failure) &&
	    read_pem(&key, key_path, FILE_PRIVATE, "PRIVATE KEY", "private key",
		failure);
	if (done) {
		gnutls_datum_t first = datum_of(&certificate);
		gnutls_datum_t second = datum_of(&key);
		int loaded = gnutls_certificate_set_x509_key_mem2(
		    credentials, &first, &second, GNUTLS_X509_FMT_PEM, NULL, 0);

		done = loaded >= 0 ||
		    refuse(options->client_certificate, loaded, failure);
	}
	buf_wipe(&certificate);
	buf_wipe(&key);
	return done;
}

bool
tls_options_check_client_certificate(
    const struct tls_options *options, struct tls_failure *failure)
{
	gnutls_certificate_credentials_t credentials = NULL;
	bool done;

	if (token_key_is_url(span_from(key_of(options))) &&
	    token_key_find(key_of(options)) == NULL) {
		struct buf certificate = {0};

		done = token_key_is_possible(failure) &&
		    read_beside_token(&certificate, options, failure);
		buf_free(&certificate);
		return done;
	}
	if (!tls_library_start(failure))
		return false;
	if (gnutls_certificate_allocate_credentials(&credentials) < 0)
		return tls_failure_set(
		    failure, TLS_CONFIG, "cannot start GnuTLS");
	done =
	    tls_options_load_client_certificate(options, credentials, failure);
	gnutls_certificate_free_credentials(credentials);
	return done;
}
