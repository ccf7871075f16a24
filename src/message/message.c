#include "message/message.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/wait.h"
#include "message/header_section.h"
#include "message/storage.h"

struct message {
	struct buf header;
	struct buf notes; /* see message_notes */
	struct message_raw raw;
	struct storage body;
	struct message_facts facts;
};

/* Keeps what is in front of the body; before take_header. */
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

/* Adds a sentence for each change that reading has made to the header. */
static void
note_changes(struct message *message, const struct header_section *section,
    const struct message_facts *body)
{
	struct buf *notes = &message->notes;

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
	if (section->ends == ENDS_CR && section->has_bare_cr)
		buf_add_text(notes, "header: lone CR made a line end\n");
	if (section->has_extra_cr)
		buf_add_text(notes,
		    "header: lines that end in CR CR LF made to end in "
		    "CRLF\n");
	if (section->lines.len > 0 && !section->has_end && body->body_size > 0)
		buf_add_text(notes, "header: empty line added behind it\n");
}

/*
 * At the end: the lines of the section are the message's, and its facts those
 * of the body and of the header in its CRLF form.
 */
static void
take_header(struct message *message, struct header_section *section,
    const struct message_facts *body)
{
	note_changes(message, section, body);
	message->header = section->lines;
	section->lines = (struct buf){0};
	message->facts = *body;
	message->facts.body_has_bare_cr = body->has_bare_cr;
	message->facts.body_has_extra_cr = body->has_extra_cr;
	message->facts.has_bare_cr |= section->has_bare_cr;
	message->facts.has_extra_cr |= section->has_extra_cr;
	message->facts.has_bare_lf |= section->has_bare_lf;
	message->facts.has_mark = section->has_mark;
	scan_join_header(
	    &message->facts, scan_header(buf_span(&message->header)));
}

struct message_feed {
	struct message *message; /* owned, until it is handed out */
	struct header_section section;
	struct scan scan;
};

struct message_feed *
message_feed_new(enum header_rule rule)
{
	struct message_feed *feed = mem_new(1, sizeof(*feed));

	feed->message = mem_new(1, sizeof(*feed->message));
	storage_init(&feed->message->body, 0);
	header_section_init(&feed->section, rule);
	return feed;
}

void
message_feed_keep(struct message_feed *feed, uint64_t memory_max)
{
	storage_init(&feed->message->body, memory_max);
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

static bool
add_body(struct message_feed *feed, struct span data, struct error *err)
{
	while (data.len > 0) {
		struct span block = span_head(data, STORAGE_BLOCK);

		scan_take(&feed->scan, block);
		if (!storage_add(&feed->message->body, block, err))
			return false;
		data = span_skip(data, block.len);
	}
	return true;
}

bool
message_feed_add(struct message_feed *feed, struct span data, struct error *err)
{
	struct header_section *section = &feed->section;

	if (section->progress == SECTION_MORE) {
		data = span_skip(data, header_section_take(section, data));
		if (section->progress == SECTION_BODY &&
		    !add_body(feed, header_section_tail(section), err))
			return false;
	}
	if (section->progress == SECTION_BODY && !add_body(feed, data, err))
		return false;
	return header_section_accept(&feed->section, feed->scan.has_lf, err);
}

struct message *
message_feed_end(struct message_feed *feed, struct error *err)
{
	struct message *message = feed->message;
	struct header_section *section = &feed->section;

	if (section->progress == SECTION_MORE) {
		header_section_end(section);
		if (section->progress == SECTION_BODY &&
		    !add_body(feed, header_section_tail(section), err))
			return NULL;
	}
	scan_end(&feed->scan);
	take_header(message, section, &feed->scan.facts);
	if (!header_section_accept(section, feed->scan.has_lf, err) ||
	    !storage_end(&message->body, err))
		return NULL;
	feed->message = NULL;
	return message;
}

/* The one pass over the input. */
struct reader {
	struct message *message;
	const struct message_options *options;
	int fd;
	const char *name;
	struct header_section section;
	struct scan scan;
	bool is_over;	       /* a dot has ended the message */
	uint64_t section_size; /* octets as they came, before the body */
	char *room;	       /* STORAGE_BLOCK */
	struct error *err;
};

static bool
check_bounds(struct reader *reader)
{
	const struct scan *scan = &reader->scan;
	uint64_t max = reader->options->max_size, taken;

	taken = reader->section_size +
	    (scan->ended ? scan->line_from : scan->ends.position);
	if (!header_section_accept(&reader->section, scan->has_lf, reader->err))
		return false;
	if (max != 0 && taken > max)
		return error_set(reader->err, ERROR_DATA,
		    "cannot send the message: it is larger than max-size, "
		    "%llu octets",
		    (unsigned long long)max);
	return true;
}

static bool
fail_read(struct reader *reader, int number)
{
	return error_set(reader->err, ERROR_IO, "cannot read %s: %s",
	    reader->name, strerror(number));
}

/* The octets that a dot line and what follows it leave. */
static struct span
until_dot(const struct reader *reader, struct span data, uint64_t before)
{
	uint64_t size = reader->scan.line_from;

	return span_head(data, size > before ? (size_t)(size - before) : 0);
}

static bool
take_body(struct reader *reader, struct span data)
{
	struct storage *body = &reader->message->body;
	uint64_t before = reader->scan.ends.position;

	if (reader->is_over || data.len == 0)
		return true;
	if (!scan_take(&reader->scan, data)) {
		reader->is_over = true;
		data = until_dot(reader, data, before);
	}
	return check_bounds(reader) && storage_add(body, data, reader->err);
}

/* What was taken for the header, and is the body's. */
static bool
take_tail(struct reader *reader)
{
	struct span tail = header_section_tail(&reader->section);

	reader->section_size -= tail.len;
	while (tail.len > 0) {
		if (!take_body(reader, span_head(tail, STORAGE_BLOCK)))
			return false;
		tail = span_skip(tail, STORAGE_BLOCK);
	}
	return true;
}

static bool
take_stream(struct reader *reader, struct span data)
{
	struct header_section *section = &reader->section;

	if (section->progress == SECTION_MORE) {
		size_t len = header_section_take(section, data);

		reader->section_size += len;
		data = span_skip(data, len);
		if (section->progress == SECTION_BODY && !take_tail(reader))
			return false;
	}
	return check_bounds(reader) && take_body(reader, data);
}

static bool
end_stream(struct reader *reader)
{
	struct header_section *section = &reader->section;

	if (section->progress == SECTION_MORE) {
		header_section_end(section);
		if (section->progress == SECTION_BODY && !take_tail(reader))
			return false;
	}
	scan_end(&reader->scan);
	if (!check_bounds(reader) ||
	    !storage_end(&reader->message->body, reader->err))
		return false;
	/* A dot may lie in what is kept already. */
	if (reader->scan.ended)
		reader->message->body.size = reader->scan.line_from;
	return true;
}

/* Some octets; none at the end. False on failure. */
static bool
read_some(struct reader *reader, struct span *data)
{
	struct pollfd poll = {.fd = reader->fd, .events = POLLIN};
	ssize_t got;

	if (reader->fd < 0) /* poll would wait for ever */
		return fail_read(reader, EBADF);
	do {
		switch (wait_for(&poll, 1, DEADLINE_NEVER)) {
		case WAIT_INTERRUPTED:
			return error_set(reader->err, ERROR_TEMPORARY,
			    "cannot read %s: ended by a signal", reader->name);
		case WAIT_FAILED:
			return fail_read(reader, errno);
		case WAIT_TIMEOUT:
		case WAIT_READY:
			break;
		}
		got = read(reader->fd, reader->room, STORAGE_BLOCK);
	} while (got < 0 &&
	    (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK));
	if (got < 0)
		return fail_read(reader, errno);
	*data = (struct span){reader->room, (size_t)got};
	return true;
}

/*
 * Read to the end even after a dot, or the writer dies of SIGPIPE; but a
 * person at a terminal has had enough.
 */
static bool
read_stream(struct reader *reader)
{
	bool is_empty = true;
	struct span data;

	for (;;) {
		if (!read_some(reader, &data))
			return false;
		if (data.len == 0)
			break;
		is_empty = false;
		if (!take_stream(reader, data))
			return false;
		if (reader->is_over && isatty(reader->fd))
			break;
	}
	if (is_empty)
		return error_set(reader->err, ERROR_NO_INPUT,
		    "cannot send: the message is empty");
	return end_stream(reader);
}

static bool
fail_source(struct reader *reader)
{
	if (errno != 0)
		return fail_read(reader, errno);
	return error_set(reader->err, ERROR_TEMPORARY,
	    "cannot read %s: it was changed while it was read", reader->name);
}

/* Finds in the source where the body begins. */
static bool
read_source_section(struct reader *reader)
{
	struct header_section *section = &reader->section;
	struct storage *body = &reader->message->body;
	uint64_t *position = &reader->section_size;

	while (section->progress == SECTION_MORE && *position < body->size) {
		struct span block =
		    storage_block(body, *position, reader->room);

		if (block.len == 0)
			return fail_source(reader);
		*position += header_section_take(section, block);
		if (!check_bounds(reader))
			return false;
	}
	header_section_end(section);
	*position -= header_section_tail(section).len;
	body->from += *position;
	body->size -= *position;
	return check_bounds(reader);
}

static bool
scan_source(struct reader *reader)
{
	struct storage *body = &reader->message->body;
	uint64_t position = 0;

	body->sum = 0;
	while (position < body->size && !reader->scan.ended) {
		struct span block = storage_block(body, position, reader->room);

		if (block.len == 0)
			return fail_source(reader);
		position += block.len;
		body->sum = storage_sum(body->sum, block);
		scan_take(&reader->scan, block);
		if (!check_bounds(reader))
			return false;
	}
	scan_end(&reader->scan);
	return check_bounds(reader);
}

/* A file that shrinks while it is read is not a message yet. */
static bool
read_source(struct reader *reader, uint64_t from)
{
	struct storage *body = &reader->message->body;
	uint64_t end = (uint64_t)body->file_size;

	body->from = from;
	body->size = end - from;
	if (!read_source_section(reader) || !scan_source(reader))
		return false;
	if (reader->scan.ended) {
		/* Once more, for the sum and the facts of what is left. */
		body->size = reader->scan.line_from;
		reader->scan = (struct scan){0};
		if (!scan_source(reader))
			return false;
	}
	if (lseek(reader->fd, (off_t)end, SEEK_SET) < 0)
		return fail_read(reader, errno);
	return true;
}

static bool
read_input(struct reader *reader)
{
	struct storage *body = &reader->message->body;
	off_t from = lseek(reader->fd, 0, SEEK_CUR);

	/* What says it is empty may be a file of the kernel's. */
	if (from >= 0 && storage_set_source(body, reader->fd, from))
		return read_source(reader, (uint64_t)from);
	return read_stream(reader);
}

static bool
end_reading(struct reader *reader)
{
	if (reader->options->keeps_raw)
		keep_raw(reader->message, &reader->section);
	take_header(reader->message, &reader->section, &reader->scan.facts);
	return check_bounds(reader);
}

struct message *
message_read(int fd, const char *name, const struct message_options *options,
    struct error *err)
{
	struct reader reader = {
	    .message = mem_new(1, sizeof(struct message)),
	    .options = options,
	    .fd = fd,
	    .name = name,
	    .room = mem_resize(NULL, STORAGE_BLOCK, 1),
	    .scan = {.dot_ends = options->dot_ends},
	    .err = err,
	};

	storage_init(&reader.message->body, options->memory_max);
	header_section_init(&reader.section, options->header);
	if (!read_input(&reader) || !end_reading(&reader)) {
		message_free(reader.message);
		reader.message = NULL;
	}
	header_section_release(&reader.section);
	free(reader.room);
	return reader.message;
}

void
message_free(struct message *message)
{
	if (message == NULL)
		return;
	buf_free(&message->header);
	buf_free(&message->notes);
	buf_free(&message->raw.text);
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

struct span
message_notes(const struct message *message)
{
	return buf_span(&message->notes);
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

const struct message_raw *
message_raw(const struct message *message)
{
	return &message->raw;
}
