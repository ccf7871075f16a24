/*
 * The environment as far as it can be trusted. A program that was started with
 * more rights than its caller has (AT_SECURE; SELinux sets it too) must not be
 * led by what that caller has put there.
 */
#ifndef BASE_ENVIRONMENT_H
#define BASE_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

bool environment_is_trusted(void);
/* getenv(3), and NULL where the environment is not trusted. */
const char *environment_get(const char *name);
/*
 * The next variable whose name begins with the prefix: what stands behind the
 * prefix, and its value (borrowed). *position is 0 for the first. False: there
 * is no other, or the environment is not trusted.
 */
bool environment_next(struct span prefix, size_t *position, struct span *name,
    const char **value);
/*
 * Takes out all variables whose name begins with the prefix: for a child,
 * between fork and exec.
 */
void environment_remove(struct span prefix);

/* Overwrites their values: for a child that needs none of them. */
void environment_wipe(struct span prefix);

#endif
