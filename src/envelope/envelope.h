/*
 * The envelope of RFC 5321: reverse-path and recipients, each with the server's
 * reply to it and its outcome. Report and exit status are computed from the
 * envelope alone. Paths are in wire form without angle brackets: checked, the
 * domain in A-labels, a local part beyond ASCII in UTF-8 (RFC 6531). The null
 * reverse-path is "".
 */
#ifndef ENVELOPE_ENVELOPE_H
#define ENVELOPE_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "envelope/dsn.h"
#include "envelope/outcome.h"

/*
 * What happens to a recipient's outcome if it turns out that the server sent
 * more replies than it received commands, so that each reply may belong to
 * another command (see envelope_doubt).
 */
enum on_surplus {
	SURPLUS_CHANGES_NOTHING,
	SURPLUS_DEFERS,		 /* refused before content: becomes a delay */
	SURPLUS_DOUBTS_IF_TAKEN, /* refused: in doubt if content was taken */
	SURPLUS_DOUBTS,		 /* in doubt */
};

/* Whether the queue keeps a recipient that the server did not take. */
enum kept {
	KEPT_NOT,
	KEPT_QUEUED, /* it is tried again */
	KEPT_HELD,   /* in doubt: it waits for somebody to decide */
};

struct recipient {
	char *forward_path;
	struct dsn_request dsn;
	struct reply rcpt_reply; /* to its RCPT; code 0: no reply */
	bool accepted;		 /* in the current transaction */
	enum on_surplus on_surplus;
	struct outcome outcome;
	enum kept kept;
	/*
	 * Direct delivery: 1 + the index of the visit to its domain in the
	 * record of the submission; 0: none.
	 */
	size_t visit;
};

struct envelope {
	char *reverse_path;
	struct recipient *recipients;
	size_t count;
	char *envelope_id; /* for DSNs, decoded; NULL: none */
	enum dsn_return dsn_return;
	/*
	 * REQUIRETLS (RFC 8689): the mail takes only encrypted ways on which
	 * each server promises that for the next one. Of a notification, with
	 * the null reverse-path, it is a wish: see envelope_must_have_tls.
	 */
	bool requires_tls;
	/*
	 * Kept by envelope_first_open. The first `settled` recipients are
	 * settled; the first `plain` are settled or have a path in ASCII. The
	 * outcome of a settled recipient must not become ACTION_NONE again.
	 */
	size_t settled, plain;
	/*
	 * Only the first `asked` recipients can have an outcome of the server.
	 * is_doubted: outcomes that were certain have changed.
	 */
	size_t asked;
	bool is_doubted;
	/* The mails of the queue that keep the recipients; NULL: none. */
	char *queued_id, *held_id;
};

void envelope_recipient_free(struct recipient *recipient);
void envelope_free(struct envelope *envelope);
/*
 * A hash table of the forward-paths of one envelope, all zero to begin with, so
 * that adding 100,000 recipients takes linear time. Local parts are compared
 * octet by octet, domains ignoring case.
 */
struct envelope_index {
	size_t *slots, room;
};

/* Adds a recipient. False if the mailbox is in the envelope already. */
bool envelope_add(struct envelope *envelope, struct envelope_index *index,
    const char *forward_path);
/* Puts the last recipient, which was appended directly, into the index. */
void envelope_index_last(
    const struct envelope *envelope, struct envelope_index *index);
/*
 * The recipient with that path; NULL if there is none. Borrowed; valid until a
 * recipient is added.
 */
struct recipient *envelope_find(const struct envelope *envelope,
    const struct envelope_index *index, const char *forward_path);
void envelope_index_free(struct envelope_index *index);

/* The mail of the queue that keeps the recipient; NULL: none does. */
const char *envelope_queue_id(
    const struct envelope *envelope, const struct recipient *recipient);
/* The word of the report: as outcome_name, or queued. */
const char *envelope_outcome_name(const struct recipient *recipient);
/* Whether the sender asked for anything about notifications (RFC 3461). */
bool envelope_asks_dsn(const struct envelope *envelope);
/*
 * Whether the mail must not go without REQUIRETLS. A notification goes, rather
 * than get lost (RFC 8689 section 5).
 */
bool envelope_must_have_tls(const struct envelope *envelope);
/* Whether a recipient is not settled yet. */
bool envelope_has_open(const struct envelope *envelope);
/*
 * The index of the first recipient that is not settled yet; envelope->count if
 * there is none. Remembers where it looked, so that all calls together take
 * linear time.
 */
size_t envelope_first_open(struct envelope *envelope);
/*
 * Whether the reverse-path or an open recipient has a path beyond ASCII, which
 * needs SMTPUTF8 (RFC 6531).
 */
bool envelope_needs_utf8(const struct envelope *envelope);
/* Copies the outcome to every recipient that is not settled yet. */
void envelope_settle_open(
    struct envelope *envelope, const struct outcome *outcome);
/*
 * Called after a surplus reply. Treats each recipient as its `on_surplus` says:
 * the outcome is copied to it, or its refusal becomes a delay. is_taken: the
 * server may have accepted the content for some recipient. True if the outcome
 * was copied to any recipient.
 */
bool envelope_doubt(
    struct envelope *envelope, const struct outcome *outcome, bool is_taken);

#endif
