/*
 * A mail that is ready to be sent: the profile is chosen, the message is read,
 * the envelope and the plan are made. Each step may fail with an error, before
 * any connection.
 */
#ifndef CLI_OUTGOING_H
#define CLI_OUTGOING_H

#include <stdbool.h>

#include "cli/originator.h"
#include "compose/composition.h"
#include "envelope/envelope.h"
#include "fixup/fixup.h"
#include "fixup/originator_check.h"
#include "smtp/observer.h"

struct outgoing {
	struct profile profile;
	struct composition composition; /* the message was made from it, or
					   all zero */
	struct message *message;
	struct envelope envelope;
	struct plan plan;
	struct aliases aliases;
	bool input_read; /* standard input was read to its end */
};

/* Prepares all of it. The caller calls outgoing_free in any case. */
bool outgoing_prepare(struct outgoing *outgoing, const struct options *options,
    struct error *err);
/* Prepares profile and envelope, for -bv. Reads no message. */
bool outgoing_prepare_envelope(struct outgoing *outgoing,
    const struct options *options, struct error *err);
/* Prepares only the profile, for --explain. Reads no message. */
bool outgoing_prepare_profile(struct outgoing *outgoing,
    const struct options *options, struct error *err);
void outgoing_free(struct outgoing *outgoing);
/* The form of the report, also after a failure: --report, else the profile. */
enum report_form outgoing_report(
    const struct outgoing *outgoing, const struct options *options);
/* The aliases that the profile names, not read yet. Borrows from profile. */
struct aliases outgoing_aliases(const struct profile *profile);
/*
 * Loads all profiles, for a mode that chooses one for each message. NULL, with
 * err, on failure; else the caller calls profiles_free.
 */
struct profiles *outgoing_load_profiles(
    const struct options *options, struct error *err);
/*
 * Plans the changes that the profile requires in a message. `aliases` may be
 * NULL. If `originators` is NULL, the message may name any originator.
 */
bool outgoing_make_plan(struct plan *plan, const struct message *message,
    const struct profile *profile, const struct originator *originator,
    struct aliases *aliases, struct originator_check *originators,
    struct error *err);
/*
 * Warns through the observer of each port that is meant for the other scheme.
 * As smtpost and without -v, these warnings and those among the notes of the
 * plan are also printed on standard error. As sendmail they are not, because
 * its callers treat any output as a failure.
 */
void outgoing_warn(const struct outgoing *outgoing,
    const struct options *options, const struct observer *observer);

#endif
