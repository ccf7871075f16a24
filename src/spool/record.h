/*
 * What is written to an envelope file: the head of a new mail, and records.
 * The functions add lines to a buf, which the caller writes; they open no file.
 */
#ifndef SPOOL_RECORD_H
#define SPOOL_RECORD_H

#include <stdint.h>

#include "spool/waiting.h"

/* This many recipients fit into one record, however they are numbered. */
#define RECORD_RECIPIENTS_MAX 8000

/* Adds the head: the first part of *waiting and the envelope's paths. */
void record_add_head(struct buf *out, struct waiting *waiting);

/*
 * Records. Each adds one line to `out` and changes the facts of *waiting as
 * reading it would. `now` is in seconds since 1970.
 */
/* An attempt begins, by this process. */
void record_add_try(struct buf *out, struct waiting *waiting, int64_t now,
    unsigned long pid, const char *host);
/*
 * The end of a content goes to this server next; `who` has the indexes of those
 * whom it is for, in ascending order. count 0: for all that are open.
 */
void record_add_doubt(struct buf *out, struct waiting *waiting, int64_t now,
    const char *server, const size_t *who, size_t count);
/*
 * Whether one record can stand for both outcomes. Of more than 1,000 recipients
 * those with equal codes share a text, and only its beginning is kept.
 */
bool record_is_shared(const struct waiting *waiting, const struct outcome *a,
    const struct outcome *b);
/*
 * The outcome of these recipients; indexes into envelope.recipients, in
 * ascending order. Of very many it is more than one line.
 */
void record_add_result(struct buf *out, struct waiting *waiting, int64_t now,
    const size_t *who, size_t count, const struct outcome *outcome);
/* When to try again; ends the doubt of those without a result. */
void record_add_next(
    struct buf *out, struct waiting *waiting, int64_t now, int64_t next);
void record_add_not_before(
    struct buf *out, struct waiting *waiting, int64_t now, int64_t moment);
/* A notification of the event, about these recipients, is made as *id next. */
void record_add_notification(struct buf *out, struct waiting *waiting,
    int64_t now, const struct id *id, enum notification_event event,
    const size_t *who, size_t count);
/*
 * The file is written anew; attempts and doubts so far. *sum is the checksum of
 * the new file so far.
 */
void record_add_rewritten(
    struct buf *out, uint32_t *sum, const struct waiting *waiting, int64_t now);
/*
 * The user `who` released it: it is tried again, and its lifetime begins anew
 * at this time of the spool's clock.
 */
void record_add_release(struct buf *out, struct waiting *waiting, int64_t now,
    const char *who, int64_t clock);
/*
 * The records of one word or none: "notified", "done"; "hold",
 * "removed" (by whom); "dead" (why); "profile" (where the mail goes from now
 * on).
 */
void record_add_word(struct buf *out, struct waiting *waiting, int64_t now,
    const char *keyword, const char *word);

#endif
