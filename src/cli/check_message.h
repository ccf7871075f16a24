/*
 * --check-message: prints what would be changed in a message on its way, and
 * what strict servers refuse in it, a line for each thing. Nothing is
 * connected.
 */
#ifndef CLI_CHECK_MESSAGE_H
#define CLI_CHECK_MESSAGE_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/prepare.h"

/* `wants_diff`: the changes as a diff; in text, nothing else. */
bool check_message_print(const struct prepared *prepared,
    enum report_form form, bool wants_diff, struct error *err);

#endif
