#include "rows.h"

#include <limits.h>
#include <locale.h>
#include <time.h>

#include "base/date.h"

/* Sun, 22 Nov 2026 01:02:03 +0000 */
#define NOW ((time_t)1795309323)

struct date_row {
	const char *name;
	const char *zone; /* TZ */
	long long now;
	const char *date;
};

static const struct date_row date_rows[] = {
    {"epoch", "UTC0", 0, "Thu, 01 Jan 1970 00:00:00 +0000"},
    {"now", "UTC0", NOW, "Sun, 22 Nov 2026 01:02:03 +0000"},
    {"east", "XXX-1", NOW, "Sun, 22 Nov 2026 02:02:03 +0100"},
    {"west", "XXX5", NOW, "Sat, 21 Nov 2026 20:02:03 -0500"},
    {"half an hour east", "XXX-5:30", NOW, "Sun, 22 Nov 2026 06:32:03 +0530"},
    {"half an hour west", "XXX3:30", NOW, "Sat, 21 Nov 2026 21:32:03 -0330"},
    {"less than an hour west", "XXX0:30", NOW,
	"Sun, 22 Nov 2026 00:32:03 -0030"},
    {"seconds, rounded down", "XXX-0:53:28", 0,
	"Thu, 01 Jan 1970 00:53:00 +0053"},
    {"seconds, rounded up", "XXX-0:53:31", 0,
	"Thu, 01 Jan 1970 00:54:00 +0054"},
    {"seconds west", "XXX0:53:31", 0, "Wed, 31 Dec 1969 23:06:00 -0054"},
    {"summer", "CET-1CEST,M3.5.0,M10.5.0/3", 1783000000,
	"Thu, 02 Jul 2026 15:46:40 +0200"},
    {"new year far east", "XXX-14", 1767200000,
	"Thu, 01 Jan 2026 06:53:20 +1400"},
    {"leap day", "UTC0", 1709164800, "Thu, 29 Feb 2024 00:00:00 +0000"},
    {"leap day, another zone", "XXX-2", 1709164800,
	"Thu, 29 Feb 2024 02:00:00 +0200"},
    {"1 March, day before in the west", "XXX1", 951868800,
	"Tue, 29 Feb 2000 23:00:00 -0100"},
    {"after 2038", "UTC0", 2147483648, "Tue, 19 Jan 2038 03:14:08 +0000"},
    {"2100 has no leap day", "XXX-1", 4107542399,
	"Mon, 01 Mar 2100 00:59:59 +0100"},
    {"year 10000", "UTC0", 253402300800, "Sat, 01 Jan 10000 00:00:00 +0000"},
    {"before the epoch", "UTC0", -1, "Wed, 31 Dec 1969 23:59:59 +0000"},
    {"before 1900", "UTC0", -2300000000, "Thu, 01 Jan 1970 00:00:00 +0000"},
    {"no year at all", "UTC0", LLONG_MAX, "Thu, 01 Jan 1970 00:00:00 +0000"},
    {"nor before", "XXX-1", LLONG_MIN, "Thu, 01 Jan 1970 00:00:00 +0000"},
    {"empty zone", "", NOW, "Sun, 22 Nov 2026 01:02:03 +0000"},
    {"no zone's name", "///\n\377", NOW, "Sun, 22 Nov 2026 01:02:03 +0000"},
    {"no such file", ":/nonexistent", NOW, "Sun, 22 Nov 2026 01:02:03 +0000"},
};

static void
test_date(void **state)
{
	const struct date_row *row = *state;
	struct buf out = {0};

	setenv("TZ", row->zone, 1);
	date_add(&out, (time_t)row->now);
	assert_string_equal(buf_text(&out), row->date);
	buf_free(&out);
	setenv("TZ", "UTC0", 1);
}

struct find_row {
	const char *name;
	const char *text;
	long long moment; /* 0: there is no date */
};

#define EVENING 1795989616LL  /* 2026-11-29 22:00:16 UTC */
#define FIRST (-2208988800LL) /* 1900 */
#define LAST 253402300800LL   /* 10000 */

static const struct find_row find_rows[] = {
    {"Exim", "mx.example ESMTP Exim 4.96 Sun, 29 Nov 2026 22:00:16 +0000",
	EVENING},
    {"Sendmail",
	"mx.example ESMTP Sendmail 8.18.1/8.18.1; Sun, 29 Nov 2026 22:00:16 "
	"GMT",
	EVENING},
    {"Sendmail, with the zone's name",
	"mx ESMTP Sendmail 8.18.1; Sun, 29 Nov 2026 23:00:16 +0100 (CET)",
	EVENING},
    {"Exchange",
	"mx.example Microsoft ESMTP MAIL Service ready at Sun, 29 Nov 2026 "
	"14:00:16 -0800",
	EVENING},
    {"Postfix", "mx.example ESMTP Postfix (Debian/GNU)", 0},
    {"no day of the week", "29 Nov 2026 22:00:16 +0000", EVENING},
    {"no seconds", "29 Nov 2026 22:00 +0000", EVENING - 16},
    {"one digit", "Tue, 1 Dec 2026 00:00:16 +0200", EVENING + 86400},
    {"old year", "29 Nov 26 22:00:16 UT", EVENING},
    {"year of the last century", "01 Jan 99 00:00:00 Z", 915148800},
    {"three digits of a year", "29 Nov 126 22:00:16 UTC", EVENING},
    {"old zone", "29 Nov 2026 17:00:16 EST", EVENING},
    {"half an hour", "30 Nov 2026 03:30:16 +0530", EVENING},
    {"after a number", "4 29 Nov 2026 22:00:16 +0000", EVENING},
    {"after half a date", "29 Nov 29 Nov 2026 22:00:16 +0000", EVENING},
    {"two dates", "29 Nov 2026 22:00:16 +0000 30 Nov 2026 22:00:16 +0000",
	EVENING},
    {"leap second", "31 Dec 2016 23:59:60 +0000", 1483228800},
    {"no zone", "29 Nov 2026 22:00:16", 0},
    {"unknown zone", "29 Nov 2026 22:00:16 CEST", 0},
    {"zone of a day", "29 Nov 2026 22:00:16 +2400", 0},
    {"zone with many minutes", "29 Nov 2026 22:00:16 +0060", 0},
    {"day 0", "0 Nov 2026 22:00:16 +0000", 0},
    {"day 32", "32 Nov 2026 22:00:16 +0000", 0},
    {"no month", "29 Nav 2026 22:00:16 +0000", 0},
    {"long year", "29 Nov 20266 22:00:16 +0000", 0},
    {"hour 24", "29 Nov 2026 24:00:16 +0000", 0},
    {"minute 60", "29 Nov 2026 22:60:16 +0000", 0},
    {"second 61", "29 Nov 2026 22:00:61 +0000", 0},
    {"a digit is missing", "29 Nov 2026 22:0:16 +0000", 0},
    {"no colon", "29 Nov 2026 22:00-16 +0000", 0},
    {"sign", "29 Nov 2026 22:+1:16 +0000", 0},
    {"empty", "", 0},
};

static void
test_find(void **state)
{
	const struct find_row *row = *state;
	int64_t moment = 0;

	assert_int_equal(
	    date_find(span_from(row->text), &moment), row->moment != 0);
	if (row->moment != 0)
		assert_int_equal(moment, row->moment);
}

/* What date_add writes is found again. */
static void
test_written(void **state)
{
	const struct date_row *row = *state;
	/* It has a year of four digits; 1970 stands for one before 1900. */
	bool is_short = row->now < LAST || row->now == LLONG_MAX;
	struct buf out = {0};
	int64_t moment = 0;

	setenv("TZ", row->zone, 1);
	date_add(&out, (time_t)row->now);
	assert_int_equal(date_find(buf_span(&out), &moment), is_short);
	/* The zone is rounded to minutes. */
	if (row->now > FIRST && row->now < LAST)
		assert_in_range(moment - row->now + 30, 0, 60);
	buf_free(&out);
	setenv("TZ", "UTC0", 1);
}

int
main(void)
{
	struct rows all = {0};

	setlocale(LC_ALL, "");
	rows_add(&all, "date", date_rows, ROWS(date_rows), test_date);
	rows_add(&all, "find", find_rows, ROWS(find_rows), test_find);
	rows_add(&all, "written", date_rows, ROWS(date_rows), test_written);
	return rows_end(&all);
}
