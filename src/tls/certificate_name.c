/*
 * Compares the names in a certificate with the server's name. An address
 * matches only an address, a DNS name only a DNS name (RFC 9525 section 6).
 */
#include "tls/certificate_name.h"

#include <arpa/inet.h>
#include <gnutls/x509-ext.h>
#include <stdlib.h>
#include <string.h>

#include "address/domain.h"
#include "base/utf8.h"

#define NAMES_SHOWN 4
#define NAME_SHOWN 64 /* octets of one name in a sentence */
#define OID_SUBJECT_ALT_NAME "2.5.29.17"
#define OID_SRV_ID "1.3.6.1.5.5.7.8.7"

bool
certificate_name_matches(struct span offered, const char *name)
{
	struct span wanted = span_from(name);

	if (wanted.len > 0 && wanted.at[wanted.len - 1] == '.')
		wanted.len--;
	if (wanted.len == 0 || domain_ends_in_number(wanted) ||
	    span_find(wanted, '*') < wanted.len)
		return false;
	if (span_starts(offered, SPAN("*."))) {
		size_t label = span_find(wanted, '.');

		/*
		 * The star matches one label, and must be followed by two or
		 * more.
		 */
		offered = span_skip(offered, 1);
		if (label == 0 ||
		    span_find(span_skip(offered, 1), '.') + 1 >= offered.len)
			return false;
		wanted = span_skip(wanted, label);
	}
	/* Refuse names with another star or a NUL. */
	return span_find(offered, '*') == offered.len &&
	    span_find(offered, '\0') == offered.len &&
	    span_equal_nocase(offered, wanted);
}

bool
certificate_name_matches_service(
    struct span der, const char *service, const char *domain)
{
	const unsigned char *octets = (const unsigned char *)der.at;
	struct span wanted = span_from(domain), text;
	size_t label = strlen(service);

	if (der.len < 2 || octets[0] != 0x16)
		return false;
	/* X.690 section 10.1: DER allows only the shortest form of a length. */
	if (octets[1] < 128)
		text = span_skip(der, 2);
	else if (octets[1] == 0x81 && der.len > 2 && octets[2] >= 128)
		text = span_skip(der, 3);
	else
		return false;
	if (text.len != octets[der.len - text.len - 1])
		return false;
	if (wanted.len > 0 && wanted.at[wanted.len - 1] == '.')
		wanted.len--;
	return wanted.len > 0 && text.len == label + 1 + wanted.len &&
	    text.at[label] == '.' &&
	    span_equal_nocase(span_head(text, label), span_from(service)) &&
	    span_equal_nocase(span_skip(text, label + 1), wanted);
}

/*
 * The subject alternative names; NULL if there are none or they cannot be read.
 */
static gnutls_subject_alt_names_t
read_names(gnutls_x509_crt_t certificate)
{
	gnutls_subject_alt_names_t names = NULL;
	gnutls_datum_t extension = {NULL, 0};
	unsigned critical;

	/*
	 * gnutls_x509_crt_get_subject_alt_name would parse all names at each
	 * call.
	 */
	if (gnutls_x509_crt_get_extension_by_oid2(certificate,
		OID_SUBJECT_ALT_NAME, 0, &extension, &critical) < 0)
		return NULL;
	if (gnutls_subject_alt_names_init(&names) < 0)
		names = NULL;
	else if (gnutls_x509_ext_import_subject_alt_names(
		     &extension, names, 0) < 0) {
		gnutls_subject_alt_names_deinit(names);
		names = NULL;
	}
	gnutls_free(extension.data);
	return names;
}

static struct span
span_of(const gnutls_datum_t *datum)
{
	return (struct span){(const char *)datum->data, datum->size};
}

/*
 * Whether the certificate has the SRV-ID of the domain and service that were
 * looked up (RFC 6186 section 6).
 */
static bool
has_service(gnutls_subject_alt_names_t names, const struct tls_options *options)
{
	gnutls_datum_t san, oid;
	bool found = false;
	unsigned type;

	for (unsigned i = 0; names != NULL && !found &&
	     gnutls_subject_alt_names_get(names, i, &type, &san, &oid) >= 0;
	     i++)
		found = type == GNUTLS_SAN_OTHERNAME &&
		    span_equal(
			span_head(span_of(&oid), span_find(span_of(&oid), 0)),
			SPAN(OID_SRV_ID)) &&
		    certificate_name_matches_service(
			span_of(&san), options->service, options->name);
	return found;
}

/* Parses an address; returns its length in octets, 4 or 16; 0 if it is none. */
static size_t
parse_address(const char *name, unsigned char address[16])
{
	if (inet_pton(AF_INET, name, address) == 1)
		return 4;
	return inet_pton(AF_INET6, name, address) == 1 ? 16 : 0;
}

/* Whether a DNS name of the certificate is this address as text. */
static bool
is_address_as_name(
    const gnutls_datum_t *san, const unsigned char *address, size_t len)
{
	unsigned char found[16];
	char *text = span_copy(span_of(san));
	bool is_same = len != 0 && parse_address(text, found) == len &&
	    memcmp(found, address, len) == 0;

	free(text);
	return is_same;
}

static void
add_name(struct buf *out, unsigned type, const gnutls_datum_t *san)
{
	int family = san->size == 4 ? AF_INET : AF_INET6;
	char address[INET6_ADDRSTRLEN], *shown;

	if (type != GNUTLS_SAN_IPADDRESS) {
		shown = utf8_excerpt_masked(span_of(san), NAME_SHOWN);
		buf_add_text(out, shown);
		free(shown);
	} else if ((san->size == 4 || san->size == 16) &&
	    inet_ntop(family, san->data, address, sizeof(address)) != NULL) {
		buf_add_text(out, address);
	} else {
		buf_add_text(out, "(malformed address)");
	}
}

static bool
has_name(gnutls_subject_alt_names_t names, const char *name, struct buf *others,
    bool *is_as_name)
{
	unsigned char address[16];
	size_t address_len = parse_address(name, address);
	bool found = false;
	unsigned usable = 0, type;
	gnutls_datum_t san;

	for (unsigned i = 0; names != NULL && !found &&
	     gnutls_subject_alt_names_get(names, i, &type, &san, NULL) >= 0;
	     i++) {
		if (type != GNUTLS_SAN_DNSNAME && type != GNUTLS_SAN_IPADDRESS)
			continue;
		if (type == GNUTLS_SAN_IPADDRESS)
			found = address_len != 0 && san.size == address_len &&
			    memcmp(san.data, address, address_len) == 0;
		else
			found = address_len == 0 &&
			    certificate_name_matches(span_of(&san), name);
		if (type == GNUTLS_SAN_DNSNAME &&
		    is_address_as_name(&san, address, address_len))
			*is_as_name = true;
		if (++usable > NAMES_SHOWN)
			continue;
		buf_add_text(others, usable > 1 ? ", " : "");
		add_name(others, type, &san);
	}
	if (usable > NAMES_SHOWN)
		buf_add_format(others, " and %u more", usable - NAMES_SHOWN);
	return found;
}

bool
certificate_name_check(gnutls_x509_crt_t certificate,
    const struct tls_options *options, bool service_counts, struct buf *others,
    bool *is_as_name)
{
	gnutls_subject_alt_names_t names = read_names(certificate);
	bool found;

	*is_as_name = false;
	found = has_name(names, options->name, others, is_as_name) ||
	    (service_counts && has_service(names, options));
	if (names != NULL)
		gnutls_subject_alt_names_deinit(names);
	return found;
}

void
certificate_name_add_all(gnutls_x509_crt_t certificate, struct buf *out)
{
	gnutls_subject_alt_names_t names = read_names(certificate);
	gnutls_datum_t san;
	unsigned type;

	for (unsigned i = 0; names != NULL && !out->full &&
	     gnutls_subject_alt_names_get(names, i, &type, &san, NULL) >= 0;
	     i++) {
		struct buf name = {0};

		if (type != GNUTLS_SAN_DNSNAME && type != GNUTLS_SAN_IPADDRESS)
			continue;
		add_name(&name, type, &san);
		for (size_t at = 0; at < name.len; at++)
			if (name.data[at] == ' ' || name.data[at] == ',')
				name.data[at] = '?';
		buf_add_format(
		    out, "%s%s", out->len > 0 ? ", " : "", buf_text(&name));
		buf_free(&name);
	}
	if (names != NULL)
		gnutls_subject_alt_names_deinit(names);
}
