/*
 * The URL of a key or certificate in a token (RFC 7512):
 * pkcs11:token=LABEL;object=NAME?pin-source=FILE. What follows the "?" is for
 * us; GnuTLS gets the rest.
 */
#ifndef PROFILE_TOKEN_URL_H
#define PROFILE_TOKEN_URL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

struct token_url {
	char *uri;	/* the URL without what follows the "?" */
	char *module;	/* the file of a PKCS#11 module; NULL: p11-kit's */
	char *pin_file; /* NULL: none */
	struct buf pin; /* wiped; empty: none */
};

/* Whether the text may hold a PIN, even if it is no such URL. */
bool token_url_has_pin(struct span text);
/*
 * Fills *url; on failure it is empty. ERROR_CONFIG with a phrase to be put
 * after the name of the setting, which shows no value.
 */
bool token_url_parse(
    struct token_url *url, const char *text, struct error *err);
/* Adds the URL with the PIN as "***". */
void token_url_print(struct span text, struct buf *out);
void token_url_free(struct token_url *url); /* wipes */

#endif
