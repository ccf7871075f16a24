/*
 * Environment variables. A program that was started with more rights than its
 * caller has (AT_SECURE; SELinux sets it too) must not obey the variables that
 * this caller has set, so it reads none.
 */
#ifndef BASE_ENVIRONMENT_H
#define BASE_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* False if the program runs with more rights than its caller has. */
bool environment_is_trusted(void);
/* getenv(3); NULL if the environment is not trusted. */
const char *environment_get(const char *name);
/* The same; NULL, too, if the value is empty. */
const char *environment_get_text(const char *name);
/*
 * Finds the next variable whose name begins with the prefix: *name is the rest
 * of its name, *value its value, both borrowed. *position is 0 for the first
 * call. False if no such variable is left, or the environment is not trusted.
 */
bool environment_next(struct span prefix, size_t *position, struct span *name,
    const char **value);
/*
 * Removes all variables whose name begins with the prefix: in a child, between
 * fork and exec.
 */
void environment_remove(struct span prefix);
/*
 * Adds a variable; the memory is never freed. In a child, after those of the
 * same name were removed.
 */
void environment_add(const char *name, const char *value);
/* Overwrites their values: in a child that needs none of them. */
void environment_wipe(struct span prefix);

#endif
