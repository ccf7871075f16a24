/*
 * Content ids of inline parts (RFC 2392). HTML names a part as "cid:NAME"; each
 * such URL is rewritten to the Content-ID of the part.
 */
#ifndef COMPOSE_CONTENT_ID_H
#define COMPOSE_CONTENT_ID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

struct content_ids {
	struct content_id *list; /* owned */
	size_t count;
};

void content_id_free(struct content_ids *ids);
/*
 * Adds the id of a part that the HTML calls `name`, and returns it without
 * angle brackets: NAME@domain, where octets that an id cannot have are "_",
 * with a number where other names might become the same; or `name` itself if it
 * has an "@". Valid until content_id_free.
 */
const char *content_id_add(
    struct content_ids *ids, const char *name, const char *domain);
/* False, with ERROR_USAGE, if two parts have the same name or id. */
bool content_id_check(struct content_ids *ids, struct error *err);
/*
 * Adds the HTML with its URLs rewritten, after content_id_check. A URL ends at
 * the quote that begins it, else at a blank, quote, bracket or ">", or at a
 * comma or "#". Its percent-encoding and the entity &amp; are decoded to find
 * the name, which may also be in the charset of the locale.
 */
void content_id_rewrite(
    const struct content_ids *ids, struct span html, struct buf *out);

#endif
