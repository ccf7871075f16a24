/* The list is short enough for a line of the configuration. */
#include "import/import_names.h"

#define NAMES_MAX ((size_t)4000)

void
import_names_add(struct buf *list, struct span name)
{
	static const struct span end = SPAN(", ...");
	struct span all = buf_span(list);
	size_t blank = span_find_last(all, ' ');

	if (list->full ||
	    span_equal(name, blank < all.len ? span_skip(all, blank + 1) : all))
		return;
	list->max = NAMES_MAX + end.len;
	if (list->len + name.len + 2 > NAMES_MAX) {
		buf_add_span(list, end);
		list->full = true;
		return;
	}
	if (list->len > 0)
		buf_add_text(list, ", ");
	buf_add_span(list, name);
}
