/*
 * The state of one SASL exchange, shared by all mechanisms. Only for sasl*.c
 * and login.c.
 */
#ifndef SMTP_SASL_EXCHANGE_H
#define SMTP_SASL_EXCHANGE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"
#include "profile/mechanism.h"

/* What the exchange has shown so far. */
enum sasl_state {
	SASL_OPEN,    /* a positive reply would prove nothing yet */
	SASL_SETTLED, /* a positive reply counts */
	SASL_REFUSED, /* the server refused: a positive reply is wrong */
};

/* The state of SCRAM (RFC 5802); see sasl_scram.c. */
struct scram {
	char flag;		     /* of the gs2-header: p, y or n */
	struct buf header;	     /* gs2-header */
	struct buf nonce;	     /* ours; made unless a test has set it */
	struct buf first;	     /* client-first-message-bare */
	unsigned char signature[32]; /* the expected ServerSignature */
};

struct sasl {
	/* The credentials and the connection; all borrowed. */
	struct span user;
	struct span password, token; /* empty: there is none */
	bool has_certificate;	     /* shown to the server if it asked */
	struct span host;	     /* empty: a Unix socket */
	unsigned short port;
	bool is_encrypted;
	unsigned excluded; /* bits of mechanisms that must not be chosen */
	bool only_bound;   /* choose only mechanisms bound to the channel */
	const char *binding_name; /* of the TLS channel; NULL: none */
	struct span binding;

	const struct mechanism *mechanism; /* the chosen one */
	enum sasl_state state;
	unsigned step; /* responses made so far */
	struct scram scram;
	struct buf trouble; /* why it failed: a sentence */
	struct buf advice;  /* what token the server wants; empty: not known */
	/*
	 * The login cannot be made or was refused; false: the server broke
	 * SASL.
	 */
	bool is_impossible;
};

/* For a challenge that does not belong to the exchange. */
#define SASL_NONSENSE "the server's login challenge makes no sense"

/*
 * Both fail the exchange and return false, so that a mechanism can return
 * them; the sentence, printf-like, goes to sasl->trouble. The first is for a
 * server that breaks the mechanism's rules, the second (is_impossible) for a
 * login that is refused or cannot be made.
 */
bool sasl_exchange_break(struct sasl *sasl, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool sasl_exchange_give_up(struct sasl *sasl, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Adds a saslname (RFC 5801 section 4): "," as "=2C" and "=" as "=3D". */
void sasl_exchange_add_name(struct buf *out, struct span name);

#endif
