/*
 * A sorted array of variables for each scope, with a limit, so that a hostile
 * file costs neither much memory nor much time.
 */
#include "import/muttrc_scope.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "import/muttrc_key.h"

#define VARIABLES_MAX ((size_t)4096)

static void
free_variable(struct muttrc_variable *variable)
{
	free(variable->name);
	free(variable->spelling);
	muttrc_value_free(&variable->value);
}

void
muttrc_scope_free(struct muttrc_scope *scope)
{
	for (size_t i = 0; i < scope->count; i++)
		free_variable(&scope->variables[i]);
	free(scope->variables);
	*scope = (struct muttrc_scope){0};
}

/* Where the name is, or where it would be; whether it is there. */
static bool
locate(const struct muttrc_scope *scope, struct span name, size_t *index)
{
	size_t low = 0, high = scope->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct span other = span_from(scope->variables[middle].name);
		size_t len = other.len < name.len ? other.len : name.len;
		int order = memcmp(other.at, name.at, len);

		if (order == 0 && other.len == name.len) {
			*index = middle;
			return true;
		}
		if (order < 0 || (order == 0 && other.len < name.len))
			low = middle + 1;
		else
			high = middle;
	}
	*index = low;
	return false;
}

const struct muttrc_variable *
muttrc_scope_find(const struct muttrc_scope *scope, struct span name)
{
	size_t index;

	name = muttrc_key_name(name);
	for (; scope != NULL; scope = scope->outer)
		if (locate(scope, name, &index))
			return &scope->variables[index];
	return NULL;
}

const struct muttrc_variable *
muttrc_scope_find_set(const struct muttrc_scope *scope, struct span name)
{
	const struct muttrc_variable *variable = muttrc_scope_find(scope, name);

	return variable != NULL && variable->is_set ? variable : NULL;
}

struct muttrc_variable *
muttrc_scope_put(struct muttrc_scope *scope, struct span spelling)
{
	struct span name = muttrc_key_name(spelling);
	struct muttrc_variable *variable;
	unsigned times = 0;
	size_t index, last;

	if (locate(scope, name, &index)) {
		variable = &scope->variables[index];
		times = variable->times;
		free_variable(variable);
	} else {
		if (scope->count == VARIABLES_MAX)
			return NULL;
		last = scope->count;
		mem_append(&scope->variables, &scope->count, sizeof(*variable));
		variable = &scope->variables[index];
		memmove(
		    variable + 1, variable, (last - index) * sizeof(*variable));
	}
	*variable = (struct muttrc_variable){.name = span_copy(name),
	    .spelling = span_copy(spelling),
	    .times = times + 1,
	    .is_set = true};
	return variable;
}
