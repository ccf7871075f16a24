/*
 * The variables of a muttrc while it is read. The commands of a hook get a
 * scope of their own, in front of that of the files.
 */
#ifndef IMPORT_MUTTRC_SCOPE_H
#define IMPORT_MUTTRC_SCOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "import/muttrc_value.h"

struct muttrc_variable {
	char *name;
	char *spelling;	 /* the name in the file, which may be a synonym */
	unsigned times;	 /* how often this scope has set it */
	bool is_set;	 /* false after `unset` */
	bool is_default; /* after `reset` */
	struct muttrc_value value;
};

struct muttrc_scope {
	const struct muttrc_scope *outer;  /* NULL: none */
	struct muttrc_variable *variables; /* sorted by name */
	size_t count;
};

/* It is then empty, and has none around it. */
void muttrc_scope_free(struct muttrc_scope *scope);
/* As the scope and those around it have it; NULL: never set. */
const struct muttrc_variable *muttrc_scope_find(
    const struct muttrc_scope *scope, struct span name);
/* The same; NULL also after `unset` or `reset`. */
const struct muttrc_variable *muttrc_scope_find_set(
    const struct muttrc_scope *scope, struct span name);
/*
 * The variable of this scope, made if there is none, and counted as set once
 * more; its old value is removed. NULL: there are too many.
 */
struct muttrc_variable *muttrc_scope_put(
    struct muttrc_scope *scope, struct span name);

#endif
