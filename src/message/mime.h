/*
 * The structure of a message (RFC 2046), found while its body passes in
 * pieces: the leaves with their headers, where they lie and what is in them.
 * Iterative and bounded: what is nested deeper, or has more parts, is one
 * leaf that nobody may touch.
 */
#ifndef MESSAGE_MIME_H
#define MESSAGE_MIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/utf8.h"
#include "message/document_charset.h"
#include "message/mime_field.h"

#define MIME_DEPTH_MAX 64
#define MIME_PARTS_MAX 10000
#define MIME_HEADER_MAX ((size_t)1024 * 1024) /* of one part */

struct mime_facts {
	uint64_t octets; /* without line ends */
	uint64_t quoted; /* those that quoted-printable must quote */
	uint64_t longest_line;
	bool has_eight_bit, has_nul;
	bool is_utf8;
};

enum mime_kind {
	MIME_LEAF,
	MIME_COMPOSITE, /* a header whose body is made of others */
	MIME_FILLER,	/* before the first part or behind the last */
};

/* Offsets are those of the body as it was read. */
struct mime_entity {
	enum mime_kind kind;
	size_t number; /* 0: the message itself */
	size_t depth;  /* how many enclose it */
	struct mime_content content;
	struct span header; /* CRLF lines; not of fillers */
	uint64_t header_from, header_to;
	bool header_is_open; /* the body begins without an empty line */
	uint64_t from, to;
	struct mime_facts facts; /* of the body; not of composites */
	/* What a document says of itself; "": nothing. Leaves only. */
	char document_charset[CHARSET_NAME_MAX + 1];
	bool is_signed;	       /* under a signature */
	bool is_enclosed;      /* in a message that this one encloses */
	bool is_opaque;	       /* beyond a bound */
	bool is_message;       /* its header is that of a message */
	bool is_unparted;      /* a multipart in which no part begins */
	bool has_odd_boundary; /* a multipart whose parts cannot be found */
};

/* Told of every entity in the order of their offsets. */
struct mime_sink {
	void (*see)(void *context, const struct mime_entity *entity);
	void *context; /* borrowed */
};

/*
 * Adds an entity to a sum over the structure of a message: which entities
 * there are, of which types, in which order and depth. Two messages with the
 * same sum have the same entities.
 */
uint64_t mime_outline_add(uint64_t sum, const struct mime_entity *entity);

struct mime; /* opaque */

/* Borrows the header. */
struct mime *mime_new(struct span header, const struct mime_sink *sink);
void mime_take(struct mime *mime, struct span block);
void mime_end(struct mime *mime);
void mime_free(struct mime *mime);

#endif
