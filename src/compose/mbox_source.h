/* An mbox, a file or on standard input, as a source of mails. */
#ifndef COMPOSE_MBOX_SOURCE_H
#define COMPOSE_MBOX_SOURCE_H

#include "compose/mail_source.h"

/*
 * Opens the mbox and finds its mails; "-" is standard input. A regular file is
 * not copied: its mails are read where they lie, except those with quoted
 * lines. False, with err; then there is nothing to free.
 */
bool mbox_source_open(
    struct mail_source *source, const char *path, struct error *err);

#endif
