/*
 * The words for what TLS finds wrong: which check failed, and what the
 * certificate says. Whatever comes from the other end is masked and bounded.
 * Within tls/.
 */
#ifndef TLS_TLS_WORDS_H
#define TLS_TLS_WORDS_H

#include "base/buf.h"
#include "base/text.h"
#include "tls/tls.h"

#define TLS_CHAIN_MAX 16
#define TLS_PIN_OCTETS 32

/* The certificates that the server sent, its own first; the library's. */
struct tls_chain {
	void *certificates[TLS_CHAIN_MAX];
	unsigned count;
};

/* What is wrong, and what may help: both grow as checks fail. */
struct tls_finding {
	struct buf text, hint;
	struct buf pin;	  /* of the server's key, where it is known */
	bool is_fatal;	  /* no setting should accept this */
	bool is_pinned;	  /* the key is not one of those expected */
	bool is_stranger; /* it may be somebody else who answers */
};

/* Fills in a failure; what does not fit ends in "...". */
void tls_words_fail(struct tls_failure *failure, enum tls_result result,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
/* A foreign text, safe to show and cut at a bound. */
void tls_words_add_foreign(struct buf *buf, struct span text);
/* The library's word for an error, as a phrase. */
void tls_words_add_error(struct buf *buf, int error);
/* The sentence about an alert that the server sent. */
void tls_words_add_alert(struct buf *buf, int alert);

/* A part for every bit of the status of the chain. */
void tls_words_say_status(struct tls_finding *finding,
    const struct tls_chain *chain, unsigned status);
/*
 * The name is not among those (`others`) that the certificate bears; or it is
 * an address, and there as a host's name.
 */
void tls_words_say_name(struct tls_finding *finding,
    const struct tls_chain *chain, const struct tls_options *options,
    struct span others, bool is_as_name);
/* The key is none of options->pins. */
void tls_words_say_pin(
    struct tls_finding *finding, const struct tls_options *options);
/* All of it into the failure. */
void tls_words_say_finding(struct tls_finding *finding,
    const struct tls_options *options, struct tls_failure *failure);
/* Why the handshake ended with this error of the library. */
void tls_words_say_handshake(void *session, int error,
    const struct tls_options *options, struct tls_failure *failure);

#endif
