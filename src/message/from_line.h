/*
 * The line "From " that begins a mail in an mbox: "From alice Mon Jan  5
 * 10:00:00 2026".
 */
#ifndef MESSAGE_FROM_LINE_H
#define MESSAGE_FROM_LINE_H

#include <stdbool.h>

#include "base/text.h"

/* Whether the line has a time of day, which a sentence hardly has. */
bool from_line_has_time(struct span line);

#endif
