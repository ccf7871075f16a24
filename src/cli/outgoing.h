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
	bool shares_profile; /* it is a copy, whose contents others own */
	char *label;	     /* of one of several mails; NULL: none; owned */
	struct composition composition; /* of the message; all zero: none */
	struct message *message;
	struct envelope envelope;
	struct plan plan;
	struct aliases aliases;
	bool input_read;  /* standard input was read to its end */
	bool is_filtered; /* the message is what filter-command printed */
};

/* Prepares all of it. The caller calls outgoing_free in any case. */
bool outgoing_prepare(struct outgoing *outgoing, const struct options *options,
    struct error *err);
/*
 * For one of many mails: makes the envelope and the plan. Profile and message,
 * perhaps with its composition, are there already. The caller calls
 * outgoing_free in any case.
 */
bool outgoing_complete(struct outgoing *outgoing, const struct options *options,
    struct error *err);
/*
 * The domain of the Message-ID that the message will get. `header` is a message
 * that has its header. NULL, with err, if there is no sender. Caller frees.
 */
char *outgoing_id_domain(const struct profile *profile,
    const struct options *options, const struct message *header,
    struct error *err);
/*
 * Makes the message from the composition; the profile is chosen. False, with
 * err, as composition_make, or if inline files need a sender and there is none.
 */
bool outgoing_compose(struct outgoing *outgoing, const struct options *options,
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
 * Whether the profile can be chosen only after the message is read. Otherwise
 * it is chosen first, so that a mistake is reported at once and `max-size`
 * bounds the reading.
 */
bool outgoing_is_choice_by_header(
    const struct options *options, const struct profiles *profiles);
/*
 * Sets the report from the command line and the environment alone, after an
 * error in the configuration, which leaves no profile.
 */
void outgoing_fill_report(
    struct profile *profile, const struct options *options);
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
 * As smtpost and without -v, it prints these warnings on standard error, too.
 * As sendmail it does not, because its callers treat any output as a failure.
 */
void outgoing_warn_of_ports(const struct profile *profile,
    const struct options *options, const struct observer *observer);
/* Prints the warnings among the notes, in the same cases. */
void outgoing_print_notes(struct span notes, const struct options *options);
/* The same for the notes of the plan, with the mail's label. */
void outgoing_print_warnings(
    const struct outgoing *outgoing, const struct options *options);

#endif
