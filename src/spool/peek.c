/*
 * Envelope files read without a lock. A process may be adding a record
 * meanwhile: what is torn does not count, so some record may be missing.
 */
#include "spool/peek.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/folder.h"

#define BLOCK ((size_t)64 * 1024)

/* False with errno. */
static bool
read_all(int fd, struct buf *text)
{
	char block[BLOCK];
	ssize_t got;

	while ((got = read(fd, block, sizeof(block))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (!buf_add(text, block, (size_t)got)) {
			errno = EFBIG;
			return false;
		}
	}
	return true;
}

static enum peek_result
failure(void)
{
	switch (errno) {
	case ENOENT:
		return PEEK_GONE;
	case ELOOP:
	case EISDIR:
	case ENXIO:
	case EFBIG:
		return PEEK_DAMAGED;
	default:
		return PEEK_FAILED;
	}
}

static enum peek_result
read_envelope(struct waiting *waiting, int fd, const struct id *id)
{
	enum peek_result result = PEEK_DAMAGED;
	struct stat status;
	struct buf text;

	if (fstat(fd, &status) < 0)
		return PEEK_FAILED;
	if (!S_ISREG(status.st_mode) || status.st_uid != geteuid())
		return PEEK_DAMAGED;
	buf_init(&text, WAITING_OCTETS_MAX);
	if (!read_all(fd, &text)) {
		result = failure();
	} else {
		switch (waiting_read(waiting, buf_span(&text))) {
		case WAITING_READ:
			if (strcmp(waiting->id.text, id->text) == 0)
				result = PEEK_READ;
			break;
		case WAITING_NEWER:
			result = PEEK_NEWER;
			break;
		case WAITING_DAMAGED:
			break;
		}
	}
	buf_free(&text);
	return result;
}

enum peek_result
peek_read(struct waiting *waiting, int place, const struct id *id)
{
	char name[FOLDER_NAME_SIZE];
	enum peek_result result;
	int fd;

	*waiting = (struct waiting){0};
	folder_name(name, id, "env");
	fd =
	    openat(place, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return failure();
	result = read_envelope(waiting, fd, id);
	close(fd);
	return result;
}
