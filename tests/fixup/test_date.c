#include "rows.h"

#include <limits.h>
#include <locale.h>
#include <time.h>

#include "fixup/date.h"

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

int
main(void)
{
	struct rows all = {0};

	setlocale(LC_ALL, "");
	rows_add(&all, "date", date_rows, ROWS(date_rows), test_date);
	return rows_end(&all);
}
