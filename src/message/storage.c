/*
 * Keeps the body of a message in memory, then in a temporary file, then in more
 * memory; the message is refused only if none of them has room.
 */
#include "message/storage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/environment.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wait.h"

/*
 * Creates a file without a name: no other program can open it, and it
 * disappears when this process ends. O_EXCL prevents giving it a name later.
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
	name = buf_take_text(&path);
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

/* The folders for a temporary file, in order; NULL after the last one. */
static const char *
folder_at(unsigned place)
{
	const char *own = environment_get_text("TMPDIR");

	if (place == 0)
		return own != NULL ? own : "/var/tmp";
	return place == 1 && own != NULL ? "/var/tmp" : NULL;
}

static void
note_folder(struct storage *storage, const char *folder, int number)
{
	char *shown = utf8_masked(span_from(folder));

	buf_add_format(&storage->notes,
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
	    "hint: set TMPDIR to a folder with room for the message",
	    kind == ERROR_IO ? "keep the message in" : "create", first,
	    folder_at(1) != NULL ? " or /var/tmp" : "", strerror(number));
	free(first);
	return false;
}

static bool
write_out(struct storage *storage)
{
	struct span left = buf_span(&storage->memory);

	while (left.len > 0) {
		ssize_t done = write(storage->fd, left.at, left.len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done == 0)
			errno = ENOSPC;
		if (done <= 0)
			return false;
		left = span_skip(left, (size_t)done);
	}
	buf_clear(&storage->memory);
	return true;
}

/*
 * Moves the octets in memory to a temporary file. Only this first write may try
 * the next folder, because until then the whole body is in memory.
 */
static bool
begin_file(struct storage *storage)
{
	const char *folder;

	for (unsigned i = 0; (folder = folder_at(i)) != NULL; i++) {
		storage->fd = create_unlinked(folder);
		if (storage->fd >= 0 && write_out(storage))
			return true;
		storage->no_file = errno;
		note_folder(storage, folder, errno);
		if (storage->fd >= 0)
			close(storage->fd);
		storage->fd = -1;
	}
	return false;
}

/*
 * Makes room in memory for one more block. If no temporary file can be created,
 * more memory is used, with two exceptions: a limit on file sizes must be
 * respected, and if no descriptor is left, a connection could not be opened
 * either.
 */
static bool
make_room(struct storage *storage, struct error *err)
{
	if (storage->fd >= 0)
		return write_out(storage) ||
		    refuse_folders(ERROR_IO, errno, err);
	if (storage->no_file == 0 && begin_file(storage))
		return true;
	if (storage->no_file == EFBIG)
		return refuse_folders(ERROR_IO, EFBIG, err);
	if (storage->no_file == EMFILE || storage->no_file == ENFILE ||
	    storage->memory.max >= STORAGE_MEMORY_LAST)
		return refuse_folders(ERROR_CREATE, storage->no_file, err);
	storage->memory.max = STORAGE_MEMORY_LAST;
	return true;
}

void
storage_init(struct storage *storage, uint64_t memory_max)
{
	if (memory_max == 0)
		memory_max = STORAGE_MEMORY;
	if (memory_max < STORAGE_BLOCK)
		memory_max = STORAGE_BLOCK;
	if (memory_max > SIZE_MAX / 2)
		memory_max = SIZE_MAX / 2;
	*storage = (struct storage){.fd = -1};
	buf_init(&storage->memory, (size_t)memory_max);
}

static bool
add_block(struct storage *storage, struct span data, struct error *err)
{
	if (data.len > storage->memory.max - storage->memory.len &&
	    !make_room(storage, err))
		return false;
	storage->size += data.len;
	return buf_add_span(&storage->memory, data);
}

bool
storage_add(struct storage *storage, struct span data, struct error *err)
{
	for (; data.len > 0; data = span_skip(data, STORAGE_BLOCK))
		if (!add_block(storage, span_head(data, STORAGE_BLOCK), err))
			return false;
	return true;
}

bool
storage_end(struct storage *storage, struct error *err)
{
	if (storage->fd < 0)
		return true;
	if (!write_out(storage))
		return refuse_folders(ERROR_IO, errno, err);
	buf_free(&storage->memory);
	return true;
}

static ssize_t
fail_read(const char *name, int number, struct error *err)
{
	error_set(err, ERROR_IO, "cannot read %s: %s", name, strerror(number));
	return -1;
}

ssize_t
storage_read(int fd, const char *name, char *room, struct error *err)
{
	struct pollfd poll = {.fd = fd, .events = POLLIN};
	ssize_t got;

	if (fd < 0) /* poll would wait for ever */
		return fail_read(name, EBADF, err);
	do {
		switch (wait_for(&poll, 1, DEADLINE_NEVER)) {
		case WAIT_INTERRUPTED:
			error_set(err, ERROR_TEMPORARY,
			    "cannot read %s: ended by a signal", name);
			return -1;
		case WAIT_FAILED:
			return fail_read(name, errno, err);
		case WAIT_TIMEOUT:
		case WAIT_READY:
			break;
		}
		got = read(fd, room, STORAGE_BLOCK);
	} while (got < 0 &&
	    (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK));
	return got < 0 ? fail_read(name, errno, err) : got;
}

bool
storage_add_stream(struct storage *storage, int fd, const char *name,
    uint64_t max, struct error *err)
{
	char *room = mem_resize(NULL, STORAGE_BLOCK, 1);
	bool done = true;
	ssize_t got = 1;

	while (done && got > 0 && (max == 0 || storage->size <= max)) {
		got = storage_read(fd, name, room, err);
		done = got == 0 ||
		    (got > 0 &&
			storage_add(
			    storage, (struct span){room, (size_t)got}, err));
	}
	free(room);
	return done && storage_end(storage, err);
}

void
storage_free(struct storage *storage)
{
	buf_free(&storage->memory);
	buf_free(&storage->notes);
	if (storage->fd >= 0 && !storage->is_source)
		close(storage->fd);
	storage->fd = -1;
	if (storage->backing != NULL)
		storage->backing->free(storage->context);
	storage->backing = NULL;
}

bool
storage_set_source(struct storage *storage, int fd, off_t from)
{
	struct stat status;

	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) ||
	    status.st_size <= from)
		return false;
	storage->fd = fd;
	storage->is_source = true;
	storage->file_size = status.st_size;
	storage->file_time = status.st_mtim;
	return true;
}

/*
 * Reads a file that is empty, or in /proc or the like, where the size of a file
 * is not known before it is read.
 */
static bool
read_unsized(
    struct storage *storage, int fd, const char *path, struct error *err)
{
	char *room = mem_resize(NULL, 1, STORAGE_BLOCK);
	bool done = true;
	ssize_t got = 1;

	while (done && got > 0) {
		got = read(fd, room, STORAGE_BLOCK);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got < 0)
			done = file_refuse("read", path, ERROR_NO_INPUT, err);
		else if (storage->size + (uint64_t)got > STORAGE_UNSIZED_MAX) {
			errno = EFBIG;
			done = file_refuse("read", path, ERROR_NO_INPUT, err);
		} else if (got > 0)
			done = storage_add(
			    storage, (struct span){room, (size_t)got}, err);
	}
	free(room);
	return done && storage_end(storage, err);
}

/*
 * Whether the file has as many octets as its status says. Files of /sys have
 * fewer.
 */
static bool
has_size(int fd, off_t size)
{
	char last;

	return pread(fd, &last, 1, size - 1) == 1;
}

bool
storage_open(struct storage *storage, const char *path, size_t folder, int *fd,
    struct error *err)
{
	uint64_t memory_max = storage->memory.max;
	bool done;

	*fd = folder > 0 ? file_open_below(path, folder, ERROR_NO_INPUT, err)
			 : file_open(path, FILE_REGULAR, ERROR_NO_INPUT, err);
	if (*fd < 0 && errno == EMFILE) {
		err->kind = ERROR_OS;
		error_add(err,
		    "\nhint: send fewer files, or raise the limit: ulimit -n");
	}
	if (*fd < 0)
		return false;
	if (storage_set_source(storage, *fd, 0) &&
	    has_size(*fd, storage->file_size)) {
		storage->size = (uint64_t)storage->file_size;
		return true;
	}
	storage_init(storage, memory_max);
	done = read_unsized(storage, *fd, path, err);
	close(*fd);
	*fd = -1;
	return done;
}

bool
storage_is_unchanged(const struct storage *storage)
{
	struct stat status;

	if (storage->backing != NULL)
		return storage->backing->changed_name(storage->context) == NULL;
	return fstat(storage->fd, &status) == 0 &&
	    status.st_size == storage->file_size &&
	    status.st_mtim.tv_sec == storage->file_time.tv_sec &&
	    status.st_mtim.tv_nsec == storage->file_time.tv_nsec;
}

/* Reads len octets. If it returns fewer, errno says why; 0: end of file. */
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
storage_block(const struct storage *storage, uint64_t position, char *room)
{
	uint64_t left = storage->size - position;
	size_t len = left < STORAGE_BLOCK ? (size_t)left : STORAGE_BLOCK;

	if (storage->backing != NULL)
		return span_head(
		    storage->backing->block(storage->context, position, room),
		    len);
	if (storage->fd < 0)
		return span_head(
		    span_skip(buf_span(&storage->memory), (size_t)position),
		    len);
	if (read_at(storage->fd, room, len, storage->from + position) != len)
		len = 0;
	return (struct span){room, len};
}

uint64_t
storage_known_lines(const struct storage *storage, uint64_t position)
{
	return storage->backing != NULL && position < storage->size
	    ? storage->backing->known_lines(storage->context, position)
	    : 0;
}

static uint64_t
mix(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return sum ^ sum >> 29;
}

/*
 * Detects changes within one tick of the file system's clock. It need not
 * resist attacks: a user that can write the file could send any message anyway.
 * The second sum adds up the first one, as in Fletcher's checksum, so that
 * exchanged words are detected, too.
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
storage_reader_init(
    struct storage_reader *reader, const struct storage *storage)
{
	*reader = (struct storage_reader){.storage = storage};
	if (storage->fd >= 0 || storage->backing != NULL)
		reader->room = mem_resize(NULL, 1, STORAGE_BLOCK);
	reader->is_changed =
	    storage->is_source && !storage_is_unchanged(storage);
}

bool
storage_reader_next(struct storage_reader *reader, struct span *block)
{
	const struct storage *storage = reader->storage;
	const struct storage_backing *backing = storage->backing;
	uint64_t from = reader->position;

	if (reader->is_changed || from == storage->size)
		return false;
	*block = storage_block(storage, from, reader->room);
	reader->position += block->len;
	if (block->len == 0) {
		reader->is_changed = true;
		return false;
	}
	if (!storage->is_source)
		return true;
	if (backing == NULL || !backing->is_unread(storage->context, from))
		reader->sum = storage_sum(reader->sum, *block);
	reader->is_changed = reader->position == storage->size &&
	    (reader->sum != storage->sum || !storage_is_unchanged(storage));
	return !reader->is_changed;
}

void
storage_reader_free(struct storage_reader *reader)
{
	free(reader->room);
}
