/*
 * Finds programs in PATH, or beside this one. Relative folders in PATH are left
 * out: elsewhere they are others.
 */
#include "base/program_path.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/environment.h"
#include "base/file.h"
#include "base/text.h"

char *
program_path_find(const char *name)
{
	const char *path = environment_get("PATH");
	struct span rest = span_from(path), folder;

	while (span_next_word(&rest, ":", &folder)) {
		char *start, *whole;

		if (!span_starts(folder, SPAN("/")))
			continue;
		start = span_copy(folder);
		whole = file_path_in(start, name);
		free(start);
		if (access(whole, X_OK) == 0)
			return whole;
		free(whole);
	}
	return NULL;
}

#ifndef BINDIR
#define BINDIR "/usr/local/bin"
#endif

/* Linux tells where the program that runs is, even without its links. */
static char *
own_folder(void)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (len <= 0 || path[0] != '/')
		return NULL;
	path[len] = '\0';
	return file_folder(path);
}

char *
program_path_beside(const char *name)
{
	char *folder = own_folder();
	char *path = folder != NULL ? file_path_in(folder, name) : NULL;

	free(folder);
	if (path != NULL && access(path, X_OK) == 0)
		return path;
	free(path);
	return file_path_in(BINDIR, name);
}
