/*
 * Writes the copy. The lines before the message are made first, so that a Bcc
 * field of any length is written in one step.
 */
#include "smtp/sent_copy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "address/address_list.h"
#include "base/durable.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "message/header.h"
#include "message/replay.h"
#include "message/unix_form.h"
#include "smtp/sent_folder.h"
#include "smtp/sent_file.h"

#define OUT_MAX ((size_t)256 * 1024)
#define PREFIX_MAX ((size_t)64 * 1024 * 1024)

struct sent_copy {
	const char *path;
	const struct message *message;
	const struct plan *plan; /* by which it was sent */
	const struct envelope *envelope;
};

struct writer {
	int fd;
	struct unix_form form;
	struct buf out;
	int error; /* errno of a write that failed; 0 */
};

/*
 * How many recipients have the mail: those that a server has just taken, and
 * those that an earlier run of a batch has noted.
 */
static void
count_relayed(const struct envelope *envelope, size_t *now, size_t *before)
{
	*now = *before = 0;
	for (size_t i = 0; i < envelope->count; i++) {
		const struct outcome *outcome =
		    &envelope->recipients[i].outcome;

		if (outcome->action != ACTION_RELAYED || outcome->in_doubt)
			continue;
		if (outcome->stage == STAGE_NONE)
			++*before;
		else
			++*now;
	}
}

bool
sent_copy_is_due(const struct profile *profile, const struct envelope *envelope)
{
	size_t now = 0, before = 0;

	if (profile->sent_copy != NULL)
		count_relayed(envelope, &now, &before);
	return now > 0 && before == 0;
}

bool
sent_copy_is_left(
    const struct profile *profile, const struct envelope *envelope)
{
	size_t now, before;

	if (profile->sent_copy == NULL)
		return false;
	count_relayed(envelope, &now, &before);
	return now == 0 && before == 0;
}

/* The mailboxes that the header names, as recipients of an envelope. */
static void
add_named(
    struct envelope *named, struct envelope_index *index, struct span header)
{
	static const char *const names[] = {
	    "To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc"};
	struct field field;

	while (header_next(&header, &field)) {
		struct address_list list = {0};
		struct error ignored;
		bool is_one = false;

		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			is_one |=
			    span_equal_nocase(field.name, span_from(names[i]));
		if (!is_one || !address_list_parse(&list, field.body, &ignored))
			continue;
		for (size_t i = 0; i < list.count; i++) {
			char *path =
			    mailbox_path(&list.mailboxes[i], NULL, &ignored);

			if (path != NULL)
				envelope_add(named, index, path);
			free(path);
		}
		address_list_free(&list);
	}
}

/* A recipient that an alias has settled may have no address at all. */
static bool
has_address(const struct recipient *recipient)
{
	return recipient->outcome.action != ACTION_FAILED ||
	    recipient->outcome.cause != CAUSE_CONTENT;
}

/* Adds a Bcc field of the recipients that the header does not name. */
static void
add_bcc(struct buf *out, const struct envelope *envelope, struct span header)
{
	struct envelope named = {0};
	struct envelope_index index = {0};
	size_t count = 0;

	add_named(&named, &index, header);
	for (size_t i = 0; i < envelope->count; i++) {
		const struct recipient *recipient = &envelope->recipients[i];

		if (!has_address(recipient) ||
		    (named.count > 0 &&
			envelope_find(
			    &named, &index, recipient->forward_path) != NULL))
			continue;
		buf_add_text(out, count++ == 0 ? "Bcc: " : ",\n ");
		buf_add_text(out, recipient->forward_path);
	}
	if (count > 0)
		buf_add_char(out, '\n');
	envelope_index_free(&index);
	envelope_free(&named);
}

/* The line that begins a message in a mailbox file. */
static void
add_from_line(struct buf *out, const char *reverse_path)
{
	char date[32] = "Thu Jan  1 00:00:00 1970\n";
	time_t now = time(NULL);
	struct tm parts;

	buf_add_text(out, "From ");
	if (reverse_path[0] == '\0')
		buf_add_text(out, "MAILER-DAEMON");
	/* A blank would end the address. */
	for (const char *at = reverse_path; *at != '\0'; at++)
		buf_add_char(out, ascii_is_space(*at) ? '-' : *at);
	if (gmtime_r(&now, &parts) != NULL)
		asctime_r(&parts, date);
	buf_add_format(out, " %s", date);
	/* As other programs mark a message that was read. */
	buf_add_text(out, "Status: RO\n");
}

static bool
write_out(struct writer *writer)
{
	if (writer->error == 0 &&
	    !durable_write(writer->fd, writer->out.data, writer->out.len))
		writer->error = errno;
	buf_clear(&writer->out);
	return writer->error == 0;
}

static bool
write_content(void *context, const char *data, size_t len)
{
	struct writer *writer = context;

	unix_form_add(&writer->form, (struct span){data, len}, &writer->out);
	return write_out(writer);
}

/* False: *why says why the copy is not complete. */
static bool
write_all(const struct sent_copy *copy, struct writer *writer,
    const struct buf *prefix, const char **why)
{
	const struct message_sink sink = {write_content, writer};
	enum replay_result result = REPLAY_SINK_ENDED;

	buf_init(&writer->out, OUT_MAX);
	if (!durable_write(writer->fd, prefix->data, prefix->len))
		writer->error = errno;
	else
		result = replay_message(
		    copy->message, copy->plan, REPLAY_PLAIN, &sink);
	if (result == REPLAY_DONE && writer->form.is_mbox &&
	    !durable_write(writer->fd, "\n", 1))
		writer->error = errno;
	buf_free(&writer->out);
	if (result == REPLAY_CHANGED)
		*why = "the file of the message has changed";
	else if (writer->error != 0)
		*why = strerror(writer->error);
	return result == REPLAY_DONE && writer->error == 0;
}

static bool
copy_to_folder(
    const struct sent_copy *copy, const struct buf *prefix, const char **why)
{
	struct sent_folder folder;
	struct writer writer = {0};
	bool done = sent_folder_begin(&folder, copy->path, why);

	writer.fd = folder.fd;
	done = done && write_all(copy, &writer, prefix, why);
	return sent_folder_end(&folder, done, why) && done;
}

static bool
copy_to_file(
    const struct sent_copy *copy, const struct buf *prefix, const char **why)
{
	struct sent_file file;
	struct writer writer = {.form.is_mbox = true};
	struct buf start;
	bool done = sent_file_begin(&file, copy->path, why);

	buf_init(&start, PREFIX_MAX);
	if (done) {
		buf_add_text(&start, file.gap);
		add_from_line(&start, copy->envelope->reverse_path);
		buf_add_span(&start, buf_span(prefix));
	}
	writer.fd = file.fd;
	done = done && write_all(copy, &writer, &start, why);
	buf_free(&start);
	return sent_file_end(&file, done, why) && done;
}

bool
sent_copy_of(const struct submission *submission,
    const struct envelope *envelope, struct error *err)
{
	const struct letter *letter = submission->letter;
	const struct sent_copy copy = {
	    .path = submission->profile->sent_copy,
	    .message = letter->message,
	    .plan = submission->record.plan != NULL ? submission->record.plan
						    : letter->plan,
	    .envelope = envelope,
	};
	bool has_bcc = submission->profile->sent_copy_bcc;
	bool is_folder = copy.path[strlen(copy.path) - 1] == '/';
	const char *why = "the file of the message has changed";
	struct buf prefix, header = {0};
	bool done = !has_bcc || replay_header(copy.message, copy.plan, &header);
	char *shown;

	buf_init(&prefix, PREFIX_MAX);
	if (done && has_bcc)
		add_bcc(&prefix, envelope, buf_span(&header));
	if (done)
		done = is_folder ? copy_to_folder(&copy, &prefix, &why)
				 : copy_to_file(&copy, &prefix, &why);
	buf_free(&prefix);
	buf_free(&header);
	if (done)
		return true;
	shown = utf8_masked(span_from(copy.path));
	error_set(err, ERROR_CREATE,
	    "cannot keep a copy of the message in %s: %s", shown, why);
	free(shown);
	return false;
}
