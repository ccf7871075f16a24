#include "rows.h"

#include "message/document_charset.h"

struct document_row {
	const char *name;
	struct span in;
	const char *out;
};

static const struct document_row document_rows[] = {
    {"empty", SPAN(""), ""},
    {"text", SPAN("charset=utf-8"), ""},

    {"UTF-8 mark", SPAN("\357\273\277<p>"), "utf-8"},
    {"UTF-16 marks", SPAN("\376\377\0<"), "utf-16"},
    {"a mark counts before a name", SPAN("\357\273\277<meta charset=koi8-r>"),
	"utf-8"},

    {"meta", SPAN("<html><meta charset=\"iso-8859-2\">"), "iso-8859-2"},
    {"meta without quotes", SPAN("<meta charset=koi8-r>"), "koi8-r"},
    {"meta in capitals", SPAN("<META CHARSET = 'Big5' />"), "Big5"},
    {"meta over lines", SPAN("<meta\n\tcharset\n=\nkoi8-r\n>"), "koi8-r"},
    {"meta, another attribute first", SPAN("<meta name=a charset=koi8-r>"),
	"koi8-r"},
    {"pragma",
	SPAN("<meta http-equiv=\"Content-Type\" "
	     "content=\"text/html; charset=iso-8859-2\">"),
	"iso-8859-2"},
    {"pragma, the other way round",
	SPAN("<meta content='text/html;charset = \"koi8-r\"' "
	     "http-equiv=content-type>"),
	"koi8-r"},
    {"no pragma", SPAN("<meta name=x content=\"charset=koi8-r\">"), ""},
    {"another pragma",
	SPAN("<meta http-equiv=refresh content=\"charset=koi8-r\">"), ""},
    {"the second meta",
	SPAN("<meta name=viewport content=x><meta charset=koi8-r>"), "koi8-r"},
    {"no meta", SPAN("<metal charset=koi8-r>"), ""},
    {"in a comment", SPAN("<!-- <meta charset=a> --><meta charset=koi8-r>"),
	"koi8-r"},
    {"an empty comment", SPAN("<!--><meta charset=koi8-r>"), "koi8-r"},
    {"tag not closed", SPAN("<meta charset=koi8-r"), "koi8-r"},
    {"quote not closed", SPAN("<meta charset=\"koi8-r>"), ""},
    {"a NUL", SPAN("<meta \0charset=koi8-r>"), ""},
    {"signs without a meaning", SPAN("<meta = == /// ='>"), ""},

    {"XML", SPAN("<?xml version=\"1.0\" encoding=\"iso-8859-2\"?>"),
	"iso-8859-2"},
    {"XML without", SPAN("<?xml version=\"1.0\"?><a encoding='b'/>"), ""},
    {"XML, not at the start", SPAN(" <?xml encoding='koi8-r'?>"), ""},
    {"XHTML", SPAN("<?xml version='1.0'?><meta charset='koi8-r'/>"), "koi8-r"},

    {"CSS", SPAN("@charset \"koi8-r\";\na {}"), "koi8-r"},
    {"CSS, not at the start", SPAN("\n@charset \"koi8-r\";"), ""},

    {"ASCII, which it is not", SPAN("<meta charset=us-ascii>"), ""},
    {"UTF-16, which it is not", SPAN("<meta charset=utf-16le>"), ""},
    {"no name", SPAN("<meta charset=\"a b\">"), ""},
    {"an injected parameter", SPAN("<meta charset='a;b=c'>"), ""},
    {"an injected field", SPAN("<meta charset='a\nb'>"), ""},
    {"40 octets",
	SPAN("<meta charset=1234567890123456789012345678901234567890>"),
	"1234567890123456789012345678901234567890"},
    {"41 octets",
	SPAN("<meta charset=12345678901234567890123456789012345678901>"), ""},
};

static void
test_document(void **state)
{
	const struct document_row *row = *state;
	char name[CHARSET_NAME_MAX + 1];

	document_charset_find(row->in, name);
	assert_string_equal(name, row->out);
}

/* Only the first octets are read. */
static void
test_bound(void **state)
{
	static const char meta[] = "<meta charset=koi8-r>";
	char head[2 * DOCUMENT_HEAD_MAX];
	char name[CHARSET_NAME_MAX + 1];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t at = DOCUMENT_HEAD_MAX - strlen(meta) + 12 * i;

		memset(head, ' ', sizeof(head));
		memcpy(head + at, meta, strlen(meta));
		document_charset_find((struct span){head, sizeof(head)}, name);
		assert_string_equal(name, i == 0 ? "koi8-r" : "");
	}
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "document", document_rows, ROWS(document_rows),
	    test_document);
	rows_add_one(&all, "bound", test_bound);
	return rows_end(&all);
}
