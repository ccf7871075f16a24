/*
 * Notifications about mail in the queue (RFC 3461, RFC 3464): whether one is
 * made, about which recipients, and what it is made of. This is the one place
 * that forbids notifications about notifications, by their kind and not by
 * their null reverse-path alone. notification_message.h writes them.
 */
#ifndef SPOOL_NOTIFICATION_H
#define SPOOL_NOTIFICATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "profile/profile.h"
#include "spool/waiting.h"

enum notification_need {
	NOTIFICATION_UNWANTED, /* nobody is to be told */
	NOTIFICATION_WANTED,
	/*
	 * The sender should learn of a failure and cannot be told: the mail has
	 * a null reverse-path, or is a notification. It belongs in `dead`.
	 */
	NOTIFICATION_FORBIDDEN,
};

/*
 * Whether the event of a mail makes a notification. If it is wanted, *who are
 * the indexes of the recipients that it is about, in ascending order, which the
 * caller frees; else *who is NULL. Recipients that an earlier notification told
 * of are left out, and so are those whose NOTIFY does not ask for the event. A
 * delay is told only if NOTIFY has DELAY, and once.
 */
enum notification_need notification_choose(const struct waiting *about,
    enum notification_event event, size_t **who, size_t *count);

/* What a notification is made of; all of it is borrowed. */
struct notification {
	enum notification_event event;
	const struct waiting *about;
	const size_t *who; /* from notification_choose */
	size_t count;
	int content;	       /* ID.eml, open for reading; stays where it is */
	const char *sender;    /* an address for From; NULL: the reverse-path */
	const char *ehlo_name; /* NULL: localhost */
	const struct profile *profile; /* for hints; NULL: none are given */
	const struct server *server;   /* the last one asked; NULL: not known */
	/* For recipients that no attempt got to, since the server or the login
	 * was in trouble: what that was; NULL: not known. */
	const struct outcome *trouble;
	bool server_has_utf8; /* it is known to offer SMTPUTF8 */
	int64_t now;	      /* seconds since 1970 */
	int64_t clock;	      /* the spool's clock, for the new mail's age */
	int64_t retry_until;  /* of NOTIFICATION_DELAYED; 0: not known */
};

/* The recipient at that place of `who`. */
const struct recipient *notification_recipient(
    const struct notification *notification, size_t i);
/* Its own outcome or, where there is none, the trouble. */
const struct outcome *notification_outcome_of(
    const struct notification *notification, const struct recipient *recipient);
/*
 * What became of a recipient. The event is that of the whole notification, but
 * a recipient that failed before the lifetime was over did not expire.
 */
enum notification_event notification_event_of(
    const struct notification *notification, const struct recipient *recipient);
/* The status of a recipient (RFC 3463): the server's, else by the cause. */
struct status notification_status_of(
    const struct notification *notification, const struct recipient *recipient);
/*
 * Whether it has the form of RFC 6533: an address in it is not ASCII, and the
 * server is known to take such mail.
 */
bool notification_is_global(const struct notification *notification);
/* Whether all addresses and replies in it are ASCII. */
bool notification_is_ascii(const struct notification *notification);
/* The host that was asked last; empty if it is not known. */
struct span notification_host(const struct notification *notification);

#endif
