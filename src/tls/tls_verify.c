#include "tls/tls_verify.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/ocsp.h>
#include <gnutls/x509-ext.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tls/root_scan.h"
#include "tls/tls_words.h"

/* Answers of one response; more is an attack on our time. */
#define ANSWERS_MAX 64

bool
tls_staple_came(void *session)
{
	gnutls_datum_t response;

	for (unsigned i = 0; i < TLS_CHAIN_MAX; i++)
		if (gnutls_ocsp_status_request_get2(session, i, &response) >= 0)
			return true;
	return false;
}

/* One answer, which is about this certificate. */
static unsigned
judge_answer(gnutls_ocsp_resp_t response, unsigned index)
{
	unsigned status;
	time_t next = (time_t)-1;

	if (gnutls_ocsp_resp_get_single(response, index, NULL, NULL, NULL, NULL,
		&status, NULL, &next, NULL, NULL) < 0)
		return GNUTLS_CERT_INVALID_OCSP_STATUS;
	if (status == GNUTLS_OCSP_CERT_REVOKED)
		return GNUTLS_CERT_REVOKED;
	if (status != GNUTLS_OCSP_CERT_GOOD)
		return GNUTLS_CERT_INVALID_OCSP_STATUS; /* nobody knows it */
	if (next != (time_t)-1 && next < time(NULL))
		return GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED;
	return 0;
}

static unsigned
judge_answers(gnutls_ocsp_resp_t response, gnutls_x509_crt_t certificate)
{
	unsigned result = 0;

	for (unsigned i = 0; i < ANSWERS_MAX; i++) {
		int found =
		    gnutls_ocsp_resp_check_crt(response, i, certificate);

		if (found == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
			return result;
		if (found == 0)
			result |= judge_answer(response, i);
	}
	return GNUTLS_CERT_INVALID_OCSP_STATUS;
}

static unsigned
judge_response(const gnutls_datum_t *octets, gnutls_x509_crt_t certificate)
{
	gnutls_ocsp_resp_t response;
	unsigned result = 0;

	if (gnutls_ocsp_resp_init(&response) < 0)
		return GNUTLS_CERT_INVALID_OCSP_STATUS;
	/* "Try later" holds no answer at all. */
	if (gnutls_ocsp_resp_import(response, octets) >= 0 &&
	    gnutls_ocsp_resp_get_status(response) ==
		GNUTLS_OCSP_RESP_SUCCESSFUL)
		result = judge_answers(response, certificate);
	gnutls_ocsp_resp_deinit(response);
	return result;
}

unsigned
tls_staple_status(void *session, const struct tls_chain *chain)
{
	gnutls_datum_t response;
	unsigned status = 0;

	for (unsigned i = 0; i < chain->count; i++)
		if (gnutls_ocsp_status_request_get2(session, i, &response) >= 0)
			status |=
			    judge_response(&response, chain->certificates[i]);
	return status;
}

bool
tls_verify_srv_id_matches(
    struct span der, const char *service, const char *domain)
{
	const unsigned char *octets = (const unsigned char *)der.at;
	struct span wanted = span_from(domain), text;
	size_t label = strlen(service);

	if (der.len < 2 || octets[0] != 0x16)
		return false;
	/* X.690 section 10.1: the only form of the length. */
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

#define NAMES_SHOWN 4
/* RSA of 16384 bits fits, and so does what is to come after it. */
#define KEY_OCTETS_MAX ((size_t)4096)
#define OID_SUBJECT_ALT_NAME "2.5.29.17"
#define OID_NAME_CONSTRAINTS "2.5.29.30"
#define OID_SRV_ID "1.3.6.1.5.5.7.8.7"

size_t
tls_verify_name_address(const char *name, unsigned char address[16])
{
	if (inet_pton(AF_INET, name, address) == 1)
		return 4;
	return inet_pton(AF_INET6, name, address) == 1 ? 16 : 0;
}

/* "127.0.0.1" and "127.1" are addresses, whatever a certificate calls them. */
static bool
ends_in_number(struct span name)
{
	size_t digits = 0;

	while (
	    digits < name.len && ascii_is_digit(name.at[name.len - 1 - digits]))
		digits++;
	return digits > 0 &&
	    (digits == name.len || name.at[name.len - 1 - digits] == '.');
}

bool
tls_verify_name_matches(struct span offered, const char *name)
{
	struct span wanted = span_from(name);

	if (wanted.len > 0 && wanted.at[wanted.len - 1] == '.')
		wanted.len--;
	if (wanted.len == 0 || ends_in_number(wanted) ||
	    span_find(wanted, '*') < wanted.len)
		return false;
	if (span_starts(offered, SPAN("*."))) {
		size_t label = span_find(wanted, '.');

		/* One label for the star, and two at least behind it. */
		offered = span_skip(offered, 1);
		if (label == 0 ||
		    span_find(span_skip(offered, 1), '.') + 1 >= offered.len)
			return false;
		wanted = span_skip(wanted, label);
	}
	/* A star elsewhere, or a NUL, is a character that no name holds. */
	return span_find(offered, '*') == offered.len &&
	    span_find(offered, '\0') == offered.len &&
	    span_equal_nocase(offered, wanted);
}

static void
add_address(struct buf *buf, const gnutls_datum_t *datum)
{
	char text[INET6_ADDRSTRLEN];
	int family = datum->size == 4 ? AF_INET : AF_INET6;

	if ((datum->size == 4 || datum->size == 16) &&
	    inet_ntop(family, datum->data, text, sizeof(text)) != NULL)
		buf_add_text(buf, text);
	else
		buf_add_text(buf, "(no address)");
}

bool
tls_verify_key_size(void *session, struct tls_failure *failure)
{
	unsigned sent = 0;
	const gnutls_datum_t *list =
	    gnutls_certificate_get_peers(session, &sent);
	struct span key;

	if (list == NULL || sent == 0)
		return true; /* and nothing to compute with */
	if (root_scan_key(
		(struct span){(const char *)list[0].data, list[0].size},
		&key) &&
	    key.len <= KEY_OCTETS_MAX)
		return true;
	tls_words_fail(failure, TLS_REFUSED,
	    "the server's key is longer than any that is in use");
	return false;
}

/* Its first certificates, `count` at most; those that are there stay. */
static void
read_chain(struct tls_chain *chain, gnutls_session_t session, unsigned count)
{
	unsigned sent = 0;
	const gnutls_datum_t *list =
	    gnutls_certificate_get_peers(session, &sent);

	for (unsigned i = chain->count; list != NULL && i < sent && i < count;
	     i++) {
		gnutls_x509_crt_t certificate;

		if (gnutls_x509_crt_init(&certificate) < 0)
			break;
		if (gnutls_x509_crt_import(
			certificate, &list[i], GNUTLS_X509_FMT_DER) < 0) {
			gnutls_x509_crt_deinit(certificate);
			break;
		}
		chain->certificates[chain->count++] = certificate;
	}
}

static void
free_chain(struct tls_chain *chain)
{
	for (unsigned i = 0; i < chain->count; i++)
		gnutls_x509_crt_deinit(chain->certificates[i]);
}

/* The subject alternative names, or NULL: none, or not to be read. */
static gnutls_subject_alt_names_t
read_alternative_names(gnutls_x509_crt_t certificate)
{
	gnutls_subject_alt_names_t names = NULL;
	gnutls_datum_t extension = {NULL, 0};
	unsigned critical;

	/* Parsed once: asking by index would read all for each of them. */
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
san_span(const gnutls_datum_t *san)
{
	return (struct span){(const char *)san->data, san->size};
}

/*
 * GnuTLS does not hold names of this kind against the constraints of an
 * authority: a chain that has any may not certify them.
 */
static bool
is_constrained(gnutls_session_t session)
{
	struct tls_chain chain = {0};
	bool found = false;

	read_chain(&chain, session, TLS_CHAIN_MAX);
	for (unsigned i = 0; i < chain.count && !found; i++) {
		size_t len = 0;

		found =
		    gnutls_x509_crt_get_extension_by_oid(chain.certificates[i],
			OID_NAME_CONSTRAINTS, 0, NULL, &len,
			NULL) != GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;
	}
	free_chain(&chain);
	return found;
}

/* RFC 6186 section 6: the name, as what was looked up for it. */
static bool
bears_service(gnutls_session_t session, gnutls_x509_crt_t certificate,
    const struct tls_options *options)
{
	gnutls_subject_alt_names_t names;
	gnutls_datum_t san, oid;
	bool found = false;
	unsigned type;

	if (options->service == NULL)
		return false;
	names = read_alternative_names(certificate);
	for (unsigned i = 0; names != NULL && !found &&
	     gnutls_subject_alt_names_get(names, i, &type, &san, &oid) >= 0;
	     i++)
		found = type == GNUTLS_SAN_OTHERNAME &&
		    span_equal(span_head(san_span(&oid),
				   span_find(san_span(&oid), '\0')),
			SPAN(OID_SRV_ID)) &&
		    tls_verify_srv_id_matches(
			san_span(&san), options->service, options->name);
	if (names != NULL)
		gnutls_subject_alt_names_deinit(names);
	return found && !is_constrained(session);
}

/* An address that stands in the certificate as if it were a host's name. */
static bool
is_address_as_name(
    const gnutls_datum_t *san, const unsigned char *address, size_t len)
{
	unsigned char found[16];
	char *text = span_copy(san_span(san));
	bool is_same = len != 0 &&
	    tls_verify_name_address(text, found) == len &&
	    memcmp(found, address, len) == 0;

	free(text);
	return is_same;
}

/*
 * Looks for the name. An address counts only as an address, a DNS name only as
 * a DNS name, and the common name not at all (RFC 9525 sections 2 and 6).
 * What the certificate bears instead is added to `others`.
 */
static bool
bears_name(gnutls_x509_crt_t certificate, const char *name, struct buf *others,
    bool *is_as_name)
{
	gnutls_subject_alt_names_t names = read_alternative_names(certificate);
	unsigned char address[16];
	size_t address_len = tls_verify_name_address(name, address);
	bool found = false;
	unsigned usable = 0;

	for (unsigned i = 0; names != NULL && !found; i++) {
		gnutls_datum_t san;
		unsigned type;

		if (gnutls_subject_alt_names_get(names, i, &type, &san, NULL) <
		    0)
			break;
		if (type != GNUTLS_SAN_DNSNAME && type != GNUTLS_SAN_IPADDRESS)
			continue;
		if (type == GNUTLS_SAN_IPADDRESS)
			found = address_len != 0 && san.size == address_len &&
			    memcmp(san.data, address, address_len) == 0;
		else
			found = address_len == 0 &&
			    tls_verify_name_matches(san_span(&san), name);
		if (type == GNUTLS_SAN_DNSNAME &&
		    is_address_as_name(&san, address, address_len))
			*is_as_name = true;
		if (++usable > NAMES_SHOWN)
			continue;
		buf_add_text(others, usable > 1 ? ", " : "");
		if (type == GNUTLS_SAN_IPADDRESS)
			add_address(others, &san);
		else
			tls_words_add_foreign(others, san_span(&san));
	}
	if (usable > NAMES_SHOWN)
		buf_add_format(others, " and %u more", usable - NAMES_SHOWN);
	if (names != NULL)
		gnutls_subject_alt_names_deinit(names);
	return found;
}

static void
check_name(gnutls_session_t session, struct tls_finding *finding,
    const struct tls_chain *chain, const struct tls_options *options)
{
	gnutls_x509_crt_t certificate = chain->certificates[0];
	struct buf others = {0};
	bool is_as_name = false;

	if (!bears_name(certificate, options->name, &others, &is_as_name) &&
	    !bears_service(session, certificate, options))
		tls_words_say_name(
		    finding, chain, options, buf_span(&others), is_as_name);
	buf_free(&others);
}

/* SHA-256 of the public key with its algorithm (SubjectPublicKeyInfo). */
static bool
add_pin(gnutls_x509_crt_t certificate, struct buf *pin)
{
	unsigned char digest[TLS_PIN_OCTETS];
	size_t len = sizeof(digest);

	if (gnutls_x509_crt_get_key_id(
		certificate, GNUTLS_KEYID_USE_SHA256, digest, &len) < 0 ||
	    len != sizeof(digest))
		return false;
	buf_add_text(pin, "sha256:");
	for (size_t i = 0; i < len; i++)
		buf_add_format(pin, "%02x", digest[i]);
	return true;
}

static void
check_pin(struct tls_finding *finding, const struct tls_options *options)
{
	for (size_t i = 0; i < options->pin_count; i++)
		if (finding->pin.len > 0 &&
		    span_equal(
			buf_span(&finding->pin), span_from(options->pins[i])))
			return;
	tls_words_say_pin(finding, options);
}

/* What GnuTLS judges by itself, by the roots that it was given. */
static int
ask_library(gnutls_session_t session, struct tls_chain *chain, unsigned *status)
{
	gnutls_typed_vdata_st purpose = {.type = GNUTLS_DT_KEY_PURPOSE_OID,
	    .data = (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER};

	int result;

	*status = GNUTLS_CERT_INVALID;
	result = gnutls_certificate_verify_peers(session, &purpose, 1, status);
	if (result >= 0 && tls_staple_came(session)) {
		read_chain(chain, session, TLS_CHAIN_MAX);
		*status |= tls_staple_status(session, chain);
	}
	return result;
}

/*
 * Chain, dates, strength and purpose. Before the answer is no, all roots are
 * asked. False with failure->result set: there are none.
 */
static bool
check_chain(gnutls_session_t session, struct tls_trust *trust,
    struct tls_finding *finding, struct tls_chain *chain,
    struct tls_failure *failure)
{
	unsigned status;
	int result;

	/* Both count: the call may fail, and it may succeed with a "no". */
	if (tls_trust_load_named(trust, session) &&
	    ask_library(session, chain, &status) >= 0 && status == 0)
		return true;
	if (!tls_trust_load_all(trust, failure))
		return false;
	result = ask_library(session, chain, &status);
	if (result < 0) {
		buf_add_text(
		    &finding->text, "the certificate cannot be checked: ");
		tls_words_add_error(&finding->text, result);
		finding->is_fatal = true;
	} else if (status != 0) {
		read_chain(chain, session, TLS_CHAIN_MAX);
		tls_words_say_status(finding, chain, status);
	}
	return result >= 0 && status == 0;
}

bool
tls_verify(void *session, const struct tls_options *options,
    struct tls_trust *trust, struct tls_failure *failure)
{
	struct tls_finding finding = {0};
	struct tls_chain chain = {0};
	bool trusted;

	if (gnutls_certificate_type_get(session) == GNUTLS_CRT_X509)
		read_chain(&chain, session, 1);
	if (chain.count == 0) {
		tls_words_fail(failure, TLS_REFUSED,
		    "the server's certificate cannot be read");
		return false;
	}
	if (options->pin_alone || options->pin_count > 0)
		add_pin(chain.certificates[0], &finding.pin);
	trusted = options->pin_alone ||
	    check_chain(session, trust, &finding, &chain, failure);
	if (!options->pin_alone)
		check_name(session, &finding, &chain, options);
	if (options->pin_alone || options->pin_count > 0)
		check_pin(&finding, options);

	trusted = trusted && finding.text.len == 0;
	if (!trusted && failure->result == TLS_DONE) {
		if (finding.pin.len == 0)
			add_pin(chain.certificates[0], &finding.pin);
		tls_words_say_finding(&finding, options, failure);
	}
	free_chain(&chain);
	buf_free(&finding.text);
	buf_free(&finding.hint);
	buf_free(&finding.pin);
	return trusted;
}
