/*
 * Loads root certificates from a bundle or a folder into GnuTLS. A root that
 * cannot be read is not trusted, and does not prevent the use of the others.
 */
#include "tls/trust.h"

#include <errno.h>
#include <gnutls/x509.h>
#include <unistd.h>

#include "base/file.h"
#include "tls/root_scan.h"

#define TRUST_FILE_MAX ((size_t)64 * 1024 * 1024)

/* Only checks that the folder can be opened: GnuTLS reads it when needed. */
static bool
open_folder(
    struct trust *trust, const char *folder, struct tls_failure *failure)
{
	struct error err;
	int fd = file_open(folder, FILE_FOLDER, ERROR_CONFIG, &err);

	trust->folder = folder;
	if (fd < 0)
		return tls_failure_set(failure, TLS_CONFIG, "%s", err.text);
	close(fd);
	return true;
}

/*
 * CA_BUNDLE is set if the builder chose the trusted roots. SYSTEM_BUNDLE is a
 * file with the same certificates as GnuTLS's own trusted roots, if configure
 * found one.
 */
bool
trust_open(struct trust *trust, gnutls_certificate_credentials_t credentials,
    const struct tls_options *options, struct tls_failure *failure)
{
	struct error err;
	bool is_own = options->trust != NULL;

	*trust = (struct trust){
	    .credentials = credentials, .path = options->trust, .fd = -1};
	buf_init(&trust->text, TRUST_FILE_MAX);
	if (options->dane != NULL)
		return true;
	if (!is_own && options->trust_folder != NULL)
		return open_folder(trust, options->trust_folder, failure);
#ifdef CA_BUNDLE
	if (trust->path == NULL)
		trust->path = CA_BUNDLE;
#endif
	trust->is_system = trust->path == NULL;
#ifdef SYSTEM_BUNDLE
	if (trust->is_system)
		trust->path = SYSTEM_BUNDLE;
#endif
	if (trust->path == NULL)
		return true;
	trust->fd = file_open(
	    trust->path, is_own ? FILE_OWN : FILE_ANY, ERROR_CONFIG, &err);
	if (trust->fd >= 0 || trust->is_system)
		return true;
	/* Without descriptors or memory, nothing is wrong with the file. */
	return tls_failure_set(failure,
	    errno == EMFILE || errno == ENFILE || errno == ENOMEM ? TLS_LOST
								  : TLS_CONFIG,
	    "%s", err.text);
}

static void
close_file(struct trust *trust)
{
	if (trust->fd >= 0)
		close(trust->fd);
	trust->fd = -1;
}

void
trust_close(struct trust *trust)
{
	if (trust->credentials != NULL)
		close_file(trust);
	buf_free(&trust->text);
	buf_free(&trust->crl);
}

static gnutls_datum_t
datum_of(struct span span)
{
	return (gnutls_datum_t){
	    (unsigned char *)(uintptr_t)span.at, (unsigned)span.len};
}

bool
trust_use_crl(struct trust *trust, const struct tls_options *options,
    struct tls_failure *failure)
{
	const char *path = options->crl;
	struct error err;
	gnutls_datum_t datum;
	gnutls_x509_crl_t *lists = NULL;
	unsigned count = 0;
	bool done;

	if (path == NULL)
		return true;
	buf_init(&trust->crl, TRUST_FILE_MAX);
	if (!file_read_path(path, FILE_OWN, &trust->crl, ERROR_CONFIG, &err))
		return tls_failure_set(failure, TLS_CONFIG, "%s", err.text);
	/*
	 * Parse the lists here, because GnuTLS would ignore lists it cannot
	 * read.
	 */
	datum = datum_of(buf_span(&trust->crl));
	done = datum.size > 0 &&
	    gnutls_x509_crl_list_import2(
		&lists, &count, &datum, GNUTLS_X509_FMT_PEM, 0) >= 0;
	for (unsigned i = 0; done && i < count; i++)
		gnutls_x509_crl_deinit(lists[i]);
	if (done)
		gnutls_free(lists);
	if (done && count > 0)
		return true;
	/* A diagnosis goes on, and judges the certificate without it. */
	buf_clear(&trust->crl);
	return tls_failure_set(failure, TLS_CONFIG,
	    "cannot use %s: it holds no revocation list in PEM form", path);
}

/* Reads the bundle into trust->text, once. */
static bool
read_bundle(struct trust *trust, struct error *err)
{
	bool done = true;

	if (trust->fd >= 0)
		done = file_read(
		    trust->fd, trust->path, &trust->text, ERROR_CONFIG, err);
	close_file(trust);
	return done;
}

/* Adds one certificate; false if it cannot be read. */
static bool
add_block(gnutls_x509_trust_list_t list, struct span block,
    gnutls_x509_crt_fmt_t format)
{
	gnutls_datum_t datum = datum_of(block);
	gnutls_x509_crt_t certificate;

	if (gnutls_x509_crt_init(&certificate) < 0)
		return false;
	if (gnutls_x509_crt_import(certificate, &datum, format) < 0 ||
	    gnutls_x509_trust_list_add_cas(list, &certificate, 1, 0) != 1) {
		gnutls_x509_crt_deinit(certificate);
		return false;
	}
	return true;
}

static unsigned
add_blocks(gnutls_x509_trust_list_t list, struct root_scan *scan)
{
	unsigned added = 0;
	struct span block;

	while (root_scan_next(scan, &block))
		if (add_block(list, block, GNUTLS_X509_FMT_PEM))
			added++;
	return added;
}

/* Sets the list as the credentials' roots, or frees it if it is empty. */
static bool
use_list(struct trust *trust, gnutls_x509_trust_list_t list, int added)
{
	gnutls_datum_t crl = datum_of(buf_span(&trust->crl));

	if (added > 0 && crl.size > 0 &&
	    gnutls_x509_trust_list_add_trust_mem(
		list, NULL, &crl, GNUTLS_X509_FMT_PEM, 0, 0) <= 0)
		added = 0;
	if (added > 0)
		gnutls_certificate_set_trust_list(trust->credentials, list, 0);
	else
		gnutls_x509_trust_list_deinit(list, 1);
	return added > 0;
}

/*
 * Adds the names of the roots that GnuTLS may look up: the issuers in the chain
 * and also its subjects, because a certificate in the chain may itself be a
 * trusted root.
 */
static bool
add_names(struct root_scan *scan, gnutls_session_t session)
{
	unsigned count = 0;
	const gnutls_datum_t *sent =
	    gnutls_certificate_get_peers(session, &count);

	for (unsigned i = 0; sent != NULL && i < count; i++) {
		struct span der = {(const char *)sent[i].data, sent[i].size};
		struct span issuer, subject;

		if (!root_scan_names(der, &issuer, &subject) ||
		    !root_scan_add(scan, issuer) ||
		    !root_scan_add(scan, subject))
			return false;
	}
	return scan->count > 0;
}

bool
trust_load_named(struct trust *trust, gnutls_session_t session)
{
	struct root_scan scan = {.count = 0};
	gnutls_x509_trust_list_t list;
	struct error err;

	if (trust->path == NULL || !read_bundle(trust, &err))
		return false;
	scan.rest = buf_span(&trust->text);
	if (!add_names(&scan, session) ||
	    gnutls_x509_trust_list_init(&list, 0) < 0)
		return false;
	return use_list(trust, list, (int)add_blocks(list, &scan));
}

bool
trust_load_one(struct trust *trust, struct span der)
{
	gnutls_x509_trust_list_t list;

	return gnutls_x509_trust_list_init(&list, 0) >= 0 &&
	    use_list(trust, list, add_block(list, der, GNUTLS_X509_FMT_DER));
}

static bool
load_system(struct trust *trust, struct tls_failure *failure)
{
	gnutls_x509_trust_list_t list;

	if (gnutls_x509_trust_list_init(&list, 0) >= 0 &&
	    use_list(trust, list,
		gnutls_x509_trust_list_add_system_trust(list, 0, 0)))
		return true;
	return tls_failure_set(failure, TLS_CONFIG,
	    "this system has no trusted root certificates\n"
	    "hint: install ca-certificates, or set tls-trust = FILE");
}

/* Files in the folder without a certificate are ignored. */
static bool
load_folder(struct trust *trust, struct tls_failure *failure)
{
	gnutls_x509_trust_list_t list;

	if (gnutls_x509_trust_list_init(&list, 0) >= 0 &&
	    use_list(trust, list,
		gnutls_x509_trust_list_add_trust_dir(
		    list, trust->folder, NULL, GNUTLS_X509_FMT_PEM, 0, 0)))
		return true;
	return tls_failure_set(failure, TLS_CONFIG,
	    "cannot use %s: it holds no certificate in PEM form",
	    trust->folder);
}

/*
 * GnuTLS rejects the whole bundle if one certificate in it is damaged. Then
 * each certificate is loaded separately, so that the others are still trusted.
 */
static bool
load_file(struct trust *trust, struct tls_failure *failure)
{
	struct root_scan scan = {.rest = buf_span(&trust->text)};
	gnutls_datum_t datum = datum_of(scan.rest);
	gnutls_x509_trust_list_t list;
	int added = 0;

	if (gnutls_x509_trust_list_init(&list, 0) < 0)
		return tls_failure_set(
		    failure, TLS_CONFIG, "cannot start GnuTLS");
	if (datum.size > 0)
		added = gnutls_x509_trust_list_add_trust_mem(
		    list, &datum, NULL, GNUTLS_X509_FMT_PEM, 0, 0);
	if (use_list(
		trust, list, added < 0 ? (int)add_blocks(list, &scan) : added))
		return true;
	return tls_failure_set(failure, TLS_CONFIG, "cannot use %s: %s",
	    trust->path,
	    added < 0 && added != GNUTLS_E_NO_CERTIFICATE_FOUND
		? "a certificate in it cannot be read"
		: "it holds no certificate in PEM form");
}

bool
trust_load_all(struct trust *trust, struct tls_failure *failure)
{
	struct error err;

	if (trust->folder != NULL)
		return load_folder(trust, failure);
	if (trust->is_system)
		return load_system(trust, failure);
	if (!read_bundle(trust, &err))
		return tls_failure_set(failure, TLS_CONFIG, "%s", err.text);
	return load_file(trust, failure);
}
