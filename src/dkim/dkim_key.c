/*
 * Judges the keys of other programs in words, because their files are in
 * several forms. No error quotes a file.
 */
#include "dkim/dkim_key.h"

#include <stdlib.h>

#include "base/base64.h"
#include "base/utf8.h"

#define SELECTOR_MAX ((size_t)190) /* so that a domain fits behind it */
#define LABEL_MAX ((size_t)63)
#define ED25519_OCTETS ((size_t)32) /* of a private key */

/* Always false. */
static bool
refuse(const char *name, const char *why, struct error *err)
{
	char *shown = utf8_masked(span_from(name));

	error_set(
	    err, ERROR_CONFIG, "cannot use the DKIM key in %s: %s", shown, why);
	free(shown);
	return false;
}

/*
 * Whether it is an Ed25519 key as other programs write it: the base64 of the
 * private key, perhaps with the public key behind it.
 */
static bool
is_bare_key(struct span text)
{
	struct buf octets;
	bool found;

	buf_init_secret(&octets, 0);
	found = base64_decode(&octets, span_trim(text)) &&
	    (octets.len == ED25519_OCTETS || octets.len == 2 * ED25519_OCTETS);
	buf_wipe(&octets);
	return found;
}

static bool
check_size(const struct private_key *key, const char *name, struct error *err)
{
	unsigned bits = private_key_bits(key);

	if (private_key_kind(key) == PRIVATE_KEY_ED25519)
		return true;
	if (bits < DKIM_KEY_BITS_MIN)
		return refuse(name,
		    "it has less than 1024 bits, and receivers ignore such "
		    "keys",
		    err);
	return bits <= DKIM_KEY_BITS_MAX ||
	    refuse(name,
		"it has more than 4096 bits, and receivers need not know "
		"such keys",
		err);
}

struct private_key *
dkim_key_read(struct span text, const char *name, struct error *err)
{
	struct tls_failure failure;
	struct private_key *key;

	if (is_bare_key(text)) {
		refuse(name,
		    "it is the bare base64 of an Ed25519 key, as dknewkey and "
		    "rspamadm write it, and not in PEM form",
		    err);
		error_add(err,
		    "\nhint: make a new key with smtpost --dkim-keygen DOMAIN "
		    "SELECTOR ed25519");
		return NULL;
	}
	key = private_key_read(text, &failure);
	if (key == NULL)
		refuse(name, failure.text, err);
	else if (check_size(key, name, err))
		return key;
	private_key_free(key);
	return NULL;
}

static bool
is_label(struct span label)
{
	for (size_t i = 0; i < label.len; i++)
		if (!ascii_is_alnum(label.at[i]) && label.at[i] != '-')
			return false;
	return label.len > 0 && label.len <= LABEL_MAX && label.at[0] != '-' &&
	    label.at[label.len - 1] != '-';
}

bool
dkim_key_is_selector(struct span text)
{
	size_t dot;

	if (text.len > SELECTOR_MAX)
		return false;
	for (;; text = span_skip(text, dot + 1)) {
		dot = span_find(text, '.');
		if (!is_label(span_head(text, dot)))
			return false;
		if (dot == text.len)
			return true;
	}
}

void
dkim_key_add_record_name(
    const char *selector, const char *domain, struct buf *out)
{
	buf_add_format(out, "%s._domainkey.%s", selector, domain);
}

bool
dkim_key_add_record(
    const struct private_key *key, struct buf *out, struct error *err)
{
	struct tls_failure failure;
	struct buf public = {0};
	bool done = private_key_add_public(key, &public, &failure);

	if (done) {
		buf_add_format(out, "v=DKIM1; k=%s; p=",
		    private_key_kind(key) == PRIVATE_KEY_RSA ? "rsa"
							     : "ed25519");
		base64_encode(out, buf_span(&public));
	} else {
		error_set(err, ERROR_CONFIG, "cannot make a DKIM record: %s",
		    failure.text);
	}
	buf_free(&public);
	return done;
}
