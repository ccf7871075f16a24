/*
 * Reads and writes state files. A line without its end is ignored, and nothing
 * is appended to a line that could not be written whole.
 */
#include "cli/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/file.h"
#include "base/lock.h"
#include "base/utf8.h"
#include "smtp/sasl_hash.h"

#define MAGIC "smtpost-state 1 "
#define LINE_MAX_OCTETS ((size_t)4096)
/* The most ranges of recipients in one line. */
#define RANGES_MAX 100
#define LINES_MAX ((size_t)16 * 1024 * 1024)

/* `deferred` is an open recipient that was tried. */
static const char *const words[STATE_COUNT] = {
    [STATE_OPEN] = "deferred",
    [STATE_SENDING] = "sending",
    [STATE_RELAYED] = "relayed",
    [STATE_QUEUED] = "queued",
    [STATE_FAILED] = "failed",
};

bool
state_file_digest(unsigned char digest[STATE_DIGEST_SIZE], struct span part)
{
	unsigned char whole[DIGEST_MAX];
	struct buf text;
	bool done;

	buf_init(&text, STATE_DIGEST_SIZE + part.len);
	buf_add(&text, digest, STATE_DIGEST_SIZE);
	buf_add_span(&text, part);
	done = sasl_hash_of(DIGEST_SHA256, buf_span(&text), whole);
	buf_free(&text);
	memcpy(digest, whole, STATE_DIGEST_SIZE);
	return done;
}

static void
add_digest(struct buf *out, const unsigned char *digest)
{
	for (size_t i = 0; i < STATE_DIGEST_SIZE; i++)
		buf_add_hex(out, (char)digest[i]);
}

static bool
read_digest(struct span text, unsigned char *digest)
{
	if (text.len != STATE_DIGEST_SIZE * 2)
		return false;
	for (size_t i = 0; i < STATE_DIGEST_SIZE; i++) {
		int high = ascii_hex_value(text.at[i * 2]);
		int low = ascii_hex_value(text.at[i * 2 + 1]);

		if (high < 0 || low < 0)
			return false;
		digest[i] = (unsigned char)(high * 16 + low);
	}
	return true;
}

/* Reads "3" or "3-7": numbers from 1 on. */
static bool
read_range(struct span text, struct state_line *line)
{
	size_t dash = span_find(text, '-');
	uint64_t first, last;

	if (!span_number(span_head(text, dash), SIZE_MAX, &first))
		return false;
	last = first;
	if (dash < text.len &&
	    !span_number(span_skip(text, dash + 1), SIZE_MAX, &last))
		return false;
	if (first == 0 || last < first)
		return false;
	line->first = (size_t)first - 1;
	line->last = (size_t)last - 1;
	return true;
}

/* WORD MAIL.COPY RANGE,RANGE... */
static bool
read_line(struct span text,
    bool (*take)(void *context, const struct state_line *line), void *context)
{
	struct state_line line = {.state = STATE_COUNT};
	struct span word, mail, ranges, range;
	uint64_t copy;
	size_t dot;

	if (!span_next_word(&text, " ", &word) ||
	    !span_next_word(&text, " ", &mail) ||
	    !span_next_word(&text, " ", &ranges) || text.len > 0)
		return false;
	for (unsigned state = 0; state < STATE_COUNT; state++)
		if (span_equal(word, span_from(words[state])))
			line.state = (enum state)state;
	dot = span_find(mail, '.');
	if (line.state == STATE_COUNT ||
	    !read_digest(span_head(mail, dot), line.key.digest) ||
	    !span_number(span_skip(mail, dot + 1), SIZE_MAX, &copy))
		return false;
	line.key.copy = (size_t)copy;
	while (span_next_word(&ranges, ",", &range))
		if (!read_range(range, &line) || !take(context, &line))
			return false;
	return true;
}

static bool
fail(const struct state_file *file, enum error_kind kind, const char *why,
    struct error *err)
{
	char *shown = utf8_excerpt_masked(span_from(file->path), 200);

	error_set(err, kind, "cannot use the state file %s: %s", shown, why);
	free(shown);
	return false;
}

static bool
refuse_line(const struct state_file *file, uint64_t number, struct error *err)
{
	char why[80];

	if (number > 1) {
		snprintf(why, sizeof(why), "line %llu cannot be understood",
		    (unsigned long long)number);
		return fail(file, ERROR_DATA, why, err);
	}
	return fail(file, ERROR_DATA,
	    "it belongs to another source, or is not a state file\n"
	    "hint: name a new file",
	    err);
}

/* Takes the whole lines of *text, which keeps the rest. */
static bool
take_lines(struct state_file *file, struct buf *text, uint64_t *number,
    bool (*take)(void *context, const struct state_line *line), void *context,
    struct error *err)
{
	size_t used = 0;

	for (;;) {
		struct span rest = span_skip(buf_span(text), used);
		size_t len = span_find(rest, '\n');
		struct span line = span_head(rest, len);

		if (len == rest.len)
			break;
		++*number;
		if (*number == 1 ? !span_equal(line, span_from(file->header))
				 : !read_line(line, take, context))
			return refuse_line(file, *number, err);
		used += len + 1;
		file->end += len + 1;
	}
	buf_drop(text, used);
	if (text->len >= LINE_MAX_OCTETS)
		return refuse_line(file, *number + 1, err);
	return true;
}

/* A first line without its end was written by a process that was killed. */
static bool
check_torn_header(
    const struct state_file *file, struct span text, struct error *err)
{
	return file->end > 0 || span_starts(span_from(file->header), text) ||
	    refuse_line(file, 1, err);
}

bool
state_file_read(struct state_file *file,
    bool (*take)(void *context, const struct state_line *line), void *context,
    struct error *err)
{
	char room[LINE_MAX_OCTETS];
	struct buf text;
	uint64_t position = 0, number = 0;
	bool done = true;

	buf_init(&text, LINE_MAX_OCTETS * 2);
	file->end = 0;
	while (done) {
		ssize_t got =
		    pread(file->fd, room, sizeof(room), (off_t)position);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			done = fail(file, ERROR_IO, strerror(errno), err);
		if (got <= 0)
			break;
		position += (uint64_t)got;
		buf_add(&text, room, (size_t)got);
		done = take_lines(file, &text, &number, take, context, err);
	}
	done = done && check_torn_header(file, buf_span(&text), err);
	buf_free(&text);
	return done;
}

bool
state_file_append(struct state_file *file, struct span lines)
{
	if (file->error != 0)
		return false;
	if (lseek(file->fd, (off_t)file->end, SEEK_SET) < 0 ||
	    !durable_write(file->fd, lines.at, lines.len) ||
	    !durable_sync(file->fd)) {
		file->error = errno != 0 ? errno : EIO;
		return false;
	}
	file->end += lines.len;
	return true;
}

/* The name of a new file must be on disk, too. */
static bool
sync_folder(const struct state_file *file)
{
	char *folder = file_path_beside(file->path, SPAN("."));
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = fd >= 0 && durable_sync_folder(fd);

	if (fd >= 0)
		close(fd);
	free(folder);
	return done;
}

bool
state_file_begin(struct state_file *file, struct error *err)
{
	struct buf line = {0};
	bool done = ftruncate(file->fd, (off_t)file->end) == 0;

	buf_add_format(&line, "%s\n", file->header);
	if (done && file->end == 0)
		done = state_file_append(file, buf_span(&line)) &&
		    sync_folder(file);
	buf_free(&line);
	return done || fail(file, ERROR_IO, strerror(errno), err);
}

static void
begin_line(struct buf *lines, enum state state, const struct state_key *key)
{
	buf_add_format(lines, "%s ", words[state]);
	add_digest(lines, key->digest);
	buf_add_format(lines, ".%zu ", key->copy);
}

/* Adds lines for the recipients that now have this state. */
static void
add_state(struct buf *lines, const struct state_key *key, enum state state,
    const unsigned char *states, const unsigned char *recorded, size_t first,
    size_t last)
{
	size_t ranges = 0;

	for (size_t i = first; i < last; i++) {
		size_t from = i;

		if (states[i] != state || recorded[i] == state)
			continue;
		while (i + 1 < last && states[i + 1] == state &&
		    recorded[i + 1] != state)
			i++;
		if (ranges % RANGES_MAX == 0) {
			if (ranges > 0)
				buf_add_char(lines, '\n');
			begin_line(lines, state, key);
		} else {
			buf_add_char(lines, ',');
		}
		ranges++;
		buf_add_format(lines, "%zu", from + 1);
		if (i > from)
			buf_add_format(lines, "-%zu", i + 1);
	}
	if (ranges > 0)
		buf_add_char(lines, '\n');
}

void
state_file_add(struct buf *lines, const struct state_key *key,
    const unsigned char *states, unsigned char *recorded, size_t first,
    size_t last)
{
	if (lines->max == 0)
		lines->max = LINES_MAX;
	for (unsigned state = 0; state < STATE_COUNT; state++)
		add_state(lines, key, (enum state)state, states, recorded,
		    first, last);
	if (last > first)
		memcpy(recorded + first, states + first, last - first);
}

static bool
take_lock(struct state_file *file, struct error *err)
{
	switch (lock_try(file->fd)) {
	case LOCK_TAKEN:
		return true;
	case LOCK_BUSY:
		return fail(file, ERROR_TEMPORARY,
		    "another smtpost process uses it\nhint: wait until it has "
		    "ended",
		    err);
	case LOCK_FAILED:
		break;
	}
	return fail(file, ERROR_CREATE, strerror(errno), err);
}

bool
state_file_open(struct state_file *file, const char *path, struct span identity,
    bool is_made, struct error *err)
{
	unsigned char digest[STATE_DIGEST_SIZE] = {0};
	struct buf header = {0};

	*file = (struct state_file){.path = path, .fd = -1};
	if (!state_file_digest(digest, identity))
		return fail(file, ERROR_OS, "GnuTLS has no SHA-256", err);
	buf_add_text(&header, MAGIC);
	add_digest(&header, digest);
	memcpy(file->header, header.data, header.len);
	buf_free(&header);
	file->fd = open(path,
	    O_RDWR | (is_made ? O_CREAT : 0) | O_CLOEXEC | O_NOFOLLOW |
		O_NONBLOCK | O_NOCTTY,
	    0600);
	if (file->fd < 0 && errno == ENOENT && !is_made)
		return true;
	if (file->fd < 0)
		return fail(file, ERROR_CREATE,
		    errno == ELOOP || errno == EMLINK ? "it is a symbolic link"
						      : strerror(errno),
		    err);
	return file_is_trusted(file->fd, path, FILE_OWN, ERROR_CREATE, err) &&
	    take_lock(file, err);
}

void
state_file_close(struct state_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}
