/*
 * Who and where the caller is: parts of profile.h's promises (home directory,
 * mail name, sender) that the settings table needs too. Identity comes from
 * the user id, never from USER or LOGNAME.
 */
#ifndef PROFILE_IDENTITY_H
#define PROFILE_IDENTITY_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"

/* What %u, %h and %m stand for; NULL: not known. */
struct sender_words {
	const char *user, *host, *mail_name; /* borrowed */
};

/* False if % stands before another letter or before a word not known. */
bool sender_expand(struct span sender, const struct sender_words *words,
    struct buf *out);
/* Whether the path is a directory that belongs to the caller. */
bool directory_is_own(const char *path);
/* folder/name; caller frees. */
char *path_join(const char *folder, const char *name);

#endif
