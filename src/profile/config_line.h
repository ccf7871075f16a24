/*
 * The lines of a configuration file: they end in LF or CRLF, a last backslash
 * joins the next line, and a line that begins with # is a comment. Each octet
 * of a joined line can be traced back to its place in the file.
 */
#ifndef PROFILE_CONFIG_LINE_H
#define PROFILE_CONFIG_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

#define CONFIG_FILE_MAX ((size_t)1024 * 1024)

struct place {
	const char *file;    /* or an option or variable; borrowed */
	size_t line, column; /* from 1, in octets; line 0: in no file */
	bool is_environment; /* line 0: a variable, not an option */
};

struct line_piece {
	size_t offset; /* of its first octet in the joined text */
	size_t line;
};

struct line_reader {
	const char *file; /* borrowed */
	struct span rest; /* borrowed: the text not read yet */
	size_t line;	  /* the number of the last one read */
	struct buf text;  /* the joined line; wiped */
	struct line_piece *pieces;
	size_t count;
};

enum line_result { LINE_READ, LINE_END, LINE_BAD };

/*
 * Begins to read `text` (borrowed), the content of `file` (borrowed). False
 * with ERROR_CONFIG if a control character other than TAB and line ends is in
 * it. Free the reader in either case.
 */
bool config_lines_begin(struct line_reader *reader, const char *file,
    struct span text, struct error *err);
/*
 * Reads the next line into reader->text; a comment gives an empty one.
 * LINE_BAD sets ERROR_CONFIG.
 */
enum line_result config_lines_next(
    struct line_reader *reader, struct error *err);
void config_lines_free(struct line_reader *reader);

/* The place where `part`, a part of reader->text, begins. */
struct place config_line_place(
    const struct line_reader *reader, struct span part);
/* The place of the backslash that joins the first line to the next. */
struct place config_line_first_end(const struct line_reader *reader);
/* Adds "FILE:LINE", or the name of the option or variable. */
void config_line_add_place(struct place place, struct buf *out);
/*
 * Puts the place in front of the error's text. The kind becomes ERROR_CONFIG,
 * or for an option ERROR_USAGE. Always false.
 */
bool config_line_refuse(struct place place, struct error *err);

#endif
