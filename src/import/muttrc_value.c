/* A value has a limit, so that variables that double each other end early. */
#include "import/muttrc_value.h"

#include <stdlib.h>

#include "base/mem.h"

#define VALUE_OCTETS_MAX ((size_t)8192)

void
muttrc_value_free(struct muttrc_value *value)
{
	buf_wipe(&value->text);
	free(value->unknown);
	free(value->command);
	value->unknown = value->command = NULL;
}

/* The text is longer than a command's output alone can be. */
static void
forget_command(struct muttrc_value *value)
{
	free(value->command);
	value->command = NULL;
}

static void
add_text(struct muttrc_value *to, struct span text)
{
	if (to->text.max == 0)
		buf_init_secret(&to->text, VALUE_OCTETS_MAX);
	if (text.len != 0)
		forget_command(to);
	if (!buf_add_span(&to->text, text) && to->unknown == NULL)
		to->unknown = mem_copy_text("it is too long");
}

void
muttrc_value_add(struct muttrc_value *to, const struct muttrc_value *more)
{
	bool was_empty = to->text.len == 0;

	add_text(to, buf_span(&more->text));
	if (more->unknown != NULL && to->unknown == NULL)
		to->unknown = mem_copy_text(more->unknown);
	if (was_empty && more->command != NULL)
		to->command = mem_copy_text(more->command);
}

void
muttrc_value_add_unknown(struct muttrc_value *to, const char *why)
{
	add_text(to, (struct span){"", 1});
	if (to->unknown == NULL)
		to->unknown = mem_copy_text(why);
}
