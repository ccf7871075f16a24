/* Collects the values of an option. All are kept: none replaces another. */
#include "cli/option_values.h"

#include "base/mem.h"

void
option_values_add(struct option_values *values, const char *text)
{
	*(const char **)mem_append(
	    &values->texts, &values->count, sizeof(char *)) = text;
}
