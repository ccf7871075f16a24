/*
 * Each piece is a storage and, with PIECE_BASE64, its encoding, whose octets
 * have positions that are computed: 57 octets of the storage become one line of
 * 78. So any block of the body can be read at once, and nothing is copied.
 */
#include "message/pieces.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"

/* Octets of a body; a sum of two such numbers does not overflow. */
#define SIZE_LIMIT (UINT64_MAX / 4)
#define NAME_SHOWN_MAX ((size_t)300)
/* Octets that are encoded at once, whole lines: their form fits into a block.
 */
#define ENCODED_AT_ONCE (STORAGE_BLOCK / BASE64_LINE * BASE64_LINE_OCTETS)

struct piece {
	uint64_t from, size; /* in the body */
	enum piece_form form;
	bool is_text; /* in memory, and the next text can be added to it */
	struct storage storage; /* before it is encoded */
	char *name;		/* of a file, masked; NULL: it is none */
	int fd;			/* of the file; owned; -1 */
	struct timespec changed;
	nlink_t links;
};

struct pieces {
	struct piece *list;
	size_t count;
	uint64_t size;
	bool has_file;
};

struct pieces *
pieces_new(void)
{
	return mem_new(1, sizeof(struct pieces));
}

static void
release(struct piece *piece)
{
	storage_free(&piece->storage);
	free(piece->name);
	if (piece->fd >= 0)
		close(piece->fd);
}

void
pieces_free(struct pieces *pieces)
{
	if (pieces == NULL)
		return;
	for (size_t i = 0; i < pieces->count; i++)
		release(&pieces->list[i]);
	free(pieces->list);
	free(pieces);
}

/* Adds the piece, whose storage is complete, to the end. */
static void
append(struct pieces *pieces, struct piece *piece)
{
	struct piece *last =
	    mem_append(&pieces->list, &pieces->count, sizeof(*last));

	piece->from = pieces->size;
	piece->size = piece->form == PIECE_BASE64
	    ? base64_lines_size(piece->storage.size)
	    : piece->storage.size;
	pieces->size += piece->size;
	pieces->has_file |= piece->fd >= 0;
	*last = *piece;
}

/* The last piece, if it is a text; else a new one. */
static struct piece *
last_text(struct pieces *pieces)
{
	struct piece piece = {.fd = -1, .is_text = true};

	if (pieces->count == 0 || !pieces->list[pieces->count - 1].is_text) {
		storage_init(&piece.storage, SIZE_MAX);
		append(pieces, &piece);
	}
	return &pieces->list[pieces->count - 1];
}

void
pieces_add_text(struct pieces *pieces, struct span text)
{
	struct piece *piece = last_text(pieces);

	buf_add_span(&piece->storage.memory, text);
	piece->storage.size += text.len;
	piece->size += text.len;
	pieces->size += text.len;
}

void
pieces_add_storage(
    struct pieces *pieces, struct storage *storage, enum piece_form form)
{
	struct piece piece = {.fd = -1, .form = form, .storage = *storage};

	storage_init(storage, 0);
	append(pieces, &piece);
}

static bool
open_file(
    struct piece *piece, const char *path, size_t folder, struct error *err)
{
	struct stat status;

	storage_init(&piece->storage, 0);
	if (!storage_open(&piece->storage, path, folder, &piece->fd, err))
		return false;
	if (piece->fd < 0)
		return true;
	if (fstat(piece->fd, &status) < 0)
		return file_refuse("examine", path, ERROR_NO_INPUT, err);
	piece->changed = status.st_ctim;
	piece->links = status.st_nlink;
	return true;
}

bool
pieces_add_file(struct pieces *pieces, const char *path, size_t folder,
    enum piece_form form, struct error *err)
{
	struct piece piece = {.fd = -1, .form = form};

	piece.name = utf8_excerpt_masked(span_from(path), NAME_SHOWN_MAX);
	if (!open_file(&piece, path, folder, err)) {
		release(&piece);
		return false;
	}
	if (piece.storage.size > SIZE_LIMIT - pieces->size) {
		error_set(err, ERROR_DATA, "cannot send %s: it is too large",
		    piece.name);
		release(&piece);
		return false;
	}
	append(pieces, &piece);
	return true;
}

/* The piece that has the octet at that position; it must exist. */
static const struct piece *
piece_at(const struct pieces *pieces, uint64_t position)
{
	size_t low = 0, high = pieces->count;

	/* The last one that begins there or before, as only it is not empty. */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (pieces->list[middle].from <= position)
			low = middle;
		else
			high = middle;
	}
	return &pieces->list[low];
}

/*
 * The encoded octets from `position` on. The octets of the storage are read
 * into the end of the room, so that they are encoded in place.
 */
static struct span
encoded_block(const struct piece *piece, uint64_t position, char *room)
{
	uint64_t from = position / BASE64_LINE * BASE64_LINE_OCTETS;
	struct storage part = piece->storage;
	size_t size;
	struct span raw;

	if (part.size - from > ENCODED_AT_ONCE)
		part.size = from + ENCODED_AT_ONCE;
	size = (size_t)base64_lines_size(part.size - from);
	raw = storage_block(
	    &part, from, room + size - (size_t)(part.size - from));
	if (raw.len == 0)
		return raw;
	base64_encode_lines(room, raw);
	if (part.size < piece->storage.size) {
		memcpy(room + size, "\r\n", 2);
		size += 2;
	}
	return span_skip(
	    (struct span){room, size}, (size_t)(position % BASE64_LINE));
}

/*
 * Whether a file is as it was when it was opened. Its last change of status
 * tells of writers that restore its time. It also tells of a name that is
 * removed, as when another file takes its place, which changes nothing in it.
 */
static bool
is_unchanged(const struct piece *piece)
{
	struct stat status;

	if (piece->fd < 0)
		return true;
	return storage_is_unchanged(&piece->storage) &&
	    fstat(piece->fd, &status) == 0 &&
	    (status.st_nlink != piece->links ||
		(status.st_ctim.tv_sec == piece->changed.tv_sec &&
		    status.st_ctim.tv_nsec == piece->changed.tv_nsec));
}

/* Octets of one piece. Its last ones are returned only if it is unchanged. */
static struct span
pieces_block(const void *context, uint64_t position, char *room)
{
	const struct piece *piece = piece_at(context, position);
	uint64_t from = position - piece->from;
	struct span block = piece->form == PIECE_BASE64
	    ? encoded_block(piece, from, room)
	    : storage_block(&piece->storage, from, room);

	if (from + block.len < piece->size || is_unchanged(piece))
		return block;
	errno = 0;
	return (struct span){0};
}

static bool
pieces_is_unread(const void *context, uint64_t position)
{
	return piece_at(context, position)->form == PIECE_BASE64;
}

/* From the second line of base64 on, up to the last one. */
static uint64_t
pieces_known_lines(const void *context, uint64_t position)
{
	const struct piece *piece = piece_at(context, position);
	uint64_t from = position - piece->from;
	uint64_t last = (piece->size - 1) / BASE64_LINE * BASE64_LINE;

	return piece->form == PIECE_BASE64 && from > 0 && from < last &&
		from % BASE64_LINE == 0
	    ? last - from
	    : 0;
}

static const char *
pieces_changed_name(const void *context)
{
	const struct pieces *pieces = context;

	for (size_t i = 0; i < pieces->count; i++)
		if (!is_unchanged(&pieces->list[i]))
			return pieces->list[i].name;
	return NULL;
}

static void
pieces_release(void *context)
{
	pieces_free(context);
}

/* Only the first and the last line are looked at; all others are alike. */
static void
scan_encoded(struct scan *scan, const struct piece *piece)
{
	static const char encoded[] =
	    "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw"
	    "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw\r\n";
	const struct span line = {encoded, BASE64_LINE};
	uint64_t lines = piece->size / BASE64_LINE;

	if (lines > 0) {
		scan_take(scan, line);
		scan_skip_lines(scan, (lines - 1) * BASE64_LINE);
	}
	scan_take(scan, span_head(line, (size_t)(piece->size % BASE64_LINE)));
}

static bool
scan_piece(const struct piece *piece, struct storage *body, struct scan *scan,
    char *room, struct error *err)
{
	uint64_t end = piece->from + piece->size;
	struct span block;

	if (piece->form == PIECE_BASE64) {
		scan_encoded(scan, piece);
		return true;
	}
	for (uint64_t at = piece->from; at < end; at += block.len) {
		const char *name =
		    piece->name != NULL ? piece->name : "a temporary file";

		block = storage_block(body, at, room);
		if (block.len == 0 && errno != 0)
			return error_set(err, ERROR_IO, "cannot read %s: %s",
			    name, strerror(errno));
		if (block.len == 0)
			return error_set(err, ERROR_TEMPORARY,
			    "cannot read %s: it changed while it was being "
			    "read",
			    name);
		body->sum = storage_sum(body->sum, block);
		scan_take(scan, block);
	}
	return true;
}

bool
pieces_scan(struct pieces *pieces, struct storage *body, struct scan *scan,
    struct error *err)
{
	static const struct storage_backing backing = {
	    pieces_block,
	    pieces_is_unread,
	    pieces_known_lines,
	    pieces_changed_name,
	    pieces_release,
	};
	char *room = mem_resize(NULL, 1, STORAGE_BLOCK);
	bool done = true;

	storage_init(body, 0);
	body->backing = &backing;
	body->context = pieces;
	body->is_source = pieces->has_file;
	body->size = pieces->size;
	for (size_t i = 0; done && i < pieces->count; i++) {
		buf_add_span(
		    &body->notes, buf_span(&pieces->list[i].storage.notes));
		done = scan_piece(&pieces->list[i], body, scan, room, err);
	}
	free(room);
	return done;
}
