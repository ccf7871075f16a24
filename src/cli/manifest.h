/*
 * All mails of a batch, after a first pass that prepares each of them: what can
 * be wrong is found before the first connection. The first small mails are kept
 * as they are prepared; of the others only a small record is kept, and they are
 * prepared again when it is their turn.
 */
#ifndef CLI_MANIFEST_H
#define CLI_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/outgoing.h"
#include "cli/state_file.h"
#include "compose/mail_source.h"

/* A mail that is prepared. */
struct manifest_ready {
	struct outgoing outgoing;
	struct mail_source_mail mail;
};

struct manifest_mail {
	struct manifest_ready *ready; /* owned; NULL: to be prepared again */
	uint64_t sum; /* tells whether the mail is still the same */
	size_t group; /* the index of its profile */
	size_t recipients;
	struct state_key key; /* only with --state */
	/* What earlier runs did: of all recipients, or of each. */
	unsigned char state;
	unsigned char *states; /* owned; NULL: all have `state` */
};

struct manifest {
	const struct options *options; /* borrowed */
	struct composition draft;      /* for the source of --merge */
	struct mail_source source;
	struct profiles *profiles;
	bool is_by_header; /* each mail has the profile that its From chooses */
	struct profile *groups; /* the profiles in the order of their use */
	size_t group_count;
	struct manifest_mail *mails;	  /* source.count */
	struct manifest_mail **order;	  /* by their key */
	size_t ready_count, ready_octets; /* of the mails that are kept */
	enum report_form report; /* for errors, if no option sets a form */
};

/*
 * Opens the source that the options name and prepares all mails. False, with
 * err, at the first that cannot be sent. *manifest is all zero before; the
 * caller calls manifest_free in any case.
 */
bool manifest_make(struct manifest *manifest, const struct options *options,
    struct error *err);
void manifest_free(struct manifest *manifest);
/*
 * Fills *outgoing and *mail with the mail at that index, which is prepared
 * again if it was not kept. The caller frees both in this order, in any case.
 * False, with err, if the mail cannot be read any more, or has changed.
 */
bool manifest_prepare(struct manifest *manifest, size_t index,
    struct outgoing *outgoing, struct mail_source_mail *mail,
    struct error *err);
/* What an earlier run did; for state_file_read. */
bool manifest_take_state(void *context, const struct state_line *line);
/* The state of a recipient. */
enum state manifest_state(const struct manifest_mail *mail, size_t recipient);
/* Whether some recipient is to be tried. */
bool manifest_is_open(
    const struct manifest *manifest, const struct manifest_mail *mail);
/* Whether recipients in this state are to be tried. */
bool manifest_tries(const struct manifest *manifest, enum state state);

#endif
