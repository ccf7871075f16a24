/*
 * A part of a composed message that has no parts itself: the fields that
 * describe it (RFC 2045), and its octets in the form in which they are sent.
 */
#ifndef COMPOSE_LEAF_H
#define COMPOSE_LEAF_H

#include <stdbool.h>

#include "compose/content_id.h"
#include "compose/file_type.h"
#include "compose/part.h"
#include "message/pieces.h"

struct leaf {
	struct buf fields; /* CRLF lines; no empty line at their end */
	bool is_eight_bit; /* it has octets above 127 as it is sent */
	const char *file;  /* read where it lies; borrowed; NULL: `storage` */
	size_t folder;	   /* of the file, as in struct part */
	struct storage storage;
	enum piece_form form;
};

/* What all leaves of a message share. */
struct leaf_context {
	struct file_types *types; /* borrowed, as are the ids */
	struct content_ids *ids;  /* of the inline parts */
	char *id_domain;	  /* owned */
	struct part_limits limits;
};

void leaf_free(struct leaf *leaf);
/* Makes the text, or the HTML, which gets the content ids of inline parts. */
bool leaf_make_text(struct leaf *leaf, const struct part *part, bool is_html,
    const struct leaf_context *context, struct error *err);
/* Makes an attached file, or an inline one, whose content id is added. */
bool leaf_make_file(struct leaf *leaf, const struct part *part, bool is_inline,
    const struct leaf_context *context, struct error *err);
/* Adds its octets to a body, which takes the storage of the leaf. */
bool leaf_add(struct leaf *leaf, struct pieces *pieces, struct error *err);

#endif
