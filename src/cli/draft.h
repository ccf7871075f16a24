/*
 * The message that the command line describes by --subject, --attach and the
 * like, instead of one that is read.
 */
#ifndef CLI_DRAFT_H
#define CLI_DRAFT_H

#include "cli/options.h"
#include "compose/composition.h"

/* False, with ERROR_USAGE, if other options do not go with such a message. */
bool draft_check(const struct options *options, struct error *err);
/* The same with --merge, for messages that are composed or read. */
bool draft_check_merge(const struct options *options, struct error *err);
/*
 * Fills a composition from the options; the caller frees it in any case. With
 * --run the caller has set subject and text before, otherwise it is all zero.
 * With --merge and a message as template it gets no text. False, with
 * ERROR_USAGE, if a value cannot be used.
 */
bool draft_fill(struct composition *composition, const struct options *options,
    struct error *err);

#endif
