#include "rows.h"

#include "tls/root_scan.h"

#include "base/base64.h"
#include "base/buf.h"

#define BUNDLE_MAX ((size_t)4 * 1024 * 1024)

/* Adds an element of DER with this content. */
static void
add_element(struct buf *out, unsigned char tag, struct span content)
{
	buf_add_char(out, (char)tag);
	if (content.len >= 0x10000)
		buf_add_format(out, "\x83%c%c%c", (int)(content.len >> 16),
		    (int)(content.len >> 8 & 0xff), (int)(content.len & 0xff));
	else if (content.len >= 0x100)
		buf_add_format(out, "\x82%c%c", (int)(content.len >> 8),
		    (int)(content.len & 0xff));
	else if (content.len >= 0x80)
		buf_add_format(out, "\x81%c", (int)content.len);
	else
		buf_add_char(out, (char)content.len);
	buf_add_span(out, content);
}

/* A name is a SEQUENCE; its content does not matter here. */
static void
add_name(struct buf *out, const char *name)
{
	add_element(out, 0x30, span_from(name));
}

/* The part of a certificate that is read, and more octets after it. */
static void
add_certificate(struct buf *out, const char *issuer, const char *subject)
{
	struct buf content = {.max = BUNDLE_MAX}, whole = {.max = BUNDLE_MAX};

	add_element(&content, 0xa0, SPAN("\2\1\2"));
	add_element(&content, 0x02, SPAN("serial"));
	add_element(&content, 0x30, SPAN("algorithm"));
	add_name(&content, issuer);
	add_element(&content, 0x30, SPAN("from, to"));
	add_name(&content, subject);
	add_element(&content, 0x30, SPAN("the key and more"));
	add_element(&whole, 0x30, buf_span(&content));
	add_element(&whole, 0x30, SPAN("signature"));
	add_element(out, 0x30, buf_span(&whole));
	buf_free(&content);
	buf_free(&whole);
}

static void
add_base64(struct buf *out, const char *issuer, const char *subject,
    const char *line_end)
{
	struct buf der = {.max = BUNDLE_MAX}, text = {.max = BUNDLE_MAX};

	add_certificate(&der, issuer, subject);
	assert_true(base64_encode(&text, buf_span(&der)));
	for (size_t i = 0; i < text.len; i += 64) {
		buf_add_span(out, span_head(span_skip(buf_span(&text), i), 64));
		buf_add_text(out, line_end);
	}
	buf_free(&der);
	buf_free(&text);
}

static void
add_block(struct buf *out, const char *subject)
{
	buf_add_text(out, "-----BEGIN CERTIFICATE-----\n");
	add_base64(out, subject, subject, "\n");
	buf_add_text(out, "-----END CERTIFICATE-----\n");
}

/*
 * A bundle is written as a line: a letter is a certificate with that name, and
 * text in <> is copied. The wanted names are letters too. The result is the
 * letters of the subjects found, and "?" for one that cannot be read.
 */
struct scan_row {
	const char *name;
	const char *bundle;
	const char *wanted;
	const char *found;
};

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END "-----END CERTIFICATE-----\n"
#define HUNDRED                                              \
	"abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij" \
	"abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij"

static const struct scan_row scan_rows[] = {
    {"empty", "", "a", ""},
    {"no certificate", "<hello\n--\n>", "a", ""},
    {"the only one", "a", "a", "a"},
    {"another", "a", "b", ""},
    {"the last", "abc", "c", "c"},
    {"several names", "abcd", "db", "bd"},
    {"a name that begins so", "ab", "A", ""},
    {"several of one name", "abaca", "a", "aaa"},
    {"all", "abc", "", "abc"},
    {"no line end at the end", "<" BEGIN ">a~<-----END CERTIFICATE----->", "a",
	"a"},
    {"comments", "<# - a ----- b\nsubject=/CN=a\n\n>a<--- end\n>b", "ab", "ab"},
    {"CRLF",
	"<-----BEGIN CERTIFICATE-----\r\n>a^<-----END "
	"CERTIFICATE-----\r\n>b",
	"ab", "ab"},
    {"blanks around it", "< \t" BEGIN ">a_<  \t" END ">", "a", "a"},
    {"X509",
	"<-----BEGIN X509 CERTIFICATE-----\n>a~<-----END X509 "
	"CERTIFICATE-----\n>b",
	"a", "a"},
    {"OpenSSL's TRUSTED CERTIFICATE is skipped",
	"<-----BEGIN TRUSTED CERTIFICATE-----\n>a~<-----END TRUSTED "
	"CERTIFICATE-----\n>a",
	"a", "a"},
    {"a request",
	"<-----BEGIN CERTIFICATE REQUEST-----\n>a~<-----END CERTIFICATE "
	"REQUEST-----\n>b",
	"ab", "b"},
    {"a key between",
	"<-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE "
	"KEY-----\n>a",
	"a", "a"},
    {"no end", "<" BEGIN ">a~", "a", ""},
    {"no end, and another", "<" BEGIN ">a~b", "ab", "b"},
    {"an END line alone", "<" END ">a<" END ">", "a", "a"},
    {"a BEGIN in a BEGIN line", "<-----BEGIN >a", "a", "a"},
    {"nothing inside", "<" BEGIN END ">a", "a", "?a"},
    {"not base64 inside", "<" BEGIN "!!!!\n" END ">a", "a", "?a"},
    {"not a certificate inside", "<" BEGIN "AAAA\n" END ">a", "b", "?"},
    {"half a certificate inside", "<" BEGIN "MIIBMIIB\n" END ">a", "a", "?a"},
    {"a NUL inside", "<" BEGIN ">%<" END ">a", "a", "?a"},
    {"many",
	HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED
	    HUNDRED "z",
	"z", "z"},
};

static void
add_part(struct buf *out, char c)
{
	static const char *const ends[] = {"~\n", "^\r\n", "_ \t\n"};
	char name[2] = {out->len > 0 ? out->data[out->len - 1] : '\0', '\0'};

	if (c == '%') {
		buf_add(out, "MI\0IB\n", 6);
		return;
	}
	for (size_t i = 0; i < 3; i++)
		if (ends[i][0] == c) {
			/* The certificate of this letter without BEGIN and END.
			 */
			out->len--;
			add_base64(out, name, name, ends[i] + 1);
			return;
		}
	buf_add_char(out, c);
}

static void
write_bundle(struct buf *out, const char *bundle)
{
	bool copied = false;

	buf_init(out, BUNDLE_MAX);
	for (; *bundle != '\0'; bundle++) {
		char name[2] = {*bundle, '\0'};

		if (*bundle == '<' || *bundle == '>')
			copied = *bundle == '<';
		else if (!copied && ascii_is_alpha(*bundle) &&
		    (bundle[1] == '\0' || strchr("~^_", bundle[1]) == NULL))
			add_block(out, name);
		else if (copied)
			buf_add_char(out, *bundle);
		else
			add_part(out, *bundle);
	}
}

/* The letter of the block's subject. */
static char
letter_of(struct span block)
{
	size_t line = span_find(block, '\n') + 1;
	struct span der, issuer, subject, base64 = span_skip(block, line);
	char octets[4096];

	der.at = octets;
	der.len = base64_decode_head(octets, sizeof(octets), base64);
	if (!root_scan_names(der, &issuer, &subject))
		return '?';
	return subject.at[subject.len - 1];
}

static void
look_for(struct root_scan *scan, const char *wanted, struct buf *names)
{
	*names = (struct buf){.max = 4096};
	for (size_t i = 0; wanted[i] != '\0'; i++)
		add_name(names, (char[]){wanted[i], '\0'});
	for (size_t i = 0; wanted[i] != '\0'; i++)
		assert_true(root_scan_add(
		    scan, span_head(span_skip(buf_span(names), i * 3), 3)));
}

static void
test_scan(void **state)
{
	const struct scan_row *row = *state;
	struct root_scan scan = {.count = 0};
	struct buf bundle, names, found = {0};
	struct span block;

	write_bundle(&bundle, row->bundle);
	look_for(&scan, row->wanted, &names);
	scan.rest = buf_span(&bundle);
	while (root_scan_next(&scan, &block)) {
		assert_true(span_starts(block, SPAN("-----BEGIN ")));
		buf_add_char(&found, letter_of(block));
	}
	assert_string_equal(buf_text(&found), row->found);
	assert_false(root_scan_next(&scan, &block));
	buf_free(&bundle);
	buf_free(&names);
	buf_free(&found);
}

/* Long names: more is decoded, up to a bound. */
struct long_row {
	const char *name;
	size_t len;
	size_t wrong; /* how many others are found: they cannot be read */
};

static const struct long_row long_rows[] = {
    {"at the usual bound", 150, 0},
    {"two octets of length", 300, 0},
    {"beyond the usual bound", 2000, 0},
    {"beyond all bounds", 10000, 1},
    {"three octets of length", 70000, 1},
};

static void
test_long(void **state)
{
	const struct long_row *row = *state;
	char *long_name = malloc(row->len + 1);
	struct buf bundle, right = {.max = BUNDLE_MAX};
	struct root_scan scan = {.count = 0};
	struct span block;
	size_t found = 0;

	assert_non_null(long_name);
	memset(long_name, 'x', row->len);
	long_name[row->len] = '\0';
	add_name(&right, long_name);
	buf_init(&bundle, BUNDLE_MAX);
	add_block(&bundle, long_name);
	assert_true(root_scan_add(&scan, buf_span(&right)));
	scan.rest = buf_span(&bundle);
	assert_true(root_scan_next(&scan, &block));

	scan = (struct root_scan){.rest = buf_span(&bundle)};
	assert_true(root_scan_add(&scan, SPAN("\x30\1y")));
	while (root_scan_next(&scan, &block))
		found++;
	assert_int_equal(found, row->wrong);
	free(long_name);
	buf_free(&bundle);
	buf_free(&right);
}

/* Octets that must not be read as the beginning of a certificate. */
struct der_row {
	const char *name;
	struct span der;
};

static const struct der_row der_rows[] = {
    {"empty", {"", 0}},
    {"a tag alone", {"\x30", 1}},
    {"a length without end", {"\x30\x80\x30\x80", 4}},
    {"a length of five octets", {"\x30\x85\0\0\0\0\1", 7}},
    {"a length cut off", {"\x30\x82\1", 3}},
    {"another tag", {"\x31\2\x30\0", 4}},
    {"a serial number beyond the end",
	{"\x30\x20\x30\x1e\x02\x84\xff\xff\xff\xff\1", 11}},
    {"a serial number beyond its frame",
	{"\x30\x09\x30\x03\x02\x04\1\1\1\1\1", 11}},
};

static void
test_der(void **state)
{
	const struct der_row *row = *state;
	struct span issuer, subject;

	assert_false(root_scan_names(row->der, &issuer, &subject));
}

/*
 * The beginning of a certificate yields the same names as the whole, or none.
 */
static void
test_beginnings(void **state)
{
	struct buf der = {0};
	struct span issuer, subject;
	bool seen = false;

	(void)state;
	add_certificate(&der, "the issuer", "the subject");
	for (size_t len = 0; len <= der.len; len++) {
		char *copy = malloc(len + 1);
		struct span head = {copy, len};

		assert_non_null(copy);
		memcpy(copy, der.data, len);
		if (!root_scan_names(head, &issuer, &subject)) {
			assert_false(seen);
			free(copy);
			continue;
		}
		seen = true;
		assert_true(span_equal(issuer, SPAN("\x30\x0athe issuer")));
		assert_true(span_equal(subject, SPAN("\x30\x0bthe subject")));
		free(copy);
	}
	assert_true(seen);
	buf_free(&der);
}

static void
test_too_many_names(void **state)
{
	struct root_scan scan = {.count = 0};
	char names[ROOT_NAMES_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(names); i++) {
		struct span name = {&names[i], 1};

		names[i] = (char)i;
		assert_int_equal(
		    root_scan_add(&scan, name), i < ROOT_NAMES_MAX);
	}
	assert_int_equal(scan.count, ROOT_NAMES_MAX);
	/* A name that was already added takes no room. */
	assert_true(root_scan_add(&scan, (struct span){&names[3], 1}));
}

/* With any octets the scan ends, and its blocks are within the bundle. */
static void
test_noise(void **state)
{
	static const char alphabet[] =
	    "-----BEGIN CERTIFICATE-----\nMIA=\0\x30";
	struct buf bundle;
	unsigned seed = 7;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct root_scan scan = {.count = 0};
		struct span block;
		const char *last;

		write_bundle(&bundle, "abcab");
		for (int i = 0; i < round % 40; i++) {
			seed = seed * 1103515245 + 12345;
			bundle.data[seed / 65536 % bundle.len] =
			    alphabet[seed / 7 % (sizeof(alphabet) - 1)];
		}
		scan.rest = buf_span(&bundle);
		last = bundle.data;
		assert_true(root_scan_add(&scan, SPAN("\x30\1a")));
		while (root_scan_next(&scan, &block)) {
			assert_true(block.at >= last);
			last = block.at + block.len;
			assert_true(last <= bundle.data + bundle.len);
		}
		buf_free(&bundle);
	}
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "scan", scan_rows, ROWS(scan_rows), test_scan);
	rows_add(&all, "long name", long_rows, ROWS(long_rows), test_long);
	rows_add(&all, "DER", der_rows, ROWS(der_rows), test_der);
	rows_add_one(&all, "beginnings", test_beginnings);
	rows_add_one(&all, "too many names", test_too_many_names);
	rows_add_one(&all, "noise", test_noise);
	return rows_end(&all);
}
