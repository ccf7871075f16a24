/* The modes that a letter after sendmail's -b selects: -bs, -bp. */
#ifndef CLI_MODE_LETTER_H
#define CLI_MODE_LETTER_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/mode.h"

/* Finds the mode of -b followed by `rest`; false, with err: refused. */
bool mode_letter_find(const char *rest, enum mode *mode, struct error *err);

#endif
