/*
 * Files are bounded in size and number. One that cannot be read holds nothing
 * for certificate_file_find.
 */
#include "tls/certificate_file.h"

#include <dirent.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "tls/root_scan.h"
#include "tls/tls_library.h"

#define FILE_MAX ((size_t)1024 * 1024)
#define LISTS_MAX ((size_t)64 * 1024 * 1024)
/* The bounds of a search. */
#define FILES_MAX 1000
#define DEPTH_MAX 4

static gnutls_datum_t
datum_of(struct span span)
{
	return (gnutls_datum_t){
	    (unsigned char *)(uintptr_t)span.at, (unsigned)span.len};
}

/* Parses one certificate; false if it is none. */
static bool
read_certificate(struct span octets, gnutls_x509_crt_fmt_t format,
    struct certificate_facts *facts)
{
	gnutls_datum_t datum = datum_of(octets);
	gnutls_x509_crt_t certificate;
	bool done;

	if (gnutls_x509_crt_init(&certificate) < 0)
		return false;
	done = gnutls_x509_crt_import(certificate, &datum, format) >= 0;
	if (done)
		certificate_facts_read(facts, certificate);
	gnutls_x509_crt_deinit(certificate);
	return done;
}

static bool
fail(const char *path, const char *what, struct tls_failure *failure)
{
	char *shown = utf8_masked(span_from(path));

	tls_failure_set(
	    failure, TLS_CONFIG, "%s holds no %s in PEM form", shown, what);
	free(shown);
	return false;
}

bool
certificate_file_read(const char *path, struct certificate_facts *facts,
    struct tls_failure *failure)
{
	struct root_scan scan = {.count = 0};
	struct span block;
	struct error err;
	struct buf pem;
	bool done;

	if (!tls_library_start(failure))
		return false;
	buf_init_secret(&pem, FILE_MAX); /* the file may hold the key, too */
	if (!file_read_path(path, FILE_OWN, &pem, ERROR_CONFIG, &err)) {
		buf_wipe(&pem);
		return tls_failure_set(failure, TLS_CONFIG, "%s", err.text);
	}
	scan.rest = buf_span(&pem);
	done = root_scan_next(&scan, &block) &&
	    read_certificate(block, GNUTLS_X509_FMT_PEM, facts);
	buf_wipe(&pem);
	return done || fail(path, "certificate", failure);
}

bool
certificate_file_read_der(struct span der, struct certificate_facts *facts)
{
	return read_certificate(der, GNUTLS_X509_FMT_DER, facts);
}

/* The earliest date of the lists, which are freed. */
static int64_t
first_renewal(gnutls_x509_crl_t *lists, unsigned count)
{
	int64_t first = 0;

	for (unsigned i = 0; i < count; i++) {
		int64_t next = gnutls_x509_crl_get_next_update(lists[i]);

		if (next > 0 && (first == 0 || next < first))
			first = next;
		gnutls_x509_crl_deinit(lists[i]);
	}
	gnutls_free(lists);
	return first;
}

bool
certificate_file_read_lists(
    const char *path, int64_t *renewal, struct tls_failure *failure)
{
	gnutls_x509_crl_t *lists = NULL;
	unsigned count = 0;
	gnutls_datum_t datum;
	struct error err;
	struct buf pem;
	bool done;

	*renewal = 0;
	if (!tls_library_start(failure))
		return false;
	buf_init(&pem, LISTS_MAX);
	if (!file_read_path(path, FILE_OWN, &pem, ERROR_CONFIG, &err)) {
		buf_free(&pem);
		return tls_failure_set(failure, TLS_CONFIG, "%s", err.text);
	}
	datum = datum_of(buf_span(&pem));
	done = datum.size > 0 &&
	    gnutls_x509_crl_list_import2(
		&lists, &count, &datum, GNUTLS_X509_FMT_PEM, 0) >= 0;
	if (done)
		*renewal = first_renewal(lists, count);
	buf_free(&pem);
	return done || fail(path, "revocation list", failure);
}

/* Whether the octets, PEM or DER, hold the certificate. */
static bool
holds(struct span octets, const char *sha256)
{
	struct root_scan scan = {.rest = octets};
	gnutls_x509_crt_fmt_t format = GNUTLS_X509_FMT_PEM;
	struct span block = octets;
	bool found = false;

	if (!root_scan_next(&scan, &block)) {
		format = GNUTLS_X509_FMT_DER;
		block = octets;
	}
	do {
		struct certificate_facts facts;

		if (!read_certificate(block, format, &facts))
			continue;
		found = strcmp(facts.sha256, sha256) == 0;
		certificate_facts_free(&facts);
	} while (!found && root_scan_next(&scan, &block));
	return found;
}

static char *find_below(
    const char *folder, const char *sha256, unsigned depth, unsigned *left);

/* Looks into a file, or a folder; frees or returns the path. */
static char *
find_in(char *path, const char *sha256, unsigned depth, unsigned *left)
{
	struct error err;
	struct buf octets;
	char *found = NULL;

	buf_init(&octets, FILE_MAX);
	if (file_read_path(path, FILE_REGULAR, &octets, ERROR_CONFIG, &err)) {
		if (holds(buf_span(&octets), sha256))
			found = mem_copy_text(path);
	} else if (depth < DEPTH_MAX) {
		found = find_below(path, sha256, depth + 1, left);
	}
	buf_free(&octets);
	free(path);
	return found;
}

static char *
find_below(
    const char *folder, const char *sha256, unsigned depth, unsigned *left)
{
	DIR *entries = opendir(folder);
	struct dirent *entry;
	char *found = NULL;

	while (entries != NULL && found == NULL && *left > 0 &&
	    (entry = readdir(entries)) != NULL) {
		(*left)--;
		if (entry->d_name[0] != '.')
			found = find_in(file_path_in(folder, entry->d_name),
			    sha256, depth, left);
	}
	if (entries != NULL)
		closedir(entries);
	return found;
}

char *
certificate_file_find(const char *folder, const char *sha256)
{
	struct tls_failure ignored = {0};
	unsigned left = FILES_MAX;

	if (sha256[0] == '\0' || !tls_library_start(&ignored))
		return NULL;
	return find_below(folder, sha256, 0, &left);
}
