/*
 * The table of SASL mechanisms (RFC 4422), the strongest first. A row says
 * everything about a mechanism but the steps of its exchange (smtp/sasl.c).
 */
#ifndef PROFILE_MECHANISM_H
#define PROFILE_MECHANISM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* The messages of the login. */
enum exchange {
	EXCHANGE_EXTERNAL, /* RFC 4422 appendix A */
	EXCHANGE_SCRAM,	   /* RFC 5802, RFC 7677 */
	EXCHANGE_BEARER,   /* RFC 7628 */
	EXCHANGE_XOAUTH2,  /* Google's and Microsoft's */
	EXCHANGE_PLAIN,	   /* RFC 4616 */
	EXCHANGE_LOGIN,	   /* draft-murchison-sasl-login */
	EXCHANGE_CRAM,	   /* RFC 2195 */
};

/* What proves who the client is. */
enum credential {
	CREDENTIAL_PASSWORD,
	CREDENTIAL_TOKEN,
	CREDENTIAL_CERTIFICATE,
};

enum digest { DIGEST_NONE, DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256 };

enum mechanism_trait {
	MECHANISM_INITIAL = 1, /* the client sends the first message */
	MECHANISM_AUTO = 2,    /* auth = auto may choose it */
	MECHANISM_TLS = 4,     /* not without TLS */
	MECHANISM_BOUND = 8,   /* is bound to the TLS channel: -PLUS */
	MECHANISM_ASCII = 16,  /* user and password must be ASCII */
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
 * Whether both reveal the same amount of the secret to the server, so that one
 * can replace the other.
 */
bool mechanism_is_as_strong(
    const struct mechanism *mechanism, const struct mechanism *other);
/* 1 << index, for sets of mechanisms; 0: the name is unknown. */
unsigned mechanism_bit(struct span name);

#endif
