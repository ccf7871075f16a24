/* Keeps names in the order in which they were added; each is a copy. */
#include "profile/name_list.h"

#include <stdlib.h>

#include "base/mem.h"

void
name_list_add(struct name_list *list, struct span name)
{
	char **item = mem_append(&list->names, &list->count, sizeof(*item));

	*item = span_copy(name);
}

void
name_list_print(const struct name_list *list, struct buf *out)
{
	for (size_t i = 0; i < list->count; i++)
		buf_add_format(out, "%s%s", i > 0 ? ", " : "", list->names[i]);
}

void
name_list_free(struct name_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->names[i]);
	free(list->names);
	*list = (struct name_list){0};
}
