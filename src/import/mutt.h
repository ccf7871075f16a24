/*
 * What mutt and neomutt need to send mail by SMTP themselves: the muttrc, and
 * the accounts that its hooks choose.
 */
#ifndef IMPORT_MUTT_H
#define IMPORT_MUTT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "import/import_file.h"

bool mutt_is_like(struct span text);
bool mutt_read(const struct import_source *source,
    struct translation *translation, struct error *err);

#endif
