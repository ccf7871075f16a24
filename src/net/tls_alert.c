/* Words for handshakes that end: alerts and errors of the library. */
#include "net/tls_words.h"

#include <gnutls/gnutls.h>
#include <string.h>

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
tls_add_error(struct buf *buf, int error)
{
	add_phrase(buf, gnutls_strerror(error));
}

void
tls_add_alert(struct buf *buf, int alert)
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
tls_say_handshake(void *session, int error, const struct tls_options *options,
    struct tls_failure *failure)
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
		tls_add_alert(&text, alert);
		if (alert == GNUTLS_A_HANDSHAKE_FAILURE)
			hint_at_settings(&text, options);
	} else {
		buf_add_text(&text, "the TLS handshake cannot be completed: ");
		tls_add_error(&text, error);
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
	tls_fail(failure, result, "%s", buf_text(&text));
	buf_free(&text);
}
