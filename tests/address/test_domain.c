#include "rows.h"

#include "address/domain.h"
#include "base/utf8.h"

#define LABEL_63 \
	"123456789012345678901234567890123456789012345678901234567890abc"

struct shape_row {
	const char *name, *text;
	bool ldh, literal, fqdn;
};

static const struct shape_row shape_rows[] = {
    {"name", "example.org", true, false, true},
    {"one label", "localhost", true, false, false},
    {"one letter", "a", true, false, false},
    {"digits first", "3com.example", true, false, true},
    {"last label of hexadecimal digits", "0x7f", true, false, false},
    {"last label begins with a digit", "a.1b", true, false, true},
    {"inner label of digits", "1.example", true, false, true},
    {"hyphens", "a-b--c.d-e", true, false, true},
    {"capitals", "EXAMPLE.Org", true, false, true},
    {"63 octets", LABEL_63 ".org", true, false, true},
    {"64 octets", LABEL_63 "d.org", false, false, false},
    {"255 octets", LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63, true, false,
	true},
    {"257 octets", LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63 ".a", false,
	false, false},
    {"empty", "", false, false, false},
    {"dot", ".", false, false, false},
    {"dot last", "example.org.", false, false, false},
    {"dot first", ".example.org", false, false, false},
    {"two dots", "example..org", false, false, false},
    {"hyphen first", "-a.org", false, false, false},
    {"hyphen last", "a-.org", false, false, false},
    {"hyphen last of all", "a.org-", false, false, false},
    {"only a hyphen", "-", false, false, false},
    {"underscore", "a_b.org", false, false, true},
    {"underscore first and last", "_a.b_", false, false, true},
    {"only an underscore", "_", false, false, false},
    {"blank", "a b.org", false, false, false},
    {"blank last", "a.org ", false, false, false},
    {"line feed", "a.org\n", false, false, false},
    {"at sign", "a@b.org", false, false, false},
    {"port", "a.org:25", false, false, false},
    {"8-bit",
	"b\xc3\xbc"
	"cher.de",
	false, false, false},
    {"IPv4", "[192.0.2.1]", false, true, false},
    {"IPv6", "[IPv6:2001:db8::1]", false, true, false},
    {"IPv6, tag in another case", "[ipV6:::1]", false, true, false},
    {"IPv6 with IPv4", "[IPv6:::ffff:192.0.2.1]", false, true, false},
    {"IPv6 longest", "[IPv6:1111:2222:3333:4444:5555:6666:255.255.255.255]",
	false, true, false},
    {"IPv6 without its tag", "[2001:db8::1]", false, false, false},
    {"IPv4 with the tag", "[IPv6:192.0.2.1]", false, false, false},
    {"IPv4 of three", "[192.0.2]", false, false, false},
    {"IPv4 of five", "[192.0.2.1.1]", false, false, false},
    {"IPv4 too high", "[192.0.2.256]", false, false, false},
    {"IPv4 with a blank", "[192.0.2.1 ]", false, false, false},
    {"IPv4 and a line end", "[192.0.2.1\n]", false, false, false},
    {"IPv4 in hexadecimal", "[0x7f.0.0.1]", false, false, false},
    {"IPv4 as a number", "[2130706433]", false, false, false},
    {"IPv6 with a zone", "[IPv6:fe80::1%eth0]", false, false, false},
    {"IPv6 with two gaps", "[IPv6:1::2::3]", false, false, false},
    {"IPv6 too long",
	"[IPv6:1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa]", false,
	false, false},
    {"another tag", "[x400:abc]", false, false, false},
    {"empty brackets", "[]", false, false, false},
    {"empty tag", "[IPv6:]", false, false, false},
    {"bracket alone", "[", false, false, false},
    {"not closed", "[192.0.2.1", false, false, false},
    {"not opened", "192.0.2.1]", false, false, false},
    {"nested", "[[192.0.2.1]]", false, false, false},
};

static void
test_shape(void **state)
{
	const struct shape_row *row = *state;
	struct span text = span_from(row->text);

	assert_int_equal(domain_is_ldh(text), row->ldh);
	assert_int_equal(domain_is_literal(text), row->literal);
	assert_int_equal(domain_is_fqdn(text), row->fqdn);
}

/* A name that is valid on the wire is not changed. */
static void
test_shape_to_ascii(void **state)
{
	const struct shape_row *row = *state;
	struct span text = span_from(row->text);
	struct error err = {0};
	struct buf out = {0};
	bool done = domain_to_ascii(text, &out, &err);
	bool is_name;

	if (text.len > 1 && text.at[text.len - 1] == '.')
		text.len--;
	is_name = domain_is_name(text);
	if (span_is_ascii(text))
		assert_int_equal(done, is_name || row->literal);
	if (is_name)
		assert_true(span_equal(buf_span(&out), text));
	if (row->ldh || row->literal)
		assert_true(span_equal(buf_span(&out), text));
	if (!done)
		assert_int_equal(out.len, 0);
	buf_free(&out);
}

struct number_row {
	const char *name, *text;
};

/* Names that have the form of a domain, but cannot get mail. */
static const struct number_row number_rows[] = {
    {"an address without brackets", "192.0.2.1"},
    {"a name and a number", "example.1"},
    {"a name and a long number", "example.00000000000000000000"},
    {"only a number", "2130706433"},
    {"a digit", "0"},
    {"four numbers, too large", "999.999.999.999"},
};

static void
test_number(void **state)
{
	const struct number_row *row = *state;
	struct span text = span_from(row->text);
	struct error err = {0};
	struct buf out = {0};

	assert_true(domain_is_ldh(text));
	assert_false(domain_is_fqdn(text));
	assert_false(domain_to_ascii(text, &out, &err));
	assert_int_equal(err.kind, ERROR_DATA);
	assert_non_null(strstr(err.text, "[192.0.2.1]"));
	assert_int_equal(out.len, 0);
	buf_free(&out);
}

struct in_row {
	const char *name, *text;
	bool is_in;
};

static const struct in_row in_rows[] = {
    {"the domain itself", "Example.org", true},
    {"a name below it", "mail.EXAMPLE.org", true},
    {"its end without a dot", "badexample.org", false},
    {"the domain above", "org", false},
    {"another domain as long", "example.net", false},
    {"another domain below", "mail.example.net", false},
    {"its beginning", "example.org.net", false},
    {"empty", "", false},
};

static void
test_in(void **state)
{
	const struct in_row *row = *state;

	assert_int_equal(
	    domain_is_in(span_from(row->text), SPAN("example.org")),
	    row->is_in);
}

struct ascii_row {
	const char *name, *text;
	const char *ascii; /* NULL: refused */
};

static const struct ascii_row ascii_rows[] = {
    {"German",
	"b\xc3\xbc"
	"cher.de",
	"xn--bcher-kva.de"},
    {"capital",
	"B\xc3\x9c"
	"CHER.DE",
	"xn--bcher-kva.de"},
    {"sharp s stays", "fa\xc3\x9f.de", "xn--fa-hia.de"},
    {"final sigma stays", "\xce\xb2\xcf\x8c\xce\xbb\xce\xbf\xcf\x82.example",
	"xn--nxasmm1c.example"},
    {"Japanese",
	"\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86\xe3\x82\xb9"
	"\xe3\x83\x88",
	"xn--r8jz45g.xn--zckzah"},
    {"Russian",
	"\xd0\xbf\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80."
	"\xd1\x80\xd1\x84",
	"xn--e1afmkfd.xn--p1ai"},
    {"Arabic",
	"\xd9\x85\xd8\xab\xd8\xa7\xd9\x84."
	"\xd8\xa5\xd8\xae\xd8\xaa\xd8\xa8\xd8\xa7\xd8\xb1",
	"xn--mgbh0fb.xn--kgbechtv"},
    {"full width letter", "\xef\xbd\x81.com", "a.com"},
    {"ideographic full stop",
	"a\xe3\x80\x82"
	"b",
	"a.b"},
    {"combining mark", "u\xcc\x88.de", "xn--tda.de"},
    {"joiner where it belongs",
	"\xd9\x86\xd8\xa7\xd9\x85\xd9\x87\xe2\x80\x8c"
	"\xd8\xa7\xdb\x8c.com",
	"xn--mgba3gch31f060k.com"},
    {"one label",
	"b\xc3\xbc"
	"cher",
	"xn--bcher-kva"},
    {"beside an A-label",
	"xn--bcher-kva.b\xc3\xbc"
	"cher.de",
	"xn--bcher-kva.xn--bcher-kva.de"},
    {"A-label not looked into", "xn--zz-hia.de", "xn--zz-hia.de"},
    {"two hyphens", "ab--cd.com", "ab--cd.com"},

    {"full width digits last", "a.\xef\xbc\x91", NULL},
    {"digits after another alphabet",
	"b\xc3\xbc"
	"cher.127",
	NULL},
    {"snowman", "\xe2\x98\x83.net", NULL},
    {"heart", "i\xe2\x9d\xa4.ws", NULL},
    {"joiner where it does not belong",
	"a\xe2\x80\x8d"
	"b.de",
	NULL},
    {"underscore", "\xc3\xbc_b.de", "xn--_b-wka.de"},
    {"blank", "exa mpl\xc3\xbc.com", NULL},
    {"line feed",
	"ma\xc3\xb1"
	"ana\n.com",
	NULL},
    {"line end last",
	"ma\xc3\xb1"
	"ana.com\r\n",
	NULL},
    {"slash from a compatibility character",
	"a\xe2\x84\x80"
	"b.com",
	NULL},
    {"angle bracket from one",
	"a\xef\xbc\x9e"
	"b.com",
	NULL},
    {"at sign from one",
	"a\xef\xbc\xa0"
	"b.com",
	NULL},
    {"brackets",
	"[b\xc3\xbc"
	"cher]",
	NULL},
    {"empty label",
	"b\xc3\xbc"
	"cher..de",
	NULL},
    {"dot first",
	".b\xc3\xbc"
	"cher.de",
	NULL},
    {"dot last",
	"b\xc3\xbc"
	"cher.de.",
	"xn--bcher-kva.de"},
    {"dot last, ideographic", "bucher.de\xe3\x80\x82", "bucher.de"},
    {"two dots last",
	"b\xc3\xbc"
	"cher.de..",
	NULL},
    {"hyphen first", "-\xc3\xbc.de", NULL},
    {"hyphen last", "\xc3\xbc-.de", NULL},
    {"blank without break", "a\xc2\xa0.de", NULL},
    {"ideographic blank",
	"a\xe3\x80\x80"
	"b.de",
	NULL},
    {"soft hyphen", "exam\xc2\xadple.com", NULL},
    {"zero width blank", "exam\xe2\x80\x8bple.com", NULL},
    {"word joiner", "exam\xe2\x81\xa0ple.com", NULL},
    {"byte order mark",
	"\xef\xbb\xbf"
	"example.com",
	NULL},
    {"variation selector", "example\xef\xb8\x8f.com", NULL},
    {"tag character", "example\xf3\xa0\x81\xa1.com", NULL},
    {"right to left mark",
	"\xe2\x80\x8f"
	"example.com",
	NULL},
    {"right to left override",
	"\xe2\x80\xae"
	"example.com",
	NULL},
    {"isolate",
	"\xe2\x81\xa6"
	"example.com",
	NULL},
    {"line separator", "example\xe2\x80\xa8.com", NULL},
    {"C1 control", "exam\xc2\x85ple.com", NULL},
    {"bidi rule broken", "a\xd7\x90.com", NULL},
    {"not UTF-8",
	"b\xfc"
	"cher.de",
	NULL},
    {"overlong",
	"a\xc0\xae"
	"b.de",
	NULL},
    {"surrogate",
	"a\xed\xa0\x80"
	"b.de",
	NULL},
    {"cut short", "a\xc3", NULL},
    {"above Unicode", "\xf5\x80\x80\x80.de", NULL},
};

static void
test_ascii(void **state)
{
	const struct ascii_row *row = *state;
	struct error err = {0};
	struct buf out = {0};
	bool done;

	buf_add_text(&out, "x@");
	done = domain_to_ascii(span_from(row->text), &out, &err);
	assert_true(span_starts(buf_span(&out), SPAN("x@")));
	if (row->ascii == NULL) {
		if (done)
			fail_msg("accepted: %s", buf_text(&out));
		assert_int_equal(out.len, 2);
		assert_int_equal(err.kind, ERROR_DATA);
		assert_true(span_starts(
		    span_from(err.text), SPAN("cannot use the domain '")));
		assert_false(span_has_control(span_from(err.text)));
		assert_true(utf8_is_valid(span_from(err.text)));
	} else {
		if (!done)
			fail_msg("refused: %s", err.text);
		assert_string_equal(buf_text(&out) + 2, row->ascii);
	}
	buf_free(&out);
}

static void
test_nul(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} rows[] = {{"a\0b.com", 7}, {"\xc3\xbc\0.com", 7}, {"\0", 1},
	    {"a.com\0", 6}, {"[192.0.2.1\0]", 12}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span text = {rows[i].text, rows[i].len};
		struct error err = {0};
		struct buf out = {0};

		assert_false(domain_is_ldh(text));
		assert_false(domain_is_literal(text));
		assert_false(domain_to_ascii(text, &out, &err));
		assert_int_equal(out.len, 0);
		buf_free(&out);
	}
}

/* Long names are refused before they are converted. */
static void
test_long(void **state)
{
	struct error err = {0};
	struct buf name = {.max = 1 << 20}, out = {0};

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_add_text(&name, "\xc3\xbc.");
	assert_false(domain_to_ascii(buf_span(&name), &out, &err));
	assert_non_null(strstr(err.text, "longer than 255 octets"));
	assert_true(strlen(err.text) < 200);
	buf_clear(&name);
	for (int i = 0; i < 60; i++)
		buf_add_text(&name, "\xc3\xbc");
	assert_false(domain_to_ascii(buf_span(&name), &out, &err));
	buf_clear(&name);
	for (int i = 0; i < 64; i++)
		buf_add_text(&name, "\xc3\xbc.");
	buf_add_char(&name, 'a');
	assert_false(domain_to_ascii(buf_span(&name), &out, &err));
	assert_int_equal(out.len, 0);
	buf_free(&name);
	buf_free(&out);
}

static void
test_no_room(void **state)
{
	struct error err = {0};
	struct buf out = {.max = 8};

	(void)state;
	assert_false(domain_to_ascii(SPAN("example.org"), &out, &err));
	assert_int_equal(out.len, 0);
	buf_clear(&out);
	assert_false(domain_to_ascii(SPAN("\xc3\xbc.org"), &out, &err));
	assert_int_equal(out.len, 0);
	buf_free(&out);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "shape", shape_rows, ROWS(shape_rows), test_shape);
	rows_add(&all, "shape to ASCII", shape_rows, ROWS(shape_rows),
	    test_shape_to_ascii);
	rows_add(&all, "number", number_rows, ROWS(number_rows), test_number);
	rows_add(&all, "in a domain", in_rows, ROWS(in_rows), test_in);
	rows_add(&all, "ASCII", ascii_rows, ROWS(ascii_rows), test_ascii);
	rows_add_one(&all, "NUL", test_nul);
	rows_add_one(&all, "long names", test_long);
	rows_add_one(&all, "no room", test_no_room);
	return rows_end(&all);
}
