#include "base/nearest.h"

#include <string.h>

/* Longer names are compared by their beginning. */
#define COMPARED_MAX ((size_t)64)

static size_t
least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Case means nothing, and _ is as good as -. */
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

/* Levenshtein's distance with exchanges, by three rows of the matrix. */
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

void
nearest_consider(struct nearest *nearest, const char *name)
{
	size_t distance = distance_of(nearest->wanted, span_from(name));

	if (distance >= nearest->distance)
		return;
	nearest->distance = distance;
	nearest->name = name;
}
