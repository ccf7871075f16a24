/*
 * A private key in a token, such as a smart card, used through PKCS#11. A token
 * locks itself after a few wrong PINs, so a key is opened once in a process,
 * and then serves all its sessions.
 */
#ifndef TLS_TOKEN_KEY_H
#define TLS_TOKEN_KEY_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"
#include "tls/tls_failure.h"

/* Where the key is; all borrowed. */
struct token_key_place {
	const char *name; /* of this key, for token_key_find; may be a secret */
	const char *uri;  /* without a PIN, so that it may be shown */
	const char *module; /* the file of a module; NULL: p11-kit's */
};

/* What the token says before it gets a PIN. */
struct token_key_question {
	const char *label; /* of the token; may have any octets */
	bool is_low;  /* a wrong PIN was entered since the last right one */
	bool is_last; /* one more wrong PIN locks the token */
};

/* Who is asked. */
struct token_key_asker {
	/* Adds the PIN. False if there is none. */
	bool (*ask)(void *context, const struct token_key_question *question,
	    struct buf *pin);
	void *context;
};

struct token_key;

/* Whether the text is the URL of an object in a token, and not a path. */
bool token_key_is_url(struct span text);
/* Whether GnuTLS can use tokens. If not, sets TLS_CONFIG. */
bool token_key_is_possible(struct tls_failure *failure);
/*
 * Opens the key, which asks for a PIN once, if the token wants one. NULL with
 * TLS_REFUSED: the PIN is wrong; TLS_LOST: there is no such token now, or it
 * failed; TLS_CONFIG: all else, also that there is no PIN.
 */
struct token_key *token_key_open(const struct token_key_place *place,
    const struct token_key_asker *asker, struct tls_failure *failure);
/* Adds the certificate that the URL names, as DER. The PIN of a URL is not
 * used. */
bool token_key_add_certificate(struct token_key *key, const char *url,
    struct buf *der, struct tls_failure *failure);
/* Wipes the PIN; NULL is allowed. */
void token_key_close(struct token_key *key);

/* For tls/ only: the open key of this name; NULL: none. */
struct token_key *token_key_find(const char *name);
/*
 * For tls/ only: adds the key to the credentials, with the certificates of a
 * PEM text or, if that is empty, those of the URL.
 */
bool token_key_load(struct token_key *key, const struct buf *pem,
    const char *url, void *credentials, struct tls_failure *failure);

#endif
