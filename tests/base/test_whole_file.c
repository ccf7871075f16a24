#include "rows.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/lock.h"
#include "base/whole_file.h"

static char folder[64];
static char path[128];
static void (*at_next_sync)(void); /* what another program does meanwhile */

/* Stands for that of the library. */
int
fsync(int fd)
{
	void (*act)(void) = at_next_sync;

	at_next_sync = NULL;
	if (act != NULL)
		act();
	return fdatasync(fd);
}

static int
set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/smtpost-whole-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/file", folder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	chmod(folder, 0700);
	unlink(path);
	/* Fails if a temporary file is left behind. */
	assert_int_equal(rmdir(folder), 0);
	return 0;
}

static void
assert_content(const char *expected, mode_t mode)
{
	struct buf content = {0};
	struct error err = {0};
	struct stat status;

	assert_true(
	    file_read_path(path, FILE_REGULAR, &content, ERROR_CONFIG, &err));
	assert_string_equal(buf_text(&content), expected);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, mode);
	assert_int_equal(status.st_nlink, 1);
	buf_free(&content);
}

static void
write_file(const char *content, mode_t mode)
{
	struct error err = {0};

	assert_true(whole_file_make(path, mode, span_from(content), &err));
}

static void
test_make(void **state)
{
	mode_t mask = umask(077);

	(void)state;
	write_file("one\n", 0644);
	umask(mask);
	assert_content("one\n", 0644);
}

static void
test_make_again(void **state)
{
	struct error err = {0};

	(void)state;
	write_file("one\n", 0600);
	assert_false(whole_file_make(path, 0600, SPAN("two\n"), &err));
	assert_int_equal(err.kind, ERROR_CREATE);
	assert_content("one\n", 0600);
	unlink(path);
	/* A link that leads nowhere is there, too. */
	assert_int_equal(symlink("/nonexistent/x", path), 0);
	assert_false(whole_file_make(path, 0600, SPAN("two\n"), &err));
	assert_int_equal(err.kind, ERROR_CREATE);
}

static void
test_append(void **state)
{
	struct error err = {0};

	(void)state;
	assert_true(whole_file_append(path, SPAN("one"), &err));
	assert_content("one", 0600);
	chmod(path, 0640);
	assert_true(whole_file_append(path, SPAN("two\n"), &err));
	assert_content("onetwo\n", 0640);
}

static void
refuse_append(enum error_kind kind, const char *part)
{
	struct error err = {0};

	assert_false(whole_file_append(path, SPAN("two\n"), &err));
	assert_int_equal(err.kind, kind);
	assert_non_null(strstr(err.text, part));
}

static void
test_append_refused(void **state)
{
	char other[160];
	int fd;

	(void)state;
	snprintf(other, sizeof(other), "%s.other", folder);
	assert_int_equal(symlink(other, path), 0);
	refuse_append(ERROR_CONFIG, "symbolic link");
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	refuse_append(ERROR_CONFIG, "a FIFO");
	unlink(path);
	write_file("one\n", 0622);
	refuse_append(ERROR_CONFIG, "others can write");
	chmod(path, 0600);
	fd = open(path, O_RDWR);
	assert_int_equal(lock_try(fd), LOCK_TAKEN);
	refuse_append(ERROR_TEMPORARY, "another program");
	close(fd);
	chmod(folder, 0777);
	refuse_append(ERROR_CONFIG, "others can write");
	chmod(folder, 0700);
	assert_content("one\n", 0600);
	/* Through a folder that is a link. */
	assert_int_equal(symlink(folder, other), 0);
	snprintf(path, sizeof(path), "%s.other/file", folder);
	refuse_append(ERROR_CONFIG, "symbolic link");
	snprintf(path, sizeof(path), "%s/file", folder);
	unlink(other);
}

static void
edit_by_rename(void)
{
	char other[160];
	FILE *file;

	snprintf(other, sizeof(other), "%s/other", folder);
	file = fopen(other, "w");
	assert_non_null(file);
	fputs("new\n", file);
	fclose(file);
	chmod(other, 0600);
	assert_int_equal(rename(other, path), 0);
}

/* The same length in the same second: only the nanoseconds differ. */
static void
edit_in_place(void)
{
	struct stat status;
	struct timespec times[2];
	FILE *file = fopen(path, "r+");

	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &status), 0);
	fputs("new\n", file);
	fclose(file);
	times[0] = times[1] = status.st_mtim;
	times[1].tv_nsec += times[1].tv_nsec < 1000000 ? 1000000 : -1000000;
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void
remove_file(void)
{
	unlink(path);
}

static void
test_append_meanwhile(void **state)
{
	(void)state;
	write_file("one\n", 0600);
	at_next_sync = edit_by_rename;
	refuse_append(ERROR_TEMPORARY, "another program");
	assert_content("new\n", 0600);
	unlink(path);
	write_file("one\n", 0600);
	at_next_sync = edit_in_place;
	refuse_append(ERROR_TEMPORARY, "another program");
	assert_content("new\n", 0600);
	at_next_sync = remove_file;
	refuse_append(ERROR_TEMPORARY, "another program");
}

static void
assert_group(gid_t group, mode_t mode)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_gid, group);
	assert_int_equal(status.st_mode & 07777, mode);
}

static void
test_append_group(void **state)
{
	struct error err = {0};
	pid_t child;
	int end;

	(void)state;
	write_file("one\n", 0640);
	if (geteuid() != 0 || chown(path, (uid_t)-1, 4321) < 0)
		skip();
	assert_true(whole_file_append(path, SPAN("two\n"), &err));
	assert_group(4321, 0640);
	/* A user who is not in the group cannot keep it. */
	if (chown(folder, 1234, 1234) < 0 || chown(path, 1234, 4321) < 0)
		skip();
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(setgroups(0, NULL) == 0 && setgid(1234) == 0 &&
			    setuid(1234) == 0 &&
			    whole_file_append(path, SPAN("three\n"), &err)
			? 0
			: 1);
	assert_int_equal(waitpid(child, &end, 0), child);
	assert_int_equal(end, 0);
	assert_group(1234, 0600);
}

static void
assert_folder(const char *below, uid_t owner, const char *refused)
{
	char full[160];
	struct error err = {0};
	struct stat status;

	if (owner != 0)
		assert_int_equal(chown(folder, owner, (gid_t)-1), 0);
	snprintf(full, sizeof(full), "%s/%s", folder, below);
	assert_int_equal(
	    whole_file_make_folders(full, 0700, &err), refused == NULL);
	if (refused != NULL) {
		assert_int_equal(err.kind, ERROR_CREATE);
		assert_non_null(strstr(err.text, refused));
	}
	*strrchr(full, '/') = '\0';
	assert_int_equal(stat(full, &status) == 0, refused == NULL);
	if (refused == NULL)
		assert_int_equal(rmdir(full), 0);
}

/* root makes no folder where another user could lead it elsewhere. */
static void
test_folders_of_others(void **state)
{
	static const char why[] = "another user can change";
	char real[128], name[128];

	(void)state;
	snprintf(real, sizeof(real), "%s/real", folder);
	snprintf(name, sizeof(name), "%s/link", folder);
	assert_int_equal(mkdir(real, 0755), 0);
	assert_int_equal(symlink(real, name), 0);
	assert_folder("link/new/file", 0, NULL);
	if (geteuid() == 0 && lchown(name, 1234, (gid_t)-1) == 0) {
		assert_folder("link/new/file", 0, why);
		assert_folder("real/new/file", 0, NULL);
		chmod(real, 0777);
		assert_folder("real/new/file", 0, why);
		chmod(real, 01777);
		assert_folder("real/new/file", 0, NULL);
		assert_folder("real/new/file", 1234, why);
		assert_folder("new/file", 1234, why);
	}
	unlink(name);
	rmdir(real);
}

static void
test_folders(void **state)
{
	char below[160];
	struct error err = {0};
	struct stat status;
	mode_t mask = umask(077);

	(void)state;
	snprintf(below, sizeof(below), "%s/a/b/file", folder);
	assert_true(whole_file_make_folders(below, 0755, &err));
	assert_int_equal(umask(mask), 077);
	assert_true(whole_file_make_folders(below, 0700, &err));
	snprintf(below, sizeof(below), "%s/a/b", folder);
	assert_int_equal(stat(below, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0755);
	rmdir(below);
	snprintf(below, sizeof(below), "%s/a", folder);
	rmdir(below);
	write_file("x", 0600);
	snprintf(below, sizeof(below), "%s/file/b/c", folder);
	assert_false(whole_file_make_folders(below, 0700, &err));
	assert_int_equal(err.kind, ERROR_CREATE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_make, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_make_again, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_append, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		test_append_refused, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		test_append_meanwhile, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		test_append_group, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_folders, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		test_folders_of_others, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
