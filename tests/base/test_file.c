#include "rows.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

/* Each run has its own folder; its files have names of one letter. */
static int
enter_directory(void **state)
{
	static char path[4096];
	const char *parent = getenv("TMPDIR");

	snprintf(path, sizeof(path), "%s/smtpost-test.XXXXXX",
	    parent != NULL && parent[0] != '\0' ? parent : "/tmp");
	if (mkdtemp(path) == NULL || chdir(path) < 0)
		return -1;
	*state = path;
	return 0;
}

static void
leave_directory(const char *path)
{
	unlink("f");
	rmdir("d");
	if (chdir("/") == 0)
		rmdir(path);
}

static void
write_file(const char *content, size_t len, mode_t mode)
{
	int fd = open("f", O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, len), len);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

struct trust_row {
	const char *name;
	mode_t mode;
	enum file_trust trust;
	const char *reason; /* NULL: trusted */
};

static const struct trust_row trusts[] = {
    {"any, writable by all", 0666, FILE_ANY, NULL},
    {"own, 600", 0600, FILE_OWN, NULL},
    {"own, readable by all", 0644, FILE_OWN, NULL},
    {"own, writable by group", 0620, FILE_OWN,
	"others can write to it\nhint: chmod go-w 'f'"},
    {"own, writable by others", 0602, FILE_OWN, "others can write to it"},
    {"private, 600", 0600, FILE_PRIVATE, NULL},
    {"private, 400", 0400, FILE_PRIVATE, NULL},
    {"private, 700", 0700, FILE_PRIVATE, NULL},
    {"private, readable by group", 0440, FILE_PRIVATE, NULL},
    {"private, readable by group, 640", 0640, FILE_PRIVATE, NULL},
    {"private, readable by others", 0604, FILE_PRIVATE,
	"everybody can read it\nhint: chmod o-r 'f'"},
    {"private, readable by all", 0444, FILE_PRIVATE, "everybody can read it"},
    {"private, writable by group", 0620, FILE_PRIVATE,
	"others can write to it"},
};

static void
test_trust(void **state)
{
	const struct trust_row *row = *state;
	struct error err = {0};
	void *path = NULL;
	int fd;

	assert_int_equal(enter_directory(&path), 0);
	write_file("x", 1, row->mode);
	fd = file_open("f", row->trust, ERROR_CONFIG, &err);
	if (row->reason == NULL) {
		assert_true(fd >= 0);
		assert_int_equal(err.kind, ERROR_NONE);
		assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		close(fd);
	} else {
		assert_int_equal(fd, -1);
		assert_int_equal(err.kind, ERROR_CONFIG);
		assert_non_null(strstr(err.text, row->reason));
		assert_non_null(strstr(err.text, "cannot trust f: "));
	}
	leave_directory(path);
}

struct owner_row {
	const char *name;
	uid_t owner, reader;
	bool trusted;
};

static const struct owner_row owners[] = {
    {"root's, to root", 0, 0, true},
    {"somebody's, to root", 12345, 0, false},
    {"root's, to somebody", 0, 12345, true},
    {"their own", 12345, 12345, true},
    {"somebody else's", 54321, 12345, false},
};

static void
test_owner(void **state)
{
	const struct owner_row *row = *state;
	struct error err = {0};
	void *path = NULL;
	int fd, status;
	pid_t child;

	if (getuid() != 0)
		rows_skip("only root can give a file away");
	assert_int_equal(enter_directory(&path), 0);
	write_file("x", 1, 0600);
	assert_int_equal(chown("f", row->owner, row->owner), 0);
	fd = open("f", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	child = fork();
	if (child == 0)
		_exit(setuid(row->reader) < 0 ||
		    file_is_trusted(fd, "f", FILE_PRIVATE, ERROR_CONFIG,
			&err) != row->trusted ||
		    (strstr(err.text, "belongs to user id") == NULL) !=
			row->trusted);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(fd);
	leave_directory(path);
}

/* The user can follow the hint. */
static void
test_hints(void **state)
{
	static const struct {
		uid_t owner, reader;
		mode_t mode;
		const char *hint;
	} cases[] = {
	    {0, 0, 0644, "hint: chmod o-r 'f'"},
	    {0, 12345, 0644, "hint: it belongs to root, who can run chmod o-r"},
	    {0, 12345, 0660,
		"hint: it belongs to root, who can run chmod go-w"},
	    {12345, 12345, 0644, "hint: chmod o-r 'f'"},
	    {12345, 0, 0600, "hint: chown root 'f'"},
	    {54321, 12345, 0644, "hint: make a copy of your own"},
	};

	(void)state;
	if (getuid() != 0)
		rows_skip("only root can give a file away");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error err = {0};
		void *path = NULL;
		int fd, status;
		pid_t child;

		assert_int_equal(enter_directory(&path), 0);
		write_file("x", 1, cases[i].mode);
		assert_int_equal(chown("f", cases[i].owner, cases[i].owner), 0);
		fd = open("f", O_RDONLY | O_CLOEXEC);
		child = fork();
		if (child == 0)
			_exit(setuid(cases[i].reader) < 0 ||
			    file_is_trusted(
				fd, "f", FILE_PRIVATE, ERROR_CONFIG, &err) ||
			    strstr(err.text, cases[i].hint) == NULL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
		close(fd);
		leave_directory(path);
	}
}

struct secrets_row {
	const char *path;
	bool is_below;
};

static const struct secrets_row secrets[] = {
    {"/run/secrets/password", true},
    {"/run/secrets/a/b", true},
    {"/var/run/secrets/password", true},
    {"/run/creds/x/password", true},
    {"/run/secrets", false},
    {"/run/secrets/", true},
    {"/run/secretsx/password", false},
    {"/run/creds/xy", false},
    {"/run/secrets/../password", false},
    {"run/secrets/password", false},
    {"/home/run/secrets/password", false},
    {"", false},
};

static void
test_secrets(void **state)
{
	(void)state;
	setenv("CREDENTIALS_DIRECTORY", "/run/creds/x/", 1);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		assert_int_equal(
		    file_is_in_secrets(secrets[i].path), secrets[i].is_below);
	setenv("CREDENTIALS_DIRECTORY", "/", 1);
	assert_false(file_is_in_secrets("/etc/passwd"));
	setenv("CREDENTIALS_DIRECTORY", "", 1);
	assert_false(file_is_in_secrets("/etc/passwd"));
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_false(file_is_in_secrets("/run/creds/x/password"));
}

/* For a file of the caller with the caller's group, and with another group. */
static void
test_shared(void **state)
{
	void *path = NULL;
	int fd;

	(void)state;
	assert_int_equal(enter_directory(&path), 0);
	write_file("x", 1, 0640);
	fd = open("f", O_RDONLY | O_CLOEXEC);
	assert_int_equal(chown("f", (uid_t)-1, getgid()), 0);
	assert_false(file_is_shared(fd));
	if (getuid() == 0) {
		assert_int_equal(chown("f", 0, 12345), 0);
		assert_false(file_is_shared(fd));
		assert_int_equal(chown("f", 12345, 12345), 0);
		assert_true(file_is_shared(fd));
		assert_int_equal(chmod("f", 0600), 0);
		assert_false(file_is_shared(fd));
	}
	close(fd);
	leave_directory(path);
}

static void
test_folder(void **state)
{
	struct error err = {0};
	void *path = NULL;
	int fd;

	(void)state;
	assert_int_equal(enter_directory(&path), 0);
	assert_int_equal(mkdir("d", 0755), 0);
	fd = file_open("d", FILE_FOLDER, ERROR_CONFIG, &err);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(chmod("d", 0777), 0);
	assert_int_equal(file_open("d", FILE_FOLDER, ERROR_CONFIG, &err), -1);
	assert_non_null(strstr(err.text, "others can write"));
	write_file("x", 1, 0600);
	assert_int_equal(file_open("f", FILE_FOLDER, ERROR_CONFIG, &err), -1);
	assert_non_null(strstr(err.text, "not a folder"));
	leave_directory(path);
}

static void
test_missing(void **state)
{
	struct error err = {0};
	void *path = NULL;

	(void)state;
	assert_int_equal(enter_directory(&path), 0);
	errno = 0;
	assert_int_equal(file_open("f", FILE_OWN, ERROR_NO_INPUT, &err), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(err.kind, ERROR_NO_INPUT);
	assert_non_null(strstr(err.text, "cannot open f: "));
	errno = 0;
	write_file("x", 1, 0600);
	assert_int_equal(file_open("f/g", FILE_OWN, ERROR_CONFIG, &err), -1);
	assert_int_equal(errno, ENOTDIR);
	leave_directory(path);
}

/* A FIFO instead of a configuration file must not block the program. */
static void
test_not_regular(void **state)
{
	struct error err = {0};
	void *path = NULL;

	(void)state;
	assert_int_equal(enter_directory(&path), 0);
	assert_int_equal(mkfifo("f", 0600), 0);
	alarm(10);
	errno = 0;
	assert_int_equal(file_open("f", FILE_OWN, ERROR_CONFIG, &err), -1);
	alarm(0);
	assert_true(errno != ENOENT && errno != ENOTDIR);
	assert_non_null(strstr(err.text, "not a regular file"));
	assert_int_equal(mkdir("d", 0700), 0);
	assert_int_equal(file_open("d", FILE_PRIVATE, ERROR_CONFIG, &err), -1);
	assert_non_null(strstr(err.text, "not a regular file"));
	leave_directory(path);
}

struct read_row {
	const char *name;
	size_t size, max;
	bool good;
};

static const struct read_row reads[] = {
    {"empty", 0, 10, true},
    {"small", 5, 10, true},
    {"exactly the maximum", 10, 10, true},
    {"one more", 11, 10, false},
    {"several blocks", 50000, 50000, true},
    {"several blocks and one", 50001, 50000, false},
    {"the default", BUF_DEFAULT_MAX, 0, true},
    {"over the default", BUF_DEFAULT_MAX + 1, 0, false},
};

static void
test_read(void **state)
{
	const struct read_row *row = *state;
	char *content = malloc(row->size + 1);
	struct error err = {0};
	struct buf buf;
	void *path = NULL;
	int fd;

	assert_non_null(content);
	for (size_t i = 0; i < row->size; i++)
		content[i] = (char)(i % 251);
	assert_int_equal(enter_directory(&path), 0);
	write_file(content, row->size, 0600);
	buf_init(&buf, row->max);
	fd = file_open("f", FILE_PRIVATE, ERROR_CONFIG, &err);
	assert_true(fd >= 0);
	assert_int_equal(
	    file_read(fd, "f", &buf, ERROR_CONFIG, &err), row->good);
	close(fd);
	if (row->good) {
		assert_int_equal(buf.len, row->size);
		assert_true(span_equal(
		    buf_span(&buf), (struct span){content, row->size}));
	} else {
		assert_int_equal(err.kind, ERROR_CONFIG);
		assert_non_null(strstr(err.text, "cannot read f: "));
	}
	buf_free(&buf);
	free(content);
	leave_directory(path);
}

static void
test_read_fails(void **state)
{
	struct error err = {0};
	struct buf buf = {0};
	int fd;

	(void)state;
	fd = open("/", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_false(file_read(fd, "/", &buf, ERROR_IO, &err));
	assert_int_equal(err.kind, ERROR_IO);
	assert_non_null(strstr(err.text, "cannot read /: "));
	close(fd);
	buf_free(&buf);
}

struct above_row {
	const char *name, *path, *expected;
};

static const struct above_row aboves[] = {
    {"absolute", "/a/b/config", "/a/b"},
    {"relative", "a/config", "a"},
    {"current folder", "config", "."},
    {"root", "/config", "/"},
};

static void
test_above(void **state)
{
	const struct above_row *row = *state;
	char *folder = file_folder(row->path);

	assert_string_equal(folder, row->expected);
	free(folder);
}

struct beside_row {
	const char *name, *file, *path, *expected;
};

static const struct beside_row besides[] = {
    {"absolute", "/a/config", "/b/c", "/b/c"},
    {"relative", "/a/config", "b/c", "/a/b/c"},
    {"relative to relative", "a/config", "b", "a/b"},
    {"current folder", "config", "b", "b"},
    {"root", "/config", "b", "/b"},
};

static void
test_beside(void **state)
{
	const struct beside_row *row = *state;
	char *path = file_path_beside(row->file, span_from(row->path));

	assert_string_equal(path, row->expected);
	free(path);
}

static void
test_path_in(void **state)
{
	char *path = file_path_in("/etc", "mailname");

	(void)state;
	assert_string_equal(path, "/etc/mailname");
	free(path);
}

static void
test_last_part(void **state)
{
	(void)state;
	assert_true(span_equal(file_last_part(SPAN("/a/b")), SPAN("b")));
	assert_true(span_equal(file_last_part(SPAN("b")), SPAN("b")));
	assert_int_equal(file_last_part(SPAN("a/")).len, 0);
}

struct below_row {
	const char *name;
	const char *path; /* the folder and what is below it */
	size_t folder;
	const char *reason; /* NULL: it is opened */
};

static const struct below_row belows[] = {
    {"a name", "./f", 2, NULL},
    {"in a folder", "./d/g", 2, NULL},
    {"below a folder", "d/g", 2, NULL},
    {"slashes", "./d//./g", 2, NULL},
    {"a link in the folder itself", "l/g", 2, NULL},
    {"missing", "./x", 2, "No such file or directory"},
    {"missing folder", "x/f", 2, "No such file or directory"},
    {"no name", "d/", 2, "it is not a name below the folder"},
    {"out of the folder", "d/../f", 2, "it is not a name below the folder"},
    {"out of it and back", "./d/../d/g", 2,
	"it is not a name below the folder"},
    {"absolute", ".//dev/null", 2, "it is not a name below the folder"},
    {"a link", "./k", 2, "a symbolic link may lead out of the folder"},
    {"a link to a folder", "./l/g", 2,
	"a symbolic link may lead out of the folder"},
    {"a folder", "./d", 2, "not a regular file"},
    {"a FIFO", "./p", 2, "not a regular file"},
};

static void
test_below(void **state)
{
	const struct below_row *row = *state;
	const char *folder = NULL;
	void *entered = NULL;
	struct error err = {0};
	int fd;

	assert_int_equal(enter_directory(&entered), 0);
	folder = entered;
	write_file("x", 1, 0600);
	assert_int_equal(mkdir("d", 0700), 0);
	assert_int_equal(link("f", "d/g"), 0);
	assert_int_equal(symlink("f", "k"), 0);
	assert_int_equal(symlink("d", "l"), 0);
	assert_int_equal(mkfifo("p", 0600), 0);
	fd = file_open_below(row->path, row->folder, ERROR_NO_INPUT, &err);
	if (row->reason == NULL) {
		assert_true(fd >= 0);
		close(fd);
	} else {
		assert_int_equal(fd, -1);
		assert_int_equal(err.kind, ERROR_NO_INPUT);
		assert_non_null(strstr(err.text, row->reason));
	}
	unlink("k");
	unlink("l");
	unlink("p");
	unlink("d/g");
	leave_directory(folder);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "trust", trusts, ROWS(trusts), test_trust);
	rows_add(&all, "owner", owners, ROWS(owners), test_owner);
	rows_add_one(&all, "hints", test_hints);
	rows_add_one(&all, "folders of secrets", test_secrets);
	rows_add_one(&all, "shared with a group", test_shared);
	rows_add_one(&all, "a folder", test_folder);
	rows_add_one(&all, "a missing file", test_missing);
	rows_add_one(&all, "a FIFO and a directory", test_not_regular);
	rows_add(&all, "read", reads, ROWS(reads), test_read);
	rows_add_one(&all, "a read that fails", test_read_fails);
	rows_add(&all, "folder of a file", aboves, ROWS(aboves), test_above);
	rows_add(&all, "path beside", besides, ROWS(besides), test_beside);
	rows_add(&all, "below", belows, ROWS(belows), test_below);
	rows_add_one(&all, "path in a folder", test_path_in);
	rows_add_one(&all, "last part of a path", test_last_part);
	return rows_end(&all);
}
