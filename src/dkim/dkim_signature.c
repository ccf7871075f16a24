/*
 * Writes the field with an empty tag b, hashes it behind the fields that it
 * signs, and then adds the signature. Folding it does not change the hash,
 * because the form "relaxed" ignores folds, and verifiers remove the value of
 * the tag b.
 */
#include "dkim/dkim_signature.h"

#include <inttypes.h>

#include "base/base64.h"
#include "dkim/signed_header.h"
#include "message/header.h"

#define LINE 76			     /* octets of a folded line, without CRLF */
#define FOLD "\r\n\t"		     /* a tab counts as one octet here */
#define SIGNATURE_MAX ((size_t)1024) /* of the largest RSA key, and more */

/* Adds the list of names, with folds before colons. */
static void
add_names(struct span names, struct buf *out)
{
	size_t column = 1 + 2; /* "\th=" */
	struct span name;

	while (span_next_word(&names, ":", &name)) {
		if (column + name.len + 1 > LINE) {
			buf_add_text(out, FOLD " ");
			column = 2;
		}
		buf_add_span(out, name);
		if (names.len > 0)
			buf_add_char(out, ':');
		column += name.len + 1;
	}
}

/* Adds base64 in lines, of which the first begins at `column`. */
static void
add_base64(struct span octets, size_t column, struct buf *out)
{
	struct buf text = {0};
	struct span rest;

	base64_encode(&text, octets);
	rest = buf_span(&text);
	for (;;) {
		buf_add_span(out, span_head(rest, LINE - column));
		rest = span_skip(rest, LINE - column);
		if (rest.len == 0)
			break;
		buf_add_text(out, FOLD " ");
		column = 2;
	}
	buf_free(&text);
}

/* The field up to "b=". */
static void
add_tags(const struct dkim_signature *signature, struct span names,
    struct span body_hash, struct buf *out)
{
	bool is_rsa = private_key_kind(signature->key) == PRIVATE_KEY_RSA;

	buf_add_format(out,
	    "DKIM-Signature: v=1; a=%s; c=relaxed/relaxed;" FOLD "d=%s;" FOLD
	    "s=%s;" FOLD "t=%" PRId64 ";",
	    is_rsa ? "rsa-sha256" : "ed25519-sha256", signature->domain,
	    signature->selector, signature->now);
	if (signature->lifetime > 0)
		buf_add_format(out, " x=%" PRId64 ";",
		    signature->now + signature->lifetime);
	buf_add_text(out, FOLD "h=");
	add_names(names, out);
	buf_add_text(out, ";" FOLD "bh=");
	base64_encode(out, body_hash);
	buf_add_text(out, ";" FOLD "b=");
}

/* Signs `text`, and behind it the field in `out` as it is so far. */
static bool
sign(const struct private_key *key, struct span text, struct buf *out,
    struct error *err)
{
	unsigned char hash[SHA256_OCTETS];
	struct sha256 *sha256 = sha256_new();
	struct tls_failure failure = {0};
	struct buf own, octets = {.max = SIGNATURE_MAX};
	bool done;

	buf_init(&own, out->len + 1);
	signed_header_add_relaxed(buf_span(out), &own);
	sha256_add(sha256, text);
	sha256_add(sha256, buf_span(&own));
	done = sha256_end(sha256, hash) &&
	    private_key_add_signature(key, hash, &octets, &failure);
	if (done)
		add_base64(buf_span(&octets), 1 + 2, out); /* "\tb=" */
	else
		error_set(err, ERROR_CONFIG, "cannot sign with DKIM: %s",
		    failure.text[0] != '\0' ? failure.text
					    : "SHA-256 does not work");
	buf_free(&octets);
	buf_free(&own);
	return done;
}

bool
dkim_signature_add(const struct dkim_signature *signature, struct span header,
    const unsigned char body_hash[SHA256_OCTETS], struct buf *out,
    struct error *err)
{
	struct buf names, text, field;
	bool done;

	buf_init(&field, 2 * SIGNED_HEADER_NAMES_MAX);
	if (signed_header_make(header, &names, &text)) {
		add_tags(signature, buf_span(&names),
		    (struct span){(const char *)body_hash, SHA256_OCTETS},
		    &field);
		done = sign(signature->key, buf_span(&text), &field, err);
		buf_add_text(&field, "\r\n");
		if (done)
			buf_add_span(out, buf_span(&field));
	} else {
		done = error_set(err, ERROR_DATA,
		    "cannot sign with DKIM: the header has too many fields");
	}
	buf_free(&names);
	buf_free(&text);
	buf_free(&field);
	return done;
}
