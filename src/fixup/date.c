/*
 * Writes the value of a Date field. It uses neither strftime nor tm_gmtoff:
 * strftime depends on the locale, and tm_gmtoff is not in POSIX.1-2008.
 */
#include "fixup/date.h"

#define DAY 86400

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
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
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
