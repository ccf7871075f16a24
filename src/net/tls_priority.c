#include "net/tls_priority.h"

#include <gnutls/gnutls.h>
#include <string.h>

#include "base/utf8.h"
#include "net/tls_library.h"
#include "net/tls_words.h"

#define TLS_1_3 ":-VERS-ALL:+VERS-TLS1.3"
#define TLS_1_2 ":+VERS-TLS1.2"
/* RFC 9155: no handshake is signed by SHA-1. */
#define NO_SHA1 ":-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:-SIGN-DSA-SHA1"
/* 2048 bits of RSA or Diffie-Hellman at least, and no SHA-1 (RFC 9325). */
#define STRENGTH ":%PROFILE_MEDIUM"
/* RFC 9325 section 4.1: no key exchange without forward secrecy. */
#define FORWARD_SECRECY ":-RSA"
/* RFC 9325 section 4.2: no CBC without encrypt-then-MAC (RFC 7366). */
#define ENCRYPT_THEN_MAC ":%FORCE_ETM"
/* Of what NORMAL has, the least good last. */
#define OLD_LAST                                                      \
	":-AES-256-CBC:-AES-128-CBC:+AES-256-CBC:+AES-128-CBC"        \
	":-RSA:+RSA"
/* TLS is what allows a login: it encrypts, whatever else may change. */
#define ENCRYPTED ":-NULL"

/* Whether a word adds CBC, or allows it without encrypt-then-MAC. */
static bool
asks_for_cbc(struct span own)
{
	struct span word;

	while (span_next_word(&own, ":", &word)) {
		bool is_cbc = word.len > 4 &&
		    span_equal_nocase(
			span_skip(word, word.len - 4), SPAN("-CBC"));

		if ((word.at[0] == '+' && is_cbc) ||
		    span_equal_nocase(word, SPAN("%NO_ETM")) ||
		    span_equal_nocase(word, SPAN("%COMPAT")))
			return true;
	}
	return false;
}

/*
 * The first word may say what to begin with ("SECURE256"); ours come next, so
 * that no such word brings old versions back (RFC 8996); what changes a list
 * ("+VERS-TLS1.1", "%PROFILE_LOW") is last and wins, over all but ENCRYPTED.
 */
void
tls_priority_add(struct buf *out, const struct tls_options *options)
{
	struct span own = span_from(options->priority);
	struct span base = SPAN("NORMAL");

	if (own.len > 0 && strchr("+-!%", own.at[0]) == NULL) {
		base = span_head(own, span_find(own, ':'));
		own = span_skip(own, base.len + 1);
	}
	buf_add_span(out, base);
	buf_add_text(out, TLS_1_3);
	if (!options->only_tls13)
		buf_add_text(out, TLS_1_2);
	if (options->verify)
		buf_add_text(out, NO_SHA1 STRENGTH);
	if (span_equal(base, SPAN("NORMAL")))
		buf_add_text(out, OLD_LAST);
	if (options->verify && !options->accept_untrusted) {
		buf_add_text(out, FORWARD_SECRECY);
		if (!asks_for_cbc(own))
			buf_add_text(out, ENCRYPT_THEN_MAC);
	}
	if (own.len > 0) {
		buf_add_char(out, ':');
		buf_add_span(out, own);
	}
	if (options->priority != NULL)
		buf_add_text(out, ENCRYPTED);
}

/* What GnuTLS stopped at; it tells a place in the whole string. */
static void
say_place(struct buf *text, struct span own, const char *at)
{
	struct span rest = span_from(at);

	rest = span_head(rest, span_find(rest, ':'));
	if (rest.len == 0 || rest.len > own.len)
		return;
	buf_add_text(text, " at \"");
	tls_add_foreign(text, rest);
	buf_add_char(text, '"');
}

bool
tls_priority_check(
    const struct tls_options *options, struct tls_failure *failure)
{
	struct buf whole = {0}, text = {0};
	const char *at = NULL;
	gnutls_priority_t priority;
	int result;

	*failure = (struct tls_failure){.result = TLS_DONE};
	if (!tls_library_start(failure))
		return false;
	tls_priority_add(&whole, options);
	result = gnutls_priority_init(&priority, buf_text(&whole), &at);
	if (whole.full)
		result = GNUTLS_E_INVALID_REQUEST;
	if (result >= 0) {
		gnutls_priority_deinit(priority);
	} else {
		buf_add_text(&text, result == GNUTLS_E_INVALID_REQUEST
					? "GnuTLS does not understand it"
					: "GnuTLS does not take it: ");
		if (result == GNUTLS_E_INVALID_REQUEST && at != NULL)
			say_place(&text, span_from(options->priority), at);
		else if (result != GNUTLS_E_INVALID_REQUEST)
			tls_add_error(&text, result);
		tls_fail(failure, TLS_CONFIG, "%s", buf_text(&text));
	}
	buf_free(&whole);
	buf_free(&text);
	return result >= 0;
}
