#include "rows.h"

#include <time.h>

#include "cli/moment.h"

/* Tue 2026-12-01 10:30:15 +0100 */
#define NOW ((int64_t)1796117415)
#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"
/* Sat 2026-10-24 12:00 +0200: the next night has two hours 2. */
#define AUTUMN ((int64_t)1792836000)
/* Sat 2026-03-28 12:00 +0100: the next night has no hour 2. */
#define SPRING ((int64_t)1774695600)

static const struct moment_row {
	const char *name, *text;
	int64_t now;
	const char *result; /* as moment_add writes it, or the error's start */
} moments[] = {
    {"RFC 3339", "2026-12-24T18:00:00Z", NOW,
	"2026-12-24 19:00:00 +0100 (CET)"},
    {"RFC 3339, east", "2026-12-24t18:00:00.25+05:30", NOW,
	"2026-12-24 13:30:00 +0100 (CET)"},
    {"RFC 3339, west", "2026-12-24 18:00:00-00:30", NOW,
	"2026-12-24 19:30:00 +0100 (CET)"},
    {"RFC 3339, leap day", "2028-02-29T00:00:00z", NOW,
	"2028-02-29 01:00:00 +0100 (CET)"},
    {"RFC 3339, leap second", "2026-12-31T23:59:60Z", NOW,
	"2027-01-01 01:00:00 +0100 (CET)"},
    {"RFC 3339, the last year", "9999-12-31T00:00:00Z", NOW,
	"9999-12-31 01:00:00 +0100 (CET)"},
    {"RFC 3339, one second ago", "2026-12-01T09:30:14Z", NOW,
	"that time is over"},
    {"RFC 3339, now", "2026-12-01T09:30:15Z", NOW, "that time is over"},
    {"RFC 3339, in a second", "2026-12-01T09:30:16Z", NOW,
	"2026-12-01 10:30:16 +0100 (CET)"},
    {"RFC 3339 without a zone", "2026-12-24T18:00:00", NOW, "it is not"},
    {"RFC 3339 with a long fraction and more", "2026-12-24T18:00:00.1x", NOW,
	"it is not"},
    {"RFC 3339 with an empty fraction", "2026-12-24T18:00:00.Z", NOW,
	"it is not"},
    {"RFC 3339, and more", "2026-12-24T18:00:00+01:00 x", NOW, "it is not"},
    {"a date and a time", "2026-12-24 18:00", NOW,
	"2026-12-24 18:00:00 +0100 (CET)"},
    {"in summer", "2027-07-01 08:05", NOW, "2027-07-01 08:05:00 +0200 (CEST)"},
    {"a date and a time that are over", "2026-11-30 23:59", NOW,
	"that time is over"},
    {"this very minute", "2026-12-01 10:30", NOW, "that time is over"},
    {"no such day", "2026-02-29 08:00", NOW, "it is not"},
    {"no such month", "2026-13-01 08:00", NOW, "it is not"},
    {"no month", "2026-00-01 08:00", NOW, "it is not"},
    {"no day", "2026-01-00 08:00", NOW, "it is not"},
    {"before 1970", "1969-01-01 08:00", NOW, "it is not"},
    {"no such hour", "2026-12-24 24:00", NOW, "it is not"},
    {"no such minute", "2026-12-24 12:60", NOW, "it is not"},
    {"a date alone", "2026-12-24", NOW, "it is not"},
    {"seconds without a zone", "2026-12-24 18:00:00", NOW, "it is not"},
    {"a time of today", "10:31", NOW, "2026-12-01 10:31:00 +0100 (CET)"},
    {"a time of tomorrow", "10:30", NOW, "2026-12-02 10:30:00 +0100 (CET)"},
    {"midnight", "00:00", NOW, "2026-12-02 00:00:00 +0100 (CET)"},
    {"tomorrow", "tomorrow 09:00", NOW, "2026-12-02 09:00:00 +0100 (CET)"},
    {"tomorrow at a later time", "Tomorrow 23:59", NOW,
	"2026-12-02 23:59:00 +0100 (CET)"},
    {"tomorrow alone", "tomorrow", NOW, "it is not"},
    {"tomorrow and half a time", "tomorrow 9", NOW, "it is not"},
    {"one digit", "9:00", NOW, "it is not"},
    {"a sign", "+9:00", NOW, "it is not"},
    {"a blank before it", " 09:00", NOW, "it is not"},
    {"now", "now", NOW, "it is not"},
    {"nothing", "", NOW, "it is not"},
    {"an hour that is there twice", "2026-10-25 02:30", AUTUMN,
	"2026-10-25 02:30:00 +0200 (CEST)"},
    {"its second one", "02:30", AUTUMN + 52200 + 1,
	"2026-10-25 02:30:00 +0100 (CET)"},
    {"a skipped hour", "2026-03-29 02:30", SPRING, "the clock skips"},
    {"a skipped hour tomorrow", "tomorrow 02:30", SPRING, "the clock skips"},
    {"a skipped hour, the next one", "02:30", SPRING, "the clock skips"},
    {"behind the skipped hour", "03:00", SPRING,
	"2026-03-29 03:00:00 +0200 (CEST)"},
    {"before the skipped hour", "01:59", SPRING,
	"2026-03-29 01:59:00 +0100 (CET)"},
};

static void
test_moment(void **state)
{
	const struct moment_row *row = *state;
	struct buf shown = {0};
	int64_t moment = 0;
	const char *why = moment_read(span_from(row->text), row->now, &moment);

	if (why == NULL) {
		assert_true(moment > row->now);
		moment_add(&shown, moment);
	} else {
		buf_add_span(
		    &shown, span_head(span_from(why), strlen(row->result)));
	}
	assert_string_equal(buf_text(&shown), row->result);
	buf_free(&shown);
}

int
main(void)
{
	setenv("TZ", BERLIN, 1);
	tzset();
	return rows_run("moment", moments, ROWS(moments), test_moment);
}
