/* The configuration of s-nail, and of its predecessors nail and mailx. */
#ifndef IMPORT_S_NAIL_H
#define IMPORT_S_NAIL_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "import/import_file.h"

bool s_nail_is_like(struct span text);
/* Each account becomes a profile, and what is outside of them "default". */
bool s_nail_read(const struct import_source *source,
    struct translation *translation, struct error *err);

#endif
