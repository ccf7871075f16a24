/*
 * Describes faults of certificates. Text from the server is masked and cut to a
 * limited length, and no hint suggests a value in which the server could hide
 * other text.
 */
#include "tls/certificate_faults.h"

#include <stdlib.h>
#include <time.h>

#include "base/utf8.h"
#include "tls/certificate_facts.h"
#include "tls/interception.h"
#include "tls/tls_library.h"

/* Octets of one name in a sentence. */
#define NAME_SHOWN 64
/* Octets of the sentence, to leave room for the hint. */
#define TEXT_SHOWN 380

void
certificate_faults_free(struct certificate_faults *faults)
{
	for (unsigned i = 0; i < faults->count; i++)
		gnutls_x509_crt_deinit(faults->certificates[i]);
	buf_free(&faults->text);
	buf_free(&faults->hint);
	buf_free(&faults->pin);
}

/*
 * Decoding takes time, so callers first read only the server's own certificate.
 */
void
certificate_faults_read(
    struct certificate_faults *faults, gnutls_session_t session, unsigned count)
{
	unsigned sent = 0;
	const gnutls_datum_t *list =
	    gnutls_certificate_get_peers(session, &sent);

	for (unsigned i = faults->count; list != NULL && i < sent && i < count;
	     i++) {
		gnutls_x509_crt_t certificate;

		if (gnutls_x509_crt_init(&certificate) < 0)
			break;
		if (gnutls_x509_crt_import(
			certificate, &list[i], GNUTLS_X509_FMT_DER) < 0) {
			gnutls_x509_crt_deinit(certificate);
			break;
		}
		faults->certificates[faults->count++] = certificate;
	}
}

void
certificate_faults_add_error(struct certificate_faults *faults, int error)
{
	faults->is_fatal = true;
	faults->bits |= FAULT_OTHER;
	buf_add_text(&faults->text, "the certificate cannot be checked: ");
	tls_library_add_error(&faults->text, error);
}

/* Adds a name from the certificate, masked and cut; frees the datum. */
static void
add_name(struct buf *buf, int error, gnutls_datum_t *name)
{
	char *shown = utf8_excerpt_masked(
	    (struct span){(const char *)name->data, name->size}, NAME_SHOWN);

	buf_add_text(buf, error < 0 ? "(no name)" : shown);
	free(shown);
	gnutls_free(name->data);
}

static void
add_subject(struct buf *buf, gnutls_x509_crt_t certificate)
{
	gnutls_datum_t name = {NULL, 0};
	int error = gnutls_x509_crt_get_dn3(certificate, &name, 0);

	add_name(buf, error, &name);
}

static void
add_issuer(struct buf *buf, gnutls_x509_crt_t certificate)
{
	gnutls_datum_t name = {NULL, 0};
	int error = gnutls_x509_crt_get_issuer_dn3(certificate, &name, 0);

	add_name(buf, error, &name);
}

static void
add_time(struct buf *buf, time_t when)
{
	struct tm broken;
	char text[64];

	if (gmtime_r(&when, &broken) != NULL &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &broken) > 0)
		buf_add_text(buf, text);
	else
		buf_add_text(buf, "an impossible date");
}

/* Separates the parts of the sentence. */
static void
begin_part(struct certificate_faults *faults)
{
	if (faults->text.len > 0)
		buf_add_text(&faults->text, "; ");
}

/* Only the first fault gets a hint. */
static void
add_hint(struct certificate_faults *faults, const char *text)
{
	if (faults->hint.len == 0)
		buf_add_text(&faults->hint, text);
}

/*
 * The last certificate of the chain: begins with the server's own certificate,
 * and goes from each certificate to its issuer. The chain must not be empty.
 */
static gnutls_x509_crt_t
top_of_chain(const struct certificate_faults *faults)
{
	gnutls_x509_crt_t top = faults->certificates[0];

	for (unsigned steps = 0; steps < faults->count; steps++)
		for (unsigned i = 1; i < faults->count; i++)
			if (faults->certificates[i] != top &&
			    gnutls_x509_crt_check_issuer(
				top, faults->certificates[i])) {
				top = faults->certificates[i];
				break;
			}
	return top;
}

/* Whether a program that opens TLS on the way made the chain. */
static bool
is_intercepted(const struct certificate_faults *faults)
{
	bool found = false;

	for (unsigned i = 0; i < faults->count && !found; i++) {
		struct buf issuer = {0};

		add_issuer(&issuer, faults->certificates[i]);
		found = interception_is_name(buf_span(&issuer));
		buf_free(&issuer);
	}
	return found;
}

static void
add_unknown_issuer(struct certificate_faults *faults)
{
	gnutls_x509_crt_t top = top_of_chain(faults);
	bool own = gnutls_x509_crt_check_issuer(top, top) != 0;

	faults->is_stranger = true;
	faults->bits |= FAULT_ISSUER_UNKNOWN;
	begin_part(faults);
	if (own && top == faults->certificates[0]) {
		faults->bits |= FAULT_SELF_SIGNED;
		buf_add_text(&faults->text,
		    "the certificate is self-signed and not a trusted root: ");
	} else if (own)
		buf_add_text(
		    &faults->text, "the certificate's root is not trusted: ");
	else
		buf_add_text(
		    &faults->text, "the certificate's issuer is unknown: ");
	add_issuer(&faults->text, top);
	faults->is_intercepted = is_intercepted(faults);
	if (!faults->is_intercepted)
		add_hint(faults,
		    "if you trust this issuer, set tls-trust = FILE to its "
		    "certificate (PEM)");
}

/* Names the certificate of the chain that is expired or not yet valid. */
static void
add_validity(struct certificate_faults *faults, bool early)
{
	time_t now = time(NULL);

	faults->bits |= early ? FAULT_NOT_YET : FAULT_EXPIRED;
	for (unsigned i = 0; i < faults->count; i++) {
		gnutls_x509_crt_t certificate = faults->certificates[i];
		time_t when = early
		    ? gnutls_x509_crt_get_activation_time(certificate)
		    : gnutls_x509_crt_get_expiration_time(certificate);

		if (when != (time_t)-1 && (early ? when <= now : when >= now))
			continue;
		begin_part(faults);
		buf_add_text(&faults->text, "the certificate ");
		if (i > 0) {
			buf_add_text(&faults->text, "of its issuer ");
			add_subject(&faults->text, certificate);
			buf_add_text(&faults->text, " ");
		}
		buf_add_text(&faults->text,
		    early ? "is not valid before " : "expired on ");
		add_time(&faults->text, when);
		if (early)
			add_hint(faults, "check the clock of this machine");
		return;
	}
	begin_part(faults);
	buf_add_text(&faults->text,
	    early ? "a certificate of its chain is not valid yet"
		  : "a certificate of its chain has expired");
}

static void
add_weakness(struct certificate_faults *faults)
{
	faults->bits |= FAULT_WEAK;
	begin_part(faults);
	buf_add_text(&faults->text, "the certificate's chain is too weak (");
	for (unsigned i = 0; i < faults->count; i++) {
		gnutls_x509_crt_t certificate = faults->certificates[i];
		unsigned bits = 0;
		const char *key = certificate_facts_key(certificate, &bits);

		buf_add_format(&faults->text, "%s%s of %u bits by %s",
		    i > 0 ? ", " : "", key, bits,
		    certificate_facts_signature(certificate));
	}
	buf_add_text(&faults->text, ")");
}

/*
 * The bits of GnuTLS's status that can be described without reading the
 * certificate. A fault is fatal if even a user that knows the key should not
 * accept the server.
 */
static const struct {
	unsigned bit;
	enum certificate_fault fault;
	const char *text;
	bool is_fatal;
} other_faults[] = {
    {GNUTLS_CERT_REVOKED, FAULT_REVOKED, "the certificate has been revoked",
	true},
    {GNUTLS_CERT_SIGNER_NOT_CA, FAULT_OTHER,
	"the certificate's issuer is not allowed to issue certificates", true},
    {GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE, FAULT_OTHER,
	"the certificate breaks its issuer's constraints", true},
    {GNUTLS_CERT_SIGNATURE_FAILURE, FAULT_OTHER,
	"a signature in the certificate's chain is wrong", true},
    {GNUTLS_CERT_PURPOSE_MISMATCH, FAULT_PURPOSE,
	"the certificate is not meant for servers", false},
    {GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS, FAULT_OTHER,
	"the certificate has an unknown critical extension", true},
    {GNUTLS_CERT_MISSING_OCSP_STATUS, FAULT_STAPLE,
	"the certificate requires a stapled OCSP status, and none was sent",
	true},
    {GNUTLS_CERT_INVALID_OCSP_STATUS, FAULT_STAPLE,
	"the stapled OCSP status of the certificate is not valid", true},
    {GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED, FAULT_STAPLE,
	"the revocation data of the certificate are out of date", true},
    {GNUTLS_CERT_REVOCATION_DATA_ISSUED_IN_FUTURE, FAULT_STAPLE,
	"the revocation data of the certificate are from the future", true},
    {GNUTLS_CERT_UNEXPECTED_OWNER, FAULT_OTHER,
	"the certificate's owner is not the one expected", true},
    {GNUTLS_CERT_MISMATCH, FAULT_OTHER,
	"the certificate is not the one expected", true},
};

void
certificate_faults_add_status(
    struct certificate_faults *faults, unsigned status)
{
	if (status & GNUTLS_CERT_SIGNER_NOT_FOUND)
		add_unknown_issuer(faults);
	if (status & GNUTLS_CERT_EXPIRED)
		add_validity(faults, false);
	if (status & GNUTLS_CERT_NOT_ACTIVATED)
		add_validity(faults, true);
	if (status & GNUTLS_CERT_INSECURE_ALGORITHM)
		add_weakness(faults);
	for (size_t i = 0; i < sizeof(other_faults) / sizeof(other_faults[0]);
	     i++)
		if (status & other_faults[i].bit) {
			begin_part(faults);
			faults->bits |= other_faults[i].fault;
			buf_add_text(&faults->text, other_faults[i].text);
			if (other_faults[i].is_fatal)
				faults->is_fatal = true;
		}
	if (faults->text.len == 0) {
		buf_add_text(&faults->text, "the certificate is not valid");
		faults->bits |= FAULT_OTHER;
		faults->is_fatal = true;
	}
}

/* Whether it is exactly one host name or address. */
static bool
is_plain_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.at[i]) && name.at[i] != '-' &&
		    name.at[i] != '_' && name.at[i] != '.' && name.at[i] != ':')
			return false;
	return name.len > 0;
}

static void
hint_at_name(struct certificate_faults *faults,
    const struct tls_options *options, struct span others, bool is_as_name)
{
	if (is_as_name)
		add_hint(faults,
		    "ask its owner to add the address (iPAddress), or use a "
		    "host name for the server");
	else if (options->is_public)
		return;
	/* Never suggests a value in which the server could hide other text. */
	else if (is_plain_name(others) && faults->hint.len == 0)
		buf_add_format(&faults->hint,
		    "if that is the right server, set tls-host = %.*s",
		    (int)others.len, others.at);
	else
		add_hint(faults,
		    "if that is the right server, set tls-host to its name in "
		    "the certificate");
}

void
certificate_faults_add_name(struct certificate_faults *faults,
    const struct tls_options *options, struct span others, bool is_as_name)
{
	char *wanted =
	    utf8_excerpt_masked(span_from(options->name), NAME_SHOWN);

	faults->is_stranger = faults->is_stranger || !is_as_name;
	faults->bits |= FAULT_NAME;
	begin_part(faults);
	if (others.len == 0) {
		buf_add_format(&faults->text,
		    "the certificate names no server, so it is not for %s (its "
		    "subject, ",
		    wanted);
		add_subject(&faults->text, faults->certificates[0]);
		buf_add_text(&faults->text, ", does not count)");
	} else {
		buf_add_text(&faults->text, "the certificate is for ");
		buf_add_span(&faults->text, others);
		buf_add_format(&faults->text, ", not for %s%s", wanted,
		    is_as_name ? ", which it lists as a name, not as an address"
			       : "");
	}
	free(wanted);
	if (others.len > 0)
		hint_at_name(faults, options, others, is_as_name);
}

void
certificate_faults_add_pin(
    struct certificate_faults *faults, const struct tls_options *options)
{
	faults->is_pinned = faults->is_stranger = true;
	faults->bits |= FAULT_PIN;
	begin_part(faults);
	buf_add_text(&faults->text, "the server's key is ");
	buf_add_text(&faults->text,
	    faults->pin.len > 0 ? buf_text(&faults->pin) : "unreadable");
	if (options->pin_count == 1)
		buf_add_format(
		    &faults->text, ", tls-pin expects %s", options->pins[0]);
	else
		buf_add_format(&faults->text,
		    ", none of the %zu that tls-pin expects",
		    options->pin_count);
}

void
certificate_faults_add_misfit(
    struct certificate_faults *faults, const struct tls_options *options)
{
	faults->bits |= FAULT_DANE;
	begin_part(faults);
	buf_add_format(&faults->text,
	    "the certificate fits none of the TLSA records of %s (DANE)",
	    options->host);
}

/*
 * Suggests the setting that accepts this key, as the last way out. Whoever is
 * on the way has a key, too: only a comparison tells them apart.
 */
static void
add_pin_hint(
    struct certificate_faults *faults, const struct tls_options *options)
{
	const char *pin = buf_text(&faults->pin);

	if (faults->is_fatal || faults->is_intercepted ||
	    faults->pin.len == 0 || options->is_public)
		return;
	buf_add_text(&faults->hint, faults->hint.len > 0 ? "; " : "");
	if (faults->is_pinned)
		buf_add_format(&faults->hint,
		    "if the server has a new key, and another network shows "
		    "this one too, set tls-pin = %s",
		    pin);
	else
		buf_add_format(&faults->hint,
		    "if another network shows the same key, tls-trust = pin "
		    "and tls-pin = %s trust it alone",
		    pin);
}

/* Precedes any hint that suggests to trust this server. */
#define STRANGER                                                     \
	"something may stand between you and the server, such as a " \
	"login page of this network"
/* The owner of the server decides by DANE: no setting is suggested. */
#define OUT_OF_DATE                                               \
	"either something stands between you and the server, or " \
	"its owner has not published records for its new certificate"
#define INTERCEPTED                                                   \
	"a virus scanner or a gateway opens TLS on the way: tell it " \
	"to leave mail alone, and do not trust its key"

void
certificate_faults_report(struct certificate_faults *faults,
    const struct tls_options *options, struct tls_failure *failure)
{
	bool long_text = faults->text.len > TEXT_SHOWN;
	bool warns = faults->is_stranger && !faults->is_fatal;
	const char *warning = faults->is_intercepted ? INTERCEPTED : STRANGER;

	if (options->dane != NULL) {
		buf_clear(&faults->hint);
		warns = true;
		warning = OUT_OF_DATE;
	} else if (options->is_foreign) {
		buf_clear(&faults->hint);
		warns = false;
	} else
		add_pin_hint(faults, options);
	failure->faults = faults->bits;
	tls_failure_set(failure, TLS_REFUSED, "%.*s%s%s%s%s%s", TEXT_SHOWN,
	    buf_text(&faults->text), long_text ? "..." : "",
	    warns || faults->hint.len > 0 ? "\nhint: " : "",
	    warns ? warning : "", warns && faults->hint.len > 0 ? "; " : "",
	    buf_text(&faults->hint));
}
