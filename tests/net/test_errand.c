#include "rows.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/environment.h"
#include "base/wait.h"
#include "net/errand.h"

/* Runs in the child: reports what it can still read of the secrets. */
static void
look_at_secret(const void *question, struct buf *answer)
{
	const struct buf *secret = question;
	size_t left = 0;

	for (size_t i = 0; i < secret->len; i++)
		left += secret->data[i] != '\0';
	buf_add_format(answer, "%zu %zu %s", secret->len, left,
	    getenv("SMTPOST_PASSWORD"));
}

static void
test_secret(void **state)
{
	struct buf secret, other, answer = {0};

	(void)state;
	setenv("SMTPOST_PASSWORD", "tanzschuh", 1);
	buf_init_secret(&secret, 0);
	buf_init_secret(&other, 0);
	buf_add_text(&other, "in front of it");
	for (size_t i = 0; i < 1000; i++)
		buf_add_text(&secret, "tanzschuh");
	assert_int_equal(
	    errand_run(look_at_secret, &secret, DEADLINE_NEVER, &answer),
	    ERRAND_DONE);
	assert_string_equal(buf_text(&answer), "9000 0 ");
	/* The parent still has them. */
	assert_memory_equal(secret.data, "tanzschuhtanz", 13);
	assert_string_equal(getenv("SMTPOST_PASSWORD"), "tanzschuh");
	buf_wipe(&other);
	buf_wipe(&secret);
	unsetenv("SMTPOST_PASSWORD");
	buf_free(&answer);
}

/* Runs in the child: which descriptors are open, and which are /dev/null. */
static void
look_at_descriptors(const void *question, struct buf *answer)
{
	struct stat null, status;

	(void)question;
	if (stat("/dev/null", &null) < 0)
		return;
	for (int fd = 0; fd < 100; fd++)
		if (fstat(fd, &status) == 0)
			buf_add_text(answer,
			    status.st_rdev == null.st_rdev ? "null "
				: S_ISFIFO(status.st_mode) ? "pipe "
							   : "other ");
}

/*
 * The child outlives a parent that is killed, and would keep its locks: of
 * flock(2), which belong to all copies of a descriptor.
 */
static void
test_descriptors(void **state)
{
	char name[] = "/tmp/smtpost-errand-XXXXXX";
	int low = mkstemp(name), high = fcntl(low, F_DUPFD, 50);
	struct buf answer = {0};

	(void)state;
	assert_true(low >= 0 && high >= 50);
	assert_int_equal(
	    errand_run(look_at_descriptors, NULL, DEADLINE_NEVER, &answer),
	    ERRAND_DONE);
	assert_string_equal(buf_text(&answer), "null null null pipe ");
	buf_free(&answer);
	close(low);
	close(high);
	unlink(name);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "the child has no secrets", test_secret);
	rows_add_one(&all, "the child has only its pipe", test_descriptors);
	return rows_end(&all);
}
