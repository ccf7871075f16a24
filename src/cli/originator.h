/*
 * The sender of a message: the reverse-path and, for a From field that must be
 * added, its mailbox and display name. They come from options, profile, header
 * or user, in that order.
 */
#ifndef CLI_ORIGINATOR_H
#define CLI_ORIGINATOR_H

#include <stdbool.h>

#include "address/alias.h"
#include "cli/options.h"
#include "message/message.h"
#include "profile/profiles.h"

struct originator {
	/* Given by the caller and borrowed: */
	struct aliases *aliases; /* the targets of local names */
	const char *user;	 /* for full-name; NULL: the caller */
	/* Found, and owned: */
	char *reverse_path; /* wire form; "" is the null reverse-path */
	char *from_path;    /* for a From that must be added; NULL: none */
	char *from_name;    /* for that From, or for one without a name */
	char *id_domain;    /* for a Message-ID that must be added */
	char *domain;	    /* for bare names; NULL: none */
	char *replacement;  /* for a foreign From or Sender; NULL: none */
	struct buf notes;   /* about addresses of the envelope, a line each */
};

/*
 * Finds everything. The reverse-path is -f, else `sender` of the profile, else
 * the first mailbox of Resent-Sender or Resent-From (newest block), Sender or
 * From, else the user's name at `domain`, which may be NULL. The user's name
 * also replaces another local user in the header. With header-policy =
 * provider, `sender` replaces an address that the caller may not use. False,
 * with err, if there is no sender that can be used.
 */
bool originator_find(struct originator *originator,
    const struct profile *profile, const struct options *options,
    const struct message *message, const char *domain, struct error *err);
void originator_free(struct originator *originator);
/*
 * Applies header-policy = provider to an owned reverse-path: unless it is null,
 * equal to `sender`, or matched by `match`, it becomes `sender`. ERROR_CONFIG
 * if no `sender` is set.
 */
bool originator_replace(char **reverse_path, const struct profile *profile,
    const char *domain, struct error *err);
/*
 * Chooses a profile by -P, -f and the header of the message; NULL: the message
 * is not read yet.
 */
bool originator_choose_profile(struct profile *profile,
    const struct profiles *profiles, const struct options *options,
    const struct message *message, struct error *err);

#endif
