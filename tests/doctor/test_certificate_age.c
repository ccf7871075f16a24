/* When a certificate is said to expire soon, for short lives and long ones. */
#include "rows.h"

#include "doctor/certificate_age.h"

#define DAY ((int64_t)86400)
/* 2026-11-29 22:00:00 UTC */
#define NOW ((int64_t)1795989600)

struct age_row {
	const char *name;
	int64_t lifetime; /* days */
	int64_t left;	  /* seconds from now to the end */
	int64_t warn_days;
	enum certificate_age age;
};

static const struct age_row age_rows[] = {
    /* A fifth of its life, or 20 days. */
    {"398 days, 20 left", 398, 20 * DAY, 0, CERTIFICATE_FINE},
    {"398 days, a second less", 398, 20 * DAY - 1, 0, CERTIFICATE_ENDING},
    {"200 days, 20 left", 200, 20 * DAY, 0, CERTIFICATE_FINE},
    {"100 days, 20 left", 100, 20 * DAY, 0, CERTIFICATE_FINE},
    {"100 days, a second less", 100, 20 * DAY - 1, 0, CERTIFICATE_ENDING},
    {"90 days, 18 left", 90, 18 * DAY, 0, CERTIFICATE_FINE},
    {"90 days, a second less", 90, 18 * DAY - 1, 0, CERTIFICATE_ENDING},
    {"47 days, renewed at 10", 47, 10 * DAY, 0, CERTIFICATE_FINE},
    {"47 days, a fifth is 9.4", 47, 812160, 0, CERTIFICATE_FINE},
    {"47 days, a second less", 47, 812159, 0, CERTIFICATE_ENDING},
    {"6 days, 2 left", 6, 2 * DAY, 0, CERTIFICATE_FINE},
    {"6 days, a fifth is 1.2", 6, 103680, 0, CERTIFICATE_FINE},
    {"6 days, a second less", 6, 103679, 0, CERTIFICATE_ENDING},
    {"20 years", 7300, 21 * DAY, 0, CERTIFICATE_FINE},
    {"the last second", 90, 0, 0, CERTIFICATE_ENDING},
    {"a second later", 90, -1, 0, CERTIFICATE_ENDED},
    {"long ago", 90, -900 * DAY, 0, CERTIFICATE_ENDED},
    {"from now on", 90, 90 * DAY, 0, CERTIFICATE_FINE},
    {"in a second", 90, 90 * DAY + 1, 0, CERTIFICATE_EARLY},
    /* --warn-days replaces both. */
    {"30 days wanted, 30 left", 90, 30 * DAY, 30, CERTIFICATE_FINE},
    {"30 days wanted, less left", 90, 30 * DAY - 1, 30, CERTIFICATE_ENDING},
    {"1 day wanted, 2 left", 398, 2 * DAY, 1, CERTIFICATE_FINE},
    {"more days than its life", 6, 6 * DAY, 30, CERTIFICATE_ENDING},
    {"very many days", 90, 80 * DAY, INT64_MAX, CERTIFICATE_ENDING},
    /* Its life is over before it began. */
    {"the wrong way round", -5, 10 * DAY, 0, CERTIFICATE_EARLY},
};

static void
test_age(void **state)
{
	const struct age_row *row = *state;
	int64_t end = NOW + row->left;

	assert_int_equal(certificate_age_judge(end - row->lifetime * DAY, end,
			     NOW, row->warn_days),
	    row->age);
}

static void
test_days(void **state)
{
	(void)state;
	assert_true(certificate_age_days(NOW, NOW + 12 * DAY) == 12);
	assert_true(certificate_age_days(NOW, NOW + 12 * DAY - 1) == 11);
	assert_true(certificate_age_days(NOW, NOW + DAY - 1) == 0);
	assert_true(certificate_age_days(NOW, NOW - 3 * DAY) == -3);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "age", age_rows, ROWS(age_rows), test_age);
	rows_add_one(&all, "whole days", test_days);
	return rows_end(&all);
}
