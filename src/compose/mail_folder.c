/*
 * Reads the mails of a folder. Other programs and users may change it at any
 * time: only regular files are read, and no symbolic link is followed, because
 * it could lead to any file of the caller.
 */
#include "compose/mail_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"

struct mail_folder {
	const char *path; /* borrowed */
	int fd;
	char **names; /* "a.eml", "new/17.host"; owned */
	size_t count;
};

static void
free_folder(void *context)
{
	struct mail_folder *folder = context;

	for (size_t i = 0; i < folder->count; i++)
		free(folder->names[i]);
	free(folder->names);
	if (folder->fd >= 0)
		close(folder->fd);
	free(folder);
}

static bool
is_eml(struct span name)
{
	return name.len > 4 &&
	    span_equal_nocase(span_skip(name, name.len - 4), SPAN(".eml"));
}

/* "1204680122.27c448.host:2,ST": flags after ":2,". */
static bool
is_trash_or_draft(const char *name)
{
	const char *flags = strstr(name, ":2,");

	return flags != NULL && strpbrk(flags + 3, "TD") != NULL;
}

/* `prefix`: "new/", "cur/", or "" for a folder of .eml files. */
static bool
list(
    struct mail_folder *folder, DIR *dir, const char *prefix, struct error *err)
{
	struct dirent *entry;

	while (errno = 0, (entry = readdir(dir)) != NULL) {
		struct buf name = {0};

		if (entry->d_name[0] == '.' ||
		    (prefix[0] != '\0' ? is_trash_or_draft(entry->d_name)
				       : !is_eml(span_from(entry->d_name))))
			continue;
		if (folder->count == MAIL_SOURCE_MAX)
			return error_set(err, ERROR_DATA,
			    "cannot send the folder: it has more than %zu "
			    "mails\nhint: split it",
			    MAIL_SOURCE_MAX);
		buf_add_format(&name, "%s%s", prefix, entry->d_name);
		*(char **)mem_append(&folder->names, &folder->count,
		    sizeof(char *)) = buf_take_text(&name);
	}
	return errno == 0 || file_refuse("list", folder->path, ERROR_IO, err);
}

/* Lists the mails of the folder, or of `new` or `cur` in it. */
static bool
list_place(struct mail_folder *folder, const char *name, const char *prefix,
    struct error *err)
{
	int fd = openat(
	    folder->fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	bool done;

	if (dir == NULL) {
		file_refuse("list", folder->path, ERROR_NO_INPUT, err);
		if (fd >= 0)
			close(fd);
		return false;
	}
	done = list(folder, dir, prefix, err);
	closedir(dir);
	return done;
}

static bool
has_folder(const struct mail_folder *folder, const char *name)
{
	struct stat status;

	return fstatat(folder->fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(status.st_mode);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The number in front: the second of the delivery, without leading zeros. */
static struct span
time_in(const char *name)
{
	return span_digits(span_skip(span_from(name), strspn(name, "0")));
}

/*
 * By the time, then by the name without "new/" or "cur/": a mail keeps its
 * place when it is read.
 */
static int
compare_times(const void *a, const void *b)
{
	const char *first = *(char *const *)a + 4;
	const char *second = *(char *const *)b + 4;
	struct span one = time_in(first), other = time_in(second);
	int order;

	if (one.len != other.len)
		return one.len < other.len ? -1 : 1;
	order = memcmp(one.at, other.at, one.len);
	return order != 0 ? order : strcmp(first, second);
}

static bool
list_all(struct mail_folder *folder, struct error *err)
{
	bool is_maildir =
	    has_folder(folder, "new") && has_folder(folder, "cur");
	bool done = is_maildir ? list_place(folder, "new", "new/", err) &&
		list_place(folder, "cur", "cur/", err)
			       : list_place(folder, ".", "", err);

	if (done && folder->count > 0)
		qsort(folder->names, folder->count, sizeof(char *),
		    is_maildir ? compare_times : compare_names);
	return done;
}

/* -1, with err. */
static int
open_mail(const struct mail_folder *folder, const char *name, struct error *err)
{
	struct stat status;
	/* A FIFO must not make us wait. */
	int fd = openat(folder->fd, name,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		error_set(err, ERROR_NO_INPUT, "cannot open it: %s",
		    errno == ELOOP || errno == EMLINK ? "it is a symbolic link"
						      : strerror(errno));
	else if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		error_set(err, ERROR_NO_INPUT,
		    "cannot read it: it is not a regular file");
	else
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool
read_mail(void *context, size_t index, const struct message_options *how,
    struct mail_source_mail *mail, struct error *err)
{
	const struct mail_folder *folder = context;
	const char *name = folder->names[index];
	char *shown;

	mail->name = mem_copy_text(name);
	mail->fd = open_mail(folder, name, err);
	if (mail->fd < 0)
		return false;
	shown = utf8_excerpt_masked(span_from(name), 128);
	mail->message = message_read(mail->fd, shown, how, err);
	free(shown);
	return mail->message != NULL;
}

bool
mail_folder_open(
    struct mail_source *source, const char *path, struct error *err)
{
	struct mail_folder *folder = mem_new(1, sizeof(*folder));

	folder->path = path;
	folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder->fd < 0)
		file_refuse("open", path, ERROR_NO_INPUT, err);
	if (folder->fd < 0 || !list_all(folder, err)) {
		free_folder(folder);
		return false;
	}
	source->name = path;
	source->count = folder->count;
	source->read = read_mail;
	source->free = free_folder;
	source->context = folder;
	return true;
}
