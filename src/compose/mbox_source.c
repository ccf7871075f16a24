/*
 * Reads the mails of an mbox. What is not a regular file, such as a pipe, is
 * first kept in memory or in a temporary file, because it is read more than
 * once.
 */
#include "compose/mbox_source.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "compose/mbox.h"

struct mbox_source {
	const char *name; /* borrowed */
	char *shown;	  /* the name, masked; owned */
	int fd;		  /* owned, unless it is standard input */
	struct storage storage;
	struct mbox mbox;
};

static void
free_source(void *context)
{
	struct mbox_source *own = context;

	mbox_free(&own->mbox);
	storage_free(&own->storage);
	if (own->fd > STDIN_FILENO)
		close(own->fd);
	free(own->shown);
	free(own);
}

static bool
keep(struct mbox_source *own, struct error *err)
{
	off_t from = lseek(own->fd, 0, SEEK_CUR);
	struct storage *storage = &own->storage;

	/* A file of size 0 may be one of /proc, so it is read as a stream. */
	if (from < 0 || !storage_set_source(storage, own->fd, from))
		return storage_add_stream(storage, own->fd, own->shown, 0, err);
	storage->from = (uint64_t)from;
	storage->size = (uint64_t)(storage->file_size - from);
	return true;
}

static bool
add_to_feed(void *context, struct span data, struct error *err)
{
	return message_feed_add(context, data, err);
}

/* The message is copied: it is in memory, or its text is quoted. */
static struct message *
read_copy(const struct mbox_source *own, const struct mbox_mail *place,
    const struct message_options *how, struct error *err)
{
	struct message_feed *to =
	    message_feed_new(how->header, how->memory_max);
	struct mbox_unquote unquote = {.write = add_to_feed, .context = to};
	bool is_quoted = place->is_quoted && !own->mbox.keeps_quotes;
	char *room = mem_resize(NULL, STORAGE_BLOCK, 1);
	struct message *message = NULL;
	uint64_t position = place->from;
	bool done = true;

	message_feed_edit(to, how->edits);
	while (done && position < place->end) {
		struct span block =
		    span_head(storage_block(&own->storage, position, room),
			(size_t)(place->end - position));

		position += block.len;
		if (block.len == 0)
			done = file_refuse("read", own->name, ERROR_IO, err);
		else if (is_quoted)
			done = mbox_unquote_add(&unquote, block, err);
		else
			done = message_feed_add(to, block, err);
	}
	if (done && is_quoted)
		done = mbox_unquote_end(&unquote, err);
	if (done)
		message = message_feed_end(to, err);
	message_feed_free(to);
	free(room);
	return message;
}

static struct message *
read_in_place(const struct mbox_source *own, const struct mbox_mail *place,
    const struct message_options *how, struct error *err)
{
	const struct storage *storage = &own->storage;
	struct message_options range = *how;

	range.end = storage->from + place->end;
	if (lseek(storage->fd, (off_t)(storage->from + place->from), SEEK_SET) <
	    0) {
		file_refuse("read", own->name, ERROR_IO, err);
		return NULL;
	}
	return message_read(storage->fd, own->shown, &range, err);
}

static bool
read_mail(void *context, size_t index, const struct message_options *how,
    struct mail_source_mail *mail, struct error *err)
{
	const struct mbox_source *own = context;
	const struct mbox_mail *place = &own->mbox.mails[index];
	bool is_copied = own->storage.fd < 0 ||
	    (place->is_quoted && !own->mbox.keeps_quotes);

	mail->name = mem_copy_text(own->name);
	if (place->from == place->end)
		return error_set(err, ERROR_NO_INPUT, "it is empty");
	if (own->storage.is_source && !storage_is_unchanged(&own->storage))
		return error_set(
		    err, ERROR_TEMPORARY, "the mbox was changed meanwhile");
	mail->message = is_copied ? read_copy(own, place, how, err)
				  : read_in_place(own, place, how, err);
	return mail->message != NULL;
}

bool
mbox_source_open(
    struct mail_source *source, const char *path, struct error *err)
{
	struct mbox_source *own = mem_new(1, sizeof(*own));
	bool is_stdin = strcmp(path, "-") == 0;

	own->name = is_stdin ? "standard input" : path;
	own->shown = utf8_excerpt_masked(span_from(own->name), 128);
	storage_init(&own->storage, 0);
	own->fd = is_stdin ? STDIN_FILENO
			   : file_open(path, FILE_ANY, ERROR_NO_INPUT, err);
	if (own->fd < 0 || !keep(own, err) ||
	    !mbox_scan(&own->mbox, &own->storage, own->name, err)) {
		free_source(own);
		return false;
	}
	source->name = own->name;
	source->count = own->mbox.count;
	source->read = read_mail;
	source->free = free_source;
	source->context = own;
	return true;
}
