/*
 * Long text broken into lines: for the fields and the sentences of a
 * notification.
 */
#ifndef SPOOL_FOLD_H
#define SPOOL_FOLD_H

#include "base/buf.h"
#include "base/text.h"

/*
 * Adds the words of a text to the last line of `out`, with single blanks
 * between them. Where a line would have more than 72 octets, CRLF and `indent`
 * begin a new one. A word too long for any line (RFC 5322 section 2.1.1) is
 * broken between two characters. The caller has masked the text.
 */
void fold_add(struct buf *out, struct span text, const char *indent);
/* The same, but blanks stay as they are: for addresses and identifiers. */
void fold_add_whole(struct buf *out, struct span text, const char *indent);

#endif
