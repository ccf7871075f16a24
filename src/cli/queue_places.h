/*
 * The spools that the caller can see, and the mails in them with the reason why
 * each waits. A user sees those of that user, root those of everybody.
 */
#ifndef CLI_QUEUE_PLACES_H
#define CLI_QUEUE_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "cli/options.h"
#include "cli/queue_select.h"
#include <sys/types.h>

#include "profile/profiles.h"
#include "spool/reason.h"
#include "spool/spool_path.h"

struct queue_spool {
	struct spool_path path; /* its text owned */
	dev_t device;
	ino_t inode;
};

/* A mail that is shown; borrowed for the time of the call. */
struct queue_mail {
	const struct folder *folder;	 /* open */
	const struct queue_spool *spool; /* of queue_places.spools */
	const struct listing *listing;
	const struct reason_profile *profile;
	struct reason reason;
	int64_t now;   /* seconds since 1970 */
	int64_t clock; /* of the spool */
};

struct queue_profile; /* in queue_places.c */

struct queue_places {
	const struct options *options; /* borrowed */
	/* One is open at a time, since there may be as many as users. */
	struct queue_spool *spools;
	size_t count;
	int exit_status; /* of the worst trouble that was reported; 0: none */
	int64_t now;	 /* seconds since 1970 */
	struct profiles *profiles; /* NULL: the configuration is broken, */
	struct error config_error; /* and how */
	struct queue_profile
	    *known; /* the profiles of the spool that is open */
	size_t known_count;
};

/*
 * Finds the spools. What cannot be used is reported on standard
 * error, and so is a broken configuration; the rest is shown all the same.
 * False with ERROR_USAGE. Closed in any case.
 */
bool queue_places_open(struct queue_places *places,
    const struct options *options, struct error *err);
void queue_places_close(struct queue_places *places);
/*
 * The configuration as far as it names places: a server in the environment does
 * not make the files useless. NULL with *err; profiles_free follows.
 */
struct profiles *queue_places_load(
    const struct options *options, struct error *err);

/* Calls take for each mail that fits, in the order of arrival within a spool.
 */
void queue_places_each(struct queue_places *places, struct queue_select *select,
    void (*take)(void *context, const struct queue_mail *mail), void *context);
/*
 * Complains about each ID that was not found, or that no mail fits --where:
 * EX_NOINPUT, unless something else was wrong before.
 */
void queue_places_complain_missing(
    struct queue_places *places, const struct queue_select *select);
/* Prints the error, which makes the exit status that of its kind. */
void queue_places_complain(
    struct queue_places *places, const struct error *err);

#endif
