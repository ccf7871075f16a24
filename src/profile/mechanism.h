/*
 * SASL mechanisms (RFC 4422): the one table of them. A row says everything
 * about a mechanism but its steps, which are those of its exchange
 * (smtp/sasl.c). The order is that of strength.
 */
#ifndef PROFILE_MECHANISM_H
#define PROFILE_MECHANISM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* The way in which it talks. */
enum exchange {
	EXCHANGE_EXTERNAL, /* RFC 4422 appendix A */
	EXCHANGE_SCRAM,	   /* RFC 5802, RFC 7677 */
	EXCHANGE_BEARER,   /* RFC 7628 */
	EXCHANGE_XOAUTH2,  /* Google's and Microsoft's */
	EXCHANGE_PLAIN,	   /* RFC 4616 */
	EXCHANGE_LOGIN,	   /* draft-murchison-sasl-login */
	EXCHANGE_CRAM,	   /* RFC 2195 */
};

/* By what it proves who we are. */
enum credential {
	CREDENTIAL_PASSWORD,
	CREDENTIAL_TOKEN,
	CREDENTIAL_CERTIFICATE,
};

enum digest { DIGEST_NONE, DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256 };

enum mechanism_trait {
	MECHANISM_INITIAL = 1, /* has something to say before it is asked */
	MECHANISM_AUTO = 2,    /* auth = auto may take it */
	MECHANISM_TLS = 4,     /* makes no sense without TLS */
	MECHANISM_BOUND = 8,   /* to the TLS channel: -PLUS (RFC 5802) */
	MECHANISM_ASCII = 16,  /* of user and password; see sasl_scram.h */
};

struct mechanism {
	const char *name;
	enum exchange exchange;
	enum credential credential;
	enum digest digest;
	unsigned traits;
};

size_t mechanism_count(void);
const struct mechanism *mechanism_at(size_t index);
const struct mechanism *mechanism_find(struct span name); /* NULL: unknown */
/*
 * Whether one shows the server as much of the secret as the other does, in
 * another form: then it may take its place.
 */
bool mechanism_is_as_strong(
    const struct mechanism *mechanism, const struct mechanism *other);
/* For sets of them: 1 << index; 0 for a name that is not known. */
unsigned mechanism_bit(struct span name);

#endif
