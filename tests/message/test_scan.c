/*
 * Compares scan.c, wire.c and dot_stuffing.c with slow code that examines every
 * octet, on texts of many kinds that are cut anywhere.
 */
#include "rows.h"

#include "message/dot_stuffing.h"
#include "message/scan.h"
#include "message/storage.h"
#include "message/wire.h"

#define TEXTS 400
#define TEXT_MAX 6000

struct kind_row {
	const char *name;
	struct span alphabet;
	unsigned run; /* octets until a line ends; 0: as drawn */
};

static const struct kind_row kinds[] = {
    {"short lines", SPAN("abc.\n"), 0},
    {"CR LF", SPAN("abc.\n"), 30},
    {"all ends", SPAN("a.\r\n"), 0},
    {"dots", SPAN(".\n"), 0},
    {"long lines", SPAN("ab."), 990},
    {"longer lines", SPAN("ab."), 3000},
    {"octets", SPAN("ab\0\377.\r\n"), 0},
};

struct draw {
	uint32_t state;
	size_t cut; /* of the next piece; 0: drawn too */
};

static uint32_t
draw_below(struct draw *draw, uint32_t bound)
{
	draw->state = draw->state * 1664525 + 1013904223;
	return (draw->state >> 12) % bound;
}

static struct span
draw_text(struct draw *draw, const struct kind_row *kind, char *room)
{
	size_t len = draw_below(draw, draw_below(draw, 4) == 0 ? TEXT_MAX : 40);
	bool is_crlf = draw_below(draw, 2) == 0;
	size_t used = 0;

	while (used < len) {
		if (kind->run > 0 && draw_below(draw, kind->run) == 0) {
			if (is_crlf)
				room[used++] = '\r';
			room[used++] = '\n';
		} else {
			room[used++] = kind->alphabet.at[draw_below(
			    draw, (uint32_t)kind->alphabet.len)];
		}
	}
	return (struct span){room, used};
}

/* Takes a line and its end: an LF with all CRs before it, or a CR, or none. */
static void
take_line(struct span *text, struct span *line, struct span *end)
{
	size_t len = 0, ends = 0;

	while (
	    len < text->len && text->at[len] != '\r' && text->at[len] != '\n')
		len++;
	while (len + ends < text->len && text->at[len + ends] == '\r')
		ends++;
	if (len + ends < text->len && text->at[len + ends] == '\n')
		ends++;
	else if (ends > 0)
		ends = 1;
	*line = span_head(*text, len);
	*end = span_head(span_skip(*text, len), ends);
	*text = span_skip(*text, len + ends);
}

struct wanted {
	struct message_facts facts;
	bool ended;
	uint64_t size; /* of what comes before the dot */
	struct buf wire;
};

static struct wanted
judge(struct span text, bool dot_ends)
{
	struct wanted wanted = {.size = 0};
	struct span rest = text, line, end;

	buf_init(&wanted.wire, 4 * TEXT_MAX);
	while (rest.len > 0) {
		wanted.size = text.len - rest.len;
		take_line(&rest, &line, &end);
		if (dot_ends && span_equal(line, SPAN("."))) {
			wanted.ended = true;
			return wanted;
		}
		for (size_t i = 0; i < line.len; i++) {
			wanted.facts.has_eight_bit |= line.at[i] < 0;
			wanted.facts.has_nul |= line.at[i] == 0;
		}
		wanted.facts.has_long_line |= line.len > 998;
		wanted.facts.body_has_bare_cr |= span_equal(end, SPAN("\r"));
		wanted.facts.body_has_extra_cr |= end.len > 2;
		wanted.facts.body_size += line.len + 2;
		if (span_starts(line, SPAN(".")))
			buf_add_char(&wanted.wire, '.');
		buf_add_span(&wanted.wire, line);
		buf_add_text(&wanted.wire, "\r\n");
	}
	wanted.size = text.len;
	return wanted;
}

/* Short and long pieces, or only two. */
static size_t
next_cut(struct draw *draw)
{
	size_t cut = draw->cut;

	if (cut > 0) {
		draw->cut = SIZE_MAX;
		return cut;
	}
	return draw_below(draw, 3) == 0 ? draw_below(draw, 5)
					: draw_below(draw, TEXT_MAX);
}

static void
check_scan(struct draw *draw, struct span text, bool dot_ends)
{
	struct wanted wanted = judge(text, dot_ends);
	struct scan scan = {.dot_ends = dot_ends};
	struct span rest = text;
	size_t taken = 0;

	while (!scan.ended && rest.len > 0) {
		size_t cut = next_cut(draw);

		taken += scan_take(&scan, span_head(rest, cut)).len;
		rest = span_skip(rest, cut);
	}
	scan_end(&scan);
	assert_true(scan.ended ? taken >= scan.line_from : taken == text.len);
	assert_int_equal(scan.ended, wanted.ended);
	if (wanted.ended)
		assert_int_equal(scan.line_from, wanted.size);
	assert_int_equal(scan.facts.body_size, wanted.facts.body_size);
	assert_int_equal(scan.facts.has_long_line, wanted.facts.has_long_line);
	assert_int_equal(scan.facts.has_eight_bit, wanted.facts.has_eight_bit);
	assert_int_equal(scan.facts.has_nul, wanted.facts.has_nul);
	assert_int_equal(
	    scan.facts.body_has_bare_cr, wanted.facts.body_has_bare_cr);
	assert_int_equal(
	    scan.facts.body_has_extra_cr, wanted.facts.body_has_extra_cr);
	buf_free(&wanted.wire);
}

static bool
keep(void *context, const char *data, size_t len)
{
	return buf_add(context, data, len);
}

static void
check_wire(struct draw *draw, struct span text)
{
	struct wanted wanted = judge(text, false);
	static char room[STORAGE_BLOCK];
	struct buf got;
	const struct message_sink sink = {keep, &got};
	struct dot_stuffing stuffing = {.sink = &sink};
	const struct message_sink stuffed = {dot_stuffing_write, &stuffing};
	struct wire wire = {
	    .sink = &stuffed,
	    .left = wanted.facts.body_size,
	    .room = room,
	};

	buf_init(&got, 4 * TEXT_MAX);
	while (text.len > 0) {
		size_t cut = next_cut(draw);

		assert_true(wire_take(&wire, span_head(text, cut)));
		text = span_skip(text, cut);
	}
	assert_true(wire_end(&wire));
	assert_int_equal(got.len, wanted.wire.len);
	if (got.len > 0)
		assert_memory_equal(got.data, wanted.wire.data, got.len);
	buf_free(&got);
	buf_free(&wanted.wire);
}

static void
check_texts(const struct kind_row *kind, bool is_wire)
{
	static char room[TEXT_MAX + 2];
	struct draw draw = {.state = 1};

	for (int i = 0; i < TEXTS; i++) {
		struct span text = draw_text(&draw, kind, room);

		if (is_wire) {
			check_wire(&draw, text);
			continue;
		}
		check_scan(&draw, text, false);
		check_scan(&draw, text, true);
	}
}

static void
test_scan(void **state)
{
	check_texts(*state, false);
}

static void
test_wire(void **state)
{
	check_texts(*state, true);
}

/* Every text of seven octets, in two pieces. */
static void
test_short(void **state)
{
	static const char alphabet[] = "a.\r\n";
	char text[7];

	(void)state;
	for (unsigned number = 0; number < 1 << 14; number++) {
		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = alphabet[number >> 2 * i & 3];
		for (size_t i = 0; i < 3 * (sizeof(text) - 1); i++) {
			struct draw draw = {.cut = i / 3 + 1};
			struct span all = {text, sizeof(text)};

			if (i % 3 == 0)
				check_wire(&draw, all);
			else
				check_scan(&draw, all, i % 3 == 1);
		}
	}
}

/* A line may have 998 octets, wherever it begins, and not 999. */
static void
test_long_line(void **state)
{
	static char room[3000];

	(void)state;
	for (size_t from = 0; from < 1200; from++) {
		for (size_t len = 998; len <= 999; len++) {
			struct scan scan = {.dot_ends = false};

			memset(room, 'a', sizeof(room));
			for (size_t i = 0; i < from; i++)
				room[i] = i % 50 == 49 ? '\n' : 'b';
			if (from > 0)
				room[from - 1] = '\n';
			room[from + len] = '\n';
			scan_take(&scan, (struct span){room, from + len + 1});
			scan_end(&scan);
			assert_int_equal(scan.facts.has_long_line, len == 999);
		}
	}
}

struct left_row {
	const char *name;
	struct span text;
	uint64_t size; /* that is needed */
};

static const struct left_row lefts[] = {
    {"LF", SPAN("abc\n"), 5},
    {"LF, two lines", SPAN("abc\n\n"), 7},
    {"CR LF", SPAN("abc\r\n"), 5},
    {"CR", SPAN("abc\r"), 5},
    {"CR CR", SPAN("abc\r\r"), 7},
    {"CR CR LF", SPAN("abc\r\r\n"), 5},
    {"no end", SPAN("abc"), 5},
    {"dots", SPAN("..\n."), 7},
    {"mixed", SPAN("a\rb\nc\r\n"), 9},
};

/* Never more octets than announced, and never fewer. */
static void
test_left(void **state)
{
	const struct left_row *row = *state;

	for (uint64_t left = 0; left < row->size + 2; left++) {
		static char room[STORAGE_BLOCK];
		struct buf got;
		struct message_sink sink = {keep, &got};
		struct wire wire = {
		    .sink = &sink,
		    .left = left,
		    .room = room,
		};
		bool done;

		buf_init(&got, 100);
		done = wire_take(&wire, row->text) && wire_end(&wire);
		assert_int_equal(done, left == row->size);
		assert_int_equal(
		    wire.result, done ? REPLAY_DONE : REPLAY_CHANGED);
		assert_true(got.len <= left);
		buf_free(&got);
	}
}

/* The same if blocks are sent in between. */
static void
test_many_left(void **state)
{
	const struct left_row *row = *state;
	size_t count = 3 * STORAGE_BLOCK / row->text.len;
	static char room[STORAGE_BLOCK];
	struct buf text, got;
	struct message_sink sink = {keep, &got};
	struct wire wire = {.sink = &sink, .room = room};

	buf_init(&text, 4 * STORAGE_BLOCK);
	buf_init(&got, 9 * STORAGE_BLOCK);
	for (size_t i = 0; i < count; i++)
		buf_add_span(&text, row->text);
	wire.left = text.len / 2;
	assert_false(wire_take(&wire, buf_span(&text)) && wire_end(&wire));
	assert_int_equal(wire.result, REPLAY_CHANGED);
	assert_true(got.len <= text.len / 2);
	buf_free(&text);
	buf_free(&got);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "scan", kinds, ROWS(kinds), test_scan);
	rows_add(&all, "wire", kinds, ROWS(kinds), test_wire);
	rows_add(&all, "left", lefts, ROWS(lefts), test_left);
	rows_add(&all, "left of many", lefts, ROWS(lefts), test_many_left);
	rows_add_one(&all, "short", test_short);
	rows_add_one(&all, "long line", test_long_line);
	return rows_end(&all);
}
