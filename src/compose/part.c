/*
 * Reads the octets of a part: a stream is copied, a file is not.
 */
#include "compose/part.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
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

/* Reads standard input to its end, or until it is too large. */
static bool
add_input(struct storage *storage, uint64_t max_size, struct error *err)
{
	if (!storage_add_stream(
		storage, STDIN_FILENO, "standard input", max_size, err))
		return false;
	return max_size == 0 || storage->size <= max_size ||
	    error_set(err, ERROR_DATA,
		"cannot send the message: it is larger than max-size, %llu "
		"octets",
		(unsigned long long)max_size);
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
		return storage_add(storage, part->text, err) &&
		    storage_end(storage, err);
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
