#include "rows.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include "base/base64.h"
#include "message/feed.h"
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
		assert_true(
		    pieces_add_file(pieces, path, row->pieces[i].form, &err));
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

int
main(void)
{
	struct rows all = {0};
	int result;

	if (mkdtemp(folder) == NULL)
		return 99;
	rows_add(&all, "body", body_rows, ROWS(body_rows), test_body);
	result = rows_end(&all);
	rmdir(folder);
	return result;
}
