/*
 * Finds the structure of a message (RFC 2046), whose body arrives in blocks:
 * each entity with its header, its place and the facts about its content. The
 * limits below bound memory and time: an entity that exceeds one of them
 * becomes a single leaf marked is_opaque, which must not be edited.
 */
#ifndef MESSAGE_MIME_H
#define MESSAGE_MIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/utf8.h"
#include "message/document_charset.h"
#include "message/mime_field.h"

#define MIME_DEPTH_MAX 64
#define MIME_PARTS_MAX 10000
#define MIME_HEADER_MAX ((size_t)1024 * 1024) /* of one part */

struct mime_facts {
	uint64_t octets; /* without line ends */
	uint64_t quoted; /* octets that quoted-printable must quote */
	uint64_t longest_line;
	bool has_eight_bit, has_nul;
	bool is_utf8;
};

enum mime_kind {
	MIME_LEAF,
	MIME_COMPOSITE, /* a header; its body consists of other entities */
	MIME_FILLER,	/* text before the first part or after the last */
};

/* All offsets are offsets in the body as it was read. */
struct mime_entity {
	enum mime_kind kind;
	size_t number; /* 0: the message itself */
	size_t depth;  /* how many entities enclose it */
	struct mime_content content;
	struct span header; /* CRLF lines; not of fillers */
	uint64_t header_from, header_to;
	bool header_is_open; /* the body begins without an empty line */
	uint64_t from, to;
	struct mime_facts facts; /* of the body; not of composites */
	/* For leaves: what document_charset_find found; "" if nothing. */
	char document_charset[CHARSET_NAME_MAX + 1];
	bool is_signed;	       /* a signature covers it */
	bool is_enclosed;      /* it is part of a message in the message */
	bool is_opaque;	       /* it exceeds a limit */
	bool is_message;       /* its header is that of a message */
	bool is_unparted;      /* a multipart without any part */
	bool has_odd_boundary; /* a multipart whose parts cannot be found */
};

/* `see` is called for every entity, in the order of their offsets. */
struct mime_sink {
	void (*see)(void *context, const struct mime_entity *entity);
	void *context; /* borrowed */
};

/*
 * Adds an entity to a sum over the structure of a message (0 at first): the
 * types of its entities, their order and depth. Two messages with the same sum
 * have the same structure.
 */
uint64_t mime_outline_add(uint64_t sum, const struct mime_entity *entity);

struct mime; /* opaque */

/* For a message with this header section, which is borrowed; caller frees. */
struct mime *mime_new(struct span header, const struct mime_sink *sink);
/* Takes the next block of the body. */
void mime_take(struct mime *mime, struct span block);
/*
 * Takes `size` octets, complete lines of BASE64_LINE octets of base64, without
 * reading them. False, and nothing is taken, if they must be read, because this
 * is not the beginning of a line in a body.
 */
bool mime_skip_lines(struct mime *mime, uint64_t size);
/* Ends the body: passes the entities that are still open to the sink. */
void mime_end(struct mime *mime);
void mime_free(struct mime *mime);

#endif
