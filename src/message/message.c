/*
 * Reads a message: from a stream, from a regular file, which is not copied, or
 * from pieces that a server passes. All three use a struct message_feed, which
 * has the header section and the facts of the body so far. A composed message
 * has no header to be found, so message_make needs none.
 */
#include "message/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "message/header_section.h"
#include "message/pieces.h"
#include "message/storage.h"

struct message {
	struct buf header;
	struct buf notes, edit_notes; /* see message_notes */
	struct message_raw raw;
	struct storage body;
	struct message_facts facts;
};

struct message_feed {
	struct message *message; /* owned, until it is returned */
	uint64_t max_size;	 /* 0: no limit */
	struct header_section section;
	uint64_t section_size; /* octets before the body, as they were read */
	const struct header_edits *edits; /* NULL: none */
	bool keeps_raw;
	struct scan scan; /* of the body */
};

struct message_feed *
message_feed_new(enum header_rule rule, uint64_t memory_max)
{
	struct message_feed *feed = mem_new(1, sizeof(*feed));

	feed->message = mem_new(1, sizeof(*feed->message));
	storage_init(&feed->message->body, memory_max);
	header_section_init(&feed->section, rule);
	return feed;
}

void
message_feed_free(struct message_feed *feed)
{
	if (feed == NULL)
		return;
	message_free(feed->message);
	header_section_release(&feed->section);
	free(feed);
}

void
message_feed_edit(struct message_feed *feed, const struct header_edits *edits)
{
	feed->edits = edits;
}

static bool
check_size(uint64_t size, uint64_t max, struct error *err)
{
	return max == 0 || size <= max ||
	    error_set(err, ERROR_DATA,
		"cannot send the message: it is larger than max-size, %llu "
		"octets",
		(unsigned long long)max);
}

static bool
check_bounds(const struct message_feed *feed, struct error *err)
{
	const struct scan *scan = &feed->scan;
	uint64_t size = feed->section_size +
	    (scan->ended ? scan->line_from : scan->ends.position);

	if (!header_section_accept(&feed->section, scan->has_lf, err))
		return false;
	return check_size(size, feed->max_size, err);
}

static bool
add_block(struct message_feed *feed, struct span block, struct error *err)
{
	block = scan_take(&feed->scan, block);
	return check_bounds(feed, err) &&
	    storage_add(&feed->message->body, block, err);
}

static bool
add_body(struct message_feed *feed, struct span data, struct error *err)
{
	for (; data.len > 0 && !feed->scan.ended;
	     data = span_skip(data, STORAGE_BLOCK))
		if (!add_block(feed, span_head(data, STORAGE_BLOCK), err))
			return false;
	return true;
}

/*
 * Adds to the body the octets that header_section took but that belong to it.
 */
static bool
add_tail(struct message_feed *feed, struct error *err)
{
	struct span tail = header_section_tail(&feed->section);

	if (feed->section.progress != SECTION_BODY)
		return true;
	feed->section_size -= tail.len;
	return add_body(feed, tail, err);
}

bool
message_feed_add(struct message_feed *feed, struct span data, struct error *err)
{
	if (feed->section.progress == SECTION_MORE) {
		size_t len = header_section_take(&feed->section, data);

		feed->section_size += len;
		data = span_skip(data, len);
		if (!add_tail(feed, err))
			return false;
	}
	return check_bounds(feed, err) && add_body(feed, data, err);
}

static bool
end_stream(struct message_feed *feed, struct error *err)
{
	struct storage *body = &feed->message->body;

	if (feed->section.progress == SECTION_MORE) {
		header_section_end(&feed->section);
		if (!add_tail(feed, err))
			return false;
	}
	scan_end(&feed->scan);
	if (!check_bounds(feed, err) || !storage_end(body, err))
		return false;
	/* The line of one dot may already be stored. */
	if (feed->scan.ended)
		body->size = feed->scan.line_from;
	return true;
}

/* Adds a sentence for each change that was made to the header when reading. */
static void
note_changes(
    struct buf *notes, const struct header_section *section, uint64_t body_size)
{
	if (section->is_text)
		buf_add_text(notes,
		    "no header: no field has a known name and a value that "
		    "fits it, so all of it is text\n");
	if (section->has_mark)
		buf_add_text(
		    notes, "byte order mark before the header: dropped\n");
	if (section->mbox_end > 0)
		buf_add_text(notes, "mbox line before the header: dropped\n");
	buf_add_span(notes, buf_span(&section->notes));
	if (section->ends == ENDS_CR && section->has_cr_ends)
		buf_add_text(notes, "header: lone CR replaced by a line end\n");
	if (section->has_extra_cr)
		buf_add_text(notes,
		    "header: CR CR LF at the end of lines replaced by "
		    "CRLF\n");
	if (section->lines.len > 0 && !section->has_end && body_size > 0)
		buf_add_text(notes, "header: empty line added at its end\n");
}

/* Notes the header as it was read. */
static void
keep_raw(struct message *message, struct header_section *section)
{
	message->raw.text = section->raw;
	message->raw.text.len = section->body;
	message->raw.fields =
	    section->is_text ? section->body : section->fields;
	message->raw.ends_in_cr = section->ends == ENDS_CR;
	message->raw.has_no_end = !section->has_end;
	section->raw = (struct buf){0};
}

static bool
refuse_header(struct error *err)
{
	return error_set(err, ERROR_DATA,
	    "cannot send the message: its header is larger than %zu octets",
	    HEADER_MAX);
}

/* Replaces the header section `header` by the edited one. */
static bool
edit_header(struct message *message, struct span header,
    const struct header_edits *edits, struct header_changes *changes,
    struct error *err)
{
	struct buf edited;
	bool done;

	buf_init(&edited, 2 * HEADER_MAX);
	if (edits != NULL)
		header_edits_apply(
		    edits, header, &edited, &message->edit_notes, changes);
	else
		buf_add_span(&edited, header);
	done = !edited.full || refuse_header(err);
	message->header = edited;
	return done;
}

/*
 * Completes the message with its header and facts, and returns it. NULL on
 * failure.
 */
static struct message *
finish(struct message_feed *feed, struct error *err)
{
	struct message *message = feed->message;
	struct header_section *section = &feed->section;
	bool done = true;

	note_changes(&message->notes, section, feed->scan.facts.body_size);
	if (feed->keeps_raw)
		keep_raw(message, section);
	if (feed->edits != NULL) {
		message->raw.header = section->lines;
		done = edit_header(message, buf_span(&section->lines),
		    feed->edits, &message->raw.changes, err);
	} else {
		message->header = section->lines;
	}
	section->lines = (struct buf){0};
	if (!done)
		return NULL;
	message->facts = feed->scan.facts;
	scan_join_header(
	    &message->facts, scan_header(buf_span(&message->header)));
	feed->message = NULL;
	return message;
}

struct message *
message_feed_end(struct message_feed *feed, struct error *err)
{
	return end_stream(feed, err) ? finish(feed, err) : NULL;
}

struct message_reader {
	struct message_feed *feed;
	int fd;
	const char *name; /* of the source, for errors */
	uint64_t end;	  /* see struct message_options */
	char *room;	  /* STORAGE_BLOCK octets */
	struct error *err;
};

static bool
fail_read(struct message_reader *reader, int number)
{
	return error_set(reader->err, ERROR_IO, "cannot read %s: %s",
	    reader->name, strerror(number));
}

/*
 * Reads to the end even after the line of one dot, or SIGPIPE would end the
 * writer. On a terminal, reading ends with that line.
 */
static bool
read_stream(struct message_reader *reader)
{
	bool is_empty = true;
	ssize_t got;

	for (;;) {
		got = storage_read(
		    reader->fd, reader->name, reader->room, reader->err);
		if (got < 0)
			return false;
		if (got == 0)
			break;
		is_empty = false;
		if (!message_feed_add(reader->feed,
			(struct span){reader->room, (size_t)got}, reader->err))
			return false;
		if (reader->feed->scan.ended && isatty(reader->fd))
			break;
	}
	if (is_empty)
		return error_set(reader->err, ERROR_NO_INPUT,
		    "cannot send the message: it is empty");
	return end_stream(reader->feed, reader->err);
}

static bool
fail_source(struct message_reader *reader)
{
	if (errno != 0)
		return fail_read(reader, errno);
	return error_set(reader->err, ERROR_TEMPORARY,
	    "cannot read %s: it changed while it was being read", reader->name);
}

/* Finds the beginning of the body in the source file. */
static bool
read_source_section(struct message_reader *reader)
{
	struct message_feed *feed = reader->feed;
	struct header_section *section = &feed->section;
	struct storage *body = &feed->message->body;
	uint64_t *position = &feed->section_size;

	while (section->progress == SECTION_MORE && *position < body->size) {
		struct span block =
		    storage_block(body, *position, reader->room);

		if (block.len == 0)
			return fail_source(reader);
		*position += header_section_take(section, block);
		if (!check_bounds(reader->feed, reader->err))
			return false;
	}
	header_section_end(section);
	*position -= header_section_tail(section).len;
	body->from += *position;
	body->size -= *position;
	return check_bounds(reader->feed, reader->err);
}

static bool
scan_source(struct message_reader *reader)
{
	struct storage *body = &reader->feed->message->body;
	uint64_t position = 0;

	body->sum = 0;
	while (position < body->size && !reader->feed->scan.ended) {
		struct span block = storage_block(body, position, reader->room);

		if (block.len == 0)
			return fail_source(reader);
		position += block.len;
		body->sum = storage_sum(body->sum, block);
		scan_take(&reader->feed->scan, block);
		if (!check_bounds(reader->feed, reader->err))
			return false;
	}
	scan_end(&reader->feed->scan);
	return check_bounds(reader->feed, reader->err);
}

static bool
refuse_shorter(const struct message_reader *reader)
{
	return error_set(reader->err, ERROR_TEMPORARY,
	    "cannot read %s: it has become shorter", reader->name);
}

/* If the file shrinks meanwhile, another program is still writing it: fails. */
static bool
read_source(struct message_reader *reader, uint64_t from)
{
	struct storage *body = &reader->feed->message->body;
	uint64_t end =
	    reader->end != 0 ? reader->end : (uint64_t)body->file_size;

	if (end > (uint64_t)body->file_size || end < from)
		return refuse_shorter(reader);
	body->from = from;
	body->size = end - from;
	if (!read_source_section(reader) || !scan_source(reader))
		return false;
	if (reader->feed->scan.ended) {
		/* Scan again, for the sum and the facts of the shorter body. */
		body->size = reader->feed->scan.line_from;
		reader->feed->scan = (struct scan){0};
		if (!scan_source(reader))
			return false;
	}
	if (lseek(reader->fd, (off_t)end, SEEK_SET) < 0)
		return fail_read(reader, errno);
	return true;
}

static bool
read_input(struct message_reader *reader)
{
	struct storage *body = &reader->feed->message->body;
	off_t from = lseek(reader->fd, 0, SEEK_CUR);

	/*
	 * A file of size 0 may be in /proc or the like, so it is read as a
	 * stream.
	 */
	if (from >= 0 && storage_set_source(body, reader->fd, from))
		return read_source(reader, (uint64_t)from);
	return reader->end != 0 ? refuse_shorter(reader) : read_stream(reader);
}

struct message *
message_read(int fd, const char *name, const struct message_options *options,
    struct error *err)
{
	struct message_feed *feed =
	    message_feed_new(options->header, options->memory_max);
	struct message *message = NULL;
	struct message_reader reader = {
	    .feed = feed,
	    .fd = fd,
	    .name = name,
	    .end = options->end,
	    .room = mem_resize(NULL, STORAGE_BLOCK, 1),
	    .err = err,
	};

	feed->max_size = options->max_size;
	message_feed_edit(feed, options->edits);
	feed->keeps_raw = options->keeps_raw;
	feed->scan.dot_ends = options->dot_ends;
	if (read_input(&reader))
		message = finish(feed, err);
	message_feed_free(feed);
	free(reader.room);
	return message;
}

/*
 * The fields that describe the body of a composed message must stay, but a body
 * that is one text may be of any type.
 */
static bool
check_edits(
    const struct header_edits *edits, struct span header, struct error *err)
{
	static const struct span names[] = {SPAN("Content-Transfer-Encoding"),
	    SPAN("MIME-Version"), SPAN("Content-Type")};
	struct field field;
	bool is_text;

	if (edits == NULL || !header_find(header, SPAN("Content-Type"), &field))
		return true;
	is_text = span_starts_nocase(span_trim(field.body), SPAN("text/"));
	for (size_t i = 0; i < (is_text ? 1 : 3); i++)
		if (header_edits_name(edits, names[i]))
			return error_set(err, ERROR_USAGE,
			    "cannot change the field %s: the body of the "
			    "message depends on it",
			    names[i].at);
	return true;
}

/* Fills in a message whose body is the pieces. */
static bool
make(struct message *message, struct span header, struct pieces *pieces,
    const struct message_options *options, struct error *err)
{
	struct scan scan = {0};

	if (!pieces_scan(pieces, &message->body, &scan, err) ||
	    !check_edits(options->edits, header, err) ||
	    !edit_header(message, header, options->edits, NULL, err))
		return false;
	scan_end(&scan);
	header = buf_span(&message->header);
	if (options->keeps_raw) {
		buf_init(&message->raw.text, message->header.max + 2);
		buf_add_span(&message->raw.text, header);
		buf_add_text(&message->raw.text, "\r\n");
	}
	message->facts = scan.facts;
	scan_join_header(&message->facts, scan_header(header));
	return check_size(
	    header.len + scan.facts.body_size, options->max_size, err);
}

struct message *
message_make(struct span header, struct pieces *pieces,
    const struct message_options *options, struct error *err)
{
	struct message *message = mem_new(1, sizeof(*message));

	if (make(message, header, pieces, options, err))
		return message;
	message_free(message);
	return NULL;
}

void
message_free(struct message *message)
{
	if (message == NULL)
		return;
	buf_free(&message->header);
	buf_free(&message->notes);
	buf_free(&message->edit_notes);
	buf_free(&message->raw.text);
	buf_free(&message->raw.header);
	free(message->raw.changes.list);
	storage_free(&message->body);
	free(message);
}

struct span
message_header(const struct message *message)
{
	return buf_span(&message->header);
}

const struct message_facts *
message_facts(const struct message *message)
{
	return &message->facts;
}

uint64_t
message_size(const struct message *message)
{
	return message->header.len + message->facts.body_size;
}

struct span
message_notes(const struct message *message)
{
	return buf_span(&message->notes);
}

struct span
message_edit_notes(const struct message *message)
{
	return buf_span(&message->edit_notes);
}

struct span
message_storage_notes(const struct message *message)
{
	return buf_span(&message->body.notes);
}

const struct storage *
message_body(const struct message *message)
{
	return &message->body;
}

const char *
message_changed_name(const struct message *message)
{
	const struct storage *body = &message->body;
	const char *name = body->backing != NULL
	    ? body->backing->changed_name(body->context)
	    : NULL;

	return name != NULL ? name : "the message";
}

const struct message_raw *
message_raw(const struct message *message)
{
	return &message->raw;
}
