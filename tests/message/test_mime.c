#include "rows.h"

#include "message/mime.h"

struct mime_row {
	const char *name;
	const char *header; /* of the message */
	const char *body;
	/*
	 * A line for each entity: kind, number, offsets of header and body, and
	 * its properties: signed, enclosed, opaque, unparted.
	 */
	const char *told;
};

#define MIXED "Content-Type: multipart/mixed; boundary=b\r\n"
#define ENCLOSED "Content-Type: message/rfc822\r\n\r\n"

static const struct mime_row mime_rows[] = {
    {"text", "", "abc\n", "leaf 0 0-0 0-4\n"},
    {"empty", "", "", "leaf 0 0-0 0-0\n"},
    {"two parts", MIXED, "--b\nA: b\n\nx\n--b\n\ny\n--b--\n",
	"composite 0 0-0 0-0\nfiller 0 0-0\n"
	"leaf 1 4-9 10-11\nleaf 2 16-16 17-18\nfiller 0 25-25\n"},
    {"CRLF", MIXED, "--b\r\nA: b\r\n\r\nx\r\n--b--\r\n",
	"composite 0 0-0 0-0\nfiller 0 0-0\n"
	"leaf 1 5-11 13-14\nfiller 0 23-23\n"},
    {"CR CR LF", MIXED, "--b\r\r\nA: b\r\r\n\r\r\nx\r\r\n--b--\r\r\n",
	"composite 0 0-0 0-0\nfiller 0 0-0\n"
	"leaf 1 6-13 16-17\nfiller 0 28-28\n"},
    {"CR before CRLF, CR alone", MIXED, "--b\r\n\r\nx\r\ry\r\r\r\n--b--\r\r",
	"composite 0 0-0 0-0\nfiller 0 0-0\n"
	"leaf 1 5-5 7-11\nfiller 0 21-22\n"},
    {"CR", MIXED, "--b\rA: b\r\rx\r--b--\r",
	"composite 0 0-0 0-0\nfiller 0 0-0\n"
	"leaf 1 4-9 10-11\nfiller 0 18-18\n"},
    {"text around", MIXED, "pre\n--b\n\nx\n--b--\npost\n",
	"composite 0 0-0 0-3\nfiller 0 0-3\n"
	"leaf 1 8-8 9-10\nfiller 0 17-22\n"},
    {"not closed", MIXED, "--b\n\nx\n",
	"composite 0 0-0 0-0\nfiller 0 0-0\nleaf 1 4-4 5-7\n"},
    {"blanks after a delimiter", MIXED, "--b \t\n\nx\n--b-- \n",
	"composite 0 0-0 0-0\nfiller 0 0-0\n"
	"leaf 1 6-6 7-8\nfiller 0 16-16\n"},
    {"no delimiters", MIXED, "--bb\n--b x\n --b\n--b\n\n-- b\n---b\n",
	"composite 0 0-0 0-15\nfiller 0 0-15\nleaf 1 20-20 21-31\n"},
    {"no part", MIXED, "text\n", "leaf 0 0-0 0-5 unparted\n"},
    {"no boundary", "Content-Type: multipart/mixed\r\n", "--b\n\nx\n",
	"leaf 0 0-0 0-7 unparted\n"},
    {"closed at once", MIXED, "--b--\nx\n",
	"composite 0 0-0 0-0\nfiller 0 0-0\nfiller 0 6-8\n"},
    {"header alone", MIXED, "--b\nA: b\n--b--\n",
	"composite 0 0-0 0-0\nfiller 0 0-0\n"
	"leaf 1 4-9 9-9\nfiller 0 15-15\n"},
    {"no empty line", MIXED, "--b\nA: b\ntext\n--b--\n",
	"composite 0 0-0 0-0\nfiller 0 0-0\n"
	"leaf 1 4-9 9-13\nfiller 0 20-20\n"},
    {"folded header", MIXED, "--b\nA: b\n c\n\nx\n--b--\n",
	"composite 0 0-0 0-0\nfiller 0 0-0\n"
	"leaf 1 4-12 13-14\nfiller 0 21-21\n"},
    {"nested", MIXED,
	"--b\nContent-Type: multipart/x; boundary=c\n\n--c\n\nx\n--c--\n"
	"y\n--b--\n",
	"composite 0 0-0 0-0\nfiller 0 0-0\n"
	"composite 1 4-42 43-43\nfiller 1 43-43\n"
	"leaf 2 47-47 48-49\nfiller 0 56-57\nfiller 0 64-64\n"},
    {"nested, not closed", MIXED,
	"--b\nContent-Type: multipart/x; boundary=c\n\n--c\n\nx\n--b--\n",
	"composite 0 0-0 0-0\nfiller 0 0-0\n"
	"composite 1 4-42 43-43\nfiller 1 43-43\n"
	"leaf 2 47-47 48-49\nfiller 0 56-56\n"},
    {"nested, no part", MIXED,
	"--b\nContent-Type: multipart/x; boundary=c\n\nx\n--b--\n",
	"composite 0 0-0 0-0\nfiller 0 0-0\n"
	"leaf 1 4-42 43-44 unparted\nfiller 0 51-51\n"},
    {"begins without an empty line", MIXED,
	"--b\nContent-Type: multipart/x; boundary=c\n--c\n\nx\n--b--\n",
	"composite 0 0-0 0-0\nfiller 0 0-0\n"
	"composite 1 4-42 42-42\nfiller 1 42-42\n"
	"leaf 2 46-46 47-48\nfiller 0 55-55\n"},
    {"enclosed", ENCLOSED, "A: b\n\nx\n",
	"composite 0 0-0 0-0\nleaf 1 0-5 6-8 enclosed\n"},
    {"enclosed, a mailbox line", ENCLOSED, "From a b\nA: b\n\nx\n",
	"composite 0 0-0 0-0\nleaf 1 0-14 15-17 enclosed\n"},
    {"enclosed, a quoted mailbox line", ENCLOSED, ">From a b\nA: b\n\nx\n",
	"composite 0 0-0 0-0\nleaf 1 0-15 16-18 enclosed\n"},
    {"enclosed, encoded", "Content-Transfer-Encoding: base64\r\n" ENCLOSED,
	"QTog\n", "leaf 0 0-0 0-5 opaque\n"},
    {"enclosed ends with its part", MIXED,
	"--b\n"
	"Content-Type: message/rfc822\n\nDKIM-Signature: x\n\nx\n"
	"--b\n\ny\n--b--\n",
	"composite 0 0-0 0-0\nfiller 0 0-0\n"
	"composite 1 4-33 34-34\nleaf 2 34-52 53-54 signed enclosed\n"
	"leaf 3 59-59 60-61\nfiller 0 68-68\n"},
    {"digest", "Content-Type: multipart/digest; boundary=b\r\n",
	"--b\n\nA: b\n\nx\n--b--\n",
	"composite 0 0-0 0-0\nfiller 0 0-0\n"
	"composite 1 4-4 5-5\nleaf 2 5-10 11-12 enclosed\n"
	"filler 0 19-19\n"},
    {"signed", "Content-Type: multipart/signed; boundary=b\r\n",
	"--b\n\nx\n--b--\n",
	"composite 0 0-0 0-0 signed\nfiller 0 0-0 signed\n"
	"leaf 1 4-4 5-6 signed\nfiller 0 13-13 signed\n"},
    {"signed part", MIXED,
	"--b\nContent-Type: multipart/signed; boundary=c\n\n--c\n\nx\n"
	"--b\n\ny\n",
	"composite 0 0-0 0-0\nfiller 0 0-0\n"
	"composite 1 4-47 48-48 signed\nfiller 1 48-48 signed\n"
	"leaf 2 52-52 53-54 signed\nleaf 3 59-59 60-62\n"},
    {"boundary with a colon", "Content-Type: multipart/x; boundary=\"a:b\"\r\n",
	"--a:b\n--a:b\nA: b\n--a:b--\n",
	"composite 0 0-0 0-0\nfiller 0 0-0\nleaf 1 6-6 6-6\n"
	"leaf 2 12-17 17-17\nfiller 0 25-25\n"},
};

static void
tell(void *context, const struct mime_entity *entity)
{
	static const char *const kinds[] = {"leaf", "composite", "filler"};
	struct buf *told = context;

	buf_add_format(told, "%s %zu", kinds[entity->kind], entity->number);
	if (entity->kind != MIME_FILLER)
		buf_add_format(told, " %u-%u", (unsigned)entity->header_from,
		    (unsigned)entity->header_to);
	buf_add_format(told, " %u-%u%s%s%s%s\n", (unsigned)entity->from,
	    (unsigned)(entity->to > entity->from ? entity->to : entity->from),
	    entity->is_signed ? " signed" : "",
	    entity->is_enclosed ? " enclosed" : "",
	    entity->is_opaque ? " opaque" : "",
	    entity->is_unparted ? " unparted" : "");
}

static void
look(struct buf *told, struct span header, struct span body, size_t cut)
{
	const struct mime_sink sink = {tell, told};
	struct mime *mime = mime_new(header, &sink);

	mime_take(mime, span_head(body, cut));
	mime_take(mime, span_skip(body, cut));
	mime_end(mime);
	mime_free(mime);
}

/* Whole, and cut in two everywhere. */
static void
test_mime(void **state)
{
	const struct mime_row *row = *state;
	struct span body = span_from(row->body);

	for (size_t cut = 0; cut <= body.len; cut++) {
		struct buf told = {0};

		look(&told, span_from(row->header), body, cut);
		assert_string_equal(buf_text(&told), row->told);
		buf_free(&told);
	}
}

/* The facts of a leaf, its text cut in two everywhere. */
struct facts_row {
	const char *name;
	struct span body;
	struct mime_facts facts;
};

static const struct facts_row facts_rows[] = {
    {"ASCII", SPAN("ab=c\nd \n"), {6, 2, 4, false, false, true}},
    {"UTF-8", SPAN("\303\274\342\202\254\360\237\230\200\n"),
	{9, 9, 9, true, false, true}},
    {"not UTF-8", SPAN("\303\274\374x\n"), {4, 3, 4, true, false, false}},
    {"cut by ASCII", SPAN("\303e"), {2, 1, 2, true, false, false}},
    {"cut by a line's end", SPAN("\303\n\274\n"),
	{2, 2, 1, true, false, false}},
    {"cut by the end", SPAN("a\303"), {2, 1, 2, true, false, false}},
    {"overlong", SPAN("\300\200"), {2, 2, 2, true, false, false}},
    {"surrogate", SPAN("\355\240\200"), {3, 3, 3, true, false, false}},
    {"too large", SPAN("\364\220\200\200"), {4, 4, 4, true, false, false}},
    {"controls", SPAN("\0\033\t"), {3, 3, 3, false, true, true}},
};

static void
keep_facts(void *context, const struct mime_entity *entity)
{
	struct mime_facts *facts = context;

	*facts = entity->facts;
}

static void
test_facts(void **state)
{
	const struct facts_row *row = *state;

	for (size_t cut = 0; cut <= row->body.len; cut++) {
		struct mime_facts facts = {0};
		const struct mime_sink sink = {keep_facts, &facts};
		struct mime *mime = mime_new(SPAN(""), &sink);

		mime_take(mime, span_head(row->body, cut));
		mime_take(mime, span_skip(row->body, cut));
		mime_end(mime);
		mime_free(mime);
		assert_int_equal(facts.octets, row->facts.octets);
		assert_int_equal(facts.quoted, row->facts.quoted);
		assert_int_equal(facts.longest_line, row->facts.longest_line);
		assert_int_equal(facts.has_eight_bit, row->facts.has_eight_bit);
		assert_int_equal(facts.has_nul, row->facts.has_nul);
		assert_int_equal(facts.is_utf8, row->facts.is_utf8);
	}
}

struct count {
	size_t leaves, opaque, composites;
};

static void
count_entity(void *context, const struct mime_entity *entity)
{
	struct count *count = context;

	count->leaves += entity->kind == MIME_LEAF;
	count->composites += entity->kind == MIME_COMPOSITE;
	count->opaque += entity->is_opaque;
}

static struct count
count_in(struct span header, struct span body)
{
	struct count count = {0};
	const struct mime_sink sink = {count_entity, &count};
	struct mime *mime = mime_new(header, &sink);

	mime_take(mime, body);
	mime_end(mime);
	mime_free(mime);
	return count;
}

/* An entity that exceeds a limit becomes one leaf. */
static void
test_bounds(void **state)
{
	struct count count;
	struct buf body;

	(void)state;
	buf_init(&body, 1 << 24);
	for (int i = 0; i < 200; i++)
		buf_add_format(&body,
		    "--b%d\nContent-Type: multipart/x; "
		    "boundary=b%d\n\n",
		    i, i + 1);
	count = count_in(SPAN("Content-Type: multipart/x; boundary=b0\r\n"),
	    buf_span(&body));
	assert_int_equal(count.composites, MIME_DEPTH_MAX);
	assert_int_equal(count.leaves, 1);
	assert_int_equal(count.opaque, 1);

	buf_clear(&body);
	for (int i = 0; i < 200; i++)
		buf_add_text(&body, "Content-Type: message/rfc822\n\n");
	count =
	    count_in(SPAN("Content-Type: message/rfc822\r\n"), buf_span(&body));
	assert_int_equal(count.composites, MIME_DEPTH_MAX);
	assert_int_equal(count.opaque, 1);

	buf_clear(&body);
	for (int i = 0; i < 30000; i++)
		buf_add_text(
		    &body, "--b\nContent-Type: message/rfc822\n\n\nx\n");
	count = count_in(SPAN(MIXED), buf_span(&body));
	assert_true(count.composites <= MIME_PARTS_MAX);
	assert_true(count.opaque > 0);

	buf_clear(&body);
	buf_add_text(&body, "--b\nA: ");
	while (body.len < MIME_HEADER_MAX + 100)
		buf_add_text(&body, "0123456789");
	buf_add_text(&body, "\n\nx\n--b\n\ny\n--b--\n");
	count = count_in(SPAN(MIXED), buf_span(&body));
	assert_int_equal(count.leaves, 2);
	assert_int_equal(count.opaque, 1);
	buf_free(&body);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "structure", mime_rows, ROWS(mime_rows), test_mime);
	rows_add(&all, "facts", facts_rows, ROWS(facts_rows), test_facts);
	rows_add_one(&all, "bounds", test_bounds);
	return rows_end(&all);
}
