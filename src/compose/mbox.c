/*
 * Finds the mails of an mbox, line by line. Of a line only the beginning is
 * kept, so lines may have any length.
 */
#include "compose/mbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "compose/mail_source.h"
#include "message/from_line.h"
#include "message/header.h"

/* How many octets are looked at where a mail may end. */
#define PEEK ((uint64_t)512)
/* Octets kept of a line: enough for a field's name and its colon. */
#define LINE_KEPT HEADER_NAME_MAX

struct scanning {
	struct mbox *mbox;
	const struct storage *storage;
	const char *name;
	struct error *err;
	char *room; /* STORAGE_BLOCK octets */

	char line[LINE_KEPT]; /* the beginning of the current line */
	size_t kept;
	uint64_t from, number; /* where it begins; from 1 on */
	bool is_behind_empty;  /* the line before it is empty, */
	uint64_t empty_from;   /* and begins there */

	bool is_in_header; /* of the last mail */
	bool has_length;   /* a Content-Length was read, */
	uint64_t length;   /* this one, */
	uint64_t text_end; /* and believed: the text ends there; 0: not */

	bool has_uncounted; /* a mail whose text_end was 0 */
	uint64_t inner; /* number of a line that begins a mail before text_end,
			   0: none */
	bool has_imap, has_warning; /* the first mail has such a field */

	/* The line before is "From ", and may begin a mail. */
	bool is_doubtful, has_time, may_begin;
	uint64_t doubtful_end; /* where the mail before it would end */
};

static struct span
line_of(const struct scanning *scan)
{
	return (struct span){scan->line, scan->kept};
}

static bool
is_from_line(struct span line)
{
	return span_starts(line, SPAN("From "));
}

/* ">From ", ">>From " and so on. */
static bool
is_quoted(struct span line)
{
	size_t marks = 0;

	while (marks < line.len && line.at[marks] == '>')
		marks++;
	return marks > 0 && is_from_line(span_skip(line, marks));
}

static struct mbox_mail *
last_mail(const struct scanning *scan)
{
	return &scan->mbox->mails[scan->mbox->count - 1];
}

static void
note_uncounted(struct scanning *scan)
{
	if (scan->mbox->count > 0 && scan->text_end == 0)
		scan->has_uncounted = true;
}

/* Begins a mail, and ends the one before it. */
static bool
begin(struct scanning *scan, uint64_t from)
{
	struct mbox *mbox = scan->mbox;
	struct mbox_mail *mail;

	if (mbox->count == MAIL_SOURCE_MAX)
		return error_set(scan->err, ERROR_DATA,
		    "it has more than %zu mails\nhint: split it",
		    MAIL_SOURCE_MAX);
	note_uncounted(scan);
	mail = mem_append(&mbox->mails, &mbox->count, sizeof(*mail));
	mail->from = from;
	scan->is_in_header = true;
	scan->has_length = scan->is_doubtful = false;
	scan->text_end = 0;
	return true;
}

/* Whether a mail or the end of the file is at `end`, or after empty lines. */
static bool
is_an_end(struct scanning *scan, uint64_t end)
{
	struct storage part = *scan->storage;
	uint64_t size = part.size;
	struct span block;

	if (end == size)
		return true;
	if (size - end > PEEK)
		part.size = end + PEEK;
	/* The octet before it tells whether a line begins at the end. */
	block = storage_block(&part, end - 1, scan->room);
	if (block.len == 0)
		return false;
	for (size_t i = 1; i < block.len; i++) {
		if (block.at[i] == '\n' || block.at[i] == '\r')
			continue;
		return block.at[i - 1] == '\n' &&
		    is_from_line(span_skip(block, i));
	}
	return end - 1 + block.len == size;
}

/* The header of the last mail has ended with this line. */
static void
end_header(struct scanning *scan, uint64_t end)
{
	scan->is_in_header = false;
	if (scan->has_length && scan->length <= scan->storage->size - end &&
	    is_an_end(scan, end + scan->length)) {
		scan->text_end = end + scan->length;
		last_mail(scan)->end = scan->text_end;
	}
}

static void
take_field(struct scanning *scan, struct span line)
{
	struct span name = SPAN("Content-Length:");

	if (scan->mbox->count == 1) {
		scan->has_imap |= span_starts_nocase(line, SPAN("X-IMAP:"));
		scan->has_warning |= span_starts(
		    line, SPAN("Subject: DON'T DELETE THIS MESSAGE"));
	}
	if (!span_starts_nocase(line, name))
		return;
	scan->has_length = span_number(
	    span_trim(span_skip(line, name.len)), INT64_MAX, &scan->length);
}

static bool
refuse_unquoted(const struct scanning *scan)
{
	return error_set(scan->err, ERROR_DATA,
	    "line %llu begins with \"From \" like a mail, but does not follow "
	    "an empty line\n"
	    "hint: if a mail begins there, insert an empty line before it; "
	    "otherwise put \">\" before From",
	    (unsigned long long)scan->number - 1);
}

/*
 * Only in an mboxcl2, where every mail has a length, is such a line surely a
 * part of the text. Elsewhere it may be a mail that a wrong length hides.
 */
static bool
refuse_inner(const struct scanning *scan)
{
	return error_set(scan->err, ERROR_DATA,
	    "line %llu begins with \"From \" like a mail, but lies within a "
	    "Content-Length, and other mails have none\n"
	    "hint: if a mail begins there, remove Content-Length; "
	    "otherwise put \">\" before From",
	    (unsigned long long)scan->inner);
}

/* The line before began with "From "; this one decides what it was. */
static bool
judge_from_line(struct scanning *scan, struct span line)
{
	bool begins = header_line_is_field(line) || is_quoted(line);

	scan->is_doubtful = false;
	if (begins && scan->has_time && !scan->may_begin)
		return refuse_unquoted(scan);
	if (!begins || !scan->may_begin)
		return true;
	last_mail(scan)->end = scan->doubtful_end;
	return begin(scan, scan->from);
}

static bool
take_from_line(struct scanning *scan, struct span line, uint64_t end)
{
	bool is_first = scan->mbox->count == 0;

	scan->has_time = from_line_has_time(line);
	scan->may_begin = scan->is_behind_empty;
	scan->doubtful_end = scan->empty_from;
	if (is_first || scan->text_end > 0)
		return begin(scan, end);
	if (scan->may_begin && scan->has_time) {
		last_mail(scan)->end = scan->doubtful_end;
		return begin(scan, end);
	}
	scan->is_doubtful = true;
	return true;
}

/* Takes a line of a text whose Content-Length is believed. */
static void
take_counted_line(struct scanning *scan, struct span line)
{
	if (is_from_line(line))
		scan->mbox->keeps_quotes = true;
	if (is_from_line(line) && scan->is_behind_empty &&
	    from_line_has_time(line) && scan->inner == 0)
		scan->inner = scan->number;
	if (is_quoted(line))
		last_mail(scan)->is_quoted = true;
}

static bool
take_other_line(
    struct scanning *scan, struct span line, bool is_empty, uint64_t end)
{
	if (scan->mbox->count == 0)
		return is_empty ||
		    error_set(scan->err, ERROR_DATA,
			"its first line does not begin with \"From \"\n"
			"hint: it is not an mbox; --message reads one message");
	if (scan->is_in_header && is_empty)
		end_header(scan, end);
	else if (scan->is_in_header)
		take_field(scan, line);
	else if (is_quoted(line))
		last_mail(scan)->is_quoted = true;
	return true;
}

/* Takes the current line, which ends before `end`. */
static bool
take_line(struct scanning *scan, uint64_t end)
{
	struct span line = line_of(scan);
	bool is_empty =
	    span_equal(line, SPAN("\n")) || span_equal(line, SPAN("\r\n"));
	bool done = true;

	scan->number++;
	if (scan->text_end > scan->from) {
		take_counted_line(scan, line);
	} else {
		if (scan->is_doubtful)
			done = judge_from_line(scan, line);
		if (done && is_from_line(line))
			done = take_from_line(scan, line, end);
		else if (done)
			done = take_other_line(scan, line, is_empty, end);
	}
	scan->is_behind_empty = is_empty;
	scan->empty_from = scan->from;
	scan->from = end;
	scan->kept = 0;
	return done;
}

static bool
take_block(struct scanning *scan, uint64_t position, struct span block)
{
	while (block.len > 0) {
		size_t len = span_find(block, '\n');
		bool is_whole = len < block.len;
		size_t room = LINE_KEPT - scan->kept;

		if (is_whole)
			len++;
		memcpy(
		    scan->line + scan->kept, block.at, len < room ? len : room);
		scan->kept += len < room ? len : room;
		position += len;
		block = span_skip(block, len);
		if (is_whole && !take_line(scan, position))
			return false;
	}
	return true;
}

/* The last mail ends with the file, without the empty line at its end. */
static void
end_last_mail(struct scanning *scan)
{
	if (scan->mbox->count > 0 && scan->text_end == 0)
		last_mail(scan)->end = scan->is_behind_empty &&
			scan->empty_from >= last_mail(scan)->from
		    ? scan->empty_from
		    : scan->storage->size;
}

/* Mail programs such as Pine keep data of their own in a first mail. */
static void
drop_first(struct mbox *mbox)
{
	mbox->count--;
	memmove(
	    mbox->mails, mbox->mails + 1, mbox->count * sizeof(*mbox->mails));
}

static bool
take_all(struct scanning *scan, char *block_room)
{
	const struct storage *storage = scan->storage;
	uint64_t position = 0;

	while (position < storage->size) {
		struct span block =
		    storage_block(storage, position, block_room);

		if (block.len == 0)
			return error_set(scan->err, ERROR_IO, "%s",
			    errno != 0 ? strerror(errno)
				       : "it changed while it was being read");
		if (!take_block(scan, position, block))
			return false;
		position += block.len;
	}
	if (scan->from < storage->size && !take_line(scan, storage->size))
		return false;
	end_last_mail(scan);
	note_uncounted(scan);
	if (scan->has_imap && scan->has_warning)
		drop_first(scan->mbox);
	return scan->inner == 0 || !scan->has_uncounted || refuse_inner(scan);
}

bool
mbox_scan(struct mbox *mbox, const struct storage *storage, const char *name,
    struct error *err)
{
	struct error why = {0};
	struct scanning scan = {.mbox = mbox, .storage = storage, .err = &why};
	char *block_room = mem_resize(NULL, STORAGE_BLOCK, 1);
	char *shown;
	bool done;

	scan.room = mem_resize(NULL, STORAGE_BLOCK, 1);
	done = take_all(&scan, block_room);
	free(scan.room);
	free(block_room);
	if (done)
		return true;
	shown = utf8_excerpt_masked(span_from(name), 128);
	error_set(
	    err, why.kind, "cannot read %s as an mbox: %s", shown, why.text);
	free(shown);
	return false;
}

void
mbox_free(struct mbox *mbox)
{
	free(mbox->mails);
	*mbox = (struct mbox){0};
}

/* Unquoting */

static bool
write_marks(struct mbox_unquote *unquote, uint64_t count, struct error *err)
{
	static const char marks[] = ">>>>>>>>>>>>>>>>";

	while (count > 0) {
		size_t len = count < sizeof(marks) - 1 ? (size_t)count
						       : sizeof(marks) - 1;

		if (!unquote->write(
			unquote->context, (struct span){marks, len}, err))
			return false;
		count -= len;
	}
	return true;
}

/* Writes what was held back; `removed` marks are dropped. */
static bool
release(struct mbox_unquote *unquote, uint64_t removed, struct error *err)
{
	struct span word = span_head(SPAN("From "), unquote->word);
	uint64_t marks = unquote->marks - removed;

	unquote->marks = unquote->word = 0;
	unquote->is_inside = true;
	return write_marks(unquote, marks, err) &&
	    (word.len == 0 || unquote->write(unquote->context, word, err));
}

/* Takes an octet near the beginning of a line, if it can be held back. */
static bool
hold(struct mbox_unquote *unquote, char c)
{
	struct span word = SPAN("From ");

	if (c == '>' && unquote->word == 0)
		unquote->marks++;
	else if (unquote->marks > 0 && c == word.at[unquote->word])
		unquote->word++;
	else
		return false;
	return true;
}

bool
mbox_unquote_add(
    struct mbox_unquote *unquote, struct span data, struct error *err)
{
	while (data.len > 0) {
		size_t len;

		if (!unquote->is_inside && hold(unquote, data.at[0])) {
			data = span_skip(data, 1);
			if (unquote->word == SPAN("From ").len &&
			    !release(unquote, 1, err))
				return false;
			continue;
		}
		if (!unquote->is_inside && !release(unquote, 0, err))
			return false;
		len = span_find(data, '\n');
		unquote->is_inside = len == data.len;
		if (!unquote->is_inside)
			len++;
		if (!unquote->write(
			unquote->context, span_head(data, len), err))
			return false;
		data = span_skip(data, len);
	}
	return true;
}

bool
mbox_unquote_end(struct mbox_unquote *unquote, struct error *err)
{
	return release(unquote, 0, err);
}
