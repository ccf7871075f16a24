#include "net/tls_client_certificate.h"

#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/utf8.h"
#include "net/tls_library.h"
#include "net/tls_words.h"

#define PEM_MAX ((size_t)1024 * 1024)

/* `label` is what PEM calls it (RFC 7468), `word` what we do. */
static bool
read_pem(struct buf *pem, const char *path, enum file_trust trust,
    const char *label, const char *word, struct tls_failure *failure)
{
	struct error err;
	int fd = file_open(path, trust, ERROR_CONFIG, &err);
	bool done;

	buf_init(pem, PEM_MAX);
	done = fd >= 0 && file_read(fd, path, pem, ERROR_CONFIG, &err);
	if (!done)
		tls_fail(failure, TLS_CONFIG, "%s", err.text);
	if (fd >= 0)
		close(fd);
	if (done && strstr(buf_text(pem), label) == NULL) {
		char *shown = utf8_masked(span_from(path));

		tls_fail(failure, TLS_CONFIG,
		    "cannot use %s: it holds no %s in PEM form", shown, word);
		free(shown);
		done = false;
	}
	return done;
}

static const char *
words_for(int error)
{
	switch (error) {
	case GNUTLS_E_CERTIFICATE_KEY_MISMATCH:
		return "the key is not the one of the certificate";
	case GNUTLS_E_DECRYPTION_FAILED:
	case GNUTLS_E_UNKNOWN_PKCS_CONTENT_TYPE:
		return "the key is encrypted, and nobody is asked for its "
		       "passphrase";
	}
	return NULL;
}

static bool
refuse(const char *path, int error, struct tls_failure *failure)
{
	char *shown = utf8_masked(span_from(path));
	struct buf why = {0};

	if (words_for(error) != NULL)
		buf_add_text(&why, words_for(error));
	else
		tls_add_error(&why, error);
	tls_fail(failure, TLS_CONFIG,
	    "cannot use the client certificate of %s: %s", shown,
	    buf_text(&why));
	buf_free(&why);
	free(shown);
	return false;
}

static gnutls_datum_t
datum_of(const struct buf *buf)
{
	return (gnutls_datum_t){
	    (unsigned char *)buf->data, (unsigned)buf->len};
}

bool
tls_load_client_certificate(void *credentials,
    const struct tls_options *options, struct tls_failure *failure)
{
	const char *key_path = options->client_key != NULL
	    ? options->client_key
	    : options->client_certificate;
	struct buf certificate = {0}, key = {0};
	bool done;

	if (options->client_certificate == NULL)
		return true;
	done = read_pem(&certificate, options->client_certificate,
		   options->client_key != NULL ? FILE_OWN : FILE_PRIVATE,
		   "BEGIN CERTIFICATE", "certificate", failure) &&
	    read_pem(&key, key_path, FILE_PRIVATE, "PRIVATE KEY",
		"private key", failure);
	if (done) {
		gnutls_datum_t first = datum_of(&certificate);
		gnutls_datum_t second = datum_of(&key);
		int loaded = gnutls_certificate_set_x509_key_mem2(credentials,
		    &first, &second, GNUTLS_X509_FMT_PEM, NULL, 0);

		done = loaded >= 0 ||
		    refuse(options->client_certificate, loaded, failure);
	}
	buf_wipe(&certificate);
	buf_wipe(&key);
	return done;
}

bool
tls_client_certificate_check(
    const struct tls_options *options, struct tls_failure *failure)
{
	gnutls_certificate_credentials_t credentials = NULL;
	bool done;

	if (!tls_library_start(failure))
		return false;
	if (gnutls_certificate_allocate_credentials(&credentials) < 0) {
		tls_fail(failure, TLS_CONFIG, "cannot start GnuTLS");
		return false;
	}
	done = tls_load_client_certificate(credentials, options, failure);
	gnutls_certificate_free_credentials(credentials);
	return done;
}
