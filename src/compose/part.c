/*
 * Reads the octets of a part: a stream is copied, a file is not.
 */
#include "compose/part.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "compose/editor.h"
#include "message/storage.h"

void
part_free(struct part *part)
{
	free(part->file);
	free(part->type);
	free(part->name);
	free(part->id);
	*part = (struct part){0};
}

bool
part_is_input(const struct part *part)
{
	return part->source == PART_FILE && strcmp(part->file, "-") == 0;
}

char *
part_shown(const struct part *part)
{
	if (part->source == PART_FILE && !part_is_input(part))
		return utf8_masked(span_from(part->file));
	return mem_copy_text(
	    part_is_input(part) ? "standard input" : "the text");
}

static bool
add_text(struct storage *storage, struct span text, struct error *err)
{
	for (; text.len > 0; text = span_skip(text, STORAGE_BLOCK))
		if (!storage_add(storage, span_head(text, STORAGE_BLOCK), err))
			return false;
	return storage_end(storage, err);
}

/* Waits for the descriptor and reads; -1, with err, on failure. */
static ssize_t
read_some(int fd, char *room, const char *name, struct error *err)
{
	struct pollfd poll = {.fd = fd, .events = POLLIN};
	ssize_t got;

	do {
		if (wait_for(&poll, 1, DEADLINE_NEVER) == WAIT_INTERRUPTED) {
			error_set(err, ERROR_TEMPORARY,
			    "cannot read %s: ended by a signal", name);
			return -1;
		}
		got = read(fd, room, STORAGE_BLOCK);
	} while (got < 0 &&
	    (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK));
	if (got < 0)
		error_set(
		    err, ERROR_IO, "cannot read %s: %s", name, strerror(errno));
	return got;
}

/* Reads standard input to its end, or until it is too large. */
static bool
add_input(struct storage *storage, uint64_t max_size, struct error *err)
{
	char *room = mem_resize(NULL, STORAGE_BLOCK, 1);
	bool done = true;
	ssize_t got = 1;

	while (done && got > 0) {
		got = read_some(STDIN_FILENO, room, "standard input", err);
		done = got == 0 ||
		    (got > 0 &&
			storage_add(
			    storage, (struct span){room, (size_t)got}, err));
		if (done && max_size != 0 && storage->size > max_size)
			done = error_set(err, ERROR_DATA,
			    "cannot send the message: it is larger than "
			    "max-size, %llu octets",
			    (unsigned long long)max_size);
	}
	free(room);
	return done && storage_end(storage, err);
}

bool
part_read(const struct part *part, struct storage *storage, int *fd,
    const struct part_limits *limits, struct error *err)
{
	*fd = -1;
	storage_init(storage, limits->memory_max);
	switch (part->source) {
	case PART_NONE:
		break;
	case PART_TEXT:
		return add_text(storage, part->text, err);
	case PART_FILE:
		return part_is_input(part)
		    ? add_input(storage, limits->max_size, err)
		    : storage_open(storage, part->file, part->folder, fd, err);
	case PART_STORAGE:
		*storage = *part->storage;
		storage_init(part->storage, 0);
		break;
	case PART_EDITOR:
		return editor_read(storage, err);
	}
	return true;
}
