/*
 * The open file is checked, not its name, so that the file cannot be replaced
 * between the check and the reading. Paths in error texts are masked.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/environment.h"
#include "base/mem.h"
#include "base/utf8.h"

static bool
is_below(struct span path, struct span folder)
{
	while (folder.len > 1 && folder.at[folder.len - 1] == '/')
		folder.len--;
	return folder.len > 1 && folder.at[0] == '/' &&
	    span_starts(path, folder) && path.len > folder.len &&
	    path.at[folder.len] == '/';
}

bool
file_is_in_secrets(const char *path)
{
	struct span name = span_from(path);

	if (strstr(path, "/../") != NULL)
		return false;
	return is_below(name, SPAN("/run/secrets")) ||
	    is_below(name, SPAN("/var/run/secrets")) ||
	    is_below(name, span_from(environment_get("CREDENTIALS_DIRECTORY")));
}

/* The hint names root where only root can change the mode. */
static bool
refuse_mode(const struct stat *status, const char *why, const char *change,
    const char *path, enum error_kind kind, struct error *err)
{
	bool is_mine = status->st_uid == getuid() || getuid() == 0;

	return error_set(err, kind,
	    "cannot trust %s: %s\nhint: %schmod %s '%s'", path, why,
	    is_mine ? "" : "it belongs to root, who can run ", change, path);
}

static bool
refuse_owner(const struct stat *status, const char *path, enum error_kind kind,
    struct error *err)
{
	bool is_root = getuid() == 0;

	return error_set(err, kind,
	    "cannot trust %s: it belongs to user id %lu, neither you nor "
	    "root\nhint: %s%s%s",
	    path, (unsigned long)status->st_uid,
	    is_root ? "chown root '" : "make a copy of your own",
	    is_root ? path : "", is_root ? "'" : "");
}

static bool
refuse_kind(const struct stat *status, const char *path, enum error_kind kind,
    struct error *err)
{
	const char *what = S_ISDIR(status->st_mode) ? "a folder"
	    : S_ISFIFO(status->st_mode)		    ? "a FIFO"
	    : S_ISSOCK(status->st_mode)		    ? "a socket"
						    : "a device";

	return error_set(err, kind,
	    "cannot use %s: it is %s, not a regular file", path, what);
}

/* `path` is masked already. */
static bool
judge(const struct stat *status, const char *path, enum file_trust trust,
    bool is_in_secrets, enum error_kind kind, struct error *err)
{
	is_in_secrets = is_in_secrets && trust == FILE_PRIVATE;
	if (trust == FILE_ANY && S_ISDIR(status->st_mode))
		return error_set(
		    err, kind, "cannot use %s: %s", path, strerror(EISDIR));
	if (trust == FILE_ANY)
		return true;
	if (trust == FILE_FOLDER && !S_ISDIR(status->st_mode))
		return error_set(
		    err, kind, "cannot use %s: not a folder", path);
	if (trust != FILE_FOLDER && !S_ISREG(status->st_mode))
		return refuse_kind(status, path, kind, err);
	if (trust == FILE_REGULAR)
		return true;
	if (status->st_uid != getuid() && status->st_uid != 0 && !is_in_secrets)
		return refuse_owner(status, path, kind, err);
	if (status->st_mode & (S_IWGRP | S_IWOTH))
		return refuse_mode(
		    status, "others can write to it", "go-w", path, kind, err);
	if (trust == FILE_PRIVATE && status->st_mode & S_IROTH &&
	    !is_in_secrets)
		return refuse_mode(status,
		    "it holds a secret and everybody can read it", "o-r", path,
		    kind, err);
	return true;
}

bool
file_status_is_trusted(const struct stat *status, const char *path,
    enum file_trust trust, enum error_kind kind, struct error *err)
{
	char *shown = utf8_masked(span_from(path));
	bool done =
	    judge(status, shown, trust, file_is_in_secrets(path), kind, err);

	free(shown);
	return done;
}

int
file_make(int folder, const char *name, int flags)
{
	mode_t mask = umask(0);
	int fd = openat(
	    folder, name, flags | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	umask(mask);
	return fd;
}

bool
file_refuse(
    const char *verb, const char *path, enum error_kind kind, struct error *err)
{
	int number = errno;
	char *shown = utf8_masked(span_from(path));

	error_set(err, kind, "cannot %s %s: %s", verb, shown, strerror(number));
	free(shown);
	errno = number;
	return false;
}

bool
file_is_trusted(int fd, const char *path, enum file_trust trust,
    enum error_kind kind, struct error *err)
{
	struct stat status;

	return fstat(fd, &status) == 0
	    ? file_status_is_trusted(&status, path, trust, kind, err)
	    : file_refuse("examine", path, kind, err);
}

bool
file_is_shared(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && status.st_uid != 0 &&
	    status.st_mode & S_IRGRP && status.st_gid != getgid();
}

/*
 * False if it is known before opening that the file is not a regular one:
 * opening it could wake the writer of a FIFO or move a tape.
 */
static bool
may_open(const char *path, enum error_kind kind, struct error *err)
{
	struct stat status;

	return stat(path, &status) < 0 ||
	    file_status_is_trusted(&status, path, FILE_REGULAR, kind, err);
}

int
file_open(const char *path, enum file_trust trust, enum error_kind kind,
    struct error *err)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY;
	int fd;

	if (trust == FILE_REGULAR && !may_open(path, kind, err)) {
		errno = EPERM;
		return -1;
	}
	/* Only FILE_ANY may wait for the writer of a FIFO. */
	if (trust != FILE_ANY)
		flags |= O_NONBLOCK;
	do
		fd = open(path, flags);
	while (fd < 0 && errno == EINTR);
	if (fd < 0) {
		file_refuse("open", path, kind, err);
		return -1;
	}
	if (!file_is_trusted(fd, path, trust, kind, err)) {
		close(fd);
		errno = EPERM;
		return -1;
	}
	return fd;
}

static bool
refuse_way_out(
    const char *path, const char *why, enum error_kind kind, struct error *err)
{
	char *shown = utf8_masked(span_from(path));

	error_set(err, kind, "cannot open %s: %s", shown, why);
	free(shown);
	return false;
}

/* Opens one name in the folder `at`, which is closed. */
static int
open_in(int at, struct span name, int flags, bool *is_link)
{
	char *text = span_copy(name);
	struct stat status;
	int fd, number;

	do
		fd = openat(at, text,
		    O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW |
			flags);
	while (fd < 0 && errno == EINTR);
	number = errno;
	*is_link = fd < 0 &&
	    fstatat(at, text, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(status.st_mode);
	free(text);
	close(at);
	errno = number;
	return fd;
}

int
file_open_below(
    const char *path, size_t folder, enum error_kind kind, struct error *err)
{
	struct span rest = span_skip(span_from(path), folder), name;
	char *text = span_copy(span_head(span_from(path), folder));
	int fd = open(text, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	bool is_link = false, is_way_out = rest.len == 0 || rest.at[0] == '/';

	free(text);
	while (fd >= 0 && !is_way_out && span_next_word(&rest, "/", &name)) {
		is_way_out = span_equal(name, SPAN(".."));
		if (!is_way_out)
			fd = open_in(
			    fd, name, rest.len > 0 ? O_DIRECTORY : 0, &is_link);
	}
	if (fd >= 0 && !is_way_out &&
	    file_is_trusted(fd, path, FILE_REGULAR, kind, err))
		return fd;
	if (is_way_out)
		refuse_way_out(
		    path, "it is not a name below the folder", kind, err);
	else if (is_link)
		refuse_way_out(path,
		    "a symbolic link may lead out of the folder", kind, err);
	else if (fd < 0)
		file_refuse("open", path, kind, err);
	if (fd >= 0)
		close(fd);
	return -1;
}

static void
refuse_size(const struct buf *buf, const char *path, enum error_kind kind,
    struct error *err)
{
	char *shown = utf8_masked(span_from(path));

	error_set(err, kind, "cannot read %s: it is larger than %zu octets",
	    shown, buf->max ? buf->max : BUF_DEFAULT_MAX);
	free(shown);
}

bool
file_read(int fd, const char *path, struct buf *buf, enum error_kind kind,
    struct error *err)
{
	char block[32768];
	bool done = false, read_all = false;

	while (!done) {
		ssize_t got = read(fd, block, sizeof(block));

		if (got < 0 && errno == EINTR)
			continue;
		done = true;
		if (got < 0)
			file_refuse("read", path, kind, err);
		else if (got == 0)
			read_all = true;
		else if (buf_add(buf, block, (size_t)got))
			done = false;
		else
			refuse_size(buf, path, kind, err);
	}
	mem_wipe(block, sizeof(block)); /* it may hold a password */
	return read_all;
}

bool
file_read_path(const char *path, enum file_trust trust, struct buf *buf,
    enum error_kind kind, struct error *err)
{
	int fd = file_open(path, trust, kind, err);
	bool done = fd >= 0 && file_read(fd, path, buf, kind, err);

	if (fd >= 0)
		close(fd);
	return done;
}

char *
file_path_in(const char *folder, const char *name)
{
	struct buf path = {.max = strlen(folder) + strlen(name) + 1};

	buf_add_format(&path, "%s/%s", folder, name);
	return buf_take_text(&path);
}

struct span
file_last_part(struct span path)
{
	size_t slash = span_find_last(path, '/');

	return slash < path.len ? span_skip(path, slash + 1) : path;
}

char *
file_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return mem_copy_text(".");
	return mem_copy(path, slash > path ? (size_t)(slash - path) : 1);
}

char *
file_path_beside(const char *file, struct span path)
{
	const char *slash = strrchr(file, '/');
	struct buf joined = {.max = strlen(file) + path.len};

	if (slash == NULL || span_starts(path, SPAN("/")))
		return span_copy(path);
	buf_add(&joined, file, (size_t)(slash - file) + 1);
	buf_add_span(&joined, path);
	return buf_take_text(&joined);
}
