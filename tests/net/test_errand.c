#include "rows.h"

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

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "the child has no secrets", test_secret);
	return rows_end(&all);
}
