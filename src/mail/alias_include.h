/*
 * The lists that aliases include, each read once. One must be trusted as a
 * configuration file is, and readable by everybody: what it holds may come
 * out, and must not be somebody's secret.
 */
#ifndef MAIL_ALIAS_INCLUDE_H
#define MAIL_ALIAS_INCLUDE_H

#include <stddef.h>

#include "base/buf.h"

#define ALIAS_INCLUDES_MAX 1000

struct alias_include {
	char *path;
	struct buf text;
	char *why;    /* it cannot be used; NULL: it can */
	size_t visit; /* alias.c's: the last that came by; 0: none yet */
};

struct alias_includes {
	struct alias_include *list;
	size_t count;
	size_t octets, octets_max; /* of all of them */
};

/* Valid until the next is looked for, its text for ever. NULL: too many. */
struct alias_include *alias_includes_find(
    struct alias_includes *includes, const char *path);
void alias_includes_free(struct alias_includes *includes);

#endif
