/*
 * Each body is hashed in one piece and in pieces of several lengths, and
 * compared with its canonical form, which the rows spell.
 */
#include "rows.h"

#include "base/base64.h"
#include "dkim/body_hash.h"

struct row {
	const char *name;
	struct span body, canonical;
};

#define LONG_RUN \
	"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789"

static const struct row rows[] = {
    {"empty", SPAN(""), SPAN("")},
    {"one line", SPAN("a\r\n"), SPAN("a\r\n")},
    {"no final line end", SPAN("a"), SPAN("a\r\n")},
    {"only line ends", SPAN("\r\n\r\n\r\n"), SPAN("")},
    {"only blanks", SPAN(" \t \r\n\t\r\n  "), SPAN("")},
    {"line ends at the end", SPAN("a\r\n\r\n\r\n"), SPAN("a\r\n")},
    {"line ends inside", SPAN("a\r\n\r\n\r\nb\r\n"),
	SPAN("a\r\n\r\n\r\nb\r\n")},
    {"line ends in front", SPAN("\r\n\r\nb\r\n"), SPAN("\r\n\r\nb\r\n")},
    {"blanks at the end of lines", SPAN("a \t\r\nb  \r\n"), SPAN("a\r\nb\r\n")},
    {"runs of blanks", SPAN("a \t  b\tc d\r\n"), SPAN("a b c d\r\n")},
    {"blanks in front", SPAN("  \ta\r\n b\r\n"), SPAN(" a\r\n b\r\n")},
    {"lines of blanks between", SPAN("a\r\n \t\r\n  \r\nb\r\n"),
	SPAN("a\r\n\r\n\r\nb\r\n")},
    {"lines of blanks at the end", SPAN("a\r\n \r\n\t \r\n"), SPAN("a\r\n")},
    {"dots", SPAN(".\r\n..a\r\n"), SPAN(".\r\n..a\r\n")},
    {"8-bit", SPAN("\303\244 \377\r\n"), SPAN("\303\244 \377\r\n")},
    {"other controls are text", SPAN("\v \f\001 \r\n"), SPAN("\v \f\001\r\n")},
    {"CR alone is text", SPAN("a\rb \r\n"), SPAN("a\rb\r\n")},
    {"CR at the end is text", SPAN("a \r"), SPAN("a \r\r\n")},
    {"CR CR LF", SPAN("a\r\r\n"), SPAN("a\r\r\n")},
    {"blank, then CR alone", SPAN("a \rb"), SPAN("a \rb\r\n")},
    {"LF alone is text", SPAN("a\nb \n"), SPAN("a\nb \n\r\n")},
    {"long lines", SPAN(LONG_RUN LONG_RUN "\r\n" LONG_RUN " \r\n"),
	SPAN(LONG_RUN LONG_RUN "\r\n" LONG_RUN "\r\n")},
    {"RFC 6376 section 3.4.5", SPAN(" C \r\nD \t E\r\n\r\n\r\n"),
	SPAN(" C\r\nD E\r\n")},
};

static void
hash(struct span body, size_t cut, unsigned char out[SHA256_OCTETS])
{
	struct body_hash hash;

	body_hash_init(&hash);
	for (; body.len > 0; body = span_skip(body, cut))
		body_hash_take(&hash, span_head(body, cut));
	assert_true(body_hash_end(&hash, out));
}

static void
test_cuts(void **state)
{
	const struct row *row = *state;
	static const size_t cuts[] = {1, 2, 3, 5, 7, 4096};
	unsigned char want[SHA256_OCTETS], got[SHA256_OCTETS];

	assert_true(sha256_of(row->canonical, want));
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		hash(row->body, cuts[i], got);
		assert_memory_equal(got, want, SHA256_OCTETS);
	}
}

/* The body of RFC 8463 appendix A.3, with the hash that it gives. */
static void
test_vector(void **state)
{
	unsigned char got[SHA256_OCTETS];
	struct buf text = {0};

	(void)state;
	hash(SPAN("Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\n"
		  "Joe.\r\n"),
	    4096, got);
	base64_encode(&text, (struct span){(const char *)got, SHA256_OCTETS});
	assert_string_equal(
	    buf_text(&text), "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
	buf_free(&text);
}

/* Bodies that are longer than all blocks. */
static void
test_large(void **state)
{
	static const char *const lines[] = {
	    "0123456789abcdef\r\n", "a  b\r\n", "\r\n", " \t\r\n", ".\r\n"};
	static const char *const canonical[] = {
	    "0123456789abcdef\r\n", "a b\r\n", "\r\n", "\r\n", ".\r\n"};
	struct buf body, want;
	unsigned char expected[SHA256_OCTETS], got[SHA256_OCTETS];

	(void)state;
	buf_init(&body, 1024 * 1024);
	buf_init(&want, 1024 * 1024);
	for (unsigned i = 0; i < 40000; i++) {
		unsigned which = i * i / 7 % 5;

		buf_add_text(&body, lines[which]);
		buf_add_text(&want, canonical[which]);
	}
	buf_add_text(&body, "end");
	buf_add_text(&want, "end\r\n");
	assert_true(sha256_of(buf_span(&want), expected));
	hash(buf_span(&body), 4096, got);
	assert_memory_equal(got, expected, SHA256_OCTETS);
	hash(buf_span(&body), body.len, got);
	assert_memory_equal(got, expected, SHA256_OCTETS);
	buf_free(&body);
	buf_free(&want);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "cuts", rows, ROWS(rows), test_cuts);
	rows_add_one(&all, "the vector of RFC 8463", test_vector);
	rows_add_one(&all, "a large body", test_large);
	return rows_end(&all);
}
