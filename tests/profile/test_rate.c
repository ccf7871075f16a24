#include "rows.h"

#include "profile/rate.h"

struct rate_row {
	const char *name;
	const char *text;
	unsigned count; /* 0: it is no rate */
	int64_t period;
};

static const struct rate_row rates[] = {
    {"an hour", "100/h", 100, 3600000},
    {"a second", "1/s", 1, 1000},
    {"a minute", "30/m", 30, 60000},
    {"a day", "10000/d", 10000, 86400000},
    {"none", "0/h", 0, 0},
    {"too many", "10001/h", 0, 0},
    {"far too many", "99999999999999999999/h", 0, 0},
    {"no unit", "100", 0, 0},
    {"an empty unit", "100/", 0, 0},
    {"no number", "/h", 0, 0},
    {"another unit", "100/w", 0, 0},
    {"a capital", "100/H", 0, 0},
    {"a word", "100/hour", 0, 0},
    {"a factor", "100/2h", 0, 0},
    {"blanks", "100 / h", 0, 0},
    {"negative", "-1/h", 0, 0},
    {"two slashes", "100//h", 0, 0},
    {"empty", "", 0, 0},
};

static void
test_rate(void **state)
{
	const struct rate_row *row = *state;
	struct rate rate = {0};
	struct buf out = {0};

	assert_int_equal(
	    rate_parse(span_from(row->text), &rate), row->count > 0);
	assert_int_equal(rate.count, row->count);
	assert_int_equal(rate.period, row->period);
	rate_add(&out, &rate);
	assert_string_equal(buf_text(&out), row->count > 0 ? row->text : "");
	buf_free(&out);
}

int
main(void)
{
	return rows_run("rate", rates, ROWS(rates), test_rate);
}
