/*
 * A folder of a test's own: files with modes in it, and an environment that
 * points there, so that no file of the machine's user is read.
 */
#ifndef TESTS_PROFILE_FOLDER_H
#define TESTS_PROFILE_FOLDER_H

#include "rows.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"

struct folder {
	char path[64];
};

static inline char *
folder_path(const struct folder *folder, const char *name)
{
	size_t len = strlen(folder->path) + strlen(name) + 2;
	char *path = malloc(len);

	assert_non_null(path);
	snprintf(path, len, "%s/%s", folder->path, name);
	return path;
}

static inline void
folder_make(struct folder *folder)
{
	snprintf(
	    folder->path, sizeof(folder->path), "/tmp/smtpost-profile-XXXXXX");
	assert_non_null(mkdtemp(folder->path));
	setenv("HOME", folder->path, 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("SMTPOST_PROFILE");
	unsetenv("CREDENTIALS_DIRECTORY");
	unsetenv("SSL_CERT_FILE");
	unsetenv("SSL_CERT_DIR");
}

static inline int
folder_remove_one(
    const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static inline void
folder_remove(struct folder *folder)
{
	nftw(folder->path, folder_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Folders on the way are made. */
static inline void
folder_write_span(const struct folder *folder, const char *name, mode_t mode,
    struct span content)
{
	char *path = folder_path(folder, name);
	FILE *file;

	for (char *at = path + strlen(folder->path) + 1; *at != '\0'; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		mkdir(path, 0700);
		*at = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	if (content.len > 0)
		assert_int_equal(
		    fwrite(content.at, 1, content.len, file), content.len);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
	free(path);
}

static inline void
folder_write(const struct folder *folder, const char *name, mode_t mode,
    const char *content)
{
	folder_write_span(folder, name, mode, span_from(content));
}

#endif
