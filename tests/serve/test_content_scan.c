#include "rows.h"

#include <stdbool.h>

#include "base/buf.h"
#include "serve/content_scan.h"

/* What follows the end in every row must be left where it is. */
struct scan_row {
	const char *name;
	const char *input;
	const char *content; /* NULL: the end does not come */
	bool has_lf_lines;   /* DATA ended in LF */
};

static const struct scan_row scans[] = {
    {"a line", "a\r\n.\r\n", "a\r\n", false},
    {"nothing", ".\r\n", "", false},
    {"an empty line", "\r\n.\r\n", "\r\n", false},
    {"dots are removed", "..\r\n.a\r\n...\r\n.\r\n", ".\r\na\r\n..\r\n", false},
    {"a dot inside", "a.\r\nb.c\r\n.\r\n", "a.\r\nb.c\r\n", false},

    /* SMTP smuggling: no other sequence ends the content */
    {"LF dot LF", "a\n.\nb\r\n.\r\n", "a\n.\nb\r\n", false},
    {"LF dot CRLF", "a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n", false},
    {"CRLF dot LF", "a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n", false},
    {"CR dot CR", "a\r.\rb\r\n.\r\n", "a\r.\rb\r\n", false},
    {"CR dot CRLF", "a\r.\r\nb\r\n.\r\n", "a\r.\r\nb\r\n", false},
    {"LF dot CR", "a\n.\rb\r\n.\r\n", "a\n.\rb\r\n", false},
    {"CRLF dot CR", "a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n", false},
    {"CRLF dot CRCRLF", "a\r\n.\r\r\nb\r\n.\r\n", "a\r\n\r\r\nb\r\n", false},
    {"CRCRLF dot CRCRLF", "a\r\r\n.\r\r\nb\r\n.\r\n", "a\r\r\n\r\r\nb\r\n",
	false},
    {"CRLF NUL dot CRLF", "a\r\n\x01.\r\nb\r\n.\r\n", "a\r\n\x01.\r\nb\r\n",
	false},
    {"CRLF dot blank CRLF", "a\r\n. \r\nb\r\n.\r\n", "a\r\n \r\nb\r\n", false},
    {"a dot and the end of input", "a\r\n.", NULL, false},
    {"a dot, CR and the end of input", "a\r\n.\r", NULL, false},
    {"LF dot LF and the end of input", "a\n.\n", NULL, false},

    /* DATA ended in LF */
    {"only LF", "a\nb\n.\n", "a\nb\n", true},
    {"only LF: nothing", ".\n", "", true},
    {"only LF: dots are removed", "..a\n..\n.\n", ".a\n.\n", true},
    {"only LF: a bare CR", "a\rb\n.\n", "a\rb\n", true},
    {"only LF: LF dot CRLF", "a\n.\r\n", "a\n", true},
    {"only LF: LF dot CR", "a\n.\rb\n.\n", "a\n\rb\n", true},
    {"only LF: CRLF in the content", "a\r\nb\n.\n", "a\r\nb\n", true},
    {"only LF: the last line ends in CRLF", "a\r\n.\n", "a\r\n", true},
    {"only LF: CRLF in all of the content", "a\r\nb\r\n.\r\n", "a\r\nb\r\n",
	true},
    {"only LF: a dot removed behind CRLF", "a\r\n..b\n.\n", "a\r\n.b\n", true},
};

static void
keep(void *context, struct span content)
{
	buf_add_span(context, content);
}

static void
check_scan(const struct scan_row *row, struct span input, size_t cut)
{
	struct buf content = {0};
	struct content_scan scan = {.has_lf_lines = row->has_lf_lines,
	    .take = keep,
	    .context = &content};
	size_t length = strlen(row->input), taken = 0;

	while (taken < input.len && !scan.is_over) {
		struct span piece = span_head(span_skip(input, taken), cut);
		size_t some = content_scan_take(&scan, piece);

		assert_true(some == piece.len || scan.is_over);
		taken += some;
	}
	assert_int_equal(scan.is_over, row->content != NULL);
	assert_int_equal(taken, row->content != NULL ? length : input.len);
	if (row->content != NULL)
		assert_string_equal(buf_text(&content), row->content);
	buf_free(&content);
}

/* The input comes whole, and in pieces of every length. */
static void
test_scan(void **state)
{
	const struct scan_row *row = *state;
	struct buf input = {0};

	buf_add_text(&input, row->input);
	if (row->content != NULL)
		buf_add_text(&input, "QUIT\r\n.\r\n");
	for (size_t cut = 1; cut <= input.len; cut++)
		check_scan(row, buf_span(&input), cut);
	buf_free(&input);
}

int
main(void)
{
	return rows_run("scan", scans, ROWS(scans), test_scan);
}
