/*
 * Prints points in time. The files of a spool may hold any number, so a time
 * that no calendar has is printed as a number.
 */
#include "base/calendar.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#define YEAR_MAX 9999

static bool
take_apart(struct tm *tm, int64_t time, bool is_local)
{
	time_t moment = (time_t)time;

	return (int64_t)moment == time &&
	    (is_local ? localtime_r(&moment, tm) : gmtime_r(&moment, tm)) !=
	    NULL &&
	    tm->tm_year <= YEAR_MAX - 1900 && tm->tm_year >= -1900;
}

bool
calendar_add_utc(struct buf *out, int64_t time)
{
	struct tm tm;

	return take_apart(&tm, time, false) &&
	    buf_add_format(out, "%04d-%02d-%02dT%02d:%02d:%02dZ",
		tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		tm.tm_min, tm.tm_sec);
}

void
calendar_add_date(struct buf *out, int64_t time)
{
	struct tm tm;

	if (take_apart(&tm, time, false))
		buf_add_format(out, "%04d-%02d-%02d", tm.tm_year + 1900,
		    tm.tm_mon + 1, tm.tm_mday);
	else
		buf_add_format(out, "%" PRId64, time);
}

/* smtpost sets no locale, so the names of days and months are English. */
static void
add_local(struct buf *out, int64_t time, bool has_seconds)
{
	char text[64] = "";
	struct tm tm;

	if (!take_apart(&tm, time, true)) {
		buf_add_format(out, "%" PRId64, time);
		return;
	}
	strftime(text, sizeof(text), "%a %b %e %H:%M:%S", &tm);
	buf_add_span(out,
	    span_head(span_from(text),
		strlen(text) - (has_seconds ? 0 : strlen(":00"))));
}

void
calendar_add_local(struct buf *out, int64_t time)
{
	add_local(out, time, true);
}

void
calendar_add_minute(struct buf *out, int64_t time)
{
	add_local(out, time, false);
}

void
calendar_add_span(struct buf *out, int64_t seconds)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = {
	    {"day", 24 * 60 * 60},
	    {"hour", 60 * 60},
	    {"minute", 60},
	    {"second", 1},
	};
	size_t i = 0;

	if (seconds < 0)
		seconds = 0;
	while (seconds < units[i].seconds && units[i].seconds > 1)
		i++;
	seconds /= units[i].seconds;
	buf_add_format(out, "%" PRId64 " %s%s", seconds, units[i].name,
	    seconds == 1 ? "" : "s");
}
