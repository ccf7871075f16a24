/*
 * Works on `environ` in place. Only environment_add allocates, which is safe
 * between fork and exec because the program has a single thread.
 */
#include "base/environment.h"

#include <stdlib.h>
#ifdef HAVE_GETAUXVAL
#include <sys/auxv.h>
#endif
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

extern char **environ;

bool
environment_is_trusted(void)
{
#ifdef HAVE_GETAUXVAL
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

const char *
environment_get_text(const char *name)
{
	const char *value = environment_get(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

static bool
begins(const char *variable, struct span prefix)
{
	return span_starts(span_from(variable), prefix);
}

bool
environment_next(
    struct span prefix, size_t *position, struct span *name, const char **value)
{
	if (environ == NULL || !environment_is_trusted())
		return false;
	while (environ[*position] != NULL) {
		const char *variable = environ[(*position)++];
		struct span found;
		size_t equals;

		if (!begins(variable, prefix))
			continue;
		found = span_skip(span_from(variable), prefix.len);
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

void
environment_add(const char *name, const char *value)
{
	char **list = NULL;
	size_t count = 0;
	struct buf text = {0};

	for (char **old = environ; old != NULL && *old != NULL; old++)
		*(char **)mem_append(&list, &count, sizeof(char *)) = *old;
	buf_add_format(&text, "%s=%s", name, value);
	*(char **)mem_append(&list, &count, sizeof(char *)) =
	    buf_take_text(&text);
	mem_append(&list, &count, sizeof(char *));
	environ = list;
}

void
environment_wipe(struct span prefix)
{
	for (size_t i = 0; environ != NULL && environ[i] != NULL; i++) {
		struct span variable = span_from(environ[i]);
		size_t name = span_find(variable, '=') + 1;

		if (begins(environ[i], prefix) && name < variable.len)
			mem_wipe(environ[i] + name, variable.len - name);
	}
}
