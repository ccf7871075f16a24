/*
 * The lines of an envelope file: words separated by one blank, and at the end "
 * #" and a checksum of this line and all before it. It shows where the complete
 * lines end, whatever a crash left behind them.
 */
#ifndef SPOOL_LINE_H
#define SPOOL_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Adds a word, after a blank unless the line begins at `from`. Blanks,
 * controls, "\" and "#" are written as \xHH. No word, or an empty one, is "-".
 */
void line_add(struct buf *out, size_t from, struct span word);
void line_add_number(struct buf *out, size_t from, uint64_t number);
/*
 * Ends the line that begins at `from`. *sum is the checksum of the lines
 * before it (0: there are none), and then the one of this line.
 */
void line_end(struct buf *out, size_t from, uint32_t *sum);

/*
 * Takes the next line, without its checksum. False at the end, and where the
 * line is torn or damaged: then *rest begins with it, and nothing in it counts.
 */
bool line_next(struct span *rest, uint32_t *sum, struct span *line);
/*
 * Takes the next word of a line and adds it to `word`; for "-" it adds nothing.
 * False at the end of the line, and where an octet is not escaped that must be.
 */
bool line_next_word(struct span *line, struct buf *word);

#endif
