#include "rows.h"

#include "envelope/dsn.h"

struct notify_row {
	const char *name;
	const char *words;
	const char *written; /* NULL: refused */
};

static const struct notify_row notifies[] = {
    {"never", "never", "NEVER"},
    {"one", "failure", "FAILURE"},
    {"all", "success,failure,delay", "SUCCESS,FAILURE,DELAY"},
    {"any order and case", "DELAY,Failure", "FAILURE,DELAY"},
    {"blanks", " delay , failure ", "FAILURE,DELAY"},
    {"twice", "delay,delay", "DELAY"},
    {"Sendmail's short word", "fail", "FAILURE"},
    {"never twice", "never,never", "NEVER"},
    {"never and another", "never,success", NULL},
    {"another and never", "delay,never", NULL},
    {"nothing", "", NULL},
    {"only commas", ",,", NULL},
    {"another word", "bounce", NULL},
    {"a part", "succ", NULL},
    {"a line end", "delay\r\nRCPT", NULL},
    {"one bad among good", "delay,x", NULL},
};

static void
test_notify(void **state)
{
	const struct notify_row *row = *state;
	unsigned notify = 77;
	struct buf written = {0};
	bool done = dsn_parse_notify(span_from(row->words), &notify);

	assert_int_equal(done, row->written != NULL);
	if (done) {
		dsn_add_notify(&written, notify);
		assert_string_equal(buf_text(&written), row->written);
	} else {
		assert_int_equal(notify, 77);
	}
	buf_free(&written);
}

static void
test_return(void **state)
{
	enum dsn_return how = DSN_RETURN_UNSET;
	struct buf written = {0};

	(void)state;
	dsn_add_return(&written, how);
	assert_int_equal(written.len, 0);
	assert_true(dsn_parse_return(SPAN("hdrs"), &how));
	dsn_add_return(&written, how);
	assert_true(dsn_parse_return(SPAN("FULL"), &how));
	dsn_add_return(&written, how);
	assert_string_equal(buf_text(&written), "HDRSFULL");
	assert_false(dsn_parse_return(SPAN("half"), &how));
	assert_false(dsn_parse_return(SPAN(""), &how));
	assert_false(dsn_parse_return(SPAN("full\r\n."), &how));
	assert_int_equal(how, DSN_RETURN_FULL);
	buf_free(&written);
}

struct id_row {
	const char *name;
	const char *id;
	bool is_valid;
};

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const struct id_row ids[] = {
    {"one", "x", true},
    {"100", HUNDRED, true},
    {"101", HUNDRED "x", false},
    {"none", "", false},
    {"blank", "a b", true},
    {"all that xtext hides", "a+b=c", true},
    {"line feed", "a\nb", false},
    {"tab", "a\tb", false},
    {"delete", "\x7f", false},
    {"eight bits", "\xc3\xa4", false},
};

static void
test_id(void **state)
{
	const struct id_row *row = *state;

	assert_int_equal(
	    dsn_envelope_id_is_valid(span_from(row->id)), row->is_valid);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "notify", notifies, ROWS(notifies), test_notify);
	rows_add(&all, "envelope id", ids, ROWS(ids), test_id);
	rows_add_one(&all, "return", test_return);
	return rows_end(&all);
}
