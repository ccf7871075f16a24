#include "rows.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/lock.h"
#include "base/whole_file.h"

static char folder[64];
static char path[128];

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
test_folders(void **state)
{
	char below[160];
	struct error err = {0};
	struct stat status;

	(void)state;
	snprintf(below, sizeof(below), "%s/a/b/file", folder);
	assert_true(whole_file_make_folders(below, 0700, &err));
	assert_true(whole_file_make_folders(below, 0700, &err));
	snprintf(below, sizeof(below), "%s/a/b", folder);
	assert_int_equal(stat(below, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700);
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
	    cmocka_unit_test_setup_teardown(test_folders, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
