#include "mail/body.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/environment.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "mail/octets.h"

/*
 * A file without a name: nobody else can open it, and it is gone with us.
 * O_EXCL keeps it from being given a name later.
 */
static int
create_unlinked(const char *folder)
{
	struct buf path = {0};
	char *name;
	int fd = -1;

#ifdef O_TMPFILE
	fd = open(folder, O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
#endif
	if (!buf_add_format(&path, "%s/smtpost.XXXXXX", folder)) {
		buf_free(&path);
		errno = ENAMETOOLONG;
		return -1;
	}
	name = mem_copy_text(buf_text(&path));
	buf_free(&path);
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0 && unlink(name) < 0) {
		int saved = errno;

		close(fd);
		fd = -1;
		errno = saved;
	}
	free(name);
	return fd;
}

static int
create_spool(struct error *err)
{
	static const char usual[] = "/var/tmp";
	const char *own = environment_get("TMPDIR");
	int fd = -1, saved;
	char *shown;

	if (own != NULL && own[0] != '\0')
		fd = create_unlinked(own);
	if (fd < 0)
		fd = create_unlinked(usual);
	if (fd >= 0)
		return fd;
	saved = errno;
	shown = utf8_masked(span_from(own));
	error_set(err, ERROR_CREATE,
	    "cannot create a temporary file in %s%s%s: %s\n"
	    "hint: let TMPDIR name a folder with room for the message",
	    shown, shown[0] != '\0' ? " or " : "", usual, strerror(saved));
	free(shown);
	return -1;
}

static bool
write_out(struct body *body, struct error *err)
{
	struct span left = buf_span(&body->memory);

	while (left.len > 0) {
		ssize_t done = write(body->fd, left.at, left.len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return error_set(err, ERROR_IO,
			    "cannot keep the message in a temporary file: %s\n"
			    "hint: let TMPDIR name a folder with room for it",
			    strerror(done < 0 ? errno : ENOSPC));
		left = span_skip(left, (size_t)done);
	}
	buf_clear(&body->memory);
	return true;
}

bool
body_add(struct body *body, struct span data, struct error *err)
{
	if (body->memory.max == 0)
		buf_init(&body->memory, MESSAGE_MEMORY_MAX);
	if (data.len > MESSAGE_MEMORY_MAX - body->memory.len) {
		if (body->fd < 0)
			body->fd = create_spool(err);
		if (body->fd < 0 || !write_out(body, err))
			return false;
	}
	body->size += data.len;
	return buf_add_span(&body->memory, data);
}

bool
body_end(struct body *body, struct error *err)
{
	if (body->fd < 0)
		return true;
	if (!write_out(body, err))
		return false;
	buf_free(&body->memory);
	return true;
}

void
body_free(struct body *body)
{
	buf_free(&body->memory);
	if (body->fd >= 0 && !body->is_source)
		close(body->fd);
	body->fd = -1;
}

bool
body_set_source(struct body *body, int fd, off_t from)
{
	struct stat status;

	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) ||
	    status.st_size <= from)
		return false;
	body->fd = fd;
	body->is_source = true;
	body->file_size = status.st_size;
	body->file_time = status.st_mtim;
	return true;
}

bool
body_is_unchanged(const struct body *body)
{
	struct stat status;

	return fstat(body->fd, &status) == 0 &&
	    status.st_size == body->file_size &&
	    status.st_mtim.tv_sec == body->file_time.tv_sec &&
	    status.st_mtim.tv_nsec == body->file_time.tv_nsec;
}

/* Until len octets are there, or the end of the file, or an error. */
static size_t
read_at(int fd, char *room, size_t len, uint64_t from)
{
	size_t got = 0;

	while (got < len) {
		ssize_t more = pread(
		    fd, room + got, len - got, (off_t)(from + got));

		if (more < 0 && errno == EINTR)
			continue;
		if (more == 0)
			errno = 0;
		if (more <= 0)
			break;
		got += (size_t)more;
	}
	return got;
}

struct span
body_block(const struct body *body, uint64_t position, char *room)
{
	uint64_t left = body->size - position;
	size_t len = left < MESSAGE_BLOCK ? (size_t)left : MESSAGE_BLOCK;

	if (body->fd < 0)
		return span_head(
		    span_skip(buf_span(&body->memory), (size_t)position), len);
	if (read_at(body->fd, room, len, body->from + position) != len)
		len = 0;
	return (struct span){room, len};
}

void
body_reader_init(struct body_reader *reader, const struct body *body)
{
	*reader = (struct body_reader){.body = body};
	if (body->fd >= 0)
		reader->room = mem_resize(NULL, 1, MESSAGE_BLOCK);
	reader->is_changed = body->is_source && !body_is_unchanged(body);
}

bool
body_reader_next(struct body_reader *reader, struct span *block)
{
	const struct body *body = reader->body;

	if (reader->is_changed || reader->position == body->size)
		return false;
	*block = body_block(body, reader->position, reader->room);
	reader->position += block->len;
	if (block->len == 0) {
		reader->is_changed = true;
		return false;
	}
	if (!body->is_source)
		return true;
	reader->sum = octets_sum(reader->sum, *block);
	reader->is_changed = reader->position == body->size &&
	    (reader->sum != body->sum || !body_is_unchanged(body));
	return !reader->is_changed;
}

void
body_reader_free(struct body_reader *reader)
{
	free(reader->room);
}
