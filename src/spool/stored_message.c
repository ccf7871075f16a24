/*
 * Stored messages. The stored header has CRLF line ends and is followed by an
 * empty line even if it has no field, so that reading it again cannot find the
 * header elsewhere. The body keeps its own line ends: an encoded part must hold
 * exactly the octets that were read.
 */
#include "spool/stored_message.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fixup/fixup.h"
#include "message/header.h"
#include "message/replay.h"
#include "message/storage.h"

static bool
fail_write(const struct add *add, struct error *err)
{
	return error_set(err, ERROR_TEMPORARY,
	    "cannot keep the message in %s: %s", add->folder->path,
	    strerror(add->error));
}

static bool
fail_changed(struct error *err)
{
	return error_set(err, ERROR_TEMPORARY,
	    "cannot keep the message: it was changed while it was read");
}

static bool
write_header(struct add *add, const struct message *message,
    const struct plan *plan, struct error *err)
{
	struct plan kept = {0};
	struct buf header = {0};
	bool done;

	plan_copy_fields(&kept, plan, true);
	done = replay_header(message, &kept, &header);
	plan_free(&kept);
	if (!done)
		fail_changed(err);
	else if (header.len > HEADER_MAX)
		done = error_set(err, ERROR_TEMPORARY,
		    "cannot keep the message: its header is larger than %zu "
		    "octets",
		    HEADER_MAX);
	else if (!add_write(add, header.data, header.len) ||
	    !add_write(add, "\r\n", 2))
		done = fail_write(add, err);
	buf_free(&header);
	return done;
}

static bool
write_body(struct add *add, const struct message *message, struct error *err)
{
	struct storage_reader reader;
	struct span block;
	bool done = true;

	storage_reader_init(&reader, message_body(message));
	while (done && storage_reader_next(&reader, &block))
		if (!add_write(add, block.at, block.len))
			done = fail_write(add, err);
	if (done && reader.is_changed)
		done = fail_changed(err);
	storage_reader_free(&reader);
	return done;
}

bool
stored_message_write(struct add *add, const struct message *message,
    const struct plan *plan, struct error *err)
{
	return write_header(add, message, plan, err) &&
	    write_body(add, message, err);
}

struct message *
stored_message_read(int content, struct error *err)
{
	const struct message_options options = {.header = HEADER_BY_FORM};

	if (lseek(content, 0, SEEK_SET) < 0) {
		error_set(err, ERROR_IO, "cannot read the content: %s",
		    strerror(errno));
		return NULL;
	}
	return message_read(content, "the content", &options, err);
}

bool
stored_message_plan(struct plan *plan, const struct message *message,
    bool repairs, struct error *err)
{
	const struct fixup fixup = {.repair = repairs};

	return fixup_plan(plan, message, &fixup, err);
}
