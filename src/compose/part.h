/*
 * A part of a message that is being composed: a text, or a file that is
 * attached or shown inline.
 */
#ifndef COMPOSE_PART_H
#define COMPOSE_PART_H

#include <stddef.h>

#include "base/text.h"

struct storage;

/* Where the octets of a part come from. */
enum part_source {
	PART_NONE,    /* there is no such part */
	PART_TEXT,    /* `text` */
	PART_FILE,    /* the file `file`; "-" is standard input */
	PART_STORAGE, /* `storage`, which was completed by storage_end */
};

struct part {
	enum part_source source;
	struct span text;	       /* borrowed */
	const struct storage *storage; /* borrowed until message_free */
	char *file;		       /* owned, as are the next three */
	char *type; /* the value of Content-Type; NULL: by name or content */
	char *name; /* the name that recipients see; NULL: that of the file */
	char *id;   /* an inline part: what "cid:" in the HTML names; NULL: name
		     */
};

void part_free(struct part *part);

#endif
