/*
 * The configuration of ssmtp: ssmtp.conf, and the file revaliases beside it,
 * which gives a user another address and mail server.
 */
#ifndef IMPORT_SSMTP_H
#define IMPORT_SSMTP_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "import/import_file.h"

bool ssmtp_is_like(struct span text);
bool ssmtp_read(const struct import_source *source,
    struct translation *translation, struct error *err);

#endif
