/* The configuration of esmtp: esmtprc. */
#ifndef IMPORT_ESMTP_H
#define IMPORT_ESMTP_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "import/import_file.h"

bool esmtp_is_like(struct span text);
bool esmtp_read(const struct import_source *source,
    struct translation *translation, struct error *err);

#endif
