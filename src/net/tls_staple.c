#include "net/tls_staple.h"

#include <gnutls/gnutls.h>
#include <gnutls/ocsp.h>
#include <gnutls/x509.h>
#include <time.h>

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
