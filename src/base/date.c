/*
 * Writes the value of a Date field, and finds a date in other text. It uses
 * neither strftime nor tm_gmtoff: strftime depends on the locale, and tm_gmtoff
 * is not in POSIX.1-2008.
 */
#include "base/date.h"

#define DAY 86400

static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/*
 * Days from 1970-01-01 to a day in the Gregorian calendar; month 0 is January.
 */
static long long
days_since_epoch(long long year, int month, int day)
{
	static const int before[] = {
	    306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275};

	/*
	 * Here years begin in March, so that a leap day is the last day of a
	 * year.
	 */
	if (month < 2)
		year--;
	return year * 365 + year / 4 - year / 100 + year / 400 + before[month] +
	    day - 719469;
}

static long long
seconds_of(const struct tm *tm)
{
	return days_since_epoch(tm->tm_year + 1900LL, tm->tm_mon, tm->tm_mday) *
	    DAY +
	    tm->tm_hour * 3600LL + tm->tm_min * 60LL + tm->tm_sec;
}

/*
 * The local zone in minutes east of UTC. TZ may have any value: an offset of a
 * day or more counts as 0.
 */
static int
zone_at(time_t now)
{
	struct tm local, utc;
	long long seconds;

	tzset();
	if (localtime_r(&now, &local) == NULL || gmtime_r(&now, &utc) == NULL)
		return 0;
	seconds = seconds_of(&local) - seconds_of(&utc);
	if (seconds <= -DAY || seconds >= DAY)
		return 0;
	/* Rounded to minutes: some zones have seconds, the field has none. */
	return (int)((seconds + DAY + 30) / 60 - DAY / 60);
}

void
date_add(struct buf *out, time_t now)
{
	static const char days[7][4] = {
	    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	int zone = zone_at(now), east = zone < 0 ? -zone : zone;
	time_t shifted = now + (time_t)zone * 60, epoch = 0;
	struct tm tm;

	/* A year before 1900 is not allowed (RFC 5322 section 3.3). */
	if (gmtime_r(&shifted, &tm) == NULL || tm.tm_year < 0) {
		gmtime_r(&epoch, &tm);
		zone = east = 0;
	}
	buf_add_format(out, "%s, %02d %s %lld %02d:%02d:%02d %c%02d%02d",
	    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
	    tm.tm_year + 1900LL, tm.tm_hour, tm.tm_min, tm.tm_sec,
	    zone < 0 ? '-' : '+', east / 60, east % 60);
}

/* RFC 5322 section 4.3; other names of zones are not known for certain. */
static const struct {
	struct span name;
	int hours;
} zones[] = {
    {{"GMT", 3}, 0},
    {{"UTC", 3}, 0},
    {{"UT", 2}, 0},
    {{"Z", 1}, 0},
    {{"EST", 3}, -5},
    {{"EDT", 3}, -4},
    {{"CST", 3}, -6},
    {{"CDT", 3}, -5},
    {{"MST", 3}, -7},
    {{"MDT", 3}, -6},
    {{"PST", 3}, -8},
    {{"PDT", 3}, -7},
};

/* Reads a number of `least` to `most` digits. */
static bool
read_digits(struct span text, size_t least, size_t most, int *number)
{
	uint64_t value;

	if (text.len < least || text.len > most ||
	    !span_number(text, 99999, &value))
		return false;
	*number = (int)value;
	return true;
}

static bool
read_month(struct span text, int *month)
{
	for (*month = 0; *month < 12; (*month)++)
		if (span_equal_nocase(text, span_from(months[*month])))
			return true;
	return false;
}

/* A year of two or three digits counts as RFC 5322 section 4.3 says. */
static bool
read_year(struct span text, int *year)
{
	if (!read_digits(text, 2, 4, year))
		return false;
	if (text.len == 2)
		*year += *year < 50 ? 2000 : 1900;
	else if (text.len == 3)
		*year += 1900;
	return true;
}

/* "22:00" or "22:00:16"; sets the seconds since midnight. */
static bool
read_time(struct span text, int *seconds)
{
	int hour, minute, second = 0;

	if ((text.len != 5 && text.len != 8) || text.at[2] != ':' ||
	    !read_digits(span_head(text, 2), 2, 2, &hour) ||
	    !read_digits(span_head(span_skip(text, 3), 2), 2, 2, &minute))
		return false;
	if (text.len == 8 &&
	    (text.at[5] != ':' ||
		!read_digits(span_skip(text, 6), 2, 2, &second)))
		return false;
	*seconds = hour * 3600 + minute * 60 + second;
	return hour < 24 && minute < 60 && second <= 60;
}

/* "+0100" or "GMT"; sets the seconds east of UTC. */
static bool
read_zone(struct span text, int *seconds)
{
	int digits;

	if (text.len == 5 && (text.at[0] == '+' || text.at[0] == '-') &&
	    read_digits(span_skip(text, 1), 4, 4, &digits)) {
		*seconds = digits / 100 * 3600 + digits % 100 * 60;
		if (text.at[0] == '-')
			*seconds = -*seconds;
		return digits / 100 < 24 && digits % 100 < 60;
	}
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (span_equal_nocase(text, zones[i].name)) {
			*seconds = zones[i].hours * 3600;
			return true;
		}
	return false;
}

/* Reads "29 Nov 2026 22:00:16 +0000" at the beginning of the text. */
static bool
read_date(struct span text, int64_t *moment)
{
	struct span words[5];
	int day, month, year, seconds, zone;

	for (size_t i = 0; i < 5; i++)
		if (!span_next_word(&text, " \t,;()", &words[i]))
			return false;
	if (!read_digits(words[0], 1, 2, &day) || day < 1 || day > 31 ||
	    !read_month(words[1], &month) || !read_year(words[2], &year) ||
	    !read_time(words[3], &seconds) || !read_zone(words[4], &zone))
		return false;
	*moment = days_since_epoch(year, month, day) * DAY + seconds - zone;
	return true;
}

bool
date_find(struct span text, int64_t *moment)
{
	struct span word;

	while (!read_date(text, moment))
		if (!span_next_word(&text, " \t,;()", &word))
			return false;
	return true;
}
