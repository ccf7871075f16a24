/*
 * Makes a message from its parts.
 */
#include "compose/composition.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address/address_list.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/wait.h"
#include "envelope/recipients.h"
#include "fixup/encoded_word.h"
#include "fixup/field_repair.h"
#include "message/message.h"
#include "message/storage.h"

static void
free_texts(struct address_texts *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->texts[i]);
	free(list->texts);
}

static void
free_parts(struct part *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		part_free(&parts[i]);
	free(parts);
}

void
composition_free(struct composition *composition)
{
	free(composition->subject);
	free(composition->fields);
	free_texts(&composition->to);
	free_texts(&composition->cc);
	free_texts(&composition->bcc);
	free_texts(&composition->reply_to);
	free_texts(&composition->operands);
	part_free(&composition->text);
	part_free(&composition->html);
	free_parts(composition->inlines, composition->inline_count);
	free_parts(composition->attachments, composition->attachment_count);
	*composition = (struct composition){0};
}

void
composition_add_addresses(struct address_texts *list, struct span text)
{
	*(char **)mem_append(&list->texts, &list->count, sizeof(char *)) =
	    span_copy(text);
}

struct part *
composition_add_inline(struct composition *composition)
{
	return mem_append(&composition->inlines, &composition->inline_count,
	    sizeof(struct part));
}

struct part *
composition_add_attachment(struct composition *composition)
{
	return mem_append(&composition->attachments,
	    &composition->attachment_count, sizeof(struct part));
}

bool
composition_add_recipients(const struct composition *composition,
    struct recipients *recipients, struct error *err)
{
	const struct address_texts *lists[] = {&composition->operands,
	    &composition->to, &composition->cc, &composition->bcc};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (size_t j = 0; j < lists[i]->count; j++)
			if (!recipients_add_list(
				recipients, span_from(lists[i]->texts[j]), err))
				return false;
	return true;
}

/* Adds a field, encoded (RFC 2047) and folded where necessary. */
static void
add_field(struct buf *out, const char *name, struct span value)
{
	struct field field;
	struct buf raw;
	struct span rest;

	buf_init(&raw, HEADER_MAX);
	buf_add_format(&raw, "%s: ", name);
	buf_add_span(&raw, value);
	buf_add_text(&raw, "\r\n");
	rest = buf_span(&raw);
	if (field_repair_is_needed(rest) && header_next(&rest, &field))
		field_repair(&field, out);
	else
		buf_add_span(out, buf_span(&raw));
	out->full |= raw.full;
	buf_free(&raw);
}

static bool
add_addresses(struct buf *out, const char *name,
    const struct address_texts *list, struct error *err)
{
	struct address_list parsed = {0};
	struct buf value;
	bool done = true;

	buf_init(&value, HEADER_MAX);
	for (size_t i = 0; done && i < list->count; i++) {
		struct span text = span_trim(span_from(list->texts[i]));

		done = address_list_parse(&parsed, text, err);
		if (text.len == 0)
			continue;
		if (value.len > 0)
			buf_add_text(&value,
			    encoded_word_column(&value) + text.len >
				    ENCODED_LINE_MAX
				? ",\r\n "
				: ", ");
		buf_add_span(&value, text);
	}
	address_list_free(&parsed);
	if (!done)
		error_add(err, " (in the field %s)", name);
	else if (value.len > 0)
		add_field(out, name, buf_span(&value));
	out->full |= value.full;
	buf_free(&value);
	return done;
}

static bool
add_fields(
    struct buf *out, const struct composition *composition, struct error *err)
{
	const struct address_texts *to = composition->to.count > 0
	    ? &composition->to
	    : &composition->operands;

	if (!add_addresses(out, "To", to, err) ||
	    !add_addresses(out, "Cc", &composition->cc, err) ||
	    !add_addresses(out, "Reply-To", &composition->reply_to, err))
		return false;
	if (composition->subject != NULL)
		add_field(out, "Subject", span_from(composition->subject));
	if (composition->fields != NULL)
		buf_add_text(out, composition->fields);
	return !out->full ||
	    error_set(err, ERROR_DATA,
		"cannot compose the message: its header is too large");
}

static bool
read_text(
    int fd, const char *name, struct message_feed *feed, struct error *err)
{
	char *room = mem_resize(NULL, STORAGE_BLOCK, 1);
	struct pollfd poll = {.fd = fd, .events = POLLIN};
	bool done = false;
	ssize_t got;

	for (;;) {
		if (wait_for(&poll, 1, DEADLINE_NEVER) == WAIT_INTERRUPTED) {
			error_set(err, ERROR_TEMPORARY,
			    "cannot read %s: ended by a signal", name);
			break;
		}
		got = read(fd, room, STORAGE_BLOCK);
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got < 0)
			error_set(err, ERROR_IO, "cannot read %s: %s", name,
			    strerror(errno));
		done = got == 0;
		if (got <= 0 ||
		    !message_feed_add(
			feed, (struct span){room, (size_t)got}, err))
			break;
	}
	free(room);
	return done;
}

struct message *
composition_make(const struct composition *composition,
    const struct composition_options *options, struct error *err)
{
	struct message_feed *feed =
	    message_feed_new(HEADER_BY_FORM, options->memory_max);
	struct message *message = NULL;
	struct buf header;
	bool done;

	buf_init(&header, HEADER_MAX);
	done = add_fields(&header, composition, err);
	buf_add_text(&header, "MIME-Version: 1.0\r\n\r\n");
	done = done && message_feed_add(feed, buf_span(&header), err);
	if (done && composition->text.source == PART_TEXT)
		done = message_feed_add(feed, composition->text.text, err);
	else if (done)
		done = read_text(STDIN_FILENO, "standard input", feed, err);
	if (done)
		message = message_feed_end(feed, err);
	message_feed_free(feed);
	buf_free(&header);
	return message;
}
