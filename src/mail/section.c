#include "mail/message_parts.h"

#include <string.h>

#include "mail/header.h"

/*
 * The section and, behind it, one line of which it is not yet known whether
 * it opens a field: each of them may be as long as a section.
 */
void
section_init(struct section *section)
{
	*section = (struct section){0};
	buf_init(&section->lines, 2 * MESSAGE_HEADER_MAX + 2 * MESSAGE_BLOCK);
}

struct span
section_tail(const struct section *section)
{
	return span_skip(buf_span(&section->lines), section->line);
}

/*
 * Editors put a byte order mark in front of a file. Taken for text it would
 * make the header the body, Bcc and all; before a text without a header it is
 * the text's.
 */
static struct span
without_mark(const struct section *section, struct span line)
{
	static const struct span mark = SPAN("\xef\xbb\xbf");

	if (section->line > 0 || !span_starts(line, mark))
		return line;
	return span_skip(line, mark.len);
}

static void
drop_mark(struct section *section, struct span line, struct span marked)
{
	if (line.len == marked.len)
		return;
	memmove(&section->lines.data[section->line], line.at, line.len);
	section->lines.len = section->line + line.len;
	section->has_mark = true;
}

/* A line that ends, or has a colon, and is no continuation. */
static void
judge_line(struct section *section, struct span marked)
{
	struct span line = without_mark(section, marked);

	if (header_line_is_field(line)) {
		drop_mark(section, line, marked);
		section->kind = LINE_KEPT;
	} else if (!section->is_later_line &&
	    span_starts(line, SPAN("From "))) {
		drop_mark(section, line, marked);
		section->kind = LINE_SKIPPED; /* of a mailbox file */
		section->lines.len = section->line;
	} else {
		section->progress = SECTION_BODY;
	}
}

/*
 * An open line has grown by `part`. A colon decides, or the line's end: until
 * then nothing in it matters but its first octet.
 */
static void
decide_line(struct section *section, struct span part, bool at_end)
{
	struct span line = section_tail(section);

	if (without_mark(section, line).len == 0) {
		section->is_over = at_end;
		if (at_end)
			drop_mark(section, without_mark(section, line), line);
	} else if (ascii_is_blank(line.at[0])) {
		if (section->line > 0)
			section->kind = LINE_KEPT;
		else
			section->progress = SECTION_BODY;
	} else if (at_end || span_find(part, ':') < part.len) {
		judge_line(section, line);
	} else if (line.len > MESSAGE_HEADER_MAX) {
		section->progress = SECTION_BODY;
	}
}

static void
end_line(struct section *section, char c)
{
	section->after_cr = c == '\r';
	if (c == '\n') {
		section->has_bare_lf = true;
		if (section->is_over)
			section->progress = SECTION_BODY;
	}
	if (section->kind == LINE_KEPT)
		buf_add(&section->lines, "\r\n", 2);
	section->line = section->lines.len;
	section->kind = LINE_OPEN;
	section->is_later_line = true;
}

static size_t
line_length(struct span text)
{
	size_t len = 0;

	while (len < text.len && text.at[len] != '\r' && text.at[len] != '\n')
		len++;
	return len;
}

/* Takes what there is of one line, and its end unless it is body. */
static size_t
take_part(struct section *section, struct span rest)
{
	struct span part = span_head(rest, line_length(rest));
	bool at_end = part.len < rest.len;

	if (section->kind != LINE_SKIPPED)
		buf_add_span(&section->lines, part);
	if (section->kind == LINE_OPEN)
		decide_line(section, part, at_end);
	if (section->progress != SECTION_MORE)
		return part.len;
	if (at_end)
		end_line(section, rest.at[part.len]);
	if (section->line > MESSAGE_HEADER_MAX ||
	    (section->kind == LINE_KEPT &&
		section->lines.len > MESSAGE_HEADER_MAX))
		section->progress = SECTION_TOO_BIG;
	return part.len + at_end;
}

size_t
section_take(struct section *section, struct span block)
{
	size_t taken = 0;

	while (taken < block.len && section->progress == SECTION_MORE) {
		if (!section->after_cr) {
			taken += take_part(section, span_skip(block, taken));
			continue;
		}
		section->after_cr = false;
		if (block.at[taken] == '\n')
			taken++;
		else
			section->has_bare_cr = true;
		if (section->is_over)
			section->progress = SECTION_BODY;
	}
	return taken;
}

void
section_end(struct section *section)
{
	if (section->progress != SECTION_MORE)
		return;
	if (section->after_cr)
		section->has_bare_cr = true;
	if (section->kind == LINE_OPEN)
		decide_line(section, (struct span){0}, true);
	if (section->kind == LINE_KEPT) {
		buf_add(&section->lines, "\r\n", 2);
		section->line = section->lines.len;
	}
	if (section->progress == SECTION_MORE)
		section->progress = section->line > MESSAGE_HEADER_MAX
		    ? SECTION_TOO_BIG
		    : SECTION_BODY;
}
