/*
 * SASL mechanisms (RFC 4422), the client's side: challenges in, responses
 * out, both decoded. It knows nothing of SMTP, nor of sockets.
 */
#ifndef SMTP_SASL_H
#define SMTP_SASL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"
#include "profile/mechanism.h"
#include "smtp/sasl_scram.h"

/* What the exchange has shown so far. */
enum sasl_state {
	SASL_OPEN,    /* success would prove nothing yet */
	SASL_SETTLED, /* success counts */
	SASL_REFUSED, /* the server said no: success would be a lie */
};

struct sasl {
	/* What there is to log in with; all borrowed. */
	struct span user;
	struct span password, token; /* empty: there is none */
	bool has_certificate;	     /* shown to the server if it asked */
	struct span host;	     /* empty: a Unix socket */
	unsigned short port;
	bool is_encrypted;
	unsigned excluded; /* mechanisms that are not to be chosen */
	bool only_bound;   /* only mechanisms that are bound to the channel */
	const char *binding_name; /* of the TLS channel; NULL: none */
	struct span binding;

	const struct mechanism *mechanism;
	enum sasl_state state;
	unsigned step;
	struct scram scram;
	struct buf trouble; /* why it failed */
	bool is_impossible; /* refused or not to be had; else: broken off */
};

/*
 * Chooses among those `offered` (bits of mechanism.h) that fit the credential
 * and the connection: the first of `wanted` (names, separated by blanks, in
 * that order) or, where it is empty, the strongest that may be taken unasked.
 * False where there is none, with the reason.
 */
bool sasl_choose(struct sasl *sasl, struct span wanted, unsigned offered);
/* Whether the mechanism has something to say before it is asked. */
bool sasl_has_initial(const struct sasl *sasl);
/*
 * The response to a challenge (the first call: to none, or to an empty one).
 * False: it must be cancelled, for the reason in sasl->trouble.
 */
bool sasl_respond(
    struct sasl *sasl, struct span challenge, struct buf *response);
/* Wipes what was made; not what was borrowed. */
void sasl_free(struct sasl *sasl);

/*
 * What the server wrote, for the trouble: bounded, its controls (which could
 * make lines of their own) as '?'; the report masks the rest. Caller frees.
 */
char *sasl_foreign(struct span text);
/* For the exchanges: ends one. Always false. */
bool sasl_break(struct sasl *sasl, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same: the login is refused, or not to be had in this way. */
bool sasl_give_up(struct sasl *sasl, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
