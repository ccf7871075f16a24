/*
 * The distance of Damerau and Levenshtein, with rules for short names: a hint
 * that is wrong is worse than none.
 */
#include "base/nearest.h"

#include <stdint.h>
#include <string.h>

/* Longer names are compared by their first characters. */
#define COMPARED_MAX ((size_t)64)
/* Fewer characters do not identify a name that was cut short. */
#define CUT_MIN ((size_t)3)

static size_t
least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Case does not count, and _ counts as -. */
static char
plain(char c)
{
	return c == '_' ? '-' : ascii_lower(c);
}

static bool
is_same(struct span a, size_t i, struct span b, size_t j)
{
	return plain(a.at[i]) == plain(b.at[j]);
}

/* Computes the distance with three rows of the matrix. */
static size_t
distance_of(struct span a, struct span b)
{
	size_t rows[3][COMPARED_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];

	a = span_head(a, COMPARED_MAX);
	b = span_head(b, COMPARED_MAX);
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *free_row = before;

		before = above;
		above = row;
		row = free_row;
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			bool same = is_same(a, i - 1, b, j - 1);

			row[j] = least_of(above[j - 1] + !same,
			    least_of(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && is_same(a, i - 1, b, j - 2) &&
			    is_same(a, i - 2, b, j - 1))
				row[j] = least_of(row[j], before[j - 2] + 1);
		}
	}
	return row[b.len];
}

struct nearest
nearest_to(struct span wanted)
{
	return (struct nearest){wanted, NULL, (wanted.len + 1) / 2};
}

/* Whether `whole` begins with `start`. */
static bool
begins_with(struct span whole, struct span start)
{
	size_t i = 0;

	while (i < start.len && i < whole.len && is_same(whole, i, start, i))
		i++;
	return i == start.len;
}

/*
 * The distance, or SIZE_MAX if the name was hardly meant. A word that is the
 * beginning of the name counts as one mistake. With two or more mistakes the
 * first letter must be right: "import" was not meant to be "report". And less
 * than half of the name may be wrong: "setup" was not meant to be "set".
 */
static size_t
judged_distance(struct span wanted, struct span name)
{
	size_t distance = distance_of(wanted, name);

	if (distance > 1 && wanted.len >= CUT_MIN && begins_with(name, wanted))
		return 1;
	if (distance > 1 && !begins_with(name, span_head(wanted, 1)))
		return SIZE_MAX;
	if (distance >= (name.len + 1) / 2 &&
	    !(name.len > CUT_MIN && begins_with(wanted, name)))
		return SIZE_MAX;
	return distance;
}

void
nearest_consider(struct nearest *nearest, const char *name)
{
	size_t distance = judged_distance(nearest->wanted, span_from(name));

	if (distance >= nearest->distance)
		return;
	nearest->distance = distance;
	nearest->name = name;
}
