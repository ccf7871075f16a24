/* Rates have one unit and no factor before it: 100/h, never 100/2h. */
#include "profile/rate.h"

#include <stddef.h>

static const struct {
	char letter;
	int64_t milliseconds;
} units[] = {
    {'s', (int64_t)1000},
    {'m', (int64_t)60 * 1000},
    {'h', (int64_t)60 * 60 * 1000},
    {'d', (int64_t)24 * 60 * 60 * 1000},
};

bool
rate_parse(struct span text, struct rate *rate)
{
	size_t slash = span_find(text, '/');
	struct span unit = span_skip(text, slash + 1);
	uint64_t count;

	if (unit.len != 1 ||
	    !span_number(span_head(text, slash), RATE_MAX, &count) ||
	    count == 0)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (units[i].letter != unit.at[0])
			continue;
		rate->count = (unsigned)count;
		rate->period = units[i].milliseconds;
		return true;
	}
	return false;
}

void
rate_add(struct buf *out, const struct rate *rate)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (rate->count > 0 && units[i].milliseconds == rate->period)
			buf_add_format(
			    out, "%u/%c", rate->count, units[i].letter);
}
