/*
 * Makes the diff from the edits of a plan, which say which lines change; lines
 * are not compared to find changes. Outside the edits a line can still differ
 * if its end or the blanks before its colon were corrected.
 */
#include "message/message_diff.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "message/replay.h"
#include "message/storage.h"

#define SHOWN_OCTETS ((size_t)1000) /* of each line */
/* A larger hunk is split. */
#define HUNK_MAX ((size_t)1024 * 1024)

struct hunk {
	struct buf old, new; /* their lines */
	uint64_t old_count, new_count;
};

struct diff {
	const struct message *message;
	const struct plan *plan;
	const struct message_sink *sink;
	/* The header section before the user's edits, and all edits of it: */
	struct span header;
	const struct plan_edits *edits;
	uint64_t old_line, new_line; /* how many lines are done */
	struct hunk hunk;	     /* the current one */
	bool is_begun, is_broken;
};

static void
give(struct diff *diff, const struct buf *text)
{
	if (text->len > 0 && !diff->is_broken)
		diff->is_broken = !diff->sink->write(
		    diff->sink->context, text->data, text->len);
}

static void
add_range(struct buf *out, char sign, uint64_t line, uint64_t count)
{
	/* For a range without lines, the number is that of the line before. */
	buf_add_format(out, " %c%" PRIu64, sign, line + (count > 0));
	if (count != 1)
		buf_add_format(out, ",%" PRIu64, count);
}

/* Writes the head of a hunk with these numbers of lines, and counts them. */
static void
begin_hunk(struct diff *diff, uint64_t old_count, uint64_t new_count)
{
	struct buf head = {0};

	if (!diff->is_begun)
		buf_add_text(&head, "--- message\n+++ message as it is sent\n");
	diff->is_begun = true;
	buf_add_text(&head, "@@");
	add_range(&head, '-', diff->old_line, old_count);
	add_range(&head, '+', diff->new_line, new_count);
	buf_add_text(&head, " @@\n");
	give(diff, &head);
	buf_free(&head);
	diff->old_line += old_count;
	diff->new_line += new_count;
}

static void
end_hunk(struct diff *diff)
{
	struct hunk *hunk = &diff->hunk;

	if (hunk->old_count + hunk->new_count > 0)
		begin_hunk(diff, hunk->old_count, hunk->new_count);
	give(diff, &hunk->old);
	give(diff, &hunk->new);
	buf_clear(&hunk->old);
	buf_clear(&hunk->new);
	hunk->old_count = hunk->new_count = 0;
}

/* has_cr: the line was read with CRs that are not part of a CRLF. */
static void
add_shown(struct buf *out, char sign, struct span line, bool has_cr)
{
	buf_add_char(out, sign);
	utf8_add_masked(out, span_head(line, SHOWN_OCTETS));
	if (line.len > SHOWN_OCTETS)
		buf_add_text(out, "...");
	if (has_cr)
		buf_add_text(out, "\\x0d");
	buf_add_char(out, '\n');
}

static void
add_old(struct diff *diff, struct span line, bool has_cr)
{
	add_shown(&diff->hunk.old, '-', line, has_cr);
	diff->hunk.old_count++;
	if (diff->hunk.old.len > HUNK_MAX)
		end_hunk(diff);
}

/* Adds lines, which end in CRLF. */
static void
add_new(struct diff *diff, struct span lines)
{
	while (lines.len > 0) {
		struct span line = span_head(lines, span_find(lines, '\r'));

		add_shown(&diff->hunk.new, '+', line, false);
		diff->hunk.new_count++;
		lines = span_skip(lines, line.len + 2);
		if (diff->hunk.new.len > HUNK_MAX)
			end_hunk(diff);
	}
}

/* Adds a line that no edit changes; reading may have corrected it. */
static void
add_pair(struct diff *diff, struct span old, bool has_cr, struct span new)
{
	if (!has_cr && span_equal(old, span_head(new, new.len - 2))) {
		end_hunk(diff);
		diff->old_line++;
		diff->new_line++;
		return;
	}
	add_old(diff, old, has_cr);
	add_new(diff, new);
}

/* Takes a line, with its end, from the header as it was read. */
static struct span
next_raw_line(const struct message_raw *raw, struct span *rest)
{
	size_t len = span_find(*rest, raw->ends_in_cr ? '\r' : '\n');
	struct span line = span_head(*rest, len + 1);

	*rest = span_skip(*rest, line.len);
	return line;
}

/* The line without its end and without CRs before it. */
static struct span
without_end(const struct message_raw *raw, struct span line, bool *has_cr)
{
	char end = raw->ends_in_cr ? '\r' : '\n';

	*has_cr = false;
	if (line.len > 0 && line.at[line.len - 1] == end)
		line.len--;
	if (!raw->ends_in_cr && line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	while (line.len > 0 && line.at[line.len - 1] == '\r') {
		line.len--;
		*has_cr = true;
	}
	return line;
}

/* Adds the texts that the plan inserts in front of the octet `at`. */
static void
add_insertions(struct diff *diff, size_t *next, size_t at)
{
	const struct plan_edits *edits = diff->edits;

	while (*next < edits->count && edits->list[*next].from <= at &&
	    edits->list[*next].to <= at) {
		if (edits->list[*next].to == edits->list[*next].from)
			add_new(diff,
			    (struct span){edits->list[*next].text,
				edits->list[*next].len});
		++*next;
	}
}

/*
 * Compares a line as it was read (`came`) with the same line at `at` in
 * diff->header.
 */
static void
diff_field_line(struct diff *diff, size_t *next, struct span came, size_t at,
    struct span line)
{
	const struct plan_edits *edits = diff->edits;
	const struct plan_edit *edit;
	bool has_cr;
	struct span old =
	    without_end(message_raw(diff->message), came, &has_cr);

	add_insertions(diff, next, at);
	edit = *next < edits->count ? &edits->list[*next] : NULL;
	if (edit == NULL || edit->from > at) {
		add_pair(diff, old, has_cr, line);
		return;
	}
	add_old(diff, old, has_cr);
	if (edit->from == at)
		add_new(diff, (struct span){edit->text, edit->len});
}

static void
diff_header(struct diff *diff)
{
	const struct message_raw *raw = message_raw(diff->message);
	struct span header = diff->header;
	struct span left = buf_span(&raw->text);
	size_t at = 0, next = 0;
	bool has_cr;

	add_new(diff, buf_span(&diff->plan->added));
	while (left.len > 0 && at < header.len) {
		struct span whole = next_raw_line(raw, &left);
		size_t behind = raw->text.len - left.len;
		struct span rest = span_skip(header, at);
		struct span line = span_head(rest, span_find(rest, '\n') + 1);

		/* The mbox line. */
		if (behind <= raw->fields) {
			struct span old = without_end(raw, whole, &has_cr);

			add_old(diff, old, has_cr);
			continue;
		}
		diff_field_line(diff, &next, whole, at, line);
		at += line.len;
	}
	add_insertions(diff, &next, header.len);
	while (left.len > 0) {
		struct span whole = next_raw_line(raw, &left);
		struct span old = without_end(raw, whole, &has_cr);

		if (left.len > 0 || raw->has_no_end)
			add_old(diff, old, has_cr);
		else
			add_pair(diff, old, has_cr, SPAN("\r\n"));
	}
	if (raw->text.len == 0 || raw->has_no_end)
		add_new(diff, SPAN("\r\n"));
	end_hunk(diff);
}

/* Reads the original body line by line. */
struct lines {
	const struct storage *body;
	char *room;    /* STORAGE_BLOCK */
	uint64_t from; /* the offset of the first line */
	struct line_ends ends;
	uint64_t more; /* empty lines between CRs that are still to come */
	/* The current line: */
	struct buf text; /* its beginning, without its end */
	bool has_cr;	 /* as in add_shown */
};

static void
lines_begin(struct lines *lines, const struct storage *body, uint64_t from)
{
	*lines = (struct lines){.body = body, .from = from};
	lines->room = mem_resize(NULL, 1, STORAGE_BLOCK);
	buf_init(&lines->text, SHOWN_OCTETS + 1);
}

static void
lines_end(struct lines *lines)
{
	free(lines->room);
	buf_free(&lines->text);
}

/* Where the next line begins. */
static uint64_t
lines_position(const struct lines *lines)
{
	return lines->from + lines->ends.position - lines->more;
}

static bool
next_part(struct lines *lines, struct line_part *part)
{
	uint64_t position = lines->from + lines->ends.position;

	if (line_ends_next(&lines->ends, part))
		return true;
	if (position < lines->body->size)
		line_ends_take(&lines->ends,
		    storage_block(lines->body, position, lines->room));
	return line_ends_next(&lines->ends, part) ||
	    line_ends_settle(&lines->ends, part);
}

static bool
lines_next(struct lines *lines)
{
	uint64_t from = lines->ends.position;
	struct line_part part;

	buf_clear(&lines->text);
	if (lines->more > 0) {
		lines->more--;
		lines->has_cr = true;
		return true;
	}
	lines->has_cr = false;
	while (next_part(lines, &part)) {
		buf_add_span(&lines->text,
		    span_head(part.text, lines->text.max - lines->text.len));
		if (part.end == LINE_END_NONE)
			continue;
		lines->has_cr =
		    part.end == LINE_END_CR || part.end == LINE_END_EXTRA_CR;
		lines->more = part.ends - 1;
		return true;
	}
	return lines->ends.position > from;
}

/* Counts or writes the lines that an edit makes. */
struct made {
	struct diff *diff; /* NULL: only count */
	uint64_t count;
	struct buf line, out;
};

static bool
take_made(void *context, const char *data, size_t len)
{
	struct made *made = context;

	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\r')
			continue;
		if (data[i] != '\n') {
			buf_add_char(&made->line, data[i]);
			continue;
		}
		made->count++;
		if (made->diff != NULL) {
			buf_clear(&made->out);
			add_shown(
			    &made->out, '+', buf_span(&made->line), false);
			give(made->diff, &made->out);
		}
		buf_clear(&made->line);
	}
	return made->diff == NULL || !made->diff->is_broken;
}

static uint64_t
make_lines(const struct message *message, const struct plan_edit *edit,
    uint64_t end, struct diff *diff)
{
	struct made made = {.diff = diff};
	const struct message_sink sink = {take_made, &made};

	buf_init(&made.line, SHOWN_OCTETS + 1);
	replay_edit(message, edit, end, &sink);
	buf_free(&made.line);
	buf_free(&made.out);
	return made.count;
}

/* Base64 does not end its last line: the line end after the edit does. */
static bool
takes_next_line(const struct plan_edit *edit)
{
	return edit->is_encoded &&
	    (edit->encoding == ENCODING_BASE64 ||
		edit->encoding == ENCODING_BASE64_TEXT ||
		edit->encoding == ENCODING_MEND_BASE64);
}

/*
 * Counts the lines that the edit replaces, and writes them if `diff` is not
 * NULL. *end is the offset where the last one ends.
 */
static uint64_t
old_lines(const struct message *message, const struct plan_edit *edit,
    uint64_t *end, struct diff *diff)
{
	bool takes_next = takes_next_line(edit);
	struct lines lines;
	struct buf out = {0};
	uint64_t count = 0;

	*end = edit->from;
	lines_begin(&lines, message_body(message), edit->from);
	while ((*end < edit->to || (*end == edit->to && takes_next)) &&
	    lines_next(&lines)) {
		count++;
		*end = lines_position(&lines);
		if (diff == NULL)
			continue;
		buf_clear(&out);
		add_shown(&out, '-', buf_span(&lines.text), lines.has_cr);
		give(diff, &out);
	}
	lines_end(&lines);
	buf_free(&out);
	return count;
}

/* Writes one edit of the body, however large; returns where its lines end. */
static uint64_t
diff_edit(struct diff *diff, const struct plan_edit *edit)
{
	uint64_t end;
	uint64_t old_count = old_lines(diff->message, edit, &end, NULL);
	uint64_t new_count = make_lines(diff->message, edit, end, NULL);

	end_hunk(diff);
	if (old_count + new_count == 0)
		return end;
	begin_hunk(diff, old_count, new_count);
	old_lines(diff->message, edit, &end, diff);
	make_lines(diff->message, edit, end, diff);
	return end;
}

static void
diff_lines(struct diff *diff, uint64_t from, uint64_t to)
{
	struct lines lines;

	lines_begin(&lines, message_body(diff->message), from);
	while (!diff->is_broken && lines_position(&lines) < to &&
	    lines_next(&lines)) {
		struct span old = buf_span(&lines.text);

		if (lines.has_cr) {
			add_old(diff, old, true);
			add_shown(&diff->hunk.new, '+', old, false);
			diff->hunk.new_count++;
			continue;
		}
		end_hunk(diff);
		diff->old_line++;
		diff->new_line++;
	}
	lines_end(&lines);
}

static void
diff_body(struct diff *diff)
{
	const struct plan_edits *edits = &diff->plan->body;
	uint64_t at = 0;

	for (size_t i = 0; i < edits->count && !diff->is_broken; i++) {
		const struct plan_edit *edit = &edits->list[i];

		diff_lines(diff, at, edit->from);
		at = diff_edit(diff, edit);
	}
	diff_lines(diff, at, message_body(diff->message)->size);
}

/* Joins the user's edits of the header with those that the plan makes. */
struct joining {
	struct span old, new;		/* before and after the user's edits */
	const struct plan_edits *edits; /* of `new` */
	size_t next;
	struct plan_edits joined; /* of `old` */
};

/* Edits are added in order, and each stays where it is. */
static void
add_joined(struct joining *joining, const struct plan_edit *edit)
{
	struct plan_edits *joined = &joining->joined;
	struct plan_edit *added =
	    mem_append(&joined->list, &joined->count, sizeof(*added));

	*added = *edit;
}

/* The next edit of the plan, if it begins before `end`. */
static const struct plan_edit *
next_edit(const struct joining *joining, size_t end)
{
	const struct plan_edit *edit = &joining->edits->list[joining->next];

	return joining->next < joining->edits->count && edit->from < end ? edit
									 : NULL;
}

/* The octets of `new` from `at` to `end` are those of `old` from `old` on. */
static void
join_kept(struct joining *joining, size_t at, size_t end, size_t old)
{
	const struct plan_edit *edit;
	/* An edit that only inserts may be at the end of the header. */
	size_t limit = end == joining->new.len ? end + 1 : end;

	while ((edit = next_edit(joining, limit)) != NULL) {
		struct plan_edit part = {.from = old, .to = old + end - at};

		if (edit->from >= at) {
			part.from = old + edit->from - at;
			part.len = edit->len;
			if (edit->len > 0)
				part.text = mem_copy(edit->text, edit->len);
		}
		if (edit->to < end)
			part.to = old + edit->to - at;
		add_joined(joining, &part);
		if (edit->to > end)
			break;
		joining->next++;
	}
}

/* The octets of `new` from `at` to `end` replace those of `change`. */
static void
join_changed(struct joining *joining, size_t at, size_t end,
    const struct header_change *change)
{
	struct plan_edit whole = {.from = change->from, .to = change->to};
	struct span old =
	    span_skip(span_head(joining->old, change->to), change->from);
	struct span new = span_head(joining->new, end);
	const struct plan_edit *edit;
	struct buf text;

	buf_init(&text, PLAN_HEADER_MAX);
	while ((edit = next_edit(joining, end)) != NULL) {
		if (edit->from >= at) {
			buf_add_span(&text,
			    span_skip(span_head(new, (size_t)edit->from), at));
			buf_add(&text, edit->text, edit->len);
		}
		at = edit->to < end ? (size_t)edit->to : end;
		if (edit->to > end)
			break;
		joining->next++;
	}
	buf_add_span(&text, span_skip(new, at));
	if (!span_equal(buf_span(&text), old)) {
		whole.len = text.len;
		if (text.len > 0)
			whole.text = mem_copy(text.data, text.len);
		add_joined(joining, &whole);
	}
	buf_free(&text);
}

static void
join_edits(struct joining *joining, const struct header_changes *changes)
{
	size_t old = 0, new = 0;

	for (size_t i = 0; i < changes->count; i++) {
		const struct header_change *change = &changes->list[i];
		size_t from = new + change->from - old;

		join_kept(joining, new, from, old);
		join_changed(joining, from, from + change->len, change);
		new = from + change->len;
		old = change->to;
	}
	join_kept(joining, new, joining->new.len, old);
}

bool
message_diff(const struct message *message, const struct plan *plan,
    const struct message_sink *sink, struct error *err)
{
	const struct message_raw *raw = message_raw(message);
	struct joining joining = {
	    .old = buf_span(&raw->header),
	    .new = message_header(message),
	    .edits = &plan->header,
	};
	struct diff diff = {
	    .message = message,
	    .plan = plan,
	    .sink = sink,
	    .header = joining.new,
	    .edits = joining.edits,
	};
	const struct storage *body = message_body(message);

	buf_init(&diff.hunk.old, 4 * HUNK_MAX);
	buf_init(&diff.hunk.new, 4 * HUNK_MAX);
	if (raw->changes.count > 0) {
		join_edits(&joining, &raw->changes);
		diff.header = joining.old;
		diff.edits = &joining.joined;
	}
	diff_header(&diff);
	diff_body(&diff);
	end_hunk(&diff);
	plan_edits_free(&joining.joined);
	buf_free(&diff.hunk.old);
	buf_free(&diff.hunk.new);
	if (body->is_source && !storage_is_unchanged(body))
		return error_set(err, ERROR_TEMPORARY,
		    "cannot compare the message: it changed while it was "
		    "being read");
	return !diff.is_broken ||
	    error_set(err, ERROR_IO, "cannot write to standard output");
}
