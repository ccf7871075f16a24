/* What an extension of a server means, in a few words for people. */
#ifndef CLI_EXTENSION_TEXT_H
#define CLI_EXTENSION_TEXT_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Adds the meaning of a line of a reply to EHLO, "SIZE 35882577", without its
 * code. False, and nothing is added, if the extension is unknown.
 */
bool extension_text_add(struct buf *out, struct span line);

#endif
