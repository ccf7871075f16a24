/*
 * Selects rows, for a trial with some of them. The ranges are few, so each row
 * is compared with all of them.
 */
#include "compose/row_selection.h"

#include <stdlib.h>

#include "base/text.h"
#include "base/utf8.h"

static bool
read_number(struct span text, size_t *number)
{
	uint64_t value;

	if (!span_number(text, SIZE_MAX - 1, &value) || value == 0)
		return false;
	*number = (size_t)value;
	return true;
}

/* Reads "5", "1-3", "2-" or "-4". */
static bool
read_range(struct row_range *range, struct span text)
{
	size_t dash = span_find(text, '-');
	struct span first = span_trim(span_head(text, dash));
	struct span last = span_trim(span_skip(text, dash + 1));

	*range = (struct row_range){1, SIZE_MAX};
	if (dash == text.len)
		return read_number(first, &range->first) &&
		    read_number(first, &range->last);
	return (first.len > 0 || last.len > 0) &&
	    (first.len == 0 || read_number(first, &range->first)) &&
	    (last.len == 0 || read_number(last, &range->last)) &&
	    range->first <= range->last;
}

bool
row_selection_parse(
    struct row_selection *selection, const char *text, struct error *err)
{
	struct span rest = span_from(text);
	char *shown;

	*selection = (struct row_selection){0};
	for (;;) {
		size_t comma = span_find(rest, ',');

		if (selection->count == ROW_SELECTION_RANGES_MAX ||
		    !read_range(&selection->ranges[selection->count],
			span_head(rest, comma)))
			break;
		selection->count++;
		if (comma == rest.len)
			return true;
		rest = span_skip(rest, comma + 1);
	}
	shown = utf8_excerpt_masked(span_from(text), 60);
	error_set(err, ERROR_USAGE,
	    "cannot select the rows '%s': they must be numbers, from 1 on\n"
	    "hint: for example 1-3, or 1,5,10-",
	    shown);
	free(shown);
	return false;
}

bool
row_selection_has(const struct row_selection *selection, size_t number)
{
	for (size_t i = 0; i < selection->count; i++)
		if (number >= selection->ranges[i].first &&
		    number <= selection->ranges[i].last)
			return true;
	return selection->count == 0;
}
