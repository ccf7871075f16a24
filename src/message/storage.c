#include "message/storage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/environment.h"
#include "base/mem.h"
#include "base/utf8.h"

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

/* The folders for it, in order; NULL: there are no more. */
static const char *
folder_at(unsigned place)
{
	const char *own = environment_get("TMPDIR");
	bool has_own = own != NULL && own[0] != '\0';

	if (place == 0)
		return has_own ? own : "/var/tmp";
	return place == 1 && has_own ? "/var/tmp" : NULL;
}

static void
note_folder(struct storage *body, const char *folder, int number)
{
	char *shown = utf8_masked(span_from(folder));

	buf_add_format(&body->notes,
	    "cannot create a temporary file in %s: %s\n", shown,
	    strerror(number));
	free(shown);
}

static bool
refuse_folders(enum error_kind kind, int number, struct error *err)
{
	char *first = utf8_masked(span_from(folder_at(0)));

	error_set(err, kind,
	    "cannot %s a temporary file in %s%s: %s\n"
	    "hint: let TMPDIR name a folder with room for the message",
	    kind == ERROR_IO ? "keep the message in" : "create", first,
	    folder_at(1) != NULL ? " or /var/tmp" : "", strerror(number));
	free(first);
	return false;
}

static bool
write_out(struct storage *body)
{
	struct span left = buf_span(&body->memory);

	while (left.len > 0) {
		ssize_t done = write(body->fd, left.at, left.len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done == 0)
			errno = ENOSPC;
		if (done <= 0)
			return false;
		left = span_skip(left, (size_t)done);
	}
	buf_clear(&body->memory);
	return true;
}

/*
 * A file that takes what is in memory. Only the first write moves on to the
 * next folder: until then all of the message is at hand.
 */
static bool
begin_file(struct storage *body)
{
	const char *folder;

	for (unsigned i = 0; (folder = folder_at(i)) != NULL; i++) {
		body->fd = create_unlinked(folder);
		if (body->fd >= 0 && write_out(body))
			return true;
		body->no_file = errno;
		note_folder(body, folder, errno);
		if (body->fd >= 0)
			close(body->fd);
		body->fd = -1;
	}
	return false;
}

/*
 * Room in memory for a block more. A limit on the size of files is the
 * caller's will, and a connection would need a descriptor too; for everything
 * else that keeps us from having a file, memory has to do.
 */
static bool
make_room(struct storage *body, struct error *err)
{
	if (body->fd >= 0)
		return write_out(body) || refuse_folders(ERROR_IO, errno, err);
	if (body->no_file == 0 && begin_file(body))
		return true;
	if (body->no_file == EFBIG)
		return refuse_folders(ERROR_IO, EFBIG, err);
	if (body->no_file == EMFILE || body->no_file == ENFILE ||
	    body->memory.max >= STORAGE_MEMORY_LAST)
		return refuse_folders(ERROR_CREATE, body->no_file, err);
	body->memory.max = STORAGE_MEMORY_LAST;
	return true;
}

void
storage_init(struct storage *body, uint64_t memory_max)
{
	if (memory_max == 0)
		memory_max = STORAGE_MEMORY;
	if (memory_max < STORAGE_BLOCK)
		memory_max = STORAGE_BLOCK;
	if (memory_max > SIZE_MAX / 2)
		memory_max = SIZE_MAX / 2;
	*body = (struct storage){.fd = -1};
	buf_init(&body->memory, (size_t)memory_max);
}

bool
storage_add(struct storage *body, struct span data, struct error *err)
{
	if (data.len > body->memory.max - body->memory.len &&
	    !make_room(body, err))
		return false;
	body->size += data.len;
	return buf_add_span(&body->memory, data);
}

bool
storage_end(struct storage *body, struct error *err)
{
	if (body->fd < 0)
		return true;
	if (!write_out(body))
		return refuse_folders(ERROR_IO, errno, err);
	buf_free(&body->memory);
	return true;
}

void
storage_free(struct storage *body)
{
	buf_free(&body->memory);
	buf_free(&body->notes);
	if (body->fd >= 0 && !body->is_source)
		close(body->fd);
	body->fd = -1;
}

bool
storage_set_source(struct storage *body, int fd, off_t from)
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
storage_is_unchanged(const struct storage *body)
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
		ssize_t more =
		    pread(fd, room + got, len - got, (off_t)(from + got));

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
storage_block(const struct storage *body, uint64_t position, char *room)
{
	uint64_t left = body->size - position;
	size_t len = left < STORAGE_BLOCK ? (size_t)left : STORAGE_BLOCK;

	if (body->fd < 0)
		return span_head(
		    span_skip(buf_span(&body->memory), (size_t)position), len);
	if (read_at(body->fd, room, len, body->from + position) != len)
		len = 0;
	return (struct span){room, len};
}

static uint64_t
mix(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return sum ^ sum >> 29;
}

/*
 * Not for an adversary, who could only have another message sent in place of
 * his own: it finds what was written between the passes within one tick of
 * the file system's clock. The second sum over the first one (as Fletcher's)
 * finds words that changed places.
 */
uint64_t
storage_sum(uint64_t sum, struct span block)
{
	uint64_t first = sum, second = 0, word;
	size_t at = 0;

	sum = mix(sum, block.len);
	for (; block.len - at >= sizeof(word); at += sizeof(word)) {
		memcpy(&word, block.at + at, sizeof(word));
		first += word;
		second += first;
	}
	block = span_skip(block, at);
	word = 0;
	if (block.len > 0)
		memcpy(&word, block.at, block.len);
	first += word;
	second += first;
	return mix(mix(sum, first), second);
}

void
storage_reader_init(struct storage_reader *reader, const struct storage *body)
{
	*reader = (struct storage_reader){.body = body};
	if (body->fd >= 0)
		reader->room = mem_resize(NULL, 1, STORAGE_BLOCK);
	reader->is_changed = body->is_source && !storage_is_unchanged(body);
}

bool
storage_reader_next(struct storage_reader *reader, struct span *block)
{
	const struct storage *body = reader->body;

	if (reader->is_changed || reader->position == body->size)
		return false;
	*block = storage_block(body, reader->position, reader->room);
	reader->position += block->len;
	if (block->len == 0) {
		reader->is_changed = true;
		return false;
	}
	if (!body->is_source)
		return true;
	reader->sum = storage_sum(reader->sum, *block);
	reader->is_changed = reader->position == body->size &&
	    (reader->sum != body->sum || !storage_is_unchanged(body));
	return !reader->is_changed;
}

void
storage_reader_free(struct storage_reader *reader)
{
	free(reader->room);
}
