/* Reads the configuration of msmtp 1.8: ~/.msmtprc or /etc/msmtprc. */
#ifndef IMPORT_MSMTPRC_H
#define IMPORT_MSMTPRC_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "import/import_file.h"
#include "import/translation.h"

/* Whether most lines of the text are settings of msmtp. */
bool msmtprc_is_like(struct span text);
bool msmtprc_read(const struct import_source *source,
    struct translation *translation, struct error *err);

#endif
