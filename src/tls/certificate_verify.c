/*
 * Decides whether to accept a server's certificate. Every check runs even
 * after another has failed, so that the user sees all faults at once; only the
 * roots are read in two steps, because reading all of them is slow.
 */
#include "tls/certificate_verify.h"

#include <gnutls/ocsp.h>
#include <gnutls/x509.h>
#include <time.h>

#include "tls/certificate_facts.h"
#include "tls/certificate_faults.h"
#include "tls/certificate_name.h"
#include "tls/dane.h"
#include "tls/root_scan.h"

/* A limit on answers in one OCSP response, so that it cannot waste our time. */
#define ANSWERS_MAX 64
#define OID_NAME_CONSTRAINTS "2.5.29.30"
/* Enough for RSA of 16384 bits and for future post-quantum keys. */
#define KEY_OCTETS_MAX ((size_t)4096)

/*
 * Stapled OCSP responses (RFC 6066 section 8, RFC 7633). GnuTLS checks their
 * signatures, and requires one if the certificate does. But if a response has
 * several answers, some versions use the first, whichever certificate it is
 * about; so every answer is checked here. No response is ever fetched.
 */

/* Whether the server sent a response for any certificate. */
static bool
has_staple(gnutls_session_t session)
{
	gnutls_datum_t response;

	for (unsigned i = 0; i < CERTIFICATES_MAX; i++)
		if (gnutls_ocsp_status_request_get2(session, i, &response) >= 0)
			return true;
	return false;
}

/* Judges an answer that is about the certificate. */
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
	if (status != GNUTLS_OCSP_CERT_GOOD) /* "unknown" */
		return GNUTLS_CERT_INVALID_OCSP_STATUS;
	if (next != (time_t)-1 && next < time(NULL))
		return GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED;
	return 0;
}

static unsigned
judge_answers(gnutls_ocsp_resp_t response, gnutls_x509_crt_t certificate,
    bool *is_answered)
{
	unsigned result = 0;

	for (unsigned i = 0; i < ANSWERS_MAX; i++) {
		int found =
		    gnutls_ocsp_resp_check_crt(response, i, certificate);

		if (found == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
			return result;
		if (found != 0)
			continue;
		*is_answered = true;
		result |= judge_answer(response, i);
	}
	return GNUTLS_CERT_INVALID_OCSP_STATUS;
}

static unsigned
judge_response(const gnutls_datum_t *octets, gnutls_x509_crt_t certificate,
    bool *is_answered)
{
	gnutls_ocsp_resp_t response;
	unsigned result = 0;

	if (gnutls_ocsp_resp_init(&response) < 0)
		return GNUTLS_CERT_INVALID_OCSP_STATUS;
	/* Responses with other statuses ("try later") have no answers. */
	if (gnutls_ocsp_resp_import(response, octets) >= 0 &&
	    gnutls_ocsp_resp_get_status(response) ==
		GNUTLS_OCSP_RESP_SUCCESSFUL)
		result = judge_answers(response, certificate, is_answered);
	gnutls_ocsp_resp_deinit(response);
	return result;
}

/*
 * Returns bits of GnuTLS's certificate status; 0 if no response is against the
 * chain. Sets *is_answered if one is about a certificate of it.
 */
static unsigned
judge_staples(gnutls_session_t session, const struct certificate_faults *faults,
    bool *is_answered)
{
	gnutls_datum_t response;
	unsigned status = 0;

	for (unsigned i = 0; i < faults->count; i++)
		if (gnutls_ocsp_status_request_get2(session, i, &response) >= 0)
			status |= judge_response(
			    &response, faults->certificates[i], is_answered);
	return status;
}

const char *
certificate_verify_staple(gnutls_session_t session, unsigned faults)
{
	struct certificate_faults chain = {.count = 0};
	bool is_answered = false;
	unsigned status;

	if (!has_staple(session))
		return "none";
	certificate_faults_read(&chain, session, CERTIFICATES_MAX);
	status = judge_staples(session, &chain, &is_answered);
	certificate_faults_free(&chain);
	if (status & GNUTLS_CERT_REVOKED)
		return "revoked";
	if (status & GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED)
		return "expired";
	if (status != 0 || (faults & FAULT_STAPLE) != 0)
		return "bad";
	/* A response may say "try later". */
	return is_answered ? "good" : "none";
}

bool
certificate_verify_key_size(
    gnutls_session_t session, struct tls_failure *failure)
{
	unsigned sent = 0;
	const gnutls_datum_t *list =
	    gnutls_certificate_get_peers(session, &sent);
	struct span key;

	if (list == NULL || sent == 0)
		return true; /* there is no key to compute with */
	if (root_scan_key(
		(struct span){(const char *)list[0].data, list[0].size},
		&key) &&
	    key.len <= KEY_OCTETS_MAX)
		return true;
	return tls_failure_set(failure, TLS_REFUSED,
	    "the server's key is longer than any key in use");
}

/*
 * Whether any certificate of the chain has name constraints. GnuTLS does not
 * apply them to SRV-IDs, so such a chain must not certify an SRV-ID.
 */
static bool
is_constrained(gnutls_session_t session, struct certificate_faults *faults)
{
	certificate_faults_read(faults, session, CERTIFICATES_MAX);
	for (unsigned i = 0; i < faults->count; i++) {
		size_t len = 0;

		if (gnutls_x509_crt_get_extension_by_oid(
			faults->certificates[i], OID_NAME_CONSTRAINTS, 0, NULL,
			&len, NULL) != GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
			return true;
	}
	return false;
}

static void
check_name(gnutls_session_t session, struct certificate_faults *faults,
    const struct tls_options *options)
{
	bool service_counts =
	    options->service != NULL && !is_constrained(session, faults);
	struct buf others = {0};
	bool is_as_name;

	if (!certificate_name_check(faults->certificates[0], options,
		service_counts, &others, &is_as_name))
		certificate_faults_add_name(
		    faults, options, buf_span(&others), is_as_name);
	buf_free(&others);
}

static void
check_pin(struct certificate_faults *faults, const struct tls_options *options)
{
	for (size_t i = 0; i < options->pin_count; i++)
		if (faults->pin.len > 0 &&
		    span_equal(
			buf_span(&faults->pin), span_from(options->pins[i])))
			return;
	certificate_faults_add_pin(faults, options);
}

/* Lets GnuTLS check the chain against the roots that are loaded now. */
static int
ask_library(gnutls_session_t session, struct certificate_faults *faults,
    unsigned *status)
{
	gnutls_typed_vdata_st purpose = {.type = GNUTLS_DT_KEY_PURPOSE_OID,
	    .data = (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER};
	bool ignored = false;
	int result;

	*status = GNUTLS_CERT_INVALID;
	result = gnutls_certificate_verify_peers(session, &purpose, 1, status);
	if (result >= 0 && has_staple(session)) {
		certificate_faults_read(faults, session, CERTIFICATES_MAX);
		*status |= judge_staples(session, faults, &ignored);
	}
	return result;
}

/*
 * Checks chain, dates, strength, purpose and revocation. If the roots cannot be
 * read, returns false with failure->result set.
 */
static bool
check_chain(gnutls_session_t session, struct trust *trust,
    struct certificate_faults *faults, struct tls_failure *failure)
{
	unsigned status;
	int result;

	/* The call may fail, or succeed with a status other than 0. */
	if (trust_load_named(trust, session) &&
	    ask_library(session, faults, &status) >= 0 && status == 0)
		return true;
	if (!trust_load_all(trust, failure)) {
		failure->faults = FAULT_ROOTS;
		return false;
	}
	result = ask_library(session, faults, &status);
	if (result < 0) {
		certificate_faults_add_error(faults, result);
	} else if (status != 0) {
		certificate_faults_read(faults, session, CERTIFICATES_MAX);
		certificate_faults_add_status(faults, status);
	}
	return result >= 0 && status == 0;
}

/* Whether the chain leads to this authority, all other checks included. */
static bool
is_issued_by(gnutls_session_t session, struct trust *trust, struct span der,
    struct certificate_faults *faults, unsigned *status)
{
	return trust_load_one(trust, der) &&
	    ask_library(session, faults, status) >= 0 && *status == 0;
}

/*
 * Whether the chain leads to an authority of a DANE-TA record. Each authority
 * is tried alone. Sets *first to what is wrong with the chain of the first
 * one that fits; 0: none fits.
 */
static bool
check_authority(gnutls_session_t session, const struct dane *dane,
    struct trust *trust, struct certificate_faults *faults, unsigned *first)
{
	unsigned sent = 0, status = 0;
	const gnutls_datum_t *list =
	    gnutls_certificate_get_peers(session, &sent);

	*first = 0;
	certificate_faults_read(faults, session, CERTIFICATES_MAX);
	for (unsigned i = 1; i < faults->count; i++) {
		struct span der = {(const char *)list[i].data, list[i].size};

		if (!dane_fits(dane, DANE_TA, faults->certificates[i]))
			continue;
		if (is_issued_by(session, trust, der, faults, &status))
			return true;
		if (*first == 0)
			*first = status;
	}
	for (size_t i = 0; i < dane->count; i++) {
		struct span der = dane_authority(&dane->records[i]);

		if (der.len > 0 &&
		    is_issued_by(session, trust, der, faults, &status))
			return true;
	}
	return false;
}

/* The names that count below a DANE-TA authority (RFC 7672 section 3.2.2). */
static void
check_dane_name(
    struct certificate_faults *faults, const struct tls_options *options)
{
	const struct dane *dane = options->dane;
	struct tls_options named = *options;
	struct buf others = {0};
	bool is_as_name, found = false;

	for (size_t i = 0; i < dane->name_count && !found; i++) {
		buf_clear(&others);
		named.name = dane->names[i];
		found = certificate_name_check(faults->certificates[0], &named,
		    false, &others, &is_as_name);
	}
	if (!found) {
		named.name = dane->names[0];
		certificate_faults_add_name(
		    faults, &named, buf_span(&others), false);
	}
	buf_free(&others);
}

static bool
check_dane(gnutls_session_t session, const struct tls_options *options,
    struct trust *trust, struct certificate_faults *faults,
    const char **verified_by)
{
	const struct dane *dane = options->dane;
	unsigned status;

	/* Names, dates and revocation do not count (RFC 7672 section 3.1.1). */
	if (dane_fits(dane, DANE_EE, faults->certificates[0])) {
		*verified_by = "dane-ee";
	} else if (check_authority(session, dane, trust, faults, &status)) {
		check_dane_name(faults, options);
		*verified_by = "dane-ta";
	} else {
		certificate_faults_add_misfit(faults, options);
		if (status != 0)
			certificate_faults_add_status(faults, status);
	}
	if (dane->is_name_insecure)
		*verified_by = "dane-insecure-mx";
	return faults->text.len == 0;
}

/* Checks by roots, names and pins. */
static bool
check_trust(gnutls_session_t session, const struct tls_options *options,
    struct trust *trust, struct certificate_faults *faults,
    struct tls_failure *failure)
{
	bool checks_pin = options->pin_alone || options->pin_count > 0;
	bool trusted;

	if (checks_pin)
		certificate_facts_add_pin(
		    faults->certificates[0], &faults->pin);
	trusted =
	    options->pin_alone || check_chain(session, trust, faults, failure);
	if (!options->pin_alone)
		check_name(session, faults, options);
	if (checks_pin)
		check_pin(faults, options);
	return trusted && faults->text.len == 0;
}

bool
certificate_verify(gnutls_session_t session, const struct tls_options *options,
    struct trust *trust, const char **verified_by, struct tls_failure *failure)
{
	struct certificate_faults faults = {.is_fatal = false};
	bool trusted;

	if (gnutls_certificate_type_get(session) == GNUTLS_CRT_X509)
		certificate_faults_read(&faults, session, 1);
	if (faults.count == 0) {
		failure->faults = FAULT_OTHER;
		return tls_failure_set(failure, TLS_REFUSED,
		    "the server's certificate cannot be read");
	}
	*verified_by = options->pin_alone ? "pin"
	    : options->pin_count > 0	  ? "trust+pin"
					  : "trust";
	trusted = options->dane != NULL
	    ? check_dane(session, options, trust, &faults, verified_by)
	    : check_trust(session, options, trust, &faults, failure);
	if (!trusted && failure->result == TLS_DONE) {
		if (faults.pin.len == 0)
			certificate_facts_add_pin(
			    faults.certificates[0], &faults.pin);
		certificate_faults_report(&faults, options, failure);
	}
	failure->faults |= faults.bits;
	certificate_faults_free(&faults);
	return trusted;
}
