#include "rows.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/durable.h"

/* A file without a name, for reading and writing. */
static int
open_file(void)
{
	char name[] = "/tmp/smtpost-durable-XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	unlink(name);
	return fd;
}

static void
test_write(void **state)
{
	static char octets[300000], read_back[sizeof(octets)];
	int fd = open_file();

	(void)state;
	memset(octets, 'x', sizeof(octets));
	assert_true(durable_write(fd, octets, sizeof(octets)));
	assert_true(durable_write(fd, "", 0));
	assert_true(durable_sync(fd));
	assert_int_equal(
	    pread(fd, read_back, sizeof(read_back), 0), sizeof(read_back));
	assert_memory_equal(octets, read_back, sizeof(octets));
	assert_true(durable_close(fd));
}

/* A file that must not grow: the part that fits is no success. */
static void
test_limit(void **state)
{
	struct rlimit before, limit;
	int fd = open_file();

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 4;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_false(durable_write(fd, "12345678", 8));
	assert_int_equal(errno, EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	close(fd);
}

static void
test_folder(void **state)
{
	int fd = open("/tmp", O_RDONLY | O_DIRECTORY);

	(void)state;
	assert_true(fd >= 0);
	assert_true(durable_sync_folder(fd));
	close(fd);
	assert_false(durable_sync(fd));
	assert_int_equal(errno, EBADF);
	assert_false(durable_close(fd));
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "all octets are written", test_write);
	rows_add_one(&all, "a file that must not grow", test_limit);
	rows_add_one(&all, "a folder and a closed file", test_folder);
	return rows_end(&all);
}
