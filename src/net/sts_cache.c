/*
 * The entry of a domain is in the file of its name, a failed fetch in the same
 * name with a dot in front: a process whose fetch fails never replaces a policy
 * that another one has just stored. Files are written under a name that begins
 * with "+", and renamed. No domain name begins with either.
 */
#include "net/sts_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "address/domain.h"
#include "base/durable.h"
#include "base/file.h"
#include "base/random.h"
#include "base/whole_file.h"

#define OPEN_FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define OPEN_FILE (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define FAILURE '.'
#define TEMPORARY '+'
#define DOMAIN_MAX ((size_t)253)
#define FILE_NAME_ROOM 256
#define RANDOM_CHARACTERS 16
/* After that many seconds a failure, or a temporary file, is of no use. */
#define LEFTOVER_AGE ((int64_t)60 * 60)

/* The name of a domain's file. False: the domain has none. */
static bool
set_name(struct buf *name, const char *domain, bool is_failure)
{
	struct span text = span_from(domain);

	if (text.len > DOMAIN_MAX || !domain_is_name(text))
		return false;
	if (is_failure)
		buf_add_char(name, FAILURE);
	buf_add_lower(name, text);
	return true;
}

static bool
refuse(
    const char *verb, const char *folder, const char *name, struct error *err)
{
	int cause = errno;
	char *path = file_path_in(folder, name);

	errno = cause;
	file_refuse(verb, path, ERROR_TEMPORARY, err);
	free(path);
	return false;
}

/* The descriptor; -1 without an error if there is no folder. */
static int
open_folder(const char *folder, struct error *err)
{
	struct stat status;
	int fd = open(folder, OPEN_FOLDER);

	if (fd < 0) {
		if (errno != ENOENT)
			file_refuse("open", folder, ERROR_TEMPORARY, err);
		return -1;
	}
	if (file_is_trusted(fd, folder, FILE_FOLDER, ERROR_TEMPORARY, err) &&
	    fstat(fd, &status) == 0) {
		if (status.st_uid == geteuid())
			return fd;
		errno = EPERM;
		file_refuse("use", folder, ERROR_TEMPORARY, err);
	}
	close(fd);
	return -1;
}

/* Opens a domain's file, which is there and can be trusted; else -1. */
static int
open_file(const char *folder, const char *name, struct error *err)
{
	char *path = file_path_in(folder, name);
	int folder_fd = open_folder(folder, err), fd = -1;

	if (folder_fd >= 0) {
		fd = openat(folder_fd, name, OPEN_FILE);
		if (fd < 0 && errno != ENOENT)
			file_refuse("open", path, ERROR_TEMPORARY, err);
		close(folder_fd);
	}
	if (fd >= 0 &&
	    !file_is_trusted(fd, path, FILE_OWN, ERROR_TEMPORARY, err)) {
		close(fd);
		fd = -1;
	}
	free(path);
	return fd;
}

static bool
read_entry(int fd, const char *folder, const char *name,
    struct sts_entry *entry, struct error *err)
{
	struct buf text = {.max = STS_ENTRY_MAX};
	char *path = file_path_in(folder, name);
	bool done = file_read(fd, path, &text, ERROR_TEMPORARY, err);

	if (done && !sts_entry_read(entry, buf_span(&text)))
		done = error_set(err, ERROR_TEMPORARY,
		    "cannot use %s: it is malformed", path);
	buf_free(&text);
	free(path);
	return done;
}

bool
sts_cache_find(const char *folder, const char *domain, struct sts_entry *entry,
    struct error *err)
{
	struct buf name = {0};
	bool done = false;
	int fd = -1;

	*entry = (struct sts_entry){0};
	if (set_name(&name, domain, false))
		fd = open_file(folder, buf_text(&name), err);
	if (fd >= 0) {
		done = read_entry(fd, folder, buf_text(&name), entry, err);
		close(fd);
	}
	buf_free(&name);
	return done;
}

bool
sts_cache_has_failure(const char *folder, const char *domain, struct span id)
{
	struct error ignored = {0};
	struct buf name = {0}, text = {.max = STS_RECORD_ID_MAX};
	struct stat status;
	bool has_failure = false;
	int fd = -1;

	if (set_name(&name, domain, true))
		fd = open_file(folder, buf_text(&name), &ignored);
	if (fd >= 0) {
		if (fstat(fd, &status) == 0 &&
		    file_read(fd, domain, &text, ERROR_TEMPORARY, &ignored)) {
			int64_t age = (int64_t)time(NULL) - status.st_mtime;

			/* The clock of the file system may be ahead. */
			has_failure = age > -STS_CACHE_PAUSE &&
			    age < STS_CACHE_PAUSE &&
			    span_equal(buf_span(&text), id);
		}
		close(fd);
	}
	buf_free(&name);
	buf_free(&text);
	return has_failure;
}

/* The files of one kind: entries, or failures. */
struct census {
	bool is_failure; /* which kind */
	size_t count;
	char oldest[FILE_NAME_ROOM];
	int64_t oldest_time;
};

/* Removes the file if it is of no use any more, or counts it. */
static void
count_file(struct census *census, int folder, const char *name, int64_t now)
{
	bool is_leftover = name[0] == FAILURE || name[0] == TEMPORARY;
	int64_t most = is_leftover ? LEFTOVER_AGE : STS_POLICY_AGE_MAX;
	struct stat status;

	if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(status.st_mode))
		return;
	if (now - status.st_mtime > most) {
		unlinkat(folder, name, 0);
		return;
	}
	if (name[0] == TEMPORARY ||
	    (name[0] == FAILURE) != census->is_failure ||
	    strlen(name) >= sizeof(census->oldest))
		return;
	if (census->count == 0 || status.st_mtime < census->oldest_time) {
		memcpy(census->oldest, name, strlen(name) + 1);
		census->oldest_time = status.st_mtime;
	}
	census->count++;
}

/* False: the folder cannot be read. */
static bool
take_census(struct census *census, int folder)
{
	int64_t now = (int64_t)time(NULL);
	struct dirent *entry;
	int fd = openat(folder, ".", OPEN_FOLDER);
	DIR *list = fd >= 0 ? fdopendir(fd) : NULL;

	if (list == NULL) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while ((entry = readdir(list)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			count_file(census, folder, entry->d_name, now);
	closedir(list);
	return true;
}

/* Makes room for one more file of its kind: each call removes at most two. */
static void
make_room(int folder, bool is_failure)
{
	for (int i = 0; i < 2; i++) {
		struct census census = {.is_failure = is_failure};

		if (!take_census(&census, folder) ||
		    census.count < STS_CACHE_MAX)
			return;
		unlinkat(folder, census.oldest, 0);
	}
}

/* Writes a whole file of mode 0600; an old one is replaced in one step. */
static bool
write_file(int folder, const char *name, struct span text)
{
	struct buf temporary = {0};
	bool done = false;
	int fd = -1, cause = EIO;

	buf_add_char(&temporary, TEMPORARY);
	if (random_add_name(&temporary, RANDOM_CHARACTERS)) {
		fd = file_make(folder, buf_text(&temporary), O_WRONLY | O_EXCL);
		cause = errno;
	}
	if (fd >= 0) {
		/* After a loss of power an empty file would be no policy. */
		done = durable_write(fd, text.at, text.len) && durable_sync(fd);
		done = durable_close(fd) && done &&
		    renameat(folder, buf_text(&temporary), folder, name) == 0;
		cause = errno;
		if (!done)
			unlinkat(folder, buf_text(&temporary), 0);
	}
	buf_free(&temporary);
	errno = cause;
	return done;
}

static bool
store(const char *folder, const char *name, struct span text, struct error *err)
{
	char *inside = file_path_in(folder, "");
	bool done = whole_file_make_folders(inside, 0700, err);
	int fd = -1;

	free(inside);
	if (done)
		fd = open_folder(folder, err);
	if (fd < 0 && err->kind == ERROR_NONE) /* it has just been removed */
		return error_set(
		    err, ERROR_TEMPORARY, "cannot open %s", folder);
	if (fd < 0) {
		err->kind = ERROR_TEMPORARY;
		return false;
	}
	make_room(fd, name[0] == FAILURE);
	done = write_file(fd, name, text) || refuse("write", folder, name, err);
	close(fd);
	return done;
}

static void
forget_failure(const char *folder, const char *domain)
{
	struct error ignored = {0};
	struct buf name = {0};
	int fd = open_folder(folder, &ignored);

	if (fd >= 0) {
		if (set_name(&name, domain, true))
			unlinkat(fd, buf_text(&name), 0);
		close(fd);
	}
	buf_free(&name);
}

bool
sts_cache_store(
    const char *folder, const char *domain, struct span text, struct error *err)
{
	struct buf name = {0};
	bool done = true;

	if (set_name(&name, domain, false)) {
		done = store(folder, buf_text(&name), text, err);
		forget_failure(folder, domain);
	}
	buf_free(&name);
	return done;
}

bool
sts_cache_store_failure(
    const char *folder, const char *domain, struct span id, struct error *err)
{
	struct buf name = {0};
	bool done = true;

	if (set_name(&name, domain, true))
		done = store(folder, buf_text(&name), id, err);
	buf_free(&name);
	return done;
}
