/*
 * Splits a file into lines and remembers where each part of a joined line was
 * in the file. The meaning of a line is known only to config.c.
 */
#include "profile/config_line.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

static struct place
place_at(const struct line_reader *reader, size_t line, size_t offset)
{
	return (struct place){
	    .file = reader->file, .line = line, .column = offset + 1};
}

bool
config_line_refuse(struct place place, struct error *err)
{
	struct error cause = *err;
	char *file = utf8_masked(span_from(place.file));

	if (place.line == 0)
		error_set(err,
		    place.is_environment ? ERROR_CONFIG : ERROR_USAGE, "%s: %s",
		    file, cause.text);
	else
		error_set(err, ERROR_CONFIG, "%s:%zu:%zu: %s", file, place.line,
		    place.column, cause.text);
	free(file);
	return false;
}

void
config_line_add_place(struct place place, struct buf *out)
{
	utf8_add_masked(out, span_from(place.file));
	if (place.line != 0)
		buf_add_format(out, ":%zu", place.line);
}

static bool
is_line_end(struct span text, size_t i)
{
	return text.at[i] == '\n' ||
	    (text.at[i] == '\r' &&
		(i + 1 == text.len || text.at[i + 1] == '\n'));
}

static bool
check_controls(const struct line_reader *reader, struct error *err)
{
	struct span text = reader->rest;
	size_t line = 1, start = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '\n') {
			line++;
			start = i + 1;
		} else if (ascii_is_control(c) && c != '\t' &&
		    !is_line_end(text, i)) {
			error_set(err, ERROR_CONFIG,
			    "control character \\x%02x",
			    (unsigned)(unsigned char)c);
			return config_line_refuse(
			    place_at(reader, line, i - start), err);
		}
	}
	return true;
}

bool
config_lines_begin(struct line_reader *reader, const char *file,
    struct span text, struct error *err)
{
	/* Some editors put a byte order mark into every file. */
	if (span_starts(text, SPAN("\xef\xbb\xbf")))
		text = span_skip(text, 3);
	*reader = (struct line_reader){.file = file, .rest = text};
	buf_init(&reader->text, CONFIG_FILE_MAX);
	return check_controls(reader, err);
}

void
config_lines_free(struct line_reader *reader)
{
	buf_wipe(&reader->text);
	free(reader->pieces);
	*reader = (struct line_reader){0};
}

static struct span
take_physical(struct line_reader *reader)
{
	size_t end = span_find(reader->rest, '\n');
	struct span text = span_head(reader->rest, end);

	reader->rest = span_skip(reader->rest, end + 1);
	reader->line++;
	if (text.len > 0 && text.at[text.len - 1] == '\r')
		text.len--;
	return text;
}

static void
add_piece(struct line_reader *reader, struct span text)
{
	struct line_piece *piece =
	    mem_append(&reader->pieces, &reader->count, sizeof(*piece));

	piece->offset = reader->text.len;
	piece->line = reader->line;
	buf_add_span(&reader->text, text);
}

enum line_result
config_lines_next(struct line_reader *reader, struct error *err)
{
	bool continues = true;

	buf_clear(&reader->text);
	free(reader->pieces);
	reader->pieces = NULL;
	reader->count = 0;
	if (reader->rest.len == 0)
		return LINE_END;
	while (continues) {
		struct span text = take_physical(reader);
		struct span shown = span_trim(text);

		/* A comment ends with its line, even after a backslash. */
		if (reader->count == 0 && shown.len > 0 && shown.at[0] == '#')
			text.len = 0;
		continues = text.len > 0 && text.at[text.len - 1] == '\\';
		if (continues)
			text.len--;
		add_piece(reader, text);
		if (continues && reader->rest.len == 0) {
			error_set(err, ERROR_CONFIG,
			    "the last line ends in a backslash");
			config_line_refuse(
			    place_at(reader, reader->line, text.len), err);
			return LINE_BAD;
		}
	}
	return LINE_READ;
}

struct place
config_line_place(const struct line_reader *reader, struct span part)
{
	size_t offset = part.at == NULL ? reader->text.len
					: (size_t)(part.at - reader->text.data);
	size_t i = reader->count;

	while (i > 1 && reader->pieces[i - 1].offset > offset)
		i--;
	return place_at(reader, reader->pieces[i - 1].line,
	    offset - reader->pieces[i - 1].offset);
}

struct place
config_line_first_end(const struct line_reader *reader)
{
	return place_at(
	    reader, reader->pieces[0].line, reader->pieces[1].offset);
}
