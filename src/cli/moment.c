/*
 * Reads times in words. The C library converts local times. It also converts a
 * time that does not exist because the clock was set forward, so each result is
 * converted back and compared.
 */
#include "cli/moment.h"

#include <time.h>

static const char wrong_form[] =
    "it is not RFC 3339, YYYY-MM-DD HH:MM, HH:MM or tomorrow HH:MM";
static const char is_past[] = "that time is over";
static const char is_skipped[] =
    "the clock skips that time, because it is set forward";

/* Takes this many digits and, unless it is NUL, the character after them. */
static bool
take_number(struct span *text, size_t digits, char end, int max, int *value)
{
	uint64_t number;

	if (text->len < digits + (end != '\0') ||
	    !span_number(span_head(*text, digits), (uint64_t)max, &number) ||
	    (end != '\0' && text->at[digits] != end))
		return false;
	*value = (int)number;
	*text = span_skip(*text, digits + (end != '\0'));
	return true;
}

static int
days_of(int year, int month)
{
	static const int days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && is_leap ? 29 : days[month - 1];
}

/* Reads "2026-12-01"; false if there is no such day. */
static bool
take_date(struct span *text, struct tm *tm)
{
	int year, month, day;

	if (!take_number(text, 4, '-', 9999, &year) ||
	    !take_number(text, 2, '-', 12, &month) ||
	    !take_number(text, 2, '\0', 31, &day) || month == 0 || day == 0 ||
	    year < 1970 || day > days_of(year, month))
		return false;
	tm->tm_year = year - 1900;
	tm->tm_mon = month - 1;
	tm->tm_mday = day;
	return true;
}

static bool
take_clock(struct span *text, struct tm *tm)
{
	return take_number(text, 2, ':', 23, &tm->tm_hour) &&
	    take_number(text, 2, '\0', 59, &tm->tm_min);
}

/* The seconds since 1970 of a time in UTC. */
static int64_t
seconds_of(const struct tm *tm)
{
	int64_t year = tm->tm_year + 1900, days = tm->tm_mday - 1;

	for (int month = 1; month <= tm->tm_mon; month++)
		days += days_of((int)year, month);
	year--;
	/* All days before that year, and the leap days among them. */
	days += 365 * (year - 1969) + year / 4 - year / 100 + year / 400 - 477;
	return ((days * 24 + tm->tm_hour) * 60 + tm->tm_min) * 60 + tm->tm_sec;
}

/* "Z", "+01:00" and "-00:30"; in seconds east of UTC. */
static bool
take_zone(struct span *text, int *offset)
{
	bool is_west = span_starts(*text, SPAN("-"));
	int hours, minutes;

	*offset = 0;
	if (span_equal_nocase(*text, SPAN("Z")))
		return true;
	if (!is_west && !span_starts(*text, SPAN("+")))
		return false;
	*text = span_skip(*text, 1);
	if (!take_number(text, 2, ':', 23, &hours) ||
	    !take_number(text, 2, '\0', 59, &minutes) || text->len > 0)
		return false;
	*offset = (hours * 60 + minutes) * 60 * (is_west ? -1 : 1);
	return true;
}

/* Reads what follows the date in RFC 3339: "T09:00:00.5+01:00". */
static bool
read_rfc3339(struct span text, struct tm *tm, int64_t *moment)
{
	int offset;

	if (!span_starts(text, SPAN("T")) && !span_starts(text, SPAN("t")) &&
	    !span_starts(text, SPAN(" ")))
		return false;
	text = span_skip(text, 1);
	/* 60 is a leap second. */
	if (!take_clock(&text, tm) || !span_starts(text, SPAN(":")))
		return false;
	text = span_skip(text, 1);
	if (!take_number(&text, 2, '\0', 60, &tm->tm_sec))
		return false;
	if (span_starts(text, SPAN("."))) {
		text = span_skip(text, 1);
		if (text.len == 0 || !ascii_is_digit(text.at[0]))
			return false;
		while (text.len > 0 && ascii_is_digit(text.at[0]))
			text = span_skip(text, 1);
	}
	if (!take_zone(&text, &offset))
		return false;
	*moment = seconds_of(tm) - offset;
	return true;
}

/* Of a time that the clock shows twice, the first one later than now. */
static const char *
read_local(const struct tm *tm, int64_t now, int64_t *moment)
{
	const char *why = is_skipped;

	for (int is_summer = 1; is_summer >= 0; is_summer--) {
		struct tm copy = *tm, back;
		time_t seconds;

		copy.tm_isdst = is_summer;
		seconds = mktime(&copy);
		if (seconds == (time_t)-1 ||
		    localtime_r(&seconds, &back) == NULL ||
		    back.tm_mday != tm->tm_mday ||
		    back.tm_hour != tm->tm_hour || back.tm_min != tm->tm_min)
			continue;
		if (seconds > now) {
			*moment = seconds;
			return NULL;
		}
		why = is_past;
	}
	return why;
}

/* Sets the date of tm to the day that is `days` days ahead, and converts it. */
static void
set_day(struct tm *tm, int64_t now, int days)
{
	time_t seconds = (time_t)now;
	struct tm today = {0};

	localtime_r(&seconds, &today);
	/* At noon no clock is set, so that the date is right. */
	today.tm_mday += days;
	today.tm_hour = 12;
	today.tm_isdst = -1;
	mktime(&today);
	tm->tm_year = today.tm_year;
	tm->tm_mon = today.tm_mon;
	tm->tm_mday = today.tm_mday;
}

/* "HH:MM": today, or tomorrow if it is over. */
static const char *
read_next(struct tm *tm, int64_t now, int64_t *moment)
{
	const char *why;

	set_day(tm, now, 0);
	why = read_local(tm, now, moment);
	if (why != is_past)
		return why;
	set_day(tm, now, 1);
	return read_local(tm, now, moment);
}

const char *
moment_read(struct span text, int64_t now, int64_t *moment)
{
	static const struct span tomorrow = SPAN("tomorrow ");
	struct span rest = text;
	struct tm tm = {0};

	if (take_date(&rest, &tm)) {
		if (read_rfc3339(rest, &tm, moment))
			return *moment > now ? NULL : is_past;
		tm.tm_sec = 0;
		if (!span_starts(rest, SPAN(" ")))
			return wrong_form;
		rest = span_skip(rest, 1);
		return take_clock(&rest, &tm) && rest.len == 0
		    ? read_local(&tm, now, moment)
		    : wrong_form;
	}
	rest = text;
	if (span_equal_nocase(span_head(rest, tomorrow.len), tomorrow)) {
		rest = span_skip(rest, tomorrow.len);
		if (!take_clock(&rest, &tm) || rest.len > 0)
			return wrong_form;
		set_day(&tm, now, 1);
		return read_local(&tm, now, moment);
	}
	return take_clock(&rest, &tm) && rest.len == 0
	    ? read_next(&tm, now, moment)
	    : wrong_form;
}

void
moment_add(struct buf *out, int64_t moment)
{
	time_t seconds = (time_t)moment;
	struct tm tm = {0};
	char text[128];

	localtime_r(&seconds, &tm);
	if (strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z (%Z)", &tm) > 0)
		buf_add_text(out, text);
}
