/*
 * SASL mechanisms (RFC 4422), the client's side: challenges in, responses
 * out, both decoded. One table names them; it knows nothing of SMTP.
 */
#ifndef SMTP_SASL_H
#define SMTP_SASL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"

struct sasl_mechanism;

struct sasl {
	const struct sasl_mechanism *mechanism;
	struct span user, password; /* borrowed */
	unsigned step;
};

/* The bit of a mechanism by its name, case-blind; 0 if it is not known. */
unsigned sasl_bit(struct span name);
/*
 * The mechanism to use: the first of `wanted` (names, separated by blanks, in
 * that order) or, where it is empty, the strongest that is in `offered`. False
 * where there is none.
 */
bool sasl_choose(struct sasl *sasl, struct span wanted, unsigned offered);
const char *sasl_name(const struct sasl *sasl);
/* Whether the mechanism has something to say before it is asked. */
bool sasl_has_initial(const struct sasl *sasl);
/*
 * The response to a challenge (the first call: to none, or to an empty one).
 * False: it expects no such challenge, the exchange must be cancelled.
 */
bool sasl_respond(
    struct sasl *sasl, struct span challenge, struct buf *response);

#endif
