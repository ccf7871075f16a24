#include "rows.h"

#include "compose/text_form.h"
#include "message/storage.h"

struct form_row {
	const char *name;
	const char *text;
	size_t len; /* 0: up to the NUL */
	enum text_kind kind;
	const char *charset;
	bool is_plain, has_eight_bit, is_wide;
	enum encoding encoding;
};

#define QP ENCODING_QUOTED_PRINTABLE
#define BASE64 ENCODING_BASE64_TEXT

static const struct form_row forms[] = {
    {"nothing", "", 0, TEXT_PLAIN, "us-ascii", true, false, false, QP},
    {"ASCII", "a\nb", 0, TEXT_PLAIN, "us-ascii", true, false, false, QP},
    {"UTF-8", "abcdefgh \xc3\xa4\n", 0, TEXT_PLAIN, "utf-8", true, true, false,
	QP},
    {"mostly not ASCII", "\xc3\xa4\xc3\xa4", 0, TEXT_PLAIN, "utf-8", true, true,
	false, BASE64},
    {"not UTF-8", "abcdefgh \xe4\n", 0, TEXT_PLAIN, "unknown-8bit", true, true,
	false, QP},
    {"UTF-8, cut off", "abcdefgh \xc3", 0, TEXT_PLAIN, "unknown-8bit", true,
	true, false, QP},
    {"a NUL", "abcdefgh\0b", 10, TEXT_PLAIN, "us-ascii", false, false, false,
	QP},
    {"a lone CR", "a\rb\nc", 0, TEXT_PLAIN, "us-ascii", true, false, false, QP},
    {"UTF-16, little end first",
	"\xff\xfe"
	"a\0",
	4, TEXT_PLAIN, "utf-16", false, true, true, BASE64},
    {"UTF-16, big end first", "\xfe\xff\0a", 4, TEXT_PLAIN, "utf-16", false,
	true, true, BASE64},
    {"HTML that names its charset", "<meta charset=koi8-r><p>abcdefgh\xe4", 0,
	TEXT_DOCUMENT, "koi8-r", true, true, false, QP},
    {"HTML in UTF-8", "<p>abcdefgh\xc3\xa4</p>", 0, TEXT_DOCUMENT, "utf-8",
	true, true, false, QP},
    {"a text is no document", "<meta charset=koi8-r><p>abcdefgh\xc3\xa4", 0,
	TEXT_PLAIN, "utf-8", true, true, false, QP},
};

static void
fill(struct storage *storage, struct span text)
{
	struct error err = {0};

	storage_init(storage, 0);
	assert_true(storage_add(storage, text, &err));
	assert_true(storage_end(storage, &err));
}

static void
test_form(void **state)
{
	const struct form_row *row = *state;
	struct span text = {
	    row->text, row->len > 0 ? row->len : strlen(row->text)};
	struct storage storage;
	struct text_form form;
	struct error err = {0};

	fill(&storage, text);
	assert_true(text_form_find(&form, &storage, row->kind, "x", &err));
	assert_string_equal(form.charset, row->charset);
	assert_true(form.is_plain == row->is_plain);
	assert_true(form.has_eight_bit == row->has_eight_bit);
	assert_true(form.is_wide == row->is_wide);
	assert_true(row->is_wide || form.encoding == row->encoding);
	storage_free(&storage);
}

/* A character may lie across two blocks; a line of 998 octets is short. */
static void
test_blocks(void **state)
{
	struct storage storage;
	struct text_form form;
	struct error err = {0};
	struct buf text;

	(void)state;
	buf_init(&text, 4 * STORAGE_BLOCK);
	while (text.len < STORAGE_BLOCK - 1)
		buf_add_char(&text, text.len % 998 == 997 ? '\n' : 'x');
	buf_add_text(&text, "\xc3\xa4\n");
	fill(&storage, buf_span(&text));
	assert_true(text_form_find(&form, &storage, TEXT_PLAIN, "x", &err));
	assert_string_equal(form.charset, "utf-8");
	assert_true(form.is_plain);
	storage_free(&storage);

	buf_clear(&text);
	while (text.len < 999)
		buf_add_char(&text, 'x');
	fill(&storage, buf_span(&text));
	assert_true(text_form_find(&form, &storage, TEXT_PLAIN, "x", &err));
	assert_false(form.is_plain);
	storage_free(&storage);
	buf_free(&text);
}

/* Encoding a text of many blocks gives what the encoder gives at once. */
static void
test_encode(void **state)
{
	struct storage storage, coded;
	struct error err = {0};
	struct encoder encoder;
	struct buf text, want;

	(void)state;
	buf_init(&text, 4 * STORAGE_BLOCK);
	buf_init(&want, 16 * STORAGE_BLOCK);
	while (text.len < 3 * STORAGE_BLOCK)
		buf_add_text(&text, "\xc3\xa4=x\n");
	encoder_init(&encoder, QP);
	encoder_take(&encoder, buf_span(&text), &want);
	encoder_end(&encoder, &want);
	fill(&storage, buf_span(&text));
	storage_init(&coded, 16 * STORAGE_BLOCK);
	assert_true(text_form_encode(&coded, &storage, QP, "x", &err));
	assert_true(span_equal(buf_span(&coded.memory), buf_span(&want)));
	storage_free(&coded);
	storage_free(&storage);
	buf_free(&text);
	buf_free(&want);
}

int
main(void)
{
	struct rows all = {0};

	setenv("LC_ALL", "C", 1);
	rows_add(&all, "form", forms, ROWS(forms), test_form);
	rows_add_one(&all, "blocks", test_blocks);
	rows_add_one(&all, "encoding", test_encode);
	return rows_end(&all);
}
