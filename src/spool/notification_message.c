/*
 * Puts a notification together. What is enclosed is read into memory, since it
 * is small; everything else goes out recipient by recipient.
 */
#include "spool/notification_message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address/domain.h"
#include "base/date.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/utf8.h"
#include "fixup/encoded_word.h"
#include "message/header.h"
#include "spool/fold.h"
#include "spool/notification_status.h"
#include "spool/notification_text.h"

#define BOUNDARY_CHARACTERS 30 /* 150 bits: it stands in no content */
#define ID_CHARACTERS 26
#define SUBJECT_MAX ((size_t)200) /* a longer one is not repeated */
#define MESSAGE_ID_MAX ((size_t)900)
#define HEADER_TEXT_MAX ((size_t)1024 * 1024)

/* What is enclosed, in memory. */
struct enclosure {
	enum notification_enclosed kind;
	struct buf text;    /* all that was read */
	struct span header; /* in `text`, without the empty line */
	struct span body;   /* of the part: the whole, or the header */
};

/*
 * The length of the header section at the beginning of a text. An empty line
 * ends it, and so does a line that is no field. SIZE_MAX: the text ends before
 * the header does.
 */
static size_t
header_length(struct span text)
{
	size_t at = 0;

	while (at < text.len) {
		struct span rest = span_skip(text, at);
		size_t len = span_find(rest, '\n');
		bool goes_on = at > 0 && ascii_is_blank(rest.at[0]);

		if (!goes_on && !header_line_is_field(span_head(rest, len)))
			return at;
		if (len == rest.len)
			break;
		at += len + 1;
	}
	return SIZE_MAX;
}

static bool
fail_to_read(const struct waiting *about, const char *why, struct error *err)
{
	return error_set(err, ERROR_TEMPORARY,
	    "cannot read the mail %s for a notification: %s", about->id.text,
	    why);
}

/* Reads `size` octets from the beginning of the content. */
static bool
read_content(struct buf *text, const struct notification *notification,
    size_t size, struct error *err)
{
	char block[8192];

	buf_init(text, size + 1);
	while (text->len < size) {
		size_t wanted = size - text->len;
		ssize_t got = pread(notification->content, block,
		    wanted < sizeof(block) ? wanted : sizeof(block),
		    (off_t)text->len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return fail_to_read(notification->about,
			    got < 0 ? strerror(errno)
				    : "it is shorter than it was",
			    err);
		buf_add(text, block, (size_t)got);
	}
	return true;
}

/*
 * RFC 3461 section 4.3: RET is about failures. Where nothing failed the header
 * is enough; so it is where only TLS must carry the message (RFC 8689).
 */
static bool
wants_whole(const struct notification *notification)
{
	const struct envelope *about = &notification->about->envelope;

	return about->dsn_return != DSN_RETURN_HEADERS &&
	    !about->requires_tls &&
	    (notification->event == NOTIFICATION_FAILED ||
		notification->event == NOTIFICATION_EXPIRED);
}

static bool
enclose(struct enclosure *enclosure, const struct notification *notification,
    struct error *err)
{
	uint64_t size = notification->about->content_size;
	bool is_large = size > NOTIFICATION_MESSAGE_ENCLOSED_MAX;
	struct span text;
	size_t len;

	/* No part of it may leave, such as a text that is to be encrypted. */
	if (notification->about->is_unfiltered) {
		enclosure->kind = ENCLOSED_UNFILTERED;
		return true;
	}
	if (!read_content(&enclosure->text, notification,
		is_large ? NOTIFICATION_MESSAGE_ENCLOSED_MAX : (size_t)size,
		err))
		return false;
	text = buf_span(&enclosure->text);
	len = header_length(text);
	if (len == SIZE_MAX && is_large) {
		enclosure->kind = ENCLOSED_NOTHING;
		return true;
	}
	enclosure->header = span_head(text, len);
	enclosure->kind = !is_large && wants_whole(notification)
	    ? ENCLOSED_WHOLE
	    : ENCLOSED_HEADER;
	enclosure->body =
	    enclosure->kind == ENCLOSED_WHOLE ? text : enclosure->header;
	return true;
}

/* The subject, in one line, if it can be repeated. */
static bool
find_subject(const struct enclosure *enclosure, struct buf *subject)
{
	struct field field;
	struct span rest, word;

	if (!header_find(enclosure->header, SPAN("Subject"), &field))
		return false;
	rest = field.body;
	while (span_next_word(&rest, " \t\r\n", &word)) {
		if (subject->len > 0)
			buf_add_char(subject, ' ');
		buf_add_span(subject, word);
	}
	return subject->len > 0 && subject->len <= SUBJECT_MAX &&
	    !subject->full && utf8_is_valid(buf_span(subject)) &&
	    !span_has_control(buf_span(subject));
}

static void
add_subject(struct buf *out, const struct notification *notification,
    const struct enclosure *enclosure)
{
	static const char *const what[] = {
	    [NOTIFICATION_FAILED] = "Not delivered",
	    [NOTIFICATION_EXPIRED] = "Not delivered",
	    [NOTIFICATION_DELAYED] = "Not delivered yet",
	    [NOTIFICATION_RELAYED] = "Passed on",
	};
	struct buf subject = {0};

	buf_add_format(out, "Subject: %s", what[notification->event]);
	if (find_subject(enclosure, &subject)) {
		buf_add_text(out, ": ");
		if (span_is_ascii(buf_span(&subject)))
			fold_add(out, buf_span(&subject), " ");
		else
			encoded_words_add(out, buf_span(&subject));
	} else {
		buf_add_text(out, ": your mail");
	}
	buf_add_text(out, "\r\n");
	buf_free(&subject);
}

/*
 * An address from a profile or an envelope, masked, since controls could end
 * the field.
 */
static void
add_address(struct buf *out, const char *path)
{
	struct buf clean;

	buf_init(&clean, HEADER_TEXT_MAX);
	utf8_add_sentence(&clean, span_from(path));
	fold_add_whole(out, buf_span(&clean), " ");
	out->full |= clean.full;
	buf_free(&clean);
}

/* The Message-ID that the notification refers to, if it is one. */
static void
add_references(struct buf *out, const char *id)
{
	struct span text = span_from(id);

	if (text.len < 3 || text.len > MESSAGE_ID_MAX || text.at[0] != '<' ||
	    text.at[text.len - 1] != '>' || span_has_control(text) ||
	    !span_is_ascii(text) || span_find(text, ' ') < text.len)
		return;
	buf_add_format(out, "In-Reply-To: %s\r\nReferences: %s\r\n", id, id);
}

static const char *
sender_of(const struct notification *notification)
{
	return notification->sender != NULL && notification->sender[0] != '\0'
	    ? notification->sender
	    : notification->about->envelope.reverse_path;
}

static bool
add_message_id(
    struct buf *out, const struct notification *notification, struct error *err)
{
	struct span domain = domain_of_path(span_from(sender_of(notification)));

	if (!domain_is_name(domain))
		domain = SPAN("localhost");
	buf_add_char(out, '<');
	if (!random_add_name(out, ID_CHARACTERS))
		return error_set(err, ERROR_TEMPORARY,
		    "cannot make a notification: the system gives no random "
		    "numbers");
	buf_add_char(out, '@');
	buf_add_span(out, domain);
	buf_add_char(out, '>');
	return true;
}

static void
add_header(struct buf *out, const struct notification *notification,
    const struct enclosure *enclosure, struct buf *id, struct buf *boundary)
{
	bool is_ascii = notification_is_ascii(notification) &&
	    span_is_ascii(enclosure->body);

	buf_add_text(out, "Date: ");
	date_add(out, (time_t)notification->now);
	buf_add_text(out, "\r\n");
	buf_add_text(out, "From: Mail delivery report <");
	add_address(out, sender_of(notification));
	buf_add_text(out, ">\r\nTo: ");
	add_address(out, notification->about->envelope.reverse_path);
	buf_add_text(out, "\r\n");
	add_subject(out, notification, enclosure);
	buf_add_format(out, "Message-ID: %s\r\n", buf_text(id));
	add_references(out, notification->about->message_id);
	buf_add_format(out,
	    "Auto-Submitted: auto-replied\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/report; report-type=delivery-status;\r\n"
	    "\tboundary=\"%s\"\r\n",
	    buf_text(boundary));
	if (!is_ascii)
		buf_add_text(out, "Content-Transfer-Encoding: 8bit\r\n");
}

/* A message on its way out. */
struct writer {
	const struct notification *notification;
	const struct message_sink *sink;
	struct enclosure enclosure;
	struct buf id, boundary, out;
};

static bool
flush(struct writer *writer)
{
	bool done = !writer->out.full &&
	    writer->sink->write(
		writer->sink->context, writer->out.data, writer->out.len);

	buf_clear(&writer->out);
	return done;
}

/* The header of a part. Some programs compare the line of its type whole. */
static bool
begin_part(struct writer *writer, const char *type, bool is_ascii)
{
	buf_add_format(&writer->out, "\r\n--%s\r\nContent-Type: %s\r\n",
	    buf_text(&writer->boundary), type);
	if (!is_ascii)
		buf_add_text(
		    &writer->out, "Content-Transfer-Encoding: 8bit\r\n");
	buf_add_text(&writer->out, "\r\n");
	return flush(writer);
}

static bool
write_text(struct writer *writer)
{
	bool is_ascii = notification_is_ascii(writer->notification);

	return begin_part(writer,
		   is_ascii ? "text/plain" : "text/plain; charset=utf-8",
		   is_ascii) &&
	    notification_text_write(
		writer->notification, writer->enclosure.kind, writer->sink);
}

static bool
write_status(struct writer *writer)
{
	bool is_global = notification_is_global(writer->notification);

	return begin_part(writer,
		   is_global ? "message/global-delivery-status"
			     : "message/delivery-status",
		   !is_global) &&
	    notification_status_write(writer->notification, writer->sink);
}

static bool
write_enclosure(struct writer *writer)
{
	const struct enclosure *enclosure = &writer->enclosure;
	const struct notification *notification = writer->notification;
	/* An address in UTF-8 cannot stand in message/rfc822 (RFC 6532). */
	bool is_global = (notification_is_global(notification) ||
			     notification->about->needs_utf8) &&
	    !span_is_ascii(enclosure->header) &&
	    utf8_is_valid(enclosure->header);
	bool is_whole = enclosure->kind == ENCLOSED_WHOLE;
	const char *type = is_global
	    ? is_whole ? "message/global" : "message/global-headers"
	    : is_whole ? "message/rfc822"
		       : "text/rfc822-headers";

	if (enclosure->kind == ENCLOSED_NOTHING ||
	    enclosure->kind == ENCLOSED_UNFILTERED)
		return true;
	return begin_part(writer, type, span_is_ascii(enclosure->body)) &&
	    (enclosure->body.len == 0 ||
		writer->sink->write(writer->sink->context, enclosure->body.at,
		    enclosure->body.len));
}

static bool
write_all(struct writer *writer)
{
	add_header(&writer->out, writer->notification, &writer->enclosure,
	    &writer->id, &writer->boundary);
	if (!flush(writer) || !write_text(writer) || !write_status(writer) ||
	    !write_enclosure(writer))
		return false;
	buf_add_format(
	    &writer->out, "\r\n--%s--\r\n", buf_text(&writer->boundary));
	return flush(writer);
}

char *
notification_message_write(const struct notification *notification,
    const struct message_sink *sink, struct error *err)
{
	struct writer writer = {.notification = notification, .sink = sink};
	char *id = NULL;

	buf_init(&writer.out, HEADER_TEXT_MAX);
	if (enclose(&writer.enclosure, notification, err) &&
	    add_message_id(&writer.id, notification, err)) {
		if (!random_add_name(&writer.boundary, BOUNDARY_CHARACTERS))
			error_set(err, ERROR_TEMPORARY,
			    "cannot make a notification: the system gives no "
			    "random numbers");
		else if (!write_all(&writer))
			error_set(err, ERROR_TEMPORARY,
			    "cannot write the notification about the mail %s",
			    notification->about->id.text);
		else
			id = mem_copy_text(buf_text(&writer.id));
	}
	buf_free(&writer.enclosure.text);
	buf_free(&writer.id);
	buf_free(&writer.boundary);
	buf_free(&writer.out);
	return id;
}

static bool
write_to_add(void *context, const char *data, size_t len)
{
	return add_write(context, data, len);
}

/* The head of the new mail. */
static void
fill(struct waiting *made, const struct notification *notification)
{
	const struct waiting *about = notification->about;
	const char *to = about->envelope.reverse_path;
	struct envelope_index index = {0};

	made->kind = WAITING_NOTIFICATION;
	made->parent = about->id;
	made->arrived = notification->now;
	made->clock = notification->clock;
	made->uid = about->uid;
	made->profile = mem_copy_text(about->profile);
	made->config = mem_copy_text(about->config);
	made->needs_utf8 = !span_is_ascii(span_from(to)) ||
	    !span_is_ascii(span_from(sender_of(notification)));
	made->envelope.reverse_path = mem_copy_text("");
	made->envelope.requires_tls = about->envelope.requires_tls;
	envelope_add(&made->envelope, &index, to);
	envelope_index_free(&index);
	made->recipients = mem_new(1, sizeof(made->recipients[0]));
}

bool
notification_message_add(const struct notification *notification,
    struct add *add, struct waiting *made, struct error *err)
{
	const struct message_sink sink = {write_to_add, add};

	fill(made, notification);
	made->message_id = notification_message_write(notification, &sink, err);
	if (made->message_id == NULL && add->error != 0)
		error_add(err, ": %s", strerror(add->error));
	return made->message_id != NULL;
}
