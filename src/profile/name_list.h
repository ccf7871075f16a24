/* A list of names: of senders, domains, login mechanisms, addresses. */
#ifndef PROFILE_NAME_LIST_H
#define PROFILE_NAME_LIST_H

#include <stddef.h>

#include "base/buf.h"
#include "base/text.h"

/* The separators between the names of a list in a file. */
#define NAME_LIST_SEPARATORS ", \t"

struct name_list {
	char **names;
	size_t count;
};

void name_list_add(struct name_list *list, struct span name);
/* Adds the names to `out` with ", " between them. */
void name_list_print(const struct name_list *list, struct buf *out);
/* Frees the names and empties the list. */
void name_list_free(struct name_list *list);

#endif
