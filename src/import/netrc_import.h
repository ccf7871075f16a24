/* The netrc file, which smtpost reads itself: profile/netrc.h. */
#ifndef IMPORT_NETRC_IMPORT_H
#define IMPORT_NETRC_IMPORT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "import/import_file.h"

bool netrc_import_is_like(struct span text);
bool netrc_import_read(const struct import_source *source,
    struct translation *translation, struct error *err);

#endif
