/* The values of an option that may be repeated, in their order. */
#ifndef CLI_OPTION_VALUES_H
#define CLI_OPTION_VALUES_H

#include <stddef.h>

struct option_values {
	const char **texts; /* owned; each is borrowed from argv */
	size_t count;
};

void option_values_add(struct option_values *values, const char *text);

#endif
