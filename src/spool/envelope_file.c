/*
 * Reads envelope files. To list a mail, or to choose it for a run, takes one
 * openat, fstat and read, since a queue may be very long.
 */
#include "spool/envelope_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Most files fit; the compiler clears it for each file. */
#define BLOCK ((size_t)4096)
/* No line is longer, however many of its octets are escaped. */
#define LINE_OCTETS_MAX (WAITING_LINE_MAX * sizeof("\\x00"))

/*
 * Up to the end, or to the size that the file had; false with errno. It also
 * ends in what is no line: a file with a hole is cheap to make, and can be
 * long.
 */
static bool
read_text(struct buf *text, int fd, uint64_t size)
{
	char block[BLOCK];
	size_t line = 0; /* where the last one begins */
	size_t end;
	ssize_t got;

	text->max = WAITING_OCTETS_MAX;
	buf_clear(text);
	while (text->len < size && text->len - line <= LINE_OCTETS_MAX &&
	    (got = read(fd, block, sizeof(block))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (!buf_add(text, block, (size_t)got)) {
			errno = EFBIG;
			return false;
		}
		end = span_find_last((struct span){block, (size_t)got}, '\n');
		if (end < (size_t)got)
			line = text->len - (size_t)got + end + 1;
	}
	return true;
}

static enum envelope_file
read_sized(struct waiting *waiting, struct buf *text, int fd,
    const struct id *id, uint64_t size)
{
	*waiting = (struct waiting){0};
	if (!read_text(text, fd, size))
		return errno == EFBIG ? ENVELOPE_FILE_DAMAGED
				      : ENVELOPE_FILE_FAILED;
	switch (waiting_read(waiting, buf_span(text))) {
	case WAITING_READ:
		if (strcmp(waiting->id.text, id->text) == 0)
			return ENVELOPE_FILE_READ;
		break;
	case WAITING_NEWER:
		return ENVELOPE_FILE_NEWER;
	case WAITING_DAMAGED:
		break;
	}
	return ENVELOPE_FILE_DAMAGED;
}

enum envelope_file
envelope_file_read(
    struct waiting *waiting, struct buf *text, int fd, const struct id *id)
{
	return read_sized(waiting, text, fd, id, UINT64_MAX);
}

static enum envelope_file
name_failure(void)
{
	switch (errno) {
	case ENOENT:
		return ENVELOPE_FILE_GONE;
	case ELOOP:
	case ENXIO:
		return ENVELOPE_FILE_FOREIGN;
	default:
		return ENVELOPE_FILE_FAILED;
	}
}

enum envelope_file
envelope_file_peek(struct waiting *waiting, struct buf *text,
    const struct folder *folder, int place, const struct id *id)
{
	char name[FOLDER_NAME_SIZE];
	enum envelope_file result;
	struct stat status;
	int fd, error;

	*waiting = (struct waiting){0};
	folder_name(name, id, "env");
	/* O_NONBLOCK: a FIFO in its place must not stop the caller. */
	fd =
	    openat(place, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return name_failure();
	if (fstat(fd, &status) < 0)
		result = ENVELOPE_FILE_FAILED;
	else if (!S_ISREG(status.st_mode) || status.st_uid != folder->owner ||
	    status.st_nlink > 1)
		result = ENVELOPE_FILE_FOREIGN;
	else
		result =
		    read_sized(waiting, text, fd, id, (uint64_t)status.st_size);
	error = errno;
	close(fd);
	errno = error;
	return result;
}
