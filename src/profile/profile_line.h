/*
 * The lines of a configuration file: LF or CRLF, comments left out, a last
 * backslash joins the next line; and where each octet of them stood.
 */
#ifndef PROFILE_PROFILE_LINE_H
#define PROFILE_PROFILE_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "profile/profile_file.h"

struct line_piece {
	size_t offset; /* of its first octet in the joined text */
	size_t line;
};

struct line_reader {
	const char *file; /* borrowed */
	struct span rest; /* borrowed: what is not read yet */
	size_t line;	  /* the number of the last one read */
	struct buf text;  /* the joined line; wiped */
	struct line_piece *pieces;
	size_t count;
};

enum line_result { LINE_READ, LINE_END, LINE_BAD };

void line_reader_init(struct line_reader *reader, const char *file);
void line_reader_free(struct line_reader *reader);
/* Refuses controls but TAB and line ends in all that is to be read. */
bool line_reader_check(struct line_reader *reader, struct error *err);
/* The next line into reader->text; a comment gives an empty one. */
enum line_result line_next(struct line_reader *reader, struct error *err);
/* The place of the backslash that joins the first line to the next. */
struct place line_first_end(const struct line_reader *reader);
/* The place where `part`, a part of reader->text, begins. */
struct place line_place(const struct line_reader *reader, struct span part);

#endif
