/* Whom another program names as the author of the mail that it sends. */
#ifndef IMPORT_FOREIGN_AUTHOR_H
#define IMPORT_FOREIGN_AUTHOR_H

#include "base/text.h"
#include "import/import_profile.h"

/*
 * Sets `sender`, `full-name` and, in a profile with a name, `match` to those of
 * the first address in a list such as "Alice <alice@example.com>".
 */
void foreign_author_translate(
    struct import_profile *profile, struct span list, const char *keys);
/* Sets `full-name`. */
void foreign_author_set_name(
    struct import_profile *profile, struct span name, const char *keys);
/* Sets only `sender`, to the first address. */
void foreign_author_set_sender(
    struct import_profile *profile, struct span list, const char *keys);

#endif
