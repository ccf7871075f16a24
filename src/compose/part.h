/*
 * A part of a message that is being composed: a text, or a file that is
 * attached or shown inline.
 */
#ifndef COMPOSE_PART_H
#define COMPOSE_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

struct storage;

/* Where the octets of a part come from. */
enum part_source {
	PART_NONE,    /* there is no such part */
	PART_TEXT,    /* `text` */
	PART_FILE,    /* the file `file`; "-" is standard input */
	PART_STORAGE, /* `storage`, which was completed by storage_end */
	PART_EDITOR,  /* what the user writes in an editor */
};

struct part {
	enum part_source source;
	struct span text;	 /* borrowed */
	struct storage *storage; /* borrowed; empty once it was taken */
	char *file;		 /* owned, as are the next three */
	char *type; /* the value of Content-Type; NULL: by name or content */
	char *name; /* the name that recipients see; NULL: that of the file */
	char *id;   /* inline: what "cid:" in the HTML names; NULL: name */
	size_t folder; /* 0, or file_open_below opens the file with it */
};

void part_free(struct part *part);
bool part_is_input(const struct part *part); /* standard input */
/* The name of the source in errors, masked; caller frees. */
char *part_shown(const struct part *part);

struct part_limits {
	uint64_t memory_max; /* for storage_init */
	uint64_t max_size;   /* in octets; 0: no limit */
};

/*
 * Puts the octets into `storage`, which this call initialises and the caller
 * frees in any case: copied, or as a source that stands on the file *fd, which
 * the caller closes after it; -1: there is none. False on failure:
 *   ERROR_DATA       a stream is larger than max_size
 *   ERROR_NO_INPUT   the file cannot be read or is not regular; the editor
 *                    failed or its text is empty
 *   ERROR_IO, ERROR_CREATE, ERROR_TEMPORARY as for message_read
 */
bool part_read(const struct part *part, struct storage *storage, int *fd,
    const struct part_limits *limits, struct error *err);

#endif
