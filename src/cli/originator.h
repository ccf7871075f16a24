/*
 * Who sends: the reverse-path and, where a From must be made, its mailbox and
 * display name; by option, profile, header and user, in that order.
 */
#ifndef CLI_ORIGINATOR_H
#define CLI_ORIGINATOR_H

#include <stdbool.h>

#include "address/alias.h"
#include "base/buf.h"
#include "base/error.h"
#include "cli/options.h"
#include "message/message.h"
#include "profile/profiles.h"

struct originator {
	/* Given, and borrowed: */
	struct aliases *aliases; /* what local names stand for */
	const char *user;	 /* who sends, in full-name; NULL: the caller */
	/* Found: */
	char *reverse_path; /* wire form; "" is the null reverse-path */
	char *from_path;    /* for a From that must be made; NULL: none */
	char *from_name;    /* for that From, or for one that has no name */
	char *id_domain;    /* for a Message-ID that must be made */
	char *domain;	    /* for bare names; NULL: none */
	char *replacement;  /* for a foreign From or Sender; NULL: none */
	struct buf notes;   /* on the addresses of the envelope, a line each */
};

/*
 * -f, else the profile's `sender`, else the first mailbox in the header of
 * Resent-Sender, Resent-From (newest block), Sender or From, else the user's
 * name at `domain` (which may be NULL). That name also stands in for a mailbox
 * of the header that is another local user.
 * With header-policy = provider a foreign one is replaced by `sender`.
 */
bool originator_find(struct originator *originator,
    const struct profile *profile, const struct options *options,
    const struct message *message, const char *domain, struct error *err);
void originator_free(struct originator *originator);
/*
 * What header-policy = provider does to a reverse-path: one that is neither
 * the `sender` nor matched becomes the sender; the null one stays.
 */
bool originator_replace(char **reverse_path, const struct profile *profile,
    const char *domain, struct error *err);
/* profile_choice_make by -f and by the header of message (NULL: not read yet).
 */
bool originator_choose_profile(struct profile *profile,
    const struct profiles *profiles, const struct options *options,
    const struct message *message, struct error *err);

#endif
