/* Reads the folder of a pattern once and keeps the names that fit. */
#include "profile/include_pattern.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "profile/profile_file.h"
#include "profile/value.h"

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

bool
include_pattern_is(const char *path)
{
	return strpbrk(last_part(path), "*?") != NULL;
}

/* Caller frees. */
static char *
folder_of(const char *pattern)
{
	size_t len = (size_t)(last_part(pattern) - pattern);

	if (len == 0)
		return mem_copy_text(".");
	return mem_copy(pattern, len > 1 ? len - 1 : len);
}

/* NULL with an error, or with ERROR_NONE where there is no such folder. */
static DIR *
open_folder(const char *pattern, struct error *err)
{
	char *folder = folder_of(pattern);
	int fd = file_open(folder, FILE_FOLDER, ERROR_CONFIG, err), number;
	DIR *opened = fd >= 0 ? fdopendir(fd) : NULL;

	number = errno;
	free(folder);
	if (fd < 0 && (number == ENOENT || number == ENOTDIR))
		*err = (struct error){0};
	if (fd >= 0 && opened == NULL) {
		error_set(err, ERROR_CONFIG, "cannot read the folder of %s: %s",
		    pattern, strerror(number));
		close(fd);
	}
	errno = number;
	return opened;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool
include_pattern_expand(
    struct name_list *paths, const char *pattern, struct error *err)
{
	struct span glob = span_from(last_part(pattern));
	size_t count = paths->count;
	struct dirent *found;
	DIR *folder;
	char *path;

	*err = (struct error){0};
	folder = open_folder(pattern, err);
	if (folder == NULL)
		return err->kind == ERROR_NONE;
	while (paths->count <= CONFIG_FILE_COUNT_MAX &&
	    (found = readdir(folder)) != NULL) {
		struct span name = span_from(found->d_name);

		if (found->d_name[0] == '.' || !span_matches(name, glob))
			continue;
		path = value_path_beside(pattern, name);
		name_list_add(paths, span_from(path));
		free(path);
	}
	closedir(folder);
	if (paths->count > count)
		qsort(paths->names + count, paths->count - count,
		    sizeof(char *), compare);
	return true;
}
