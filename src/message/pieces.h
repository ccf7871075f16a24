/*
 * A body made of pieces, one after the other: texts in memory, files that are
 * read where they lie each time that the body is sent, and storages. A piece is
 * sent as it is or in base64. The size of a base64 piece, and all other facts
 * that choose how it is sent, are computed without reading it.
 */
#ifndef MESSAGE_PIECES_H
#define MESSAGE_PIECES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "message/scan.h"
#include "message/storage.h"

struct pieces; /* opaque */

enum piece_form {
	PIECE_AS_IT_IS, /* line ends become CRLF when it is sent */
	/*
	 * Lines of 76 characters with CRLF between them. The last line has no
	 * line end, which the next piece must begin with.
	 */
	PIECE_BASE64,
};

struct pieces *pieces_new(void);
/* NULL does nothing. Closes the files. */
void pieces_free(struct pieces *pieces);
/* Adds a text, which is copied. Texts that follow each other are one piece. */
void pieces_add_text(struct pieces *pieces, struct span text);
/*
 * Adds a regular file as storage_open opens it; it stays open until
 * pieces_free. False with an error as there, or ERROR_DATA if the body becomes
 * too large to count its octets.
 */
bool pieces_add_file(struct pieces *pieces, const char *path, size_t folder,
    enum piece_form form, struct error *err);
/*
 * Adds a storage after storage_end. The pieces take over its contents, and
 * *storage is empty afterwards.
 */
void pieces_add_storage(
    struct pieces *pieces, struct storage *storage, enum piece_form form);

/*
 * For message_make: turns an empty storage into one that stands on these
 * pieces, which it then owns, and scans them. False as for message_make.
 */
bool pieces_scan(struct pieces *pieces, struct storage *body, struct scan *scan,
    struct error *err);

#endif
