#include "rows.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptors.h"

#define TRIED 200

struct leave_row {
	const char *name;
	int kept;
};

static const struct leave_row rows[] = {
    {"none is kept", -1},
    {"the lowest is kept", 3},
    {"one in the middle is kept", 60},
    {"the highest is kept", 150},
};

static bool
is_null(int fd)
{
	struct stat null, status;

	return stat("/dev/null", &null) == 0 && fstat(fd, &status) == 0 &&
	    status.st_rdev == null.st_rdev && write(fd, "x", 1) == 1 &&
	    read(fd, &status, 1) == 0;
}

/* In the child. */
static bool
is_right(int kept)
{
	if (!descriptors_leave(kept))
		return false;
	for (int fd = 0; fd < TRIED; fd++)
		if ((fcntl(fd, F_GETFD) >= 0) != (fd <= 2 || fd == kept))
			return false;
	return is_null(0) && is_null(1) && is_null(2);
}

static void
test_leave(void **state)
{
	static const int copies[] = {3, 4, 60, 99, 150};
	const struct leave_row *row = *state;
	int source = open("/dev/zero", O_RDONLY), status;
	pid_t child = fork();

	assert_true(source >= 0 && child >= 0);
	if (child == 0) {
		for (size_t i = 0; i < sizeof(copies) / sizeof(copies[0]); i++)
			dup2(source, copies[i]);
		_exit(is_right(row->kept) ? 0 : 1);
	}
	close(source);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "descriptors", rows, ROWS(rows), test_leave);
	return rows_end(&all);
}
