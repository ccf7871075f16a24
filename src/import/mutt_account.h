/*
 * One account of mutt: the variables that decide how it sends mail, translated
 * into a profile.
 */
#ifndef IMPORT_MUTT_ACCOUNT_H
#define IMPORT_MUTT_ACCOUNT_H

#include "import/import_profile.h"
#include "import/muttrc.h"

/* Whether smtp_url names a server. */
bool mutt_account_has_server(const struct muttrc *rc);
/* The host in smtp_url, of an account that has a server. Caller frees. */
char *mutt_account_host(const struct muttrc *rc);
/* The address of its sender; NULL: none is known. Caller frees. */
char *mutt_account_sender(const struct muttrc *rc);
/* Whether the account differs in more than the names in the header. */
bool mutt_account_is_changed(const struct muttrc *rc);
/* Whether both send alike. */
bool mutt_account_is_same(const struct muttrc *a, const struct muttrc *b);
/*
 * Fills the profile. Of the variables that become only a comment it takes those
 * of this scope, or with `all` those around it too.
 */
void mutt_account_translate(
    const struct muttrc *rc, bool all, struct import_profile *profile);

#endif
