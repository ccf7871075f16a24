/*
 * The list of the queue: as mailq prints it, in a form that other programs
 * read, and as --queue-list prints it. Nothing is locked or written. The exit
 * status is 0 if everything could be read.
 */
#ifndef CLI_QUEUE_LIST_H
#define CLI_QUEUE_LIST_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"

/* -bp and mailq: the form of Postfix, and a line more. */
bool queue_list_print_mailq(const struct options *options,
    struct mode_result *result, struct error *err);
/* --queue-list: a line for each mail, with TAB or as JSON. */
bool queue_list_print(const struct options *options, struct mode_result *result,
    struct error *err);

#endif
