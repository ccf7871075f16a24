/*
 * Finds the end of the header section, while the message arrives in pieces. All
 * octets are kept until then, because it is not known before the first LF what
 * ends a line: in a text without any LF, CR does.
 */
#include "message/header_section.h"

#include <stdlib.h>

#include "message/from_line.h"
#include "message/known_fields.h"
#include "message/storage.h"

/*
 * If no empty line ends the header, this many octets after it are searched for
 * recipients.
 */
#define BEHIND_MAX ((size_t)64 * 1024)
#define NOTES_MAX ((size_t)4096) /* octets, about */

static const struct span byte_order_mark = {"\xef\xbb\xbf", 3};

void
header_section_init(struct header_section *section, enum header_rule rule)
{
	*section = (struct header_section){.rule = rule};
	buf_init(&section->raw, 2 * HEADER_MAX + 2 * STORAGE_BLOCK);
	buf_init(&section->lines, 2 * HEADER_MAX);
}

void
header_section_release(struct header_section *section)
{
	buf_free(&section->raw);
	buf_free(&section->lines);
	buf_free(&section->notes);
}

struct span
header_section_tail(const struct header_section *section)
{
	return span_skip(buf_span(&section->raw), section->body);
}

/*
 * Some editors put a byte order mark in front of a file. If it counted as text,
 * the first line would not be a field, and the header with its Bcc would become
 * part of the body. In front of a text without a header the mark belongs to the
 * text.
 */
static struct span
without_mark(const struct header_section *section, struct span line)
{
	if (section->has_fields || !span_starts(line, byte_order_mark))
		return line;
	return span_skip(line, byte_order_mark.len);
}

/* A CR that is not part of a line end counts as a blank. */
static bool
is_blank(char c)
{
	return ascii_is_blank(c) || c == '\r';
}

static struct span
without_cr(const struct header_section *section, struct span line)
{
	if (section->ends == ENDS_LF)
		while (line.len > 0 && line.at[line.len - 1] == '\r')
			line.len--;
	return line;
}

enum line_kind {
	LINE_OF_FIELD,
	LINE_EMPTY,
	LINE_MBOX, /* the envelope line of a mailbox file */
	LINE_OF_BODY,
};

/* `line` has no line end; the beginning of a long line is enough. */
static enum line_kind
kind_of(const struct header_section *section, struct span line)
{
	struct span text = without_mark(section, line);

	if (text.len == 0)
		return LINE_EMPTY;
	if (is_blank(line.at[0]))
		return section->has_fields ? LINE_OF_FIELD : LINE_OF_BODY;
	if (header_line_is_field(text))
		return LINE_OF_FIELD;
	if (section->line == 0 && header_line_is_mbox(text))
		return LINE_MBOX;
	return LINE_OF_BODY;
}

static void
end_section(struct header_section *section, size_t body)
{
	section->body = body;
	section->progress = SECTION_BODY;
}

/*
 * The body begins with the current line, although no empty line has ended the
 * header. The lines up to the next empty one may have been meant as fields, and
 * a Bcc among them would become text that the recipients can read.
 */
static void
cut_section(struct header_section *section)
{
	section->body = section->line;
	section->is_cut = section->has_fields;
	if (!section->has_fields)
		section->progress = SECTION_BODY;
}

/* Takes a complete line after a header that no empty line has ended. */
static void
take_line_behind(struct header_section *section, struct span line, size_t next)
{
	if (known_fields_line_is_lost(line, section->rule == HEADER_REQUIRED)) {
		section->progress = SECTION_CUT;
		section->lost = section->line;
	} else if (line.len == 0 || next - section->body > BEHIND_MAX)
		section->progress = SECTION_BODY;
	section->line = section->seen = next;
}

/* Takes a complete line without its end; the next line begins at `next`. */
static void
take_line(struct header_section *section, struct span line, size_t next)
{
	enum line_kind kind = kind_of(section, line);
	size_t mark = line.len - without_mark(section, line).len;

	if (section->is_cut) {
		take_line_behind(section, line, next);
		return;
	}

	if (kind != LINE_OF_BODY && mark > 0)
		section->has_mark = true;
	switch (kind) {
	case LINE_OF_FIELD:
		if (!section->has_fields)
			section->fields = section->line + mark;
		section->has_fields = true;
		section->fields_end = next;
		section->size += line.len - mark + 2;
		break;
	case LINE_EMPTY:
		end_section(section, next);
		section->has_end = true;
		break;
	case LINE_MBOX:
		section->mbox_end = next;
		break;
	case LINE_OF_BODY:
		cut_section(section);
		if (section->is_cut)
			take_line_behind(section, line, next);
		return;
	}
	section->line = section->seen = next;
	section->is_judged = false;
	if (section->size > HEADER_MAX)
		section->progress = SECTION_TOO_BIG;
}

/*
 * Examines an incomplete line: if it cannot be part of a field, the body begins
 * with it. A line that begins with a CR cannot be judged before its end.
 */
static void
look_at_open_line(struct header_section *section)
{
	struct span line = span_skip(buf_span(&section->raw), section->line);

	if (section->is_cut) {
		if (section->raw.len - section->body > BEHIND_MAX)
			section->progress = SECTION_BODY;
		return;
	}
	if (line.len <= HEADER_NAME_MAX)
		return;
	if (!section->is_judged && without_mark(section, line).at[0] != '\r') {
		section->is_judged = true;
		if (kind_of(section, line) == LINE_OF_BODY) {
			cut_section(section);
			return;
		}
	}
	if (section->progress == SECTION_MORE &&
	    section->ends != ENDS_UNKNOWN &&
	    section->size + line.len > HEADER_MAX)
		section->progress = SECTION_TOO_BIG;
}

static void
section_take_lines(struct header_section *section)
{
	char end = section->ends == ENDS_LF ? '\n' : '\r';

	while (section->progress == SECTION_MORE) {
		struct span raw = buf_span(&section->raw);
		size_t at = section->seen +
		    span_find(span_skip(raw, section->seen), end);
		struct span line = span_skip(span_head(raw, at), section->line);

		if (section->ends == ENDS_UNKNOWN || at == raw.len) {
			section->seen = raw.len;
			look_at_open_line(section);
			return;
		}
		take_line(section, without_cr(section, line), at + 1);
	}
}

/*
 * Decides what ends a line. After HEADER_MAX octets without any LF it is CR. If
 * an LF follows after that, it ends the first line, which is then longer than a
 * header section may be.
 */
static void
decide_ends(struct header_section *section, struct span block)
{
	bool has_lf = span_find(block, '\n') < block.len;

	if (has_lf && section->is_guess)
		section->progress = SECTION_TOO_BIG;
	if (section->ends != ENDS_UNKNOWN)
		return;
	if (has_lf) {
		section->ends = ENDS_LF;
		section->seen = 0;
	} else if (section->raw.len > HEADER_MAX) {
		section->ends = ENDS_CR;
		section->seen = 0;
		section->is_guess = true;
	}
}

static void
note(struct header_section *section, struct span name, const char *what)
{
	char *shown = header_shown_name(name);
	struct buf line = {0};

	buf_add_format(&line, "field %s: %s", shown, what);
	buf_add_note(&section->notes, NOTES_MAX, buf_span(&line));
	buf_free(&line);
	free(shown);
}

/*
 * Adds a line of the field `name`; a CR in it becomes a blank. is_open: the
 * line has no line end.
 */
static void
add_line(struct header_section *section, struct span name, struct span line,
    bool is_open)
{
	struct span text = without_cr(section, line);
	size_t from = section->lines.len;

	section->has_cr_ends |= !is_open && section->ends == ENDS_CR;
	section->has_extra_cr |= !is_open && text.len + 1 < line.len;
	buf_add_span(&section->lines, text);
	buf_add_text(&section->lines, "\r\n");
	if (span_find(text, '\r') == text.len)
		return;
	note(section, name, "lone CR replaced by a blank");
	for (size_t i = from; i < from + text.len; i++)
		if (section->lines.data[i] == '\r')
			section->lines.data[i] = ' ';
}

/* Makes section->lines: the lines of the fields, with CRLF line ends. */
static void
make_lines(struct header_section *section)
{
	char end = section->ends == ENDS_LF ? '\n' : '\r';
	struct span name = {0};
	struct span rest =
	    span_skip(span_head(buf_span(&section->raw), section->fields_end),
		section->fields);

	while (rest.len > 0) {
		struct span line = span_head(rest, span_find(rest, end));
		size_t colon = span_find(line, ':');

		if (!is_blank(line.at[0])) {
			name = span_head(line, colon);
			while (is_blank(name.at[name.len - 1]))
				name.len--;
			section->has_blank |= name.len < colon;
		}
		add_line(section, name, line, line.len == rest.len);
		rest = span_skip(rest, line.len + 1);
	}
}

/*
 * Drops blanks before colons, which mail readers interpret differently, unless
 * the message is signed.
 */
static void
drop_blanks(struct header_section *section)
{
	struct span rest = buf_span(&section->lines);
	struct field field;
	struct buf lines;

	if (!section->has_blank || header_is_signed(rest))
		return;
	buf_init(&lines, section->lines.max);
	while (header_next(&rest, &field)) {
		size_t colon = span_find(field.whole, ':');

		if (field.name.len < colon)
			note(section, field.name,
			    "blank before its colon dropped");
		buf_add_span(&lines, field.name);
		buf_add_span(&lines, span_skip(field.whole, colon));
	}
	buf_free(&section->lines);
	section->lines = lines;
}

/* What looked like a header becomes part of the body, unchanged. */
static void
make_text(struct header_section *section)
{
	struct span mbox_line =
	    span_head(buf_span(&section->raw), section->mbox_end);

	section->is_text = section->has_fields;
	if (!from_line_has_time(mbox_line))
		section->mbox_end = 0;
	if (section->has_fields ||
	    (mbox_line.len > 0 && section->mbox_end == 0)) {
		section->body = section->mbox_end;
		section->has_end = false;
	}
	section->has_mark &= !section->has_fields;
	section->has_cr_ends = section->has_extra_cr = false;
	buf_clear(&section->lines);
	buf_clear(&section->notes);
}

/*
 * Called when the end of the section is known: makes its lines, and decides
 * whether they are a header.
 */
static void
finish(struct header_section *section)
{
	bool is_required = section->rule == HEADER_REQUIRED;
	struct span lines, name;

	make_lines(section);
	lines = buf_span(&section->lines);
	if (section->rule == HEADER_BY_FORM || known_fields_fit(lines))
		drop_blanks(section);
	else if (!known_fields_of_recipients(lines, &name))
		make_text(section);
	else if (is_required)
		drop_blanks(section); /* faulty recipients get an error later */
	else
		section->progress = SECTION_DOUBTFUL;
	if (is_required && section->lines.len == 0)
		section->progress = SECTION_MISSING;
}

size_t
header_section_take(struct header_section *section, struct span block)
{
	size_t taken = 0;

	while (taken < block.len && section->progress == SECTION_MORE) {
		struct span part =
		    span_head(span_skip(block, taken), STORAGE_BLOCK);

		buf_add_span(&section->raw, part);
		taken += part.len;
		decide_ends(section, part);
		section_take_lines(section);
	}
	if (section->progress == SECTION_BODY)
		finish(section);
	return taken;
}

void
header_section_end(struct header_section *section)
{
	if (section->progress != SECTION_MORE)
		return;
	if (section->ends == ENDS_UNKNOWN) {
		section->ends = ENDS_CR;
		section->seen = 0;
	}
	section_take_lines(section);
	if (section->progress == SECTION_MORE &&
	    section->line < section->raw.len)
		take_line(section,
		    without_cr(section,
			span_skip(buf_span(&section->raw), section->line)),
		    section->raw.len);
	if (section->progress == SECTION_MORE && section->is_cut)
		section->progress = SECTION_BODY;
	if (section->progress == SECTION_MORE)
		end_section(section, section->raw.len);
	if (section->progress == SECTION_BODY)
		finish(section);
}

static bool
refuse_cut(const struct header_section *section, struct error *err)
{
	struct span raw = buf_span(&section->raw);
	struct span lost = span_skip(raw, section->lost);
	size_t len = span_find(lost, ':'), line = 1;
	char *shown;

	while (len > 0 && is_blank(lost.at[len - 1]))
		len--;
	for (size_t i = 0; i < section->body; i++)
		line += raw.at[i] == (section->ends == ENDS_LF ? '\n' : '\r');
	shown = header_shown_name(span_head(lost, len));
	error_set(err, ERROR_DATA,
	    "cannot send the message: its line %zu is not a header field, but "
	    "the field %s follows\n"
	    "hint: correct that line; an empty line ends the header",
	    line, shown);
	free(shown);
	return false;
}

static bool
refuse_doubtful(const struct header_section *section, struct error *err)
{
	struct span name = {0};
	char *shown;

	known_fields_of_recipients(buf_span(&section->lines), &name);
	shown = header_shown_name(name);
	error_set(err, ERROR_DATA,
	    "cannot tell whether the message begins with a header: it names "
	    "%s, but no field has a known name and a value that fits it\n"
	    "hint: begin a text with an empty line, or correct the header",
	    shown);
	free(shown);
	return false;
}

bool
header_section_accept(
    const struct header_section *section, bool body_has_lf, struct error *err)
{
	enum section_progress progress = section->progress;

	if (section->is_guess && body_has_lf)
		progress = SECTION_TOO_BIG;
	switch (progress) {
	case SECTION_MORE:
	case SECTION_BODY:
		break;
	case SECTION_TOO_BIG:
		return error_set(err, ERROR_DATA,
		    "cannot send the message: its header section is larger "
		    "than "
		    "%zu octets",
		    HEADER_MAX);
	case SECTION_MISSING:
		return error_set(err, ERROR_DATA,
		    "cannot take recipients from the message: %s\n"
		    "hint: with -t, the message must begin with fields, such "
		    "as "
		    "To: alice@example.org",
		    section->has_fields
			? "no field of its header has a known name and a "
			  "value that fits it"
			: "it has no header");
	case SECTION_CUT:
		return refuse_cut(section, err);
	case SECTION_DOUBTFUL:
		return refuse_doubtful(section, err);
	}
	return true;
}
