#include "rows.h"

#include <time.h>

#include "address/address_list.h"
#include "address/address_token.h"
#include "address/mailbox.h"
#include "base/mem.h"

#include "address_accepted.h"
#include "address_refused.h"

#define HUGE_LEN ((size_t)4 * 1024 * 1024)
/*
 * Of processor time. It is long, because valgrind is slow; quadratic time would
 * be hours even without it.
 */
#define HUGE_SECONDS 120

static bool
parse(struct address_list *list, const char *text, struct error *err)
{
	return address_list_parse(list, span_from(text), err);
}

/* Paths, one a line, each with a TAB and its name. */
static void
tell(struct buf *out, const struct address_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct mailbox *mailbox = &list->mailboxes[i];
		struct error err = {0};

		if (i > 0)
			buf_add_char(out, '\n');
		if (!mailbox_add_path(mailbox, "home.test", out, &err))
			buf_add_text(out, err.text);
		if (mailbox->name != NULL)
			buf_add_format(out, "\t%s", mailbox->name);
	}
}

static void
test_accepted(void **state)
{
	const struct accepted_row *row = *state;
	struct address_list list = {0};
	struct error err = {0};
	struct buf told = {0};

	if (!parse(&list, row->text, &err))
		fail_msg("refused: %s", err.text);
	tell(&told, &list);
	assert_string_equal(buf_text(&told), row->paths);
	buf_free(&told);
	address_list_free(&list);
}

/* Every accepted list twice in a row, and its members in one group. */
static void
test_accepted_twice(void **state)
{
	const struct accepted_row *row = *state;
	struct address_list list = {0};
	struct error err = {0};
	struct buf text = {0};
	size_t count;

	assert_true(parse(&list, row->text, &err));
	count = list.count;
	buf_add_text(&text, row->text);
	buf_add_char(&text, ',');
	buf_add_text(&text, row->text);
	if (!parse(&list, buf_text(&text), &err))
		fail_msg("refused: %s", err.text);
	assert_int_equal(list.count, 3 * count);
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(
		    list.mailboxes[i].local, list.mailboxes[i + count].local);
		assert_string_equal(list.mailboxes[i].local,
		    list.mailboxes[i + 2 * count].local);
	}
	buf_free(&text);
	address_list_free(&list);
}

static void
test_refused(void **state)
{
	const struct refused_row *row = *state;
	struct address_list list = {0};
	struct error err = {0};
	struct buf told = {0};

	assert_true(parse(&list, "x@example.org, y@example.org", &err));
	if (parse(&list, row->text, &err)) {
		tell(&told, &list);
		fail_msg("accepted: %s", buf_text(&told));
	}
	assert_int_equal(err.kind, ERROR_DATA);
	assert_false(span_has_control(span_from(err.text)));
	if (strstr(err.text, row->why) == NULL)
		fail_msg("said: %s", err.text);
	tell(&told, &list);
	assert_string_equal(buf_text(&told), "x@example.org\ny@example.org");
	buf_free(&told);
	address_list_free(&list);
}

static void
test_one_refused(void **state)
{
	const struct refused_row *row = *state;
	struct mailbox mailbox;
	struct error err = {0};

	if (address_list_parse_reverse_path(
		&mailbox, span_from(row->text), &err))
		fail_msg("accepted: %s@%s", mailbox.local, mailbox.domain);
	assert_int_equal(err.kind, ERROR_DATA);
	if (strstr(err.text, row->why) == NULL)
		fail_msg("said: %s", err.text);
	assert_null(mailbox.local);
	assert_null(mailbox.domain);
	assert_null(mailbox.name);
}

/*
 * One mailbox is parsed like a list with one member; anything else is refused.
 */
static void
test_one_accepted(void **state)
{
	const struct accepted_row *row = *state;
	struct address_list list = {0};
	struct error err = {0};
	struct mailbox mailbox;

	assert_true(parse(&list, row->text, &err));
	if (address_list_parse_mailbox(&mailbox, span_from(row->text), &err)) {
		assert_int_equal(list.count, 1);
		assert_string_equal(mailbox.local, list.mailboxes[0].local);
	} else if (strstr(err.text, "only one address is allowed") == NULL) {
		assert_int_equal(list.count, 0);
		assert_non_null(strstr(err.text, "there is no address"));
	} else {
		assert_true(strpbrk(row->text, ",;") != NULL);
	}
	mailbox_free(&mailbox);
	address_list_free(&list);
}

static const struct accepted_row null_rows[] = {
    {"empty", "", NULL},
    {"angle brackets", "<>", NULL},
    {"angle brackets and blanks", " < > ", NULL},
    {"angle brackets and comments", "(a)<(b)>(c)", NULL},
};

static void
test_null(void **state)
{
	const struct accepted_row *row = *state;
	struct error err = {0};
	struct mailbox mailbox;

	if (!address_list_parse_reverse_path(
		&mailbox, span_from(row->text), &err))
		fail_msg("refused: %s", err.text);
	assert_null(mailbox.local);
	assert_null(mailbox.domain);
	assert_null(mailbox.name);
	assert_false(
	    address_list_parse_mailbox(&mailbox, span_from(row->text), &err));
	assert_int_equal(err.kind, ERROR_DATA);
	assert_null(mailbox.local);
}

/* A NUL is refused at every position. */
static void
test_nul(void **state)
{
	static const char *const texts[] = {"alice@example.org",
	    "\"a b\"@example.org", "Bob <b@example.org>", "a@[192.0.2.1]",
	    "a@example.org (Alice)", "t: a@example.org;",
	    "=?utf-8?q?x?= <a@example.org>"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t len = strlen(texts[i]);

		for (size_t at = 0; at <= len; at++) {
			struct address_list list = {0};
			struct error err = {0};
			char *text = malloc(len + 1);

			assert_non_null(text);
			memcpy(text, texts[i], at);
			text[at] = '\0';
			memcpy(text + at + 1, texts[i] + at, len - at);
			assert_false(address_list_parse(
			    &list, (struct span){text, len + 1}, &err));
			assert_int_equal(list.count, 0);
			assert_null(list.mailboxes);
			assert_non_null(strstr(err.text, "\\x00"));
			free(text);
		}
	}
}

static void
test_comment_depth(void **state)
{
	struct buf text = {0};
	struct address_list list = {0};
	struct error err = {0};

	(void)state;
	buf_add_text(&text, "a@example.org ");
	for (int i = 0; i < ADDRESS_COMMENT_DEPTH_MAX; i++)
		buf_add_char(&text, '(');
	for (int i = 0; i < ADDRESS_COMMENT_DEPTH_MAX; i++)
		buf_add_char(&text, ')');
	assert_true(parse(&list, buf_text(&text), &err));
	assert_int_equal(list.count, 1);
	text.data[0] = '(';
	buf_add_char(&text, ')');
	assert_false(parse(&list, buf_text(&text), &err));
	assert_non_null(strstr(err.text, "nested too deep"));
	assert_int_equal(list.count, 1);
	buf_free(&text);
	address_list_free(&list);
}

/* A long address is shown in part, but the position of the fault always. */
static void
test_error_is_short(void **state)
{
	struct address_list list = {0};
	struct error err = {0};
	struct buf text = {0};

	(void)state;
	for (int i = 0; i < 500; i++)
		buf_add_text(&text, "\xc3\xbc\x85");
	buf_add_text(&text, "@example.org oops \x9b");
	assert_false(address_list_parse(&list, buf_span(&text), &err));
	assert_true(strlen(err.text) < sizeof(err.text) - 1);
	assert_non_null(strstr(err.text, "\\x85..."));
	assert_non_null(strstr(err.text, "at 'oops \\x9b'"));
	assert_null(strstr(err.text, "\x85\xc3"));
	buf_free(&text);
}

struct huge_row {
	const char *name, *unit;
	size_t each; /* mailboxes of one unit; SIZE_MAX: refused */
};

static const struct huge_row huge_rows[] = {
    {"mailboxes", "abc@example.org,", 1},
    {"names", "\"A \\\"B\\\"\" <a@example.org> (c),", 1},
    {"bare names", "a,", 1},
    {"commas", ",", 0},
    {"semicolons", ";", SIZE_MAX},
    {"groups", "t:;,", 0},
    {"open groups", "t:", SIZE_MAX},
    {"open comments", "(", SIZE_MAX},
    {"comments", "(x)", 0},
    {"quotes", "\"", SIZE_MAX},
    {"dots", ".", SIZE_MAX},
    {"words", "a ", SIZE_MAX},
    {"words and dots", "a.", 1},
    {"at signs", "@", SIZE_MAX},
    {"open angle brackets", "<", SIZE_MAX},
    {"open encoded words", "=?", SIZE_MAX},
    {"open encoded texts", "=?a?q?,", SIZE_MAX},
    {"encoded words", "=?a?q?,?= ", SIZE_MAX},
    {"literals", "a@[192.0.2.1],", 1},
    {"folds", "\r\n ", 0},
    {"backslashes", "\\", SIZE_MAX},
    {"repeated", "a@b <a@b>,", 1},
};

static void
test_huge(void **state)
{
	const struct huge_row *row = *state;
	size_t unit = strlen(row->unit), count = HUGE_LEN / unit;
	char *text = mem_new(count, unit);
	struct address_list list = {0};
	struct error err = {0};
	clock_t begin = clock();
	bool parsed;

	for (size_t i = 0; i < count; i++)
		memcpy(text + i * unit, row->unit, unit);
	parsed =
	    address_list_parse(&list, (struct span){text, count * unit}, &err);
	assert_true(clock() - begin < (clock_t)HUGE_SECONDS * CLOCKS_PER_SEC);
	assert_int_equal(parsed, row->each != SIZE_MAX);
	if (!parsed)
		assert_int_equal(list.count, 0);
	else if (row->unit[unit - 1] == ',')
		assert_int_equal(list.count, row->each * count);
	else
		assert_int_equal(list.count, row->each);
	address_list_free(&list);
	free(text);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "RFC 5322 appendix", appendix_rows, ROWS(appendix_rows),
	    test_accepted);
	rows_add(&all, "accepted", accepted_rows, ROWS(accepted_rows),
	    test_accepted);
	rows_add(&all, "accepted twice", accepted_rows, ROWS(accepted_rows),
	    test_accepted_twice);
	rows_add(
	    &all, "refused", refused_rows, ROWS(refused_rows), test_refused);
	rows_add(&all, "one, refused", one_refused_rows, ROWS(one_refused_rows),
	    test_one_refused);
	rows_add(&all, "one, accepted", accepted_rows, ROWS(accepted_rows),
	    test_one_accepted);
	rows_add(
	    &all, "null reverse-path", null_rows, ROWS(null_rows), test_null);
	rows_add(&all, "huge", huge_rows, ROWS(huge_rows), test_huge);
	rows_add_one(&all, "NUL anywhere", test_nul);
	rows_add_one(&all, "depth of comments", test_comment_depth);
	rows_add_one(&all, "errors are short", test_error_is_short);
	return rows_end(&all);
}
