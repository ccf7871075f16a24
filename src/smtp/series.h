/*
 * Several letters of one profile, one after the other in one session as far as
 * the server allows: one connection and one login for all of them. If the
 * server offers PIPELINING, the first commands of a letter travel in the flight
 * of the end of the letter before it (RFC 2920 section 3.1). A server that does
 * not take them there costs one letter a doubt at most: then each letter has a
 * flight of its own.
 *
 * The caller fills in a series and calls series_run. `next` hands out the
 * letters, and `done` takes each of them back, in the same order. A letter is
 * asked for before the one in front of it has come back, so at most four are
 * out at a time.
 *
 * A recipient of a letter that came back can have no outcome yet. Then the
 * letter is not the reason: series->trouble says what is, or a signal ended the
 * series (signals_caught). No mail was sent to that recipient.
 *
 * An outcome can depend on replies that are still to come: if the server sends
 * one too many, each may be that to another command. `done` and the journal are
 * called only when all replies of the flight have come and fit the commands.
 */
#ifndef SMTP_SERIES_H
#define SMTP_SERIES_H

#include <stdbool.h>
#include <stddef.h>

#include "smtp/mx_hosts.h"
#include "smtp/submission.h"

/* A letter; both borrowed until `done`. */
struct series_item {
	/*
	 * The caller sets submission->letter, perhaps with a journal; the
	 * series sets the rest and fills the record.
	 */
	struct submission *submission;
	struct envelope *envelope;
};

struct series {
	const struct profile *profile; /* borrowed */
	struct secret *secret;	       /* borrowed; NULL: no login */
	/* Of DKIM; NULL: no letter is signed. Borrowed. */
	const struct signing_keys *signing_keys;
	const struct observer *observer; /* borrowed; may be NULL */
	/* Fills *item. False: there is no further letter; not called again. */
	bool (*next)(void *context, struct series_item *item);
	/*
	 * The outcomes of the letter are certain. They were recorded before by
	 * its journal, if it has one.
	 */
	void (*done)(void *context, const struct series_item *item);
	/*
	 * The milliseconds until the next letter may begin; 0: at once. Then no
	 * letter is asked for ahead. NULL: letters need not wait.
	 */
	int64_t (*pause)(void *context);
	void *context;
	uint64_t
	    letters_max; /* in one session; 0: as many as the server takes */
	/*
	 * Each letter has a flight of its own. Set when the server turns out
	 * not to take MAIL right after a content; the caller keeps it for
	 * another series.
	 */
	bool lacks_flights;
	/*
	 * The hosts to which all letters go, since all open recipients are of
	 * one domain; borrowed. NULL: the servers of the profile.
	 */
	struct mx_hosts *hosts;

	/* A journal permits no further transaction of its envelope. */
	bool is_closed;
	/*
	 * Why the server, or the login, serves no letter at all; ACTION_NONE:
	 * there is no such trouble. No further letter was tried. `done` can set
	 * it too, which ends the series.
	 */
	struct outcome trouble;
};

/* The letter of a series that has one only. */
struct series_single {
	struct series_item item;
	bool is_out;
};

/* Sets next, done and context, which is `single`: borrowed. */
void series_set_single(struct series *series, struct series_single *single);
/* Submits letters until there are none or the series has trouble. */
void series_run(struct series *series);
/* Frees what is owned: the trouble. */
void series_free(struct series *series);
/*
 * Submits one letter alone, with the profile, secret and observer that stand in
 * the submission. Returns when every recipient is settled.
 */
void series_run_one(struct submission *submission, struct envelope *envelope);

#endif
