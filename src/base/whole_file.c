/*
 * Writes whole files. The name of the file appears, or changes to the new
 * content, in one step that the disk has before the call returns.
 */
#include "base/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/durable.h"
#include "base/file.h"
#include "base/lock.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/utf8.h"

/* The largest file that whole_file_append adds to. */
#define OLD_MAX ((size_t)1024 * 1024)
#define RANDOM_CHARACTERS 12
#define NO_GROUP ((gid_t)-1)

/* A file that is being written. */
struct whole_file {
	const char *path; /* borrowed */
	const char *name; /* its last part; borrowed */
	int folder;
	char *temporary;
};

static void
end(struct whole_file *file)
{
	if (file->folder >= 0)
		close(file->folder);
	free(file->temporary);
}

static int
open_folder(const char *path, struct error *err)
{
	char *folder = file_folder(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOTDIR) {
		char *shown = utf8_masked(span_from(folder));

		error_set(err, ERROR_CONFIG,
		    "cannot write into %s: it is a symbolic link or no folder",
		    shown);
		free(shown);
	} else if (fd < 0) {
		file_refuse("open", folder, ERROR_CREATE, err);
	} else if (!file_is_trusted(
		       fd, folder, FILE_FOLDER, ERROR_CONFIG, err)) {
		close(fd);
		fd = -1;
	}
	free(folder);
	return fd;
}

static bool
begin(struct whole_file *file, const char *path, struct error *err)
{
	struct buf name = {0};

	*file = (struct whole_file){
	    .path = path, .name = file_last_part(span_from(path)).at};
	file->folder = open_folder(path, err);
	if (file->folder < 0)
		return false;
	buf_add_format(&name, ".%s.", file->name);
	if (!random_add_name(&name, RANDOM_CHARACTERS)) {
		buf_free(&name);
		return error_set(err, ERROR_OS,
		    "cannot make a temporary file: the system has no source "
		    "of random octets");
	}
	file->temporary = buf_take_text(&name);
	return true;
}

/*
 * Writes the temporary file; its mode and its group are those of the future
 * file. NO_GROUP: the one that the system gives it.
 */
static bool
write_temporary(struct whole_file *file, mode_t mode, gid_t group,
    struct span old, struct span content, struct error *err)
{
	int fd = openat(file->folder, file->temporary,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool done;
	int cause;

	if (fd < 0)
		return file_refuse("create", file->path, ERROR_CREATE, err);
	if (group != NO_GROUP && fchown(fd, (uid_t)-1, group) < 0)
		mode &= ~(mode_t)(S_ISGID | S_IRWXG); /* for another group */
	done = durable_write(fd, old.at, old.len) &&
	    durable_write(fd, content.at, content.len) &&
	    fchmod(fd, mode) == 0 && durable_sync(fd);
	cause = errno;
	if (!durable_close(fd) && done) {
		done = false;
		cause = errno;
	}
	if (done)
		return true;
	unlinkat(file->folder, file->temporary, 0);
	errno = cause;
	return file_refuse("write", file->path, ERROR_CREATE, err);
}

bool
whole_file_make(
    const char *path, mode_t mode, struct span content, struct error *err)
{
	struct whole_file file;
	bool done = begin(&file, path, err) &&
	    write_temporary(&file, mode, NO_GROUP, SPAN(""), content, err);

	if (done) {
		/* Unlike a rename, a link never replaces an old file. */
		done = linkat(file.folder, file.temporary, file.folder,
			   file.name, 0) == 0;
		if (!done)
			file_refuse("create", path, ERROR_CREATE, err);
		unlinkat(file.folder, file.temporary, 0);
	}
	if (done && !durable_sync_folder(file.folder)) {
		done = file_refuse("sync", path, ERROR_CREATE, err);
		unlinkat(file.folder, file.name, 0);
	}
	end(&file);
	return done;
}

static bool
refuse_link(const char *path, struct error *err)
{
	char *shown = utf8_masked(span_from(path));

	error_set(err, ERROR_CONFIG,
	    "cannot add to %s: it is a symbolic link\n"
	    "hint: add the lines to the file that it names",
	    shown);
	free(shown);
	return false;
}

static bool
refuse_change(const char *path, struct error *err)
{
	char *shown = utf8_masked(span_from(path));

	error_set(err, ERROR_TEMPORARY,
	    "cannot add to %s: another program is writing to it", shown);
	free(shown);
	return false;
}

/* Whether the name is still that of the file with this status. */
static bool
is_named(const struct whole_file *file, const struct stat *status,
    struct stat *named)
{
	return fstatat(file->folder, file->name, named, AT_SYMLINK_NOFOLLOW) ==
	    0 &&
	    named->st_ino == status->st_ino && named->st_dev == status->st_dev;
}

/* Whether the open file is the caller's and still has its name. */
static bool
check_old(const struct whole_file *file, int fd, struct stat *status,
    struct error *err)
{
	struct stat named;

	if (!file_is_trusted(fd, file->path, FILE_OWN, ERROR_CONFIG, err))
		return false;
	if (fstat(fd, status) < 0)
		return file_refuse("read", file->path, ERROR_CREATE, err);
	if (status->st_uid != geteuid()) {
		char *shown = utf8_masked(span_from(file->path));

		error_set(err, ERROR_CONFIG,
		    "cannot add to %s: it belongs to another user", shown);
		free(shown);
		return false;
	}
	if (lock_try(fd) == LOCK_BUSY || !is_named(file, status, &named))
		return refuse_change(file->path, err);
	return true;
}

/* Replaces the file by one with the text at its end. */
static bool
extend(struct whole_file *file, int fd, struct span text, struct error *err)
{
	struct buf old = {0};
	struct stat status, now;
	bool done;

	buf_init_secret(&old, OLD_MAX); /* it may hold a password */
	done = check_old(file, fd, &status, err) &&
	    file_read(fd, file->path, &old, ERROR_CONFIG, err) &&
	    write_temporary(file, status.st_mode & 07777, status.st_gid,
		buf_span(&old), text, err);
	buf_wipe(&old);
	if (!done)
		return false;
	if (!is_named(file, &status, &now) || now.st_size != status.st_size ||
	    now.st_mtim.tv_sec != status.st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != status.st_mtim.tv_nsec)
		done = refuse_change(file->path, err);
	else if (renameat(file->folder, file->temporary, file->folder,
		     file->name) < 0)
		done = file_refuse("write", file->path, ERROR_CREATE, err);
	if (!done)
		unlinkat(file->folder, file->temporary, 0);
	else if (!durable_sync_folder(file->folder))
		done = file_refuse("sync", file->path, ERROR_CREATE, err);
	return done;
}

bool
whole_file_append(const char *path, struct span text, struct error *err)
{
	struct whole_file file;
	bool done = begin(&file, path, err);
	int fd = -1;

	if (done)
		fd = openat(file.folder, file.name,
		    O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (done && fd >= 0)
		done = extend(&file, fd, text, err);
	else if (done && errno == ELOOP)
		done = refuse_link(path, err);
	else if (done && errno == ENOENT)
		done = whole_file_make(path, 0600, text, err);
	else if (done)
		done = file_refuse("write", path, ERROR_CREATE, err);
	if (fd >= 0)
		close(fd);
	end(&file);
	return done;
}

/* The disk must have the name of the new folder, too. */
static bool
sync_above(char *folder)
{
	char *slash = strrchr(folder, '/');
	bool done;
	int fd;

	if (slash == NULL)
		return true;
	*slash = '\0';
	fd = open(
	    slash == folder ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*slash = '/';
	if (fd < 0)
		return false;
	done = durable_sync_folder(fd);
	close(fd);
	return done;
}

/* Makes it with this mode, whatever the umask is. */
static bool
make_folder(char *folder, mode_t mode)
{
	mode_t mask = umask(0);
	bool done = mkdir(folder, mode) == 0;

	umask(mask);
	return done ? sync_above(folder) : errno == EEXIST;
}

/*
 * Whether none but the caller and root can replace what is in the folder, or
 * the folder itself if it is a link. The owner of "/" is as good as root; in a
 * namespace of an ordinary user root has another number.
 */
static bool
is_ours(const char *folder)
{
	struct stat top, link, status;
	bool done = stat("/", &top) == 0 && lstat(folder, &link) == 0 &&
	    stat(folder, &status) == 0;
	uid_t caller = geteuid();

	return done &&
	    (link.st_uid == caller || link.st_uid == 0 ||
		link.st_uid == top.st_uid) &&
	    (status.st_uid == caller || status.st_uid == 0 ||
		status.st_uid == top.st_uid) &&
	    (!(status.st_mode & (S_IWGRP | S_IWOTH)) ||
		status.st_mode & S_ISVTX);
}

static bool
refuse_foreign(const char *folder, struct error *err)
{
	char *shown = utf8_masked(span_from(folder));

	error_set(err, ERROR_CREATE,
	    "cannot create %s: another user can change the folders above it\n"
	    "hint: make it as that user, or choose another path",
	    shown);
	free(shown);
	return false;
}

bool
whole_file_make_folders(const char *path, mode_t mode, struct error *err)
{
	char *folder = mem_copy_text(path);
	/* In folders of another user a link could lead root anywhere. */
	bool done = true, is_safe = true, is_root = geteuid() == 0;

	for (char *slash = strchr(folder + 1, '/'); done && slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		bool is_there;

		*slash = '\0';
		/* A folder that is there may be unwritable. */
		is_there = access(folder, F_OK) == 0;
		if (!is_there && !is_safe)
			done = refuse_foreign(folder, err);
		else if (!is_there && !make_folder(folder, mode))
			done = file_refuse("create", folder, ERROR_CREATE, err);
		is_safe = is_safe && (!is_root || is_ours(folder));
		*slash = '/';
	}
	free(folder);
	return done;
}
