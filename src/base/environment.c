/*
 * Reads `environ` where it stands: no copy, no allocation, so that a child may
 * call it between fork and exec.
 */
#include "base/environment.h"

#include <stdlib.h>
#ifdef HAVE_SYS_AUXV_H
#include <sys/auxv.h>
#endif
#include <unistd.h>

extern char **environ;

bool
environment_is_trusted(void)
{
#ifdef HAVE_SYS_AUXV_H
	return getauxval(AT_SECURE) == 0;
#else
	return getuid() == geteuid() && getgid() == getegid();
#endif
}

const char *
environment_get(const char *name)
{
	return environment_is_trusted() ? getenv(name) : NULL;
}

static bool
begins(const char *variable, struct span prefix)
{
	return span_starts(span_from(variable), prefix);
}

bool
environment_find(
    struct span prefix, size_t index, struct span *name, const char **value)
{
	struct span found;
	size_t equals;

	if (environ == NULL || !environment_is_trusted())
		return false;
	for (size_t i = 0; environ[i] != NULL; i++) {
		if (!begins(environ[i], prefix) || index-- > 0)
			continue;
		found = span_skip(span_from(environ[i]), prefix.len);
		equals = span_find(found, '=');
		*name = span_head(found, equals);
		*value = found.at + equals + (equals < found.len);
		return true;
	}
	return false;
}

void
environment_remove(struct span prefix)
{
	size_t kept = 0;

	for (size_t i = 0; environ != NULL && environ[i] != NULL; i++)
		if (!begins(environ[i], prefix))
			environ[kept++] = environ[i];
	if (environ != NULL)
		environ[kept] = NULL;
}
