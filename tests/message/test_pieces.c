#include "rows.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include "base/base64.h"
#include "message/feed.h"
#include "message/mime.h"
#include "message/pieces.h"
#include "message/storage.h"

static const struct message_options no_options;
static const struct span header = SPAN("From: a@b.example\r\n");

/* A folder for the files of one test, and the names of them. */
static char folder[] = "/tmp/test_pieces.XXXXXX";
static char path[sizeof(folder) + 16];

static void
write_file(struct span data)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	feed_write(fd, data);
	close(fd);
}

/* Octets of all values from `least` on, the same for each size. */
static struct buf
octets_of(size_t size, unsigned least)
{
	struct buf octets;
	uint32_t word = 1;

	buf_init(&octets, (size_t)64 * 1024 * 1024);
	while (octets.len < size) {
		word = word * 1664525 + 1013904223;
		if (word >> 24 >= least)
			buf_add_char(&octets, (char)(word >> 24));
	}
	return octets;
}

/* Base64 as RFC 2045 section 6.8 describes it, a line at a time. */
static void
oracle_base64(struct buf *out, struct span octets)
{
	for (; octets.len > 0; octets = span_skip(octets, 57)) {
		base64_encode(out, span_head(octets, 57));
		if (octets.len > 57)
			buf_add_text(out, "\r\n");
	}
}

enum kind { KIND_NONE, KIND_TEXT, KIND_FILE, KIND_MEMORY, KIND_TEMPORARY };

/* Three pieces: of these kinds, with that many octets. */
struct body_row {
	const char *name;
	struct {
		enum kind kind;
		enum piece_form form;
		size_t size;
		const char *text; /* instead of the octets; NULL: none */
	} pieces[4];
};

#define NOTHING                                    \
	{                                          \
		KIND_NONE, PIECE_AS_IT_IS, 0, NULL \
	}
#define TEXT(text)                                 \
	{                                          \
		KIND_TEXT, PIECE_AS_IT_IS, 0, text \
	}
#define TEXT_IN(kind, text)                   \
	{                                     \
		kind, PIECE_AS_IT_IS, 0, text \
	}
#define OCTETS(kind, form, size)       \
	{                              \
		kind, form, size, NULL \
	}

static const struct body_row body_rows[] = {
    {"no piece", {NOTHING}},
    {"empty text", {TEXT("")}},
    {"a text", {TEXT("line\r\n\r\nno end")}},
    {"two texts", {TEXT("a\r\n--b"), TEXT("c\r\nd")}},
    {"empty file", {OCTETS(KIND_FILE, PIECE_BASE64, 0)}},
    {"empty file as it is", {OCTETS(KIND_FILE, PIECE_AS_IT_IS, 0)}},
    {"a file as it is", {TEXT_IN(KIND_FILE, "line\nline\r\nlast\rline")}},
    {"one octet", {OCTETS(KIND_FILE, PIECE_BASE64, 1)}},
    {"two octets", {OCTETS(KIND_FILE, PIECE_BASE64, 2)}},
    {"three octets", {OCTETS(KIND_FILE, PIECE_BASE64, 3)}},
    {"a line", {OCTETS(KIND_FILE, PIECE_BASE64, 57)}},
    {"less than a line", {OCTETS(KIND_FILE, PIECE_BASE64, 56)}},
    {"more than a line", {OCTETS(KIND_FILE, PIECE_BASE64, 58)}},
    {"two lines", {OCTETS(KIND_FILE, PIECE_BASE64, 114)}},
    {"a block", {OCTETS(KIND_FILE, PIECE_BASE64, 47880)}},
    {"a block less one", {OCTETS(KIND_FILE, PIECE_BASE64, 47879)}},
    {"a block and one", {OCTETS(KIND_FILE, PIECE_BASE64, 47881)}},
    {"three blocks", {OCTETS(KIND_FILE, PIECE_BASE64, 143640)}},
    {"many lines", {OCTETS(KIND_FILE, PIECE_BASE64, 1000000)}},
    {"between texts",
	{TEXT("--b\r\n\r\n"), OCTETS(KIND_FILE, PIECE_BASE64, 100000),
	    TEXT("\r\n--b--\r\n")}},
    {"empty file between texts",
	{TEXT("--b\r\n\r\n"), OCTETS(KIND_FILE, PIECE_BASE64, 0),
	    TEXT("\r\n--b--\r\n")}},
    {"empty files in a row",
	{OCTETS(KIND_FILE, PIECE_BASE64, 0),
	    OCTETS(KIND_FILE, PIECE_AS_IT_IS, 0),
	    OCTETS(KIND_FILE, PIECE_BASE64, 0), TEXT("end")}},
    {"within a line",
	{TEXT("begin"), OCTETS(KIND_FILE, PIECE_BASE64, 200), TEXT("end\r\n")}},
    {"after a long line",
	{TEXT("1234567890123456789012345678901234567890"),
	    OCTETS(KIND_FILE, PIECE_BASE64, 4)}},
    {"after a lone CR",
	{TEXT("a\r"), OCTETS(KIND_FILE, PIECE_BASE64, 100), TEXT("\r"),
	    TEXT("\n--b--\r\n")}},
    {"a file that ends in CR",
	{TEXT_IN(KIND_FILE, "a\r"), TEXT("\r\n--b--\r\n")}},
    {"8-bit text", {TEXT("\303\266\r\n")}},
    {"8-bit file", {TEXT_IN(KIND_FILE, "\303\266\n")}},
    {"octets as they are", {OCTETS(KIND_FILE, PIECE_AS_IT_IS, 200000)}},
    {"octets of memory", {OCTETS(KIND_MEMORY, PIECE_AS_IT_IS, 60000)}},
    {"memory in base64",
	{OCTETS(KIND_MEMORY, PIECE_BASE64, 60000), TEXT("\r\nend")}},
    {"a temporary file", {OCTETS(KIND_TEMPORARY, PIECE_AS_IT_IS, 600000)}},
    {"a temporary file in base64",
	{OCTETS(KIND_TEMPORARY, PIECE_BASE64, 600000)}},
    {"a text after memory", {TEXT_IN(KIND_MEMORY, "text"), TEXT("more\r\n")}},
    {"all kinds",
	{TEXT("--b\r\n"), OCTETS(KIND_FILE, PIECE_AS_IT_IS, 100000),
	    OCTETS(KIND_TEMPORARY, PIECE_BASE64, 300000),
	    OCTETS(KIND_FILE, PIECE_BASE64, 70000)}},
};

/* Adds one piece, and what it is expected to be in the body. */
static void
add_piece(struct pieces *pieces, const struct body_row *row, size_t i,
    struct buf *expected)
{
	struct buf octets = octets_of(row->pieces[i].size,
	    /* Octets that are sent as they are may have no NUL. */
	    row->pieces[i].form == PIECE_AS_IT_IS);
	struct storage storage;
	struct error err = {0};
	struct span data;

	if (row->pieces[i].text != NULL)
		buf_add_text(&octets, row->pieces[i].text);
	data = buf_span(&octets);
	snprintf(path, sizeof(path), "%s/%zu", folder, i);
	switch (row->pieces[i].kind) {
	case KIND_NONE:
		break;
	case KIND_TEXT:
		pieces_add_text(pieces, data);
		break;
	case KIND_FILE:
		write_file(data);
		assert_true(pieces_add_file(
		    pieces, path, 0, row->pieces[i].form, &err));
		unlink(path);
		break;
	case KIND_MEMORY:
	case KIND_TEMPORARY:
		storage_init(&storage, 0);
		for (; data.len > 0; data = span_skip(data, 1000))
			assert_true(
			    storage_add(&storage, span_head(data, 1000), &err));
		assert_true(storage_end(&storage, &err));
		assert_int_equal(
		    storage.fd >= 0, row->pieces[i].kind == KIND_TEMPORARY);
		pieces_add_storage(pieces, &storage, row->pieces[i].form);
		assert_int_equal(storage.size, 0);
		break;
	}
	if (row->pieces[i].form == PIECE_BASE64)
		oracle_base64(expected, buf_span(&octets));
	else
		buf_add_span(expected, buf_span(&octets));
	buf_free(&octets);
}

/* Any block of the body can be read, in any order. */
static void
check_blocks(const struct storage *body, struct span expected)
{
	char *room = malloc(STORAGE_BLOCK);
	uint32_t word = 7;

	assert_non_null(room);
	assert_true(body->size == expected.len);
	for (size_t i = 0; expected.len > 0 && i < 500; i++) {
		uint64_t position = i;
		struct span block, wanted;

		word = word * 1664525 + 1013904223;
		if (i > 200)
			position = word >> 1;
		position %= expected.len;
		if (i < 100)
			position = expected.len - 1 - position;
		block = storage_block(body, position, room);
		assert_in_range(block.len, 1, STORAGE_BLOCK);
		wanted = span_skip(expected, (size_t)position);
		assert_true(block.len <= wanted.len);
		assert_memory_equal(block.at, wanted.at, block.len);
	}
	free(room);
}

/* Everything is as if the body had been read. */
static void
test_body(void **state)
{
	const struct body_row *row = *state;
	struct pieces *pieces = pieces_new();
	struct error err = {0};
	struct buf whole = {0};
	struct gather read = {0}, made = {0};
	struct message *message, *same;
	size_t start = header.len + 2;
	int fd;

	buf_init(&whole, (size_t)64 * 1024 * 1024);
	buf_add_span(&whole, header);
	buf_add_text(&whole, "\r\n");
	for (size_t i = 0; i < 4; i++)
		add_piece(pieces, row, i, &whole);
	fd = feed_file(buf_span(&whole));
	same = message_read(fd, "input", &no_options, &err);
	message = message_make(header, pieces, &no_options, &err);
	assert_non_null(message);
	assert_memory_equal(message_facts(message), message_facts(same),
	    sizeof(struct message_facts));
	assert_true(replay_size(message, NULL) == replay_size(same, NULL));
	check_blocks(message_body(message), span_skip(buf_span(&whole), start));
	for (enum replay_form form = REPLAY_PLAIN; form <= REPLAY_STUFFED;
	     form++) {
		enum replay_result result =
		    gather_replay(&read, same, NULL, form);

		assert_int_equal(
		    gather_replay(&made, message, NULL, form), result);
		assert_octets(buf_span(&made.octets), buf_span(&read.octets),
		    buf_span(&whole));
		buf_free(&made.octets);
		buf_free(&read.octets);
	}
	message_free(message);
	message_free(same);
	close(fd);
	buf_free(&whole);
}

static void
add_entity(void *context, const struct mime_entity *entity)
{
	const struct mime_facts *facts = &entity->facts;

	buf_add_format(context, "%d %zu %s: %llu to %llu, %llu %llu %llu%s\n",
	    (int)entity->kind, entity->number, entity->document_charset,
	    (unsigned long long)entity->from, (unsigned long long)entity->to,
	    (unsigned long long)facts->octets,
	    (unsigned long long)facts->quoted,
	    (unsigned long long)facts->longest_line,
	    facts->is_utf8 ? ", UTF-8" : "");
}

/* The structure of a message; with `skips` its known lines are not read. */
static struct buf
structure_of(const struct message *message, bool skips, uint64_t *skipped)
{
	struct buf found = {0};
	const struct mime_sink sink = {add_entity, &found};
	struct mime *mime = mime_new(message_header(message), &sink);
	struct storage_reader reader;
	struct span block;

	*skipped = 0;
	storage_reader_init(&reader, message_body(message));
	while (storage_reader_next(&reader, &block)) {
		uint64_t known =
		    storage_known_lines(reader.storage, reader.position);

		mime_take(mime, block);
		if (!skips || known == 0 || !mime_skip_lines(mime, known))
			continue;
		*skipped += known;
		reader.position += known;
	}
	assert_false(reader.is_changed);
	mime_end(mime);
	mime_free(mime);
	storage_reader_free(&reader);
	return found;
}

static const struct span parted =
    SPAN("From: a@b.example\r\nMIME-Version: 1.0\r\n"
	 "Content-Type: multipart/mixed; boundary=\"=_b\"\r\n");

/* A text in UTF-8 and two files: one large, one without a whole line. */
static struct pieces *
make_parts(void)
{
	struct pieces *pieces = pieces_new();
	struct buf octets = octets_of(300000, 0);
	struct error err = {0};

	snprintf(path, sizeof(path), "%s/file", folder);
	write_file(buf_span(&octets));
	pieces_add_text(pieces,
	    SPAN("--=_b\r\nContent-Type: text/plain; charset=utf-8\r\n"
		 "Content-Transfer-Encoding: 8bit\r\n\r\n\303\266\r\n"
		 "\r\n--=_b\r\nContent-Type: text/html\r\n"
		 "Content-Transfer-Encoding: base64\r\n\r\n"));
	assert_true(pieces_add_file(pieces, path, 0, PIECE_BASE64, &err));
	unlink(path);
	write_file(SPAN("small"));
	pieces_add_text(pieces,
	    SPAN("\r\n--=_b\r\nContent-Type: application/pdf\r\n"
		 "Content-Transfer-Encoding: base64\r\n\r\n"));
	assert_true(pieces_add_file(pieces, path, 0, PIECE_BASE64, &err));
	pieces_add_text(pieces, SPAN("\r\n--=_b--\r\n"));
	buf_free(&octets);
	return pieces;
}

static struct span
span_of(const struct gather *gather)
{
	return buf_span(&gather->octets);
}

/*
 * The plan for a server without 8BITMIME is that of the same message read: the
 * text is encoded, and the files stay as they are. They need not be read for
 * it.
 */
static void
test_plan(void **state)
{
	const struct fixup fixup = {.repair = true};
	struct error err = {0};
	struct gather plain = {0};
	struct message *messages[2];
	struct buf structures[3];
	struct gather sent[2] = {{{0}, 0, 0, 0}, {{0}, 0, 0, 0}};
	uint64_t skipped;
	int fd;

	(void)state;
	messages[0] = message_make(parted, make_parts(), &no_options, &err);
	assert_non_null(messages[0]);
	assert_int_equal(gather_replay(&plain, messages[0], NULL, REPLAY_PLAIN),
	    REPLAY_DONE);
	fd = feed_file(span_of(&plain));
	messages[1] = message_read(fd, "input", &no_options, &err);
	assert_non_null(messages[1]);
	for (size_t i = 0; i < 3; i++) {
		structures[i] = structure_of(messages[i / 2], i == 1, &skipped);
		assert_int_equal(skipped > 300000, i == 1);
		assert_octets(buf_span(&structures[i]),
		    buf_span(&structures[0]), span_of(&plain));
	}
	for (size_t i = 0; i < 2; i++) {
		struct plan first, plan;

		assert_true(fixup_plan(&first, messages[i], &fixup, &err));
		assert_true(
		    fixup_plan_seven_bit(&plan, &first, messages[i], &err));
		assert_int_equal(
		    gather_replay(&sent[i], messages[i], &plan, REPLAY_PLAIN),
		    REPLAY_DONE);
		assert_true(span_is_ascii(span_of(&sent[i])));
		assert_true(
		    sent[i].octets.len == replay_size(messages[i], &plan));
		plan_free(&plan);
		plan_free(&first);
		message_free(messages[i]);
	}
	assert_octets(span_of(&sent[0]), span_of(&sent[1]), span_of(&plain));
	for (size_t i = 0; i < 3; i++)
		buf_free(&structures[i]);
	buf_free(&sent[0].octets);
	buf_free(&sent[1].octets);
	buf_free(&plain.octets);
	close(fd);
	unlink(path);
}

/* What a file can be instead of a regular one that can be read. */
struct refused_row {
	const char *name;
	const char *path; /* NULL: `path`, which `make` has made */
	bool (*make)(void);
	const char *text;
};

static bool
make_nothing(void)
{
	return true;
}

static bool
make_folder(void)
{
	return mkdir(path, 0700) == 0;
}

static bool
make_fifo(void)
{
	return mkfifo(path, 0600) == 0;
}

static bool
make_socket(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	bool done;

	memcpy(address.sun_path, path, strlen(path));
	done = bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
	close(fd);
	return done;
}

static bool
make_circle(void)
{
	return symlink(path, path) == 0;
}

static bool
make_link_to_folder(void)
{
	return symlink("/", path) == 0;
}

static bool
make_unreadable(void)
{
	write_file(SPAN("text"));
	return chmod(path, 0) == 0;
}

static const struct refused_row refused_rows[] = {
    {"missing", NULL, make_nothing, ": No such file or directory"},
    {"no name", "", NULL, "cannot open : No such file or directory"},
    {"below a file", "/dev/null/file", NULL, ": Not a directory"},
    {"a folder", NULL, make_folder, ": it is a folder, not a regular file"},
    {"the folder /", "/", NULL, "cannot use /: it is a folder"},
    {"a FIFO", NULL, make_fifo, ": it is a FIFO, not a regular file"},
    {"a socket", NULL, make_socket, ": it is a socket, not a regular file"},
    {"a device", "/dev/zero", NULL,
	"cannot use /dev/zero: it is a device, not a regular file"},
    {"a device without octets", "/dev/null", NULL, ": it is a device"},
    {"a terminal", "/dev/tty", NULL, ": it is a device"},
    {"a circle of links", NULL, make_circle, ": Too many levels of"},
    {"a link to a folder", NULL, make_link_to_folder, ": it is a folder"},
    {"unreadable", NULL, make_unreadable, ": Permission denied"},
    {"name with a control character", "/none\033[2J", NULL,
	"cannot open /none\\x1b[2J: No such"},
};

static void
test_refused(void **state)
{
	const struct refused_row *row = *state;
	const char *name = row->path != NULL ? row->path : path;
	struct pieces *pieces = pieces_new();
	struct error err = {0};

	snprintf(path, sizeof(path), "%s/odd", folder);
	if (row->make != NULL)
		assert_true(row->make());
	if (row->make == make_unreadable && geteuid() == 0) {
		unlink(path);
		pieces_free(pieces);
		rows_skip("root can read every file");
	}
	for (enum piece_form form = PIECE_AS_IT_IS; form <= PIECE_BASE64;
	     form++) {
		assert_false(pieces_add_file(pieces, name, 0, form, &err));
		assert_int_equal(err.kind, ERROR_NO_INPUT);
		assert_non_null(strstr(err.text, row->text));
	}
	remove(path);
	pieces_free(pieces);
}

/* A FIFO is not even opened, which would let its writer go on. */
static void
test_waiting_writer(void **state)
{
	struct pieces *pieces = pieces_new();
	struct error err = {0};
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/fifo", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	feed_write(fd, SPAN("text"));
	assert_false(pieces_add_file(pieces, path, 0, PIECE_BASE64, &err));
	close(fd);
	unlink(path);
	pieces_free(pieces);
}

/* How a file changes; its size is 200,000 octets. */
struct change_row {
	const char *name;
	void (*change)(int fd);
	enum replay_result result; /* of each replay that follows */
	enum replay_result midway; /* of one that has begun already */
};

static void
change_nothing(int fd)
{
	(void)fd;
}

static void
change_shrink(int fd)
{
	assert_int_equal(ftruncate(fd, 199999), 0);
}

static void
change_empty(int fd)
{
	assert_int_equal(ftruncate(fd, 0), 0);
}

static void
change_grow(int fd)
{
	assert_int_equal(pwrite(fd, "x", 1, 200000), 1);
}

static void
change_touch(int fd)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1000}};

	assert_int_equal(futimens(fd, times), 0);
}

/* Writes again until the clock of the file system has gone on. */
static void
change_rewrite(int fd)
{
	struct stat before, after;

	assert_int_equal(fstat(fd, &before), 0);
	do {
		struct timespec times[2] = {before.st_atim, before.st_mtim};

		assert_int_equal(pwrite(fd, "\0\r\n", 3, 190000), 3);
		assert_int_equal(futimens(fd, times), 0);
		assert_int_equal(fstat(fd, &after), 0);
	} while (after.st_ctim.tv_sec == before.st_ctim.tv_sec &&
	    after.st_ctim.tv_nsec == before.st_ctim.tv_nsec);
}

static void
change_remove(int fd)
{
	(void)fd;
	assert_int_equal(unlink(path), 0);
}

/* As editors do it: another file takes the name. */
static void
change_replace(int fd)
{
	char other[sizeof(path) + 8];
	int new;

	(void)fd;
	snprintf(other, sizeof(other), "%s.new", path);
	new = open(other, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(new >= 0);
	feed_write(new, SPAN("new text\n"));
	close(new);
	assert_int_equal(rename(other, path), 0);
}

static void
change_remove_and_shrink(int fd)
{
	change_remove(fd);
	change_shrink(fd);
}

static const struct change_row change_rows[] = {
    {"nothing", change_nothing, REPLAY_DONE, REPLAY_DONE},
    {"shrinks", change_shrink, REPLAY_CHANGED, REPLAY_CHANGED},
    {"emptied", change_empty, REPLAY_CHANGED, REPLAY_CHANGED},
    {"grows", change_grow, REPLAY_CHANGED, REPLAY_CHANGED},
    {"touched", change_touch, REPLAY_CHANGED, REPLAY_CHANGED},
    {"rewritten, with its old time", change_rewrite, REPLAY_CHANGED,
	REPLAY_CHANGED},
    {"removed", change_remove, REPLAY_DONE, REPLAY_DONE},
    {"replaced", change_replace, REPLAY_DONE, REPLAY_DONE},
    {"removed and shrinks", change_remove_and_shrink, REPLAY_CHANGED,
	REPLAY_CHANGED},
};

struct changing_sink {
	const struct change_row *row;
	struct gather gather;
	int fd;
};

static bool
change_and_gather(void *context, const char *data, size_t len)
{
	struct changing_sink *sink = context;

	if (sink->gather.calls == 0)
		sink->row->change(sink->fd);
	return gather_write(&sink->gather, data, len);
}

/* Of a file that has changed, the end of the message is never sent. */
static void
check_result(const struct message *message, const struct gather *gather,
    enum replay_result result, enum replay_result expected)
{
	uint64_t size = replay_size(message, NULL);

	assert_int_equal(result, expected);
	if (result == REPLAY_DONE)
		assert_true(gather->octets.len == size);
	else
		assert_true(gather->octets.len < size);
}

static void
check_change(const struct change_row *row, enum piece_form form, bool is_midway)
{
	struct changing_sink sink = {.row = row};
	const struct message_sink wire = {change_and_gather, &sink};
	struct pieces *pieces = pieces_new();
	struct buf octets = octets_of(200000, 1);
	struct error err = {0};
	struct message *message;

	snprintf(path, sizeof(path), "%s/file", folder);
	write_file(buf_span(&octets));
	sink.fd = open(path, O_RDWR);
	pieces_add_text(pieces, SPAN("--b\r\n\r\n"));
	assert_true(pieces_add_file(pieces, path, 0, form, &err));
	pieces_add_text(pieces, SPAN("\r\n--b--\r\n"));
	message = message_make(header, pieces, &no_options, &err);
	assert_non_null(message);
	if (is_midway) {
		buf_init(&sink.gather.octets, 1 << 20);
		check_result(message, &sink.gather,
		    replay_message(message, NULL, REPLAY_PLAIN, &wire),
		    row->midway);
		buf_free(&sink.gather.octets);
	} else {
		row->change(sink.fd);
	}
	for (int i = 0; i < 2; i++) {
		check_result(message, &sink.gather,
		    gather_replay(&sink.gather, message, NULL, REPLAY_PLAIN),
		    row->result);
		buf_free(&sink.gather.octets);
	}
	message_free(message);
	close(sink.fd);
	unlink(path);
	buf_free(&octets);
}

static void
test_change(void **state)
{
	for (int i = 0; i < 4; i++)
		check_change(
		    *state, i < 2 ? PIECE_AS_IT_IS : PIECE_BASE64, i % 2 == 1);
}

/*
 * A file that shrinks between opening it and the scan of its text. The scan of
 * base64 does not read it.
 */
static void
test_shrinks_early(void **state)
{
	struct error err = {0};

	(void)state;
	snprintf(path, sizeof(path), "%s/file", folder);
	for (enum piece_form form = PIECE_AS_IT_IS; form <= PIECE_BASE64;
	     form++) {
		struct pieces *pieces = pieces_new();
		struct message *message;
		struct gather gather = {0};

		write_file(SPAN("line\nline\n"));
		assert_true(pieces_add_file(pieces, path, 0, form, &err));
		assert_int_equal(truncate(path, 5), 0);
		message = message_make(header, pieces, &no_options, &err);
		assert_int_equal(message != NULL, form == PIECE_BASE64);
		if (message == NULL)
			assert_int_equal(err.kind, ERROR_TEMPORARY);
		else
			assert_int_equal(
			    gather_replay(&gather, message, NULL, REPLAY_PLAIN),
			    REPLAY_CHANGED);
		buf_free(&gather.octets);
		message_free(message);
		unlink(path);
	}
}

/* A file of more octets than 32 bits count, most of them in holes. */
static void
test_sparse(void **state)
{
	const uint64_t size = ((uint64_t)5 << 30) + 1;
	struct pieces *pieces = pieces_new();
	char *room = malloc(STORAGE_BLOCK);
	struct error err = {0};
	struct message *message;
	struct span block;
	uint64_t end;
	int fd;

	(void)state;
	assert_non_null(room);
	snprintf(path, sizeof(path), "%s/sparse", folder);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	assert_int_equal(pwrite(fd, "octets", 6, (off_t)size - 6), 6);
	assert_true(pieces_add_file(pieces, path, 0, PIECE_BASE64, &err));
	pieces_add_text(pieces, SPAN("end"));
	message = message_make(header, pieces, &no_options, &err);
	assert_non_null(message);
	end = base64_lines_size(size);
	assert_true(end == UINT64_C(7346654586));
	assert_true(message_body(message)->size == end + 3);
	assert_true(message_facts(message)->body_size == end + 5);
	block = storage_block(message_body(message), end - 8, room);
	assert_octets(block, SPAN("b2N0ZXRz"), block);
	block =
	    storage_block(message_body(message), end / 78 * 78 - 78000, room);
	assert_int_equal(block.at[0], 'A');
	assert_int_equal(block.at[76], '\r');
	message_free(message);
	free(room);
	close(fd);
	unlink(path);
}

/* Sizes that would overflow a sum are refused. */
static void
test_too_large(void **state)
{
	struct pieces *pieces = pieces_new();
	struct error err = {0};
	const off_t size = INT64_MAX / 4096 * 4096;
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/sparse", folder);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	assert_true(fd >= 0);
	if (ftruncate(fd, size) < 0) {
		close(fd);
		unlink(path);
		pieces_free(pieces);
		rows_skip("the file system has no such files");
	}
	assert_false(pieces_add_file(pieces, path, 0, PIECE_BASE64, &err));
	assert_int_equal(err.kind, ERROR_DATA);
	pieces_free(pieces);
	close(fd);
	unlink(path);
}

/* A file of /proc, whose size is only known when it is read. */
static void
test_proc(void **state)
{
	struct pieces *pieces = pieces_new();
	struct gather gather = {0};
	struct error err = {0};
	struct message *message;

	(void)state;
	if (access("/proc/self/status", R_OK) < 0) {
		pieces_free(pieces);
		rows_skip("there is no /proc");
	}
	assert_true(pieces_add_file(
	    pieces, "/proc/self/status", 0, PIECE_AS_IT_IS, &err));
	message = message_make(header, pieces, &no_options, &err);
	assert_non_null(message);
	assert_true(message_body(message)->size > 100);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
		    gather_replay(&gather, message, NULL, REPLAY_PLAIN),
		    REPLAY_DONE);
		buf_free(&gather.octets);
	}
	message_free(message);
}

/* Files stay open: a limit is a clear error, and all are closed at the end. */
static void
test_no_descriptor(void **state)
{
	struct pieces *pieces = pieces_new();
	struct error err = {0};
	struct rlimit old, low;
	size_t added = 0;
	int before = dup(0), after;

	(void)state;
	close(before);
	snprintf(path, sizeof(path), "%s/file", folder);
	write_file(SPAN("text"));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	low = old;
	low.rlim_cur = 64;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	while (pieces_add_file(pieces, path, 0, PIECE_BASE64, &err))
		added++;
	assert_in_range(added, 1, 64 - before);
	assert_int_equal(err.kind, ERROR_OS);
	assert_non_null(strstr(err.text, "Too many open files\nhint: "));
	pieces_free(pieces);
	after = dup(0);
	close(after);
	assert_int_equal(after, before);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	unlink(path);
}

/* The limit on the size counts the octets of base64. */
static void
test_max_size(void **state)
{
	struct error err = {0};

	(void)state;
	snprintf(path, sizeof(path), "%s/file", folder);
	write_file(SPAN("123456"));
	for (int i = 0; i < 2; i++) {
		const struct message_options options = {
		    .max_size = header.len + 10 - (i == 1)};
		struct pieces *pieces = pieces_new();
		struct message *message;

		assert_true(
		    pieces_add_file(pieces, path, 0, PIECE_BASE64, &err));
		message = message_make(header, pieces, &options, &err);
		assert_int_equal(message != NULL, i == 0);
		message_free(message);
	}
	assert_int_equal(err.kind, ERROR_DATA);
	assert_non_null(strstr(err.text, "larger than max-size"));
	unlink(path);
}

/* The type of a text can be edited, but not that of other bodies. */
static void
test_edits(void **state)
{
	static const char *const texts[] = {"Content-Type: text/html",
	    "mime-version:", "+Content-Type: a/b",
	    "Content-Transfer-Encoding: 8bit"};
	static const struct span headers[] = {
	    SPAN("Content-Type: multipart/mixed; boundary=b\r\n"),
	    SPAN("Content-Type: application/pdf\r\n"),
	    SPAN("content-type:Text/plain\r\n"), SPAN("Subject: x\r\n")};

	(void)state;
	for (size_t i = 0; i < 16; i++) {
		struct header_edits edits = {0};
		const struct message_options options = {.edits = &edits};
		struct error err = {0};
		struct message *message;

		assert_null(header_edits_add(&edits, span_from(texts[i % 4])));
		message =
		    message_make(headers[i / 4], pieces_new(), &options, &err);
		/* The encoding of a text is chosen with its octets. */
		assert_int_equal(message != NULL, i >= 8 && i != 11);
		if (message == NULL)
			assert_int_equal(err.kind, ERROR_USAGE);
		message_free(message);
		header_edits_free(&edits);
	}
}

int
main(void)
{
	struct rows all = {0};
	int result;

	if (mkdtemp(folder) == NULL)
		return 99;
	rows_add(&all, "body", body_rows, ROWS(body_rows), test_body);
	rows_add(
	    &all, "refused", refused_rows, ROWS(refused_rows), test_refused);
	rows_add_one(&all, "a plan without 8-bit octets", test_plan);
	rows_add_one(&all, "a FIFO with octets in it", test_waiting_writer);
	rows_add(&all, "change", change_rows, ROWS(change_rows), test_change);
	rows_add_one(&all, "a file shrinks early", test_shrinks_early);
	rows_add_one(&all, "a file of 5 GiB", test_sparse);
	rows_add_one(&all, "a file that is too large", test_too_large);
	rows_add_one(&all, "a file of /proc", test_proc);
	rows_add_one(&all, "no descriptor is left", test_no_descriptor);
	rows_add_one(&all, "the largest size", test_max_size);
	rows_add_one(&all, "edits of the header", test_edits);
	result = rows_end(&all);
	rmdir(folder);
	return result;
}
