/* The source of --batch, which may be an mbox, a Maildir or another folder. */
#ifndef COMPOSE_BATCH_H
#define COMPOSE_BATCH_H

#include "compose/mail_source.h"

/*
 * Opens what the path names; "-" is an mbox on standard input. *source is all
 * zero before. False, with err; then there is nothing to free.
 */
bool batch_open(
    struct mail_source *source, const char *path, struct error *err);

#endif
