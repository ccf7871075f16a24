/*
 * How long before its end a certificate is worth a warning: the shorter its
 * life, the later it is renewed.
 */
#ifndef DOCTOR_CERTIFICATE_AGE_H
#define DOCTOR_CERTIFICATE_AGE_H

#include <stdint.h>

/* The last is the most serious. */
enum certificate_age {
	CERTIFICATE_FINE,
	CERTIFICATE_ENDING, /* it expires soon */
	CERTIFICATE_EARLY,  /* it is not valid yet */
	CERTIFICATE_ENDED,
};

/*
 * Judges the times of a certificate, in seconds since 1970. It expires soon if
 * fewer than warn_days are left; 0: fewer than 20 days, or than a fifth of its
 * lifetime if that is less.
 */
enum certificate_age certificate_age_judge(
    int64_t not_before, int64_t not_after, int64_t now, int64_t warn_days);
/* How long before its end, in seconds, it is said to expire soon. */
int64_t certificate_age_notice(
    int64_t not_before, int64_t not_after, int64_t warn_days);
/* The whole days between two times; negative: `to` is the earlier one. */
int64_t certificate_age_days(int64_t from, int64_t to);

#endif
