#include "tls/tls_words.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"

/* Words for handshakes that end: alerts and errors of the library. */

/* What lets a server in that is as old as that; a test uses it. */
#define TLS_OLD_VERSIONS "+VERS-TLS1.1:+VERS-TLS1.0"

/* The library speaks in sentences: "No common cipher suite." */
static void
add_phrase(struct buf *buf, const char *sentence)
{
	size_t len = strlen(sentence);

	if (len > 0 && sentence[len - 1] == '.')
		len--;
	if (len > 1 && ascii_is_alpha(sentence[1]) &&
	    ascii_lower(sentence[1]) == sentence[1]) {
		buf_add_char(buf, ascii_lower(sentence[0]));
		sentence++;
		len--;
	}
	buf_add(buf, sentence, len);
}

void
tls_words_add_error(struct buf *buf, int error)
{
	add_phrase(buf, gnutls_strerror(error));
}

void
tls_words_add_alert(struct buf *buf, int alert)
{
	const char *name =
	    gnutls_alert_get_name((gnutls_alert_description_t)alert);

	buf_add_text(buf, "the server ended TLS with the alert \"");
	add_phrase(buf, name != NULL ? name : "unknown");
	buf_add_format(buf, "\" (%d)", alert);
}

/* What the versions that are allowed were, and how to allow another. */
static void
say_version(struct buf *text, const struct tls_options *options)
{
	if (options->only_tls13)
		buf_add_text(text,
		    "the server does not speak TLS 1.3, which tls-min asks "
		    "for\nhint: tls-min = 1.2 accepts TLS 1.2 too");
	else
		buf_add_text(text,
		    "the server speaks neither TLS 1.2 nor 1.3\n"
		    "hint: older versions are not safe; "
		    "tls-priority = " TLS_OLD_VERSIONS " accepts them");
}

/* A server that finds nothing in common says no more than that. */
static void
hint_at_settings(struct buf *text, const struct tls_options *options)
{
	if (options->only_tls13)
		buf_add_text(text,
		    "\nhint: perhaps it speaks no TLS 1.3: tls-min = 1.2 "
		    "accepts TLS 1.2 too");
	else if (options->priority != NULL)
		buf_add_text(text,
		    "\nhint: perhaps tls-priority allows nothing that it "
		    "knows");
	else if (options->verify && !options->accept_untrusted)
		buf_add_text(text,
		    "\nhint: perhaps it knows no key exchange with forward "
		    "secrecy: tls-priority = +RSA allows one without");
}

void
tls_words_say_handshake(void *session, int error,
    const struct tls_options *options, struct tls_failure *failure)
{
	enum tls_result result = TLS_REFUSED;
	struct buf text = {0};
	int alert = -1;

	if (error == GNUTLS_E_FATAL_ALERT_RECEIVED)
		alert = (int)gnutls_alert_get(session);
	if (error == GNUTLS_E_PREMATURE_TERMINATION ||
	    error == GNUTLS_E_SESSION_EOF || error == GNUTLS_E_PULL_ERROR ||
	    error == GNUTLS_E_PUSH_ERROR) {
		result = TLS_LOST;
		buf_add_text(&text,
		    "the server closed the connection during the handshake");
	} else if (error == GNUTLS_E_UNSUPPORTED_VERSION_PACKET ||
	    alert == GNUTLS_A_PROTOCOL_VERSION)
		say_version(&text, options);
	else if (alert >= 0) {
		/* The server's own trouble may pass; a refusal will not. */
		if (alert == GNUTLS_A_INTERNAL_ERROR ||
		    alert == GNUTLS_A_USER_CANCELED)
			result = TLS_LOST;
		tls_words_add_alert(&text, alert);
		if (alert == GNUTLS_A_HANDSHAKE_FAILURE)
			hint_at_settings(&text, options);
	} else {
		buf_add_text(&text, "the TLS handshake cannot be completed: ");
		tls_words_add_error(&text, error);
		if (error == GNUTLS_E_KEY_USAGE_VIOLATION &&
		    !options->is_public)
			buf_add_text(&text,
			    "\nhint: the certificate was made for another "
			    "use; tls-trust = pin, with the tls-pin of its "
			    "key, does not look at that");
		if (error == GNUTLS_E_UNWANTED_ALGORITHM)
			buf_add_text(&text,
			    "\nhint: perhaps the server uses CBC without "
			    "encrypt-then-MAC: tls-priority = +AES-256-CBC "
			    "accepts that");
		if (error == GNUTLS_E_DH_PRIME_UNACCEPTABLE)
			buf_add_text(&text,
			    "\nhint: the server's Diffie-Hellman group is "
			    "weak; tls-priority = -DHE-RSA leaves it out, "
			    "%PROFILE_LOW accepts 1024 bits");
	}
	tls_words_fail(failure, result, "%s", buf_text(&text));
	buf_free(&text);
}

#define FOREIGN_SHOWN 64  /* octets of a foreign name in a sentence */
#define FINDING_SHOWN 380 /* octets of a sentence: a hint fits behind it */

void
tls_words_fail(struct tls_failure *failure, enum tls_result result,
    const char *format, ...)
{
	va_list arguments;

	failure->result = result;
	failure->text[0] = '\0';
	va_start(arguments, format);
	text_add_format(
	    failure->text, sizeof(failure->text), format, arguments);
	va_end(arguments);
}

void
tls_words_add_foreign(struct buf *buf, struct span text)
{
	utf8_add_masked(buf, span_head(text, FOREIGN_SHOWN));
	if (text.len > FOREIGN_SHOWN)
		buf_add_text(buf, "...");
}

static void
add_datum(struct buf *buf, const gnutls_datum_t *datum)
{
	tls_words_add_foreign(
	    buf, (struct span){(const char *)datum->data, datum->size});
}

static void
add_subject(struct buf *buf, gnutls_x509_crt_t certificate)
{
	gnutls_datum_t text = {NULL, 0};

	if (gnutls_x509_crt_get_dn3(certificate, &text, 0) < 0)
		buf_add_text(buf, "(no name)");
	else
		add_datum(buf, &text);
	gnutls_free(text.data);
}

static void
add_issuer(struct buf *buf, gnutls_x509_crt_t certificate)
{
	gnutls_datum_t text = {NULL, 0};

	if (gnutls_x509_crt_get_issuer_dn3(certificate, &text, 0) < 0)
		buf_add_text(buf, "(no name)");
	else
		add_datum(buf, &text);
	gnutls_free(text.data);
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

/* Parts of a sentence, one for each check that failed. */
static void
begin_part(struct tls_finding *finding)
{
	if (finding->text.len > 0)
		buf_add_text(&finding->text, "; ");
}

/* Once is enough: the first trouble's hint is the one to follow. */
static void
add_hint(struct tls_finding *finding, const char *text)
{
	if (finding->hint.len == 0)
		buf_add_text(&finding->hint, text);
}

/* How far up the chain goes in what the server sent. */
static gnutls_x509_crt_t
topmost(const struct tls_chain *chain)
{
	gnutls_x509_crt_t top = chain->certificates[0];

	for (unsigned steps = 0; steps < chain->count; steps++)
		for (unsigned i = 1; i < chain->count; i++)
			if (chain->certificates[i] != top &&
			    gnutls_x509_crt_check_issuer(
				top, chain->certificates[i])) {
				top = chain->certificates[i];
				break;
			}
	return top;
}

static void
say_unknown_issuer(struct tls_finding *finding, const struct tls_chain *chain)
{
	gnutls_x509_crt_t top = topmost(chain);
	bool own = gnutls_x509_crt_check_issuer(top, top) != 0;

	finding->is_stranger = true;
	begin_part(finding);
	if (own && top == chain->certificates[0])
		buf_add_text(&finding->text,
		    "the certificate is self-signed and not a trusted root: ");
	else if (own)
		buf_add_text(
		    &finding->text, "the certificate's root is not trusted: ");
	else
		buf_add_text(
		    &finding->text, "the certificate's issuer is unknown: ");
	add_issuer(&finding->text, top);
	add_hint(finding,
	    "if you know this issuer, tls-trust = FILE names its certificate "
	    "(PEM)");
}

/* Which certificate of the chain is out of its time, and when that was. */
static void
say_time(struct tls_finding *finding, const struct tls_chain *chain, bool early)
{
	time_t now = time(NULL);

	for (unsigned i = 0; i < chain->count; i++) {
		gnutls_x509_crt_t certificate = chain->certificates[i];
		time_t when = early
		    ? gnutls_x509_crt_get_activation_time(certificate)
		    : gnutls_x509_crt_get_expiration_time(certificate);

		if (when != (time_t)-1 && (early ? when <= now : when >= now))
			continue;
		begin_part(finding);
		buf_add_text(&finding->text, "the certificate ");
		if (i > 0) {
			buf_add_text(&finding->text, "of its issuer ");
			add_subject(&finding->text, certificate);
			buf_add_text(&finding->text, " ");
		}
		buf_add_text(&finding->text,
		    early ? "is not valid before " : "expired on ");
		add_time(&finding->text, when);
		if (early)
			add_hint(finding, "is the clock here right?");
		return;
	}
	begin_part(finding);
	buf_add_text(&finding->text,
	    early ? "a certificate of its chain is not valid yet"
		  : "a certificate of its chain has expired");
}

static const char *
key_name(int algorithm)
{
	const char *name = algorithm < 0
	    ? NULL
	    : gnutls_pk_get_name((gnutls_pk_algorithm_t)algorithm);

	return name != NULL ? name : "an unknown key";
}

static const char *
signature_name(int algorithm)
{
	const char *name = algorithm < 0
	    ? NULL
	    : gnutls_sign_get_name((gnutls_sign_algorithm_t)algorithm);

	return name != NULL ? name : "an unknown signature";
}

static void
say_weak(struct tls_finding *finding, const struct tls_chain *chain)
{
	begin_part(finding);
	buf_add_text(&finding->text, "the certificate's chain is too weak (");
	for (unsigned i = 0; i < chain->count; i++) {
		gnutls_x509_crt_t certificate = chain->certificates[i];
		unsigned bits = 0;
		int key = gnutls_x509_crt_get_pk_algorithm(certificate, &bits);
		int signature =
		    gnutls_x509_crt_get_signature_algorithm(certificate);

		buf_add_format(&finding->text, "%s%s of %u bits by %s",
		    i > 0 ? ", " : "", key_name(key), bits,
		    signature_name(signature));
	}
	buf_add_text(&finding->text, ")");
}

/*
 * What GnuTLS says in one bit and needs no look into the certificate; and
 * whether a user who knows the key may want the server all the same.
 */
static const struct {
	unsigned bit;
	const char *text;
	bool is_fatal;
} other_troubles[] = {
    {GNUTLS_CERT_REVOKED, "the certificate has been revoked", true},
    {GNUTLS_CERT_SIGNER_NOT_CA,
	"the certificate was issued by one that may not issue any", true},
    {GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE,
	"the certificate breaks its issuer's constraints", true},
    {GNUTLS_CERT_SIGNATURE_FAILURE,
	"a signature in the certificate's chain is false", true},
    {GNUTLS_CERT_PURPOSE_MISMATCH, "the certificate is not meant for servers",
	false},
    {GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS,
	"the certificate has a critical extension that is not known", true},
    {GNUTLS_CERT_MISSING_OCSP_STATUS,
	"the certificate asks for a stapled OCSP status and none was sent",
	true},
    {GNUTLS_CERT_INVALID_OCSP_STATUS,
	"the stapled OCSP status of the certificate is not valid", true},
    {GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED,
	"the revocation data of the certificate are out of date", true},
    {GNUTLS_CERT_REVOCATION_DATA_ISSUED_IN_FUTURE,
	"the revocation data of the certificate are from the future", true},
    {GNUTLS_CERT_UNEXPECTED_OWNER,
	"the certificate's owner is not the one expected", true},
    {GNUTLS_CERT_MISMATCH, "the certificate is not the one expected", true},
};

void
tls_words_say_status(
    struct tls_finding *finding, const struct tls_chain *chain, unsigned status)
{
	if (status & GNUTLS_CERT_SIGNER_NOT_FOUND)
		say_unknown_issuer(finding, chain);
	if (status & GNUTLS_CERT_EXPIRED)
		say_time(finding, chain, false);
	if (status & GNUTLS_CERT_NOT_ACTIVATED)
		say_time(finding, chain, true);
	if (status & GNUTLS_CERT_INSECURE_ALGORITHM)
		say_weak(finding, chain);
	for (size_t i = 0;
	     i < sizeof(other_troubles) / sizeof(other_troubles[0]); i++)
		if (status & other_troubles[i].bit) {
			begin_part(finding);
			buf_add_text(&finding->text, other_troubles[i].text);
			if (other_troubles[i].is_fatal)
				finding->is_fatal = true;
		}
	if (finding->text.len == 0) {
		buf_add_text(&finding->text, "the certificate is not valid");
		finding->is_fatal = true;
	}
}

/* A host name or an address, which nothing else can hide in. */
static bool
is_plain_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.at[i]) && name.at[i] != '-' &&
		    name.at[i] != '_' && name.at[i] != '.' && name.at[i] != ':')
			return false;
	return name.len > 0;
}

void
tls_words_say_name(struct tls_finding *finding, const struct tls_chain *chain,
    const struct tls_options *options, struct span others, bool is_as_name)
{
	const char *name = options->name;

	finding->is_stranger = finding->is_stranger || !is_as_name;
	begin_part(finding);
	if (others.len == 0) {
		buf_add_text(
		    &finding->text, "the certificate names no server, so not ");
		tls_words_add_foreign(&finding->text, span_from(name));
		buf_add_text(&finding->text, " (its subject, ");
		add_subject(&finding->text, chain->certificates[0]);
		buf_add_text(&finding->text, ", does not count)");
		return;
	}
	buf_add_text(&finding->text, "the certificate is for ");
	buf_add_span(&finding->text, others);
	buf_add_text(&finding->text, ", not for ");
	tls_words_add_foreign(&finding->text, span_from(name));
	if (is_as_name) {
		buf_add_text(&finding->text,
		    ", which it has as a name, not as an address");
		add_hint(finding,
		    "its owner can add the address (iPAddress), or you can "
		    "call the server by a host name");
		return;
	}
	if (options->is_public)
		return;
	/* One name that a user may write down: no words of the server's. */
	if (is_plain_name(others) && finding->hint.len == 0)
		buf_add_format(&finding->hint,
		    "if that is the right server, tls-host = %.*s",
		    (int)others.len, others.at);
	add_hint(finding,
	    "if that is the right server, tls-host = NAME says which name to "
	    "expect");
}

void
tls_words_say_pin(
    struct tls_finding *finding, const struct tls_options *options)
{
	finding->is_pinned = finding->is_stranger = true;
	begin_part(finding);
	buf_add_text(&finding->text, "the server's key is ");
	buf_add_text(&finding->text,
	    finding->pin.len > 0 ? buf_text(&finding->pin) : "not to be read");
	if (options->pin_count == 1)
		buf_add_format(
		    &finding->text, ", tls-pin expects %s", options->pins[0]);
	else
		buf_add_format(&finding->text,
		    ", none of the %zu that tls-pin expects",
		    options->pin_count);
}

/* The setting that accepts this key, for a user who knows it to be right. */
static void
add_pin_hint(struct tls_finding *finding, const struct tls_options *options)
{
	const char *pin = buf_text(&finding->pin);

	if (finding->is_fatal || finding->pin.len == 0 || options->is_public)
		return;
	buf_add_text(&finding->hint, finding->hint.len > 0 ? "; " : "");
	if (finding->is_pinned)
		buf_add_format(&finding->hint,
		    "if you know that the server has a new key, tls-pin = %s",
		    pin);
	else
		buf_add_format(&finding->hint,
		    "if you know this key to be the server's, tls-trust = pin "
		    "and tls-pin = %s accept it alone",
		    pin);
}

/* First of all: before a setting makes somebody else the server. */
#define STRANGER                                                     \
	"something may stand between you and the server, such as a " \
	"login page of this network"

void
tls_words_say_finding(struct tls_finding *finding,
    const struct tls_options *options, struct tls_failure *failure)
{
	bool long_text = finding->text.len > FINDING_SHOWN;
	bool warns = finding->is_stranger && !finding->is_fatal;

	add_pin_hint(finding, options);
	tls_words_fail(failure, TLS_REFUSED, "%.*s%s%s%s%s%s", FINDING_SHOWN,
	    buf_text(&finding->text), long_text ? "..." : "",
	    warns || finding->hint.len > 0 ? "\nhint: " : "",
	    warns ? STRANGER : "", warns && finding->hint.len > 0 ? "; " : "",
	    buf_text(&finding->hint));
}
