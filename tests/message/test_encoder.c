#include "rows.h"

#include "message/encoder.h"

#define X70                                                                    \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xx"

struct encode_row {
	const char *name;
	enum encoding encoding;
	struct span in, out;
};

#define QP ENCODING_QUOTED_PRINTABLE
#define MEND ENCODING_MEND_QUOTED_PRINTABLE

static const struct encode_row encode_rows[] = {
    {"empty", QP, SPAN(""), SPAN("")},
    {"plain", QP, SPAN("a b"), SPAN("a b")},
    {"equals sign", QP, SPAN("a=b"), SPAN("a=3Db")},
    {"8-bit", QP, SPAN("gr\303\274n"), SPAN("gr=C3=BCn")},
    {"controls", QP, SPAN("\0\001\033\177"), SPAN("=00=01=1B=7F")},
    {"line ends", QP, SPAN("a\nb\rc\r\nd\n\re"),
	SPAN("a\r\nb\r\nc\r\nd\r\n\r\ne")},
    {"blank at a line's end", QP, SPAN("a \nb\t\r\nc"),
	SPAN("a=20\r\nb=09\r\nc")},
    {"blanks at a line's end", QP, SPAN("a  \n"), SPAN("a =20\r\n")},
    {"blank at the end", QP, SPAN("a "), SPAN("a=20")},
    {"tab inside", QP, SPAN("a\tb"), SPAN("a\tb")},
    {"75 octets", QP, SPAN(X70 "12345"), SPAN(X70 "12345")},
    {"76 octets", QP, SPAN(X70 "123456"), SPAN(X70 "12345=\r\n6")},
    {"76 with an escape", QP, SPAN(X70 "123\303"), SPAN(X70 "123=\r\n=C3")},
    {"blank before a soft line break", QP, SPAN(X70 "1234 56"),
	SPAN(X70 "1234 =\r\n56")},
    {"a delimiter after a soft line break", QP, SPAN(X70 "12345--b--"),
	SPAN(X70 "12345=\r\n=2D-b--")},
    {"a dot after a soft line break", QP, SPAN(X70 "12345..x"),
	SPAN(X70 "12345=\r\n=2E.x")},
    {"From after a soft line break", QP, SPAN(X70 "12345From x"),
	SPAN(X70 "12345=\r\n=46rom x")},
    {"a soft line break, then nothing but one octet", QP,
	SPAN(X70 "12345-\n--b"), SPAN(X70 "12345=\r\n=2D\r\n--b")},
    {"a soft line break after a blank", QP, SPAN(X70 "1234 --b"),
	SPAN(X70 "1234 =\r\n=2D-b")},
    {"lines that begin with these octets", QP, SPAN("--b\n.\nFrom x\n"),
	SPAN("--b\r\n.\r\nFrom x\r\n")},
    {"lone dot", QP, SPAN(".\n.\n"), SPAN(".\r\n.\r\n")},

    {"mended: 8-bit", MEND, SPAN("gr\303\274n =3D\n"),
	SPAN("gr=C3=BCn =3D\r\n")},
    {"mended: soft line break", MEND, SPAN("a=\nb=\r\nc=\rd"),
	SPAN("a=\r\nb=\r\nc=\r\nd")},
    {"mended: blank after an equals sign", MEND, SPAN("a= \nb"),
	SPAN("a= \r\nb")},
    {"mended: no escape", MEND, SPAN("a=b=xy=3"), SPAN("a=3Db=3Dxy=3D3")},
    {"mended: lower case", MEND, SPAN("=c3=bc"), SPAN("=c3=bc")},
    {"mended: equals sign at the end", MEND, SPAN("ab="), SPAN("ab=")},
    {"mended: two of them", MEND, SPAN("==41"), SPAN("=3D=41")},
    {"mended: long", MEND, SPAN(X70 "1234=41"), SPAN(X70 "1234=\r\n=41")},
    {"mended: a delimiter after a soft line break", MEND,
	SPAN(X70 "12345--b\303"), SPAN(X70 "12345=\r\n=2D-b=C3")},
    {"mended: a soft line break of its own", MEND, SPAN("\303=\n--b"),
	SPAN("=C3=\r\n--b")},
    {"mended: 76 octets are well", MEND, SPAN(X70 "12345=\nb"),
	SPAN(X70 "12345=\r\nb")},
    {"mended: trailing blank stays", MEND, SPAN("a \nb"), SPAN("a \r\nb")},

    {"base64", ENCODING_BASE64, SPAN("foob\0r\n"), SPAN("Zm9vYgByCg==")},
    {"base64: 57 octets", ENCODING_BASE64,
	SPAN("123456789012345678901234567890123456789012345678901234567"),
	SPAN("MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1"
	     "Njc4OTAxMjM0NTY3")},
    {"base64: 58 octets", ENCODING_BASE64,
	SPAN("1234567890123456789012345678901234567890123456789012345678"),
	SPAN("MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1"
	     "Njc4OTAxMjM0NTY3\r\nOA==")},
    {"base64 of text", ENCODING_BASE64_TEXT, SPAN("a\nb\r\nc\rd"),
	SPAN("YQ0KYg0KYw0KZA==")},
    {"base64 mended", ENCODING_MEND_BASE64, SPAN("Zm9v\n\303\274YmFy\0 =\r"),
	SPAN("Zm9vYmFy=")},
    {"base64 mended: long", ENCODING_MEND_BASE64, SPAN(X70 "1234567"),
	SPAN(X70 "123456\r\n7")},
};

/* Whole, and cut in two everywhere. */
static void
test_encode(void **state)
{
	const struct encode_row *row = *state;

	for (size_t cut = 0; cut <= row->in.len; cut++) {
		struct encoder encoder;
		struct buf out = {0};

		encoder_init(&encoder, row->encoding);
		encoder_take(&encoder, span_head(row->in, cut), &out);
		encoder_take(&encoder, span_skip(row->in, cut), &out);
		encoder_end(&encoder, &out);
		assert_string_equal(buf_text(&out), row->out.at);
		assert_int_equal(out.len, row->out.len);
		buf_free(&out);
	}
}

/* Where a boundary has "=" in it, "--=b" would become "--=3Db". */
static void
test_quoted_dashes(void **state)
{
	static const enum encoding encodings[] = {QP, MEND};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct encoder encoder;
		struct buf out = {0};

		encoder_init(&encoder, encodings[i]);
		encoder.quotes_dashes = true;
		encoder_take(
		    &encoder, SPAN("--=b\n-\n=41-\n--" X70 "123-\nF\n."), &out);
		encoder_end(&encoder, &out);
		assert_string_equal(buf_text(&out),
		    i == 0 ? "=2D-=3Db\r\n=2D\r\n=3D41-\r\n=2D-" X70
			     "1=\r\n23-\r\nF\r\n."
			   : "=2D-=3Db\r\n=2D\r\n=41-\r\n=2D-" X70
			     "1=\r\n23-\r\nF\r\n.");
		buf_free(&out);
	}
}

/* Every pair of octets, a thousand times: lines of 76, and 7-bit. */
static void
test_lines(void **state)
{
	(void)state;
	for (unsigned pair = 0; pair < 65536; pair += 7)
		for (int how = 0; how <= ENCODING_MEND_BASE64; how++) {
			char in[300];
			struct encoder encoder;
			struct buf out = {0};
			size_t column = 0;

			for (size_t i = 0; i < sizeof(in); i++)
				in[i] = (char)(i % 2 ? pair >> 8 : pair);
			encoder_init(&encoder, (enum encoding)how);
			encoder_take(
			    &encoder, (struct span){in, sizeof(in)}, &out);
			encoder_end(&encoder, &out);
			assert_true(out.len <= ENCODER_GROWTH * sizeof(in) + 4);
			for (size_t i = 0; i < out.len; i++) {
				unsigned char c = (unsigned char)out.data[i];

				assert_true(c < 0x7f &&
				    (c >= ' ' || c == '\t' || c == '\r' ||
					c == '\n'));
				column = c == '\n' ? 0 : column + 1;
				/* its CR is counted */
				assert_true(column <= 77);
			}
			buf_free(&out);
		}
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "encode", encode_rows, ROWS(encode_rows), test_encode);
	rows_add_one(&all, "quoted dashes", test_quoted_dashes);
	rows_add_one(&all, "lines", test_lines);
	return rows_end(&all);
}
