/*
 * The settings of nullmailer: a folder of small files, /etc/nullmailer, or its
 * file `remotes` alone, beside which the others are read.
 */
#ifndef IMPORT_NULLMAILER_H
#define IMPORT_NULLMAILER_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "import/import_file.h"
#include "import/translation.h"

/* Whether a text is a file `remotes`. */
bool nullmailer_is_like(struct span text);
bool nullmailer_read(const struct import_source *source,
    struct translation *translation, struct error *err);

#endif
