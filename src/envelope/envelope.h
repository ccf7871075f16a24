/*
 * The envelope of RFC 5321: reverse-path and recipients, each with what the
 * server said of it and what became of it. Report, exit status and queue read
 * nothing else. Paths are in wire form without the angle brackets: checked,
 * the domain in A-labels, a local part beyond ASCII in UTF-8 (RFC 6531); an
 * empty reverse-path is the null reverse-path.
 */
#ifndef ENVELOPE_ENVELOPE_H
#define ENVELOPE_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "envelope/dsn.h"
#include "envelope/outcome.h"

/*
 * What becomes of an outcome when the session's server turns out to have sent
 * a reply too many, so that each reply may be that to another command.
 */
enum on_surplus {
	SURPLUS_CHANGES_NOTHING,
	SURPLUS_DEFERS, /* a refusal without content: it may be another's */
	SURPLUS_DOUBTS_IF_TAKEN, /* a refusal, unless nobody got the content */
	SURPLUS_DOUBTS,
};

struct recipient {
	char *forward_path;
	struct dsn_request dsn;
	struct reply rcpt_reply; /* the reply to its RCPT, if there was one */
	bool accepted;		 /* in the current transaction */
	enum on_surplus on_surplus;
	struct outcome outcome;
};

struct envelope {
	char *reverse_path;
	struct recipient *recipients;
	size_t count;
	char *envelope_id; /* for DSNs, as given; NULL: none */
	enum dsn_return dsn_return;
};

void envelope_recipient_free(struct recipient *recipient);
void envelope_free(struct envelope *envelope);
/*
 * Adds a recipient unless the mailbox is there already: local parts compare
 * octet by octet, domains case-blind. Fast for 100,000 of them when they come
 * through the same `struct envelope_index`; all-zero to begin with.
 */
struct envelope_index {
	size_t *slots, room;
};
bool envelope_add(struct envelope *envelope, struct envelope_index *index,
    const char *forward_path);
/* Has the recipient that was appended last found, too. */
void envelope_index_last(
    const struct envelope *envelope, struct envelope_index *index);
/* The recipient that envelope_add found there, or has added. */
struct recipient *envelope_find(const struct envelope *envelope,
    const struct envelope_index *index, const char *forward_path);
void envelope_index_free(struct envelope_index *index);

/* Whether the sender asked for anything about notifications (RFC 3461). */
bool envelope_asks_dsn(const struct envelope *envelope);
bool envelope_has_open(const struct envelope *envelope);
/* Settles every recipient that is open: the one end of a wider scope. */
void envelope_settle_open(
    struct envelope *envelope, const struct outcome *outcome);
/* Settles those accepted in this transaction and open. */
void envelope_settle_accepted(
    struct envelope *envelope, const struct outcome *outcome);
/* Replies and commands match so far: a later surplus changes nothing. */
void envelope_confirm(struct envelope *envelope);
/*
 * There was a surplus reply: those whom it concerns get the outcome, or their
 * refusal becomes a delay. is_taken: the server may have taken the content for
 * somebody. True if anybody got the outcome.
 */
bool envelope_doubt(
    struct envelope *envelope, const struct outcome *outcome, bool is_taken);

#endif
