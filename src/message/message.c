#include "message/message.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/wait.h"
#include "message/message_parts.h"
#include "message/wire.h"

struct message_feed {
	struct message *message; /* owned, until it is handed out */
	struct section section;
	struct scan scan;
};

struct message_feed *
message_feed_new(enum header_rule rule)
{
	struct message_feed *feed = mem_new(1, sizeof(*feed));

	feed->message = mem_new(1, sizeof(*feed->message));
	body_init(&feed->message->body, 0);
	section_init(&feed->section, rule);
	return feed;
}

void
message_feed_keep(struct message_feed *feed, uint64_t memory_max)
{
	body_init(&feed->message->body, memory_max);
}

void
message_feed_free(struct message_feed *feed)
{
	if (feed == NULL)
		return;
	message_free(feed->message);
	section_release(&feed->section);
	free(feed);
}

static bool
add_body(struct message_feed *feed, struct span data, struct error *err)
{
	while (data.len > 0) {
		struct span block = span_head(data, MESSAGE_BLOCK);

		scan_take(&feed->scan, block);
		if (!body_add(&feed->message->body, block, err))
			return false;
		data = span_skip(data, block.len);
	}
	return true;
}

bool
message_feed_add(struct message_feed *feed, struct span data, struct error *err)
{
	struct section *section = &feed->section;

	if (section->progress == SECTION_MORE) {
		data = span_skip(data, section_take(section, data));
		if (section->progress == SECTION_BODY &&
		    !add_body(feed, section_tail(section), err))
			return false;
	}
	if (section->progress == SECTION_BODY && !add_body(feed, data, err))
		return false;
	return section_accept(&feed->section, &feed->scan, err);
}

struct message *
message_feed_end(struct message_feed *feed, struct error *err)
{
	struct message *message = feed->message;
	struct section *section = &feed->section;

	if (section->progress == SECTION_MORE) {
		section_end(section);
		if (section->progress == SECTION_BODY &&
		    !add_body(feed, section_tail(section), err))
			return NULL;
	}
	scan_end(&feed->scan);
	message_take_header(message, section, &feed->scan.facts);
	if (!section_accept(section, &feed->scan, err) ||
	    !body_end(&message->body, err))
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
	struct section section;
	struct scan scan;
	bool is_over;	       /* a dot has ended the message */
	uint64_t section_size; /* octets as they came, before the body */
	char *room;	       /* MESSAGE_BLOCK */
	struct error *err;
};

static bool
check_bounds(struct reader *reader)
{
	const struct scan *scan = &reader->scan;
	uint64_t max = reader->options->max_size, taken;

	taken = reader->section_size +
	    (scan->ended ? scan->line_from : scan->taken);
	if (!section_accept(&reader->section, scan, reader->err))
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
	struct body *body = &reader->message->body;
	uint64_t before = reader->scan.taken;

	if (reader->is_over || data.len == 0)
		return true;
	if (!scan_take(&reader->scan, data)) {
		reader->is_over = true;
		data = until_dot(reader, data, before);
	}
	return check_bounds(reader) && body_add(body, data, reader->err);
}

/* What was taken for the header, and is the body's. */
static bool
take_tail(struct reader *reader)
{
	struct span tail = section_tail(&reader->section);

	reader->section_size -= tail.len;
	while (tail.len > 0) {
		if (!take_body(reader, span_head(tail, MESSAGE_BLOCK)))
			return false;
		tail = span_skip(tail, MESSAGE_BLOCK);
	}
	return true;
}

static bool
take_stream(struct reader *reader, struct span data)
{
	struct section *section = &reader->section;

	if (section->progress == SECTION_MORE) {
		size_t len = section_take(section, data);

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
	struct section *section = &reader->section;

	if (section->progress == SECTION_MORE) {
		section_end(section);
		if (section->progress == SECTION_BODY && !take_tail(reader))
			return false;
	}
	scan_end(&reader->scan);
	if (!check_bounds(reader) ||
	    !body_end(&reader->message->body, reader->err))
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
		got = read(reader->fd, reader->room, MESSAGE_BLOCK);
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
	struct section *section = &reader->section;
	struct body *body = &reader->message->body;
	uint64_t *position = &reader->section_size;

	while (section->progress == SECTION_MORE && *position < body->size) {
		struct span block = body_block(body, *position, reader->room);

		if (block.len == 0)
			return fail_source(reader);
		*position += section_take(section, block);
		if (!check_bounds(reader))
			return false;
	}
	section_end(section);
	*position -= section_tail(section).len;
	body->from += *position;
	body->size -= *position;
	return check_bounds(reader);
}

static bool
scan_source(struct reader *reader)
{
	struct body *body = &reader->message->body;
	uint64_t position = 0;

	body->sum = 0;
	while (position < body->size && !reader->scan.ended) {
		struct span block = body_block(body, position, reader->room);

		if (block.len == 0)
			return fail_source(reader);
		position += block.len;
		body->sum = wire_sum(body->sum, block);
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
	struct body *body = &reader->message->body;
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
	struct body *body = &reader->message->body;
	off_t from = lseek(reader->fd, 0, SEEK_CUR);

	/* What says it is empty may be a file of the kernel's. */
	if (from >= 0 && body_set_source(body, reader->fd, from))
		return read_source(reader, (uint64_t)from);
	return read_stream(reader);
}

static bool
end_reading(struct reader *reader)
{
	if (reader->options->keeps_raw)
		message_keep_raw(reader->message, &reader->section);
	message_take_header(
	    reader->message, &reader->section, &reader->scan.facts);
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
	    .room = mem_resize(NULL, MESSAGE_BLOCK, 1),
	    .scan = {.dot_ends = options->dot_ends},
	    .err = err,
	};

	body_init(&reader.message->body, options->memory_max);
	section_init(&reader.section, options->header);
	if (!read_input(&reader) || !end_reading(&reader)) {
		message_free(reader.message);
		reader.message = NULL;
	}
	section_release(&reader.section);
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
	buf_free(&message->raw);
	body_free(&message->body);
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
message_spool_notes(const struct message *message)
{
	return buf_span(&message->body.notes);
}
