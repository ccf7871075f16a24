#include "rows.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "base/wait.h"
#include "net/dial_unix.h"

struct place {
	char folder[64], path[96];
	int listener;
};

static void
open_place(struct place *place, int backlog)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	memcpy(place->folder, "/tmp/dial.XXXXXX", sizeof("/tmp/dial.XXXXXX"));
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->path, sizeof(place->path), "%s/socket",
	    place->folder);
	memcpy(address.sun_path, place->path, strlen(place->path) + 1);
	place->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(place->listener, (struct sockaddr *)&address,
			     sizeof(address)),
	    0);
	if (backlog >= 0)
		assert_int_equal(listen(place->listener, backlog), 0);
}

static void
close_place(struct place *place)
{
	close(place->listener);
	unlink(place->path);
	rmdir(place->folder);
}

static void
test_connected(void **state)
{
	struct buf reason = {0};
	struct place place;
	uid_t user = (uid_t)-1;
	int fd = -1, other;

	(void)state;
	open_place(&place, 5);
	assert_int_equal(dial_unix(place.path, 1000, DEADLINE_NEVER, &fd,
			     &reason),
	    DIAL_DONE);
	other = accept(place.listener, NULL, NULL);
	assert_true(other >= 0);
	assert_true(dial_is_unix(fd) && dial_is_unix(other));
	assert_true(dial_peer_user(other, &user));
	assert_int_equal(user, getuid());
	close(fd);
	close(other);
	close_place(&place);
	buf_free(&reason);
}

static void
test_no_socket(void **state)
{
	struct buf reason = {0};
	int fd = 0;

	(void)state;
	assert_int_equal(dial_unix("/tmp/there/is/none", 1000,
			     DEADLINE_NEVER, &fd, &reason),
	    DIAL_FAILED);
	assert_string_equal(buf_text(&reason), "no such file or directory");
	assert_int_equal(fd, -1);
	buf_free(&reason);
}

static void
test_nobody_listens(void **state)
{
	struct buf reason = {0};
	struct place place;
	int fd = 0;

	(void)state;
	open_place(&place, -1);
	assert_int_equal(dial_unix(place.path, 1000, DEADLINE_NEVER, &fd,
			     &reason),
	    DIAL_FAILED);
	assert_string_equal(buf_text(&reason), "connection refused");
	close_place(&place);
	buf_free(&reason);
}

/* The queue is full: it is tried again, but not for ever. */
static void
test_full(void **state)
{
	enum dial_result result = DIAL_DONE;
	struct buf reason = {0};
	struct place place;
	int fds[8];
	size_t count = 0;
	int64_t begin;

	(void)state;
	open_place(&place, 0);
	while (result == DIAL_DONE && count < 8) {
		begin = clock_now();
		result = dial_unix(
		    place.path, 120, DEADLINE_NEVER, &fds[count], &reason);
		if (result == DIAL_DONE)
			count++;
	}
	if (count < 8) {
		assert_int_equal(result, DIAL_TIMEOUT);
		assert_true(clock_now() - begin >= 120);
		assert_string_equal(buf_text(&reason), "no answer");
	}
	while (count-- > 0)
		close(fds[count]);
	close_place(&place);
	buf_free(&reason);
}

static void
test_no_peer(void **state)
{
	uid_t user = 0;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_false(dial_is_unix(fds[0]));
	assert_false(dial_peer_user(fds[0], &user));
	assert_false(dial_peer_user(-1, &user));
	close(fds[0]);
	close(fds[1]);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "connected, and who is there", test_connected);
	rows_add_one(&all, "no socket", test_no_socket);
	rows_add_one(&all, "nobody listens", test_nobody_listens);
	rows_add_one(&all, "the queue is full", test_full);
	rows_add_one(&all, "a pipe has no peer", test_no_peer);
	return rows_end(&all);
}
