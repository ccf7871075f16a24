#include "rows.h"

#include "base/calendar.h"

struct time_row {
	const char *name;
	int64_t time;
	const char *utc; /* NULL: there is no such form */
	const char *date, *local;
};

static const struct time_row times[] = {
    {"1970", 0, "1970-01-01T00:00:00Z", "1970-01-01", "Thu Jan  1 01:00:00"},
    {"before 1970", -1, "1969-12-31T23:59:59Z", "1969-12-31",
	"Thu Jan  1 00:59:59"},
    {"a leap day", 1709164800, "2024-02-29T00:00:00Z", "2024-02-29",
	"Thu Feb 29 01:00:00"},
    {"after 2038", 4102444799, "2099-12-31T23:59:59Z", "2099-12-31",
	"Fri Jan  1 00:59:59"},
    {"no year of four digits", INT64_MAX, NULL, "9223372036854775807",
	"9223372036854775807"},
};

static void
test_time(void **state)
{
	const struct time_row *row = *state;
	struct buf text = {0};

	assert_int_equal(calendar_add_utc(&text, row->time), row->utc != NULL);
	assert_string_equal(buf_text(&text), row->utc ? row->utc : "");
	buf_clear(&text);
	calendar_add_date(&text, row->time);
	assert_string_equal(buf_text(&text), row->date);
	buf_clear(&text);
	calendar_add_local(&text, row->time);
	assert_string_equal(buf_text(&text), row->local);
	if (row->utc != NULL) {
		buf_clear(&text);
		calendar_add_minute(&text, row->time);
		assert_int_equal(text.len, strlen(row->local) - 3);
		assert_memory_equal(text.data, row->local, text.len);
	}
	buf_free(&text);
}

struct span_row {
	const char *name;
	int64_t seconds;
};

/* The name of a row is what is added. */
static const struct span_row spans[] = {
    {"0 seconds", -5},
    {"1 second", 1},
    {"59 seconds", 59},
    {"1 minute", 119},
    {"59 minutes", 3599},
    {"1 hour", 3600},
    {"23 hours", 86399},
    {"1 day", 86400},
    {"5 days", 5 * 86400 + 3600},
};

static void
test_span(void **state)
{
	const struct span_row *row = *state;
	struct buf text = {0};

	calendar_add_span(&text, row->seconds);
	assert_string_equal(buf_text(&text), row->name);
	buf_free(&text);
}

int
main(void)
{
	struct rows all = {0};

	setenv("TZ", "UTC-1", 1);
	rows_add(&all, "time", times, ROWS(times), test_time);
	rows_add(&all, "span", spans, ROWS(spans), test_span);
	return rows_end(&all);
}
