/*
 * --check-message: prints what would be done to a message on its way, a line
 * for each thing, and nothing else. Nothing is connected.
 */
#ifndef CLI_CHECK_MESSAGE_H
#define CLI_CHECK_MESSAGE_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/prepare.h"

/* ERROR_DATA only where no server could be given the message. */
bool check_message_print(const struct prepared *prepared,
    enum report_form form, struct error *err);

#endif
