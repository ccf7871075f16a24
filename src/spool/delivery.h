/*
 * One attempt to send a mail of the queue: what a submission needs for it, and
 * the records of its outcome. A record is on disk before the end of the content
 * is sent, and every outcome before the next step. Nothing is written about a
 * mail while only its server or the login fails.
 */
#ifndef SPOOL_DELIVERY_H
#define SPOOL_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "smtp/submission.h"
#include "spool/claim.h"
#include "spool/run.h"
#include "spool/runner_settings.h"

struct delivery {
	/* Given by the caller: */
	struct claim claim; /* taken; owned from then on */
	const struct profile *profile;
	const struct runner_settings *settings;
	const struct run_observer *observer;
	/*
	 * Send a notification from the address of its recipient, since the
	 * server refuses the null reverse-path.
	 */
	bool from_sender;
	/* For the submission: */
	struct submission submission;
	struct envelope envelope; /* the open recipients of the mail */
	struct letter letter;
	struct plan plan;
	/* Direct delivery: the part that has sessions, as the journal's. */
	struct envelope *part;
	const size_t *members;
	size_t *part_who; /* for each of the part, as `who` */
	bool wants_copy; /* a sent copy, since nobody has had the mail so far */

	/* What came of it: */
	int error; /* errno of a record that could not be written; 0 */
	size_t sent, failed, delayed, doubted; /* recipients */
	bool is_unasked;		       /* no server was asked */
	bool is_put_off; /* 4yz for all of them, at MAIL or for the content */
	bool is_lost;	 /* the session was lost in its transaction */
	/*
	 * The server refused the null reverse-path of a notification. That is
	 * not recorded; it is to be tried once more with from_sender.
	 */
	bool wants_sender;
	/*
	 * An outcome that is the server's or the login's trouble, and so is in
	 * no record; ACTION_NONE: there is none.
	 */
	struct outcome trouble;

	/* For delivery.c only: */
	struct message *message;
	struct plan seven_bit, utf8;
	struct signing signing;
	struct journal journal;
	size_t *who; /* the indexes of the recipients in the mail */
	struct delivery_mark *marks;
	size_t recorded; /* before this recipient nothing is left to record */
	bool is_told;	 /* that it may be a duplicate */
	bool is_begun;	 /* `try` is written, or among the next records */
	int64_t next;
};

enum delivery_result {
	DELIVERY_READY,
	/*
	 * No server is asked: the content cannot be sent, or filter-command
	 * did not filter it. The recipients have outcomes; delivery_end
	 * follows.
	 */
	DELIVERY_SETTLED,
	DELIVERY_LEFT, /* not this time: *err says why */
};

/*
 * Reads and plans the message, and sets aside room for the records. In every
 * case delivery_free follows.
 */
enum delivery_result delivery_prepare(
    struct delivery *delivery, struct error *err);
/*
 * After the submission: records what its journal has not recorded, and counts
 * the outcomes. False: delivery->error says why a record is not on disk.
 */
bool delivery_end(struct delivery *delivery, int64_t now);
/* Frees everything, and unlocks the mail. */
void delivery_free(struct delivery *delivery);

#endif
