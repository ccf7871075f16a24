/*
 * Finding, making and reading the folders of a spool. Every folder is opened
 * from its parent and checked when it is open, so no path can be changed
 * between the check and the use.
 */
#include "spool/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/mem.h"
#include "base/text.h"

#define FORMAT "smtpost-queue 1\n"
#define OPEN_FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static bool
fail(const struct folder *folder, const char *name, struct error *err)
{
	return error_set(err, ERROR_TEMPORARY,
	    "cannot use the queue %s%s%s: %s", folder->path,
	    name[0] == '\0' ? "" : "/", name, strerror(errno));
}

/* Others may not write to it; reading is the administrator's choice. */
static bool
is_trusted(const struct folder *folder, int fd, struct error *err)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return fail(folder, "", err);
	if (status.st_uid != folder->owner)
		return error_set(err, ERROR_TEMPORARY,
		    "cannot trust the queue %s: it belongs to user id %lu",
		    folder->path, (unsigned long)status.st_uid);
	if (status.st_mode & (S_IWGRP | S_IWOTH))
		return error_set(err, ERROR_TEMPORARY,
		    "cannot trust the queue %s: others can write to it\n"
		    "hint: chmod go-w '%s'",
		    folder->path, folder->path);
	return true;
}

/* Opens a folder below another; *fd is -1 on failure. */
static bool
open_below(struct folder *folder, int parent, const char *name, int *fd,
    struct error *err)
{
	*fd = openat(parent, name, OPEN_FOLDER);
	if (*fd < 0)
		return fail(folder, name, err);
	return is_trusted(folder, *fd, err);
}

ssize_t
folder_read_file(int folder, const char *name, char *text, size_t room)
{
	/* O_NONBLOCK: root reads folders in which a user can put a FIFO. */
	int fd = openat(
	    folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	ssize_t len = 0, got = 1;
	int error;

	if (fd < 0)
		return -1;
	while (got != 0 && (size_t)len < room) {
		got = read(fd, text + len, room - (size_t)len);
		if (got < 0 && errno != EINTR)
			break;
		if (got > 0)
			len += got;
	}
	error = errno;
	close(fd);
	errno = error;
	return got < 0 ? -1 : len;
}

bool
folder_write_file(
    int folder, const char *name, struct span text, bool is_durable)
{
	char temporary[64];
	bool done;
	int fd, error;

	/* No other file of a queue begins with a dot. */
	snprintf(temporary, sizeof(temporary), ".%ld", (long)getpid());
	fd = openat(folder, temporary,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	done = durable_write(fd, text.at, text.len) &&
	    (!is_durable || durable_sync(fd));
	error = errno;
	if (!durable_close(fd) && done) {
		done = false;
		error = errno;
	}
	if (done && renameat(folder, temporary, folder, name) == 0)
		return true;
	if (done)
		error = errno;
	unlinkat(folder, temporary, 0);
	errno = error;
	return false;
}

/* False where the file `format` is missing or cannot be used; see *err. */
static bool
read_format(struct folder *folder, struct error *err)
{
	char text[64];
	ssize_t got =
	    folder_read_file(folder->top, "format", text, sizeof(text));

	if (got < 0)
		return errno == ENOENT ? false : fail(folder, "format", err);
	if ((size_t)got != strlen(FORMAT) ||
	    memcmp(text, FORMAT, strlen(FORMAT)) != 0)
		return error_set(err, ERROR_TEMPORARY,
		    "cannot use the queue %s: a newer smtpost or another "
		    "program made it",
		    folder->path);
	return true;
}

enum folder_result
folder_find(struct folder *folder, const char *path, struct error *err)
{
	return folder_find_of(folder, path, geteuid(), err);
}

enum folder_result
folder_find_of(
    struct folder *folder, const char *path, uid_t owner, struct error *err)
{
	*folder = (struct folder){
	    mem_copy_text(path), -1, -1, -1, -1, .owner = owner};
	folder->top = open(path, OPEN_FOLDER);
	if (folder->top < 0 && (errno == ENOENT || errno == ENOTDIR))
		return FOLDER_ABSENT;
	if (folder->top < 0)
		return fail(folder, "", err), FOLDER_REFUSED;
	if (!is_trusted(folder, folder->top, err))
		return FOLDER_REFUSED;
	/* Without it the folders may be half made: no mail can be there. */
	err->kind = ERROR_NONE;
	if (!read_format(folder, err))
		return err->kind == ERROR_NONE ? FOLDER_ABSENT : FOLDER_REFUSED;
	if (!open_below(folder, folder->top, "mail", &folder->mail, err) ||
	    !open_below(folder, folder->top, "dead", &folder->dead, err) ||
	    !open_below(folder, folder->top, "server", &folder->server, err))
		return FOLDER_REFUSED;
	return FOLDER_OPEN;
}

/* Makes a folder unless it is there; the parent is synced in either case. */
static bool
make_below(int parent, const char *name)
{
	if (mkdirat(parent, name, 0700) < 0 && errno != EEXIST)
		return false;
	return durable_sync_folder(parent);
}

/* Makes the folders of the path that are missing. */
static bool
make_path(const char *path)
{
	char *parent = mem_copy_text(path);
	char *slash = strrchr(parent, '/');
	const char *name = path + (slash != NULL ? slash - parent + 1 : 0);
	bool done;
	int fd;

	if (slash == NULL || name[0] == '\0') {
		free(parent);
		errno = EINVAL;
		return false;
	}
	slash[slash == parent] = '\0'; /* "/" is the parent of "/mail" */
	fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && make_path(parent))
		fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	done = fd >= 0 && make_below(fd, name);
	if (fd >= 0)
		close(fd);
	free(parent);
	return done;
}

/*
 * Written last, so that it stands for folders that are on disk. It gets its
 * name when it is whole: a torn one would look like that of another version.
 */
static bool
write_format(struct folder *folder)
{
	return folder_write_file(folder->top, "format", SPAN(FORMAT), true) &&
	    durable_sync_folder(folder->top);
}

bool
folder_make(struct folder *folder, const char *path, struct error *err)
{
	switch (folder_find(folder, path, err)) {
	case FOLDER_OPEN:
		return true;
	case FOLDER_REFUSED:
		return false;
	case FOLDER_ABSENT:
		break;
	}
	if (folder->top < 0 && !make_path(path)) {
		fail(folder, "", err);
		error_add(err,
		    "\nhint: set queue-dir to a folder in which you can write, "
		    "or hand the mail to the service");
		return false;
	}
	if (folder->top < 0)
		folder->top = open(path, OPEN_FOLDER);
	if (folder->top < 0)
		return fail(folder, "", err);
	if (!is_trusted(folder, folder->top, err))
		return false;
	if (!make_below(folder->top, "mail") ||
	    !make_below(folder->top, "dead") ||
	    !make_below(folder->top, "server") || !write_format(folder))
		return fail(folder, "", err);
	return open_below(folder, folder->top, "mail", &folder->mail, err) &&
	    open_below(folder, folder->top, "dead", &folder->dead, err) &&
	    open_below(folder, folder->top, "server", &folder->server, err);
}

bool
folder_check_place(struct folder *folder, const char *path, struct error *err)
{
	enum folder_result result = folder_find(folder, path, err);
	struct stat status;
	char *place, *slash;
	bool done;

	if (result != FOLDER_ABSENT)
		return result == FOLDER_OPEN &&
		    (faccessat(folder->mail, ".", W_OK | X_OK, AT_EACCESS) ==
			    0 ||
			fail(folder, "mail", err));
	/* The folder in which the first one is missing */
	place = mem_copy_text(path);
	while (stat(place, &status) < 0 && errno == ENOENT &&
	    (slash = strrchr(place, '/')) != NULL && slash[1] != '\0')
		slash[slash == place] = '\0';
	done = faccessat(AT_FDCWD, place, W_OK | X_OK, AT_EACCESS) == 0;
	if (stat(place, &status) == 0 && !S_ISDIR(status.st_mode)) {
		errno = ENOTDIR;
		done = false;
	}
	free(place);
	return done || fail(folder, "", err);
}

void
folder_close(struct folder *folder)
{
	int fds[] = {folder->top, folder->mail, folder->dead, folder->server};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	free(folder->path);
	*folder = (struct folder){NULL, -1, -1, -1, -1, .owner = 0};
}

void
folder_wake(const struct folder *folder)
{
	int fd = openat(folder->top, "wake",
	    O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

	if (fd < 0)
		return;
	/* Without it the timer will run the queue. */
	(void)!futimens(fd, NULL);
	close(fd);
}

void
folder_name(
    char name[FOLDER_NAME_SIZE], const struct id *id, const char *ending)
{
	snprintf(name, FOLDER_NAME_SIZE, "%s.%s", id->text, ending);
}

static int
compare_ids(const void *a, const void *b)
{
	const struct id *one = a, *other = b;

	return strcmp(one->text, other->text);
}

/*
 * Reads a name of the form ID.env, ID.eml or ID.tmp. Returns the ending; NULL
 * for any other name.
 */
static const char *
read_name(struct id *id, const char *name)
{
	const char *ending = name + ID_LEN + 1;

	if (strlen(name) != FOLDER_NAME_SIZE - 1 || name[ID_LEN] != '.' ||
	    !id_read(id, (struct span){name, ID_LEN}) ||
	    strncmp(id->text, name, ID_LEN) != 0)
		return NULL;
	return strcmp(ending, "env") == 0 || strcmp(ending, "eml") == 0 ||
		strcmp(ending, "tmp") == 0
	    ? ending
	    : NULL;
}

/* One list of the names with ID.env, and one of all other files of ours. */
static bool
read_names(struct folder_list *mails, struct folder_list *others, int fd,
    const char *path)
{
	int copy = openat(fd, path, OPEN_FOLDER);
	DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;
	struct id id;
	int wrong;

	if (stream == NULL) {
		if (copy >= 0)
			close(copy);
		return false;
	}
	for (errno = 0; (entry = readdir(stream)) != NULL; errno = 0) {
		const char *ending = read_name(&id, entry->d_name);
		struct folder_list *list;

		if (ending == NULL)
			continue;
		list = strcmp(ending, "env") == 0 ? mails : others;
		*(struct id *)mem_append(&list->ids, &list->count, sizeof(id)) =
		    id;
	}
	wrong = errno;
	closedir(stream);
	errno = wrong;
	return wrong == 0;
}

static void
sort(struct folder_list *list)
{
	if (list->count > 1)
		qsort(
		    list->ids, list->count, sizeof(list->ids[0]), compare_ids);
}

static bool
read_mails(struct folder_list *list, int fd, const char *path)
{
	struct folder_list others = {0};
	bool done = read_names(list, &others, fd, path);

	sort(list);
	folder_list_free(&others);
	return done;
}

bool
folder_read(struct folder_list *list, int fd)
{
	return read_mails(list, fd, ".");
}

bool
folder_read_path(struct folder_list *list, const char *path)
{
	return read_mails(list, AT_FDCWD, path);
}

bool
folder_read_remains(struct folder_list *list, int fd)
{
	struct folder_list mails = {0}, others = {0};
	bool done = read_names(&mails, &others, fd, ".");

	sort(&mails);
	sort(&others);
	for (size_t i = 0, at = 0; i < others.count; i++) {
		while (at < mails.count &&
		    compare_ids(&mails.ids[at], &others.ids[i]) < 0)
			at++;
		if ((at == mails.count ||
			compare_ids(&mails.ids[at], &others.ids[i]) != 0) &&
		    (list->count == 0 ||
			compare_ids(
			    &list->ids[list->count - 1], &others.ids[i]) != 0))
			*(struct id *)mem_append(&list->ids, &list->count,
			    sizeof(struct id)) = others.ids[i];
	}
	folder_list_free(&mails);
	folder_list_free(&others);
	return done;
}

void
folder_list_free(struct folder_list *list)
{
	free(list->ids);
	*list = (struct folder_list){0};
}
