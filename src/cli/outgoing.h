/*
 * All that comes before the wire: the profile is chosen, the message read,
 * the envelope and the plan are made. Every step can fail, and then nothing
 * was connected.
 */
#ifndef CLI_OUTGOING_H
#define CLI_OUTGOING_H

#include <stdbool.h>

#include "address/alias.h"
#include "address/mailbox.h"
#include "base/error.h"
#include "cli/options.h"
#include "cli/originator.h"
#include "envelope/envelope.h"
#include "fixup/fixup.h"
#include "fixup/originator_check.h"
#include "message/message.h"
#include "profile/profiles.h"

struct outgoing {
	struct profile profile;
	struct message *message;
	struct envelope envelope;
	struct plan plan;
	struct aliases aliases;
	bool input_read; /* standard input is at its end */
};

bool outgoing_prepare(struct outgoing *outgoing, const struct options *options,
    struct error *err);
/* Only profile and envelope, for -bv: reads no message. */
bool outgoing_prepare_envelope(struct outgoing *outgoing,
    const struct options *options, struct error *err);
/* Only the profile, for --explain: reads no message. */
bool outgoing_prepare_profile(struct outgoing *outgoing,
    const struct options *options, struct error *err);
void outgoing_free(struct outgoing *outgoing);
/* The form of the report, also after a failure: --report, else the profile. */
enum report_form outgoing_report(
    const struct outgoing *outgoing, const struct options *options);
/* What the setting `aliases` says; they borrow from the profile. */
struct aliases outgoing_aliases(const struct profile *profile);
/* For a mode that chooses a profile for each message; NULL on failure. */
struct profiles *outgoing_load_profiles(
    const struct options *options, struct error *err);
/*
 * Plans what the profile wants changed in a message. `aliases` NULL: there are
 * none; `originators` NULL: the message may name any originator.
 */
bool outgoing_make_plan(struct plan *plan, const struct message *message,
    const struct profile *profile, const struct originator *originator,
    struct aliases *aliases, struct originator_check *originators,
    struct error *err);

#endif
