/*
 * Envelope files written anew, without the records that later ones have made
 * outdated. Only text is handled here; claim.c writes the file.
 */
#ifndef SPOOL_COMPACTION_H
#define SPOOL_COMPACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "spool/waiting.h"

/*
 * Whether the file is over 1 MiB and twice as long as its head, or takes long
 * to read.
 */
bool compaction_is_due(const struct waiting *waiting);
/*
 * Adds the new text of the file: its head as it is, the records that still say
 * something, and a last one, `rewritten`, with the time `now`. Reading it gives
 * the same facts. `text` is the file that waiting_read has read. *sum is the
 * checksum for the next record.
 */
void compaction_make(struct buf *out, uint32_t *sum,
    const struct waiting *waiting, struct span text, int64_t now);

#endif
