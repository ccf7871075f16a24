/*
 * A message that is made from its parts. No text of a composition may have a
 * line end, except those of the parts. The message is like one that was read:
 * no other part of the program can tell the difference.
 */
#ifndef COMPOSE_COMPOSITION_H
#define COMPOSE_COMPOSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "compose/part.h"

struct file_types;
struct header_edits;
struct message;
struct recipients;

/* Address lists of RFC 5322 in UTF-8, each of one or more addresses. */
struct address_texts {
	char **texts; /* owned, as is each text */
	size_t count;
};

struct composition {
	char *subject; /* UTF-8; owned; NULL: no such field */
	struct address_texts to, cc, bcc, reply_to;
	/* Recipients, and the field To if `to` is empty. */
	struct address_texts operands;
	struct part text, html;
	struct part *inlines, *attachments; /* owned */
	size_t inline_count, attachment_count;
	char *fields; /* more fields, as CRLF lines; owned; NULL: none */
};

void composition_free(struct composition *composition);
/* Adds a copy of a text to a list. */
void composition_add_addresses(struct address_texts *list, struct span text);
/* Adds a part, all zero, to `inlines` or `attachments`, and returns it. */
struct part *composition_add_inline(struct composition *composition);
struct part *composition_add_attachment(struct composition *composition);
/* Adds operands, To, Cc and Bcc to the envelope. False as recipients.h says. */
bool composition_add_recipients(const struct composition *composition,
    struct recipients *recipients, struct error *err);

/*
 * Finds the domain of the content ids. `header` is a message that has the
 * header of the one that is made. Returns NULL, with err, on failure; else the
 * caller frees the domain.
 */
struct id_domain {
	char *(*find)(
	    void *context, const struct message *header, struct error *err);
	void *context; /* borrowed */
};

struct composition_options {
	struct id_domain id_domain;	  /* without `find`: localhost */
	uint64_t memory_max;		  /* for storage_init */
	uint64_t max_size;		  /* in octets; 0: no limit */
	bool keeps_raw;			  /* for message_raw */
	const struct header_edits *edits; /* to make in the header, or NULL */
	/*
	 * Shared by several messages, so that the table of file types is read
	 * once; all zero at first; borrowed; NULL: not shared.
	 */
	struct file_types *types;
};

/*
 * Makes the message; the caller frees it. `composition` must live until then.
 * NULL on failure:
 *   ERROR_USAGE      two parts do not go together
 *   ERROR_DATA       an address list cannot be read, or the message is too
 *                    large
 *   ERROR_NO_INPUT   a file is missing, or not a regular file
 *   ERROR_IO, ERROR_CREATE, ERROR_TEMPORARY as message_read
 */
struct message *composition_make(const struct composition *composition,
    const struct composition_options *options, struct error *err);

/*
 * A message of the header alone, made before any text or file is read: to
 * choose a profile by it, and to find the sender. Errors as above.
 */
struct message *composition_make_header(const struct composition *composition,
    const struct composition_options *options, struct error *err);

#endif
