/* Everything is counted in whole seconds. */
#include "doctor/certificate_age.h"

#define DAY ((int64_t)86400)
#define DAYS_MAX ((int64_t)1000000)
#define NOTICE_MAX (20 * DAY)

int64_t
certificate_age_notice(int64_t not_before, int64_t not_after, int64_t warn_days)
{
	int64_t fifth = (not_after - not_before) / 5;

	if (warn_days > 0)
		return (warn_days < DAYS_MAX ? warn_days : DAYS_MAX) * DAY;
	return fifth < NOTICE_MAX ? fifth : NOTICE_MAX;
}

enum certificate_age
certificate_age_judge(
    int64_t not_before, int64_t not_after, int64_t now, int64_t warn_days)
{
	if (now > not_after)
		return CERTIFICATE_ENDED;
	if (now < not_before)
		return CERTIFICATE_EARLY;
	return not_after - now <
		certificate_age_notice(not_before, not_after, warn_days)
	    ? CERTIFICATE_ENDING
	    : CERTIFICATE_FINE;
}

int64_t
certificate_age_days(int64_t from, int64_t to)
{
	return (to - from) / DAY;
}
