/*
 * Who sends: the reverse-path and, where a From must be made, its mailbox and
 * display name; by option, profile, header and user, in that order.
 */
#ifndef CLI_ORIGINATOR_H
#define CLI_ORIGINATOR_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"
#include "mail/message.h"
#include "profile/profile.h"

struct originator {
	char *reverse_path; /* wire form; "" is the null reverse-path */
	char *from_path;    /* for a From that must be made; NULL: none */
	char *from_name;    /* NULL: none */
	char *id_domain;    /* for a Message-ID that must be made */
};

/*
 * -f, else the profile's `sender`, else the header's Sender, else the first
 * mailbox of From, else the user's name at `domain` (which may be NULL).
 */
bool originator_find(struct originator *originator,
    const struct profile *profile, const struct options *options,
    const struct message *message, const char *domain, struct error *err);
void originator_free(struct originator *originator);
/* profile_choose by -f and by the header of message (NULL: not read yet). */
bool originator_choose_profile(struct profile *profile,
    const struct profiles *profiles, const struct options *options,
    const struct message *message, struct error *err);

#endif
