/*
 * All that comes before the wire: the profile is chosen, the message read,
 * the envelope and the plan are made. Every step can fail, and then nothing
 * was connected.
 */
#ifndef CLI_PREPARE_H
#define CLI_PREPARE_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"
#include "mail/envelope.h"
#include "mail/fixup.h"
#include "mail/mailbox.h"
#include "mail/message.h"
#include "profile/profile.h"

struct prepared {
	struct profile profile;
	struct message *message;
	struct envelope envelope;
	struct plan plan;
	bool input_read; /* standard input is at its end */
};

bool prepare(struct prepared *prepared, const struct options *options,
    struct error *err);
/* Only the profile, for --explain: reads no message. */
bool prepare_profile(struct prepared *prepared, const struct options *options,
    struct error *err);
void prepared_free(struct prepared *prepared);

#endif
