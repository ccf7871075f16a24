/* Tests of dial.c: connections to Unix sockets. */
#include "rows.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/wait.h"
#include "net/dial.h"
#include "net/other_end.h"

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
	snprintf(place->path, sizeof(place->path), "%s/socket", place->folder);
	memcpy(address.sun_path, place->path, strlen(place->path) + 1);
	place->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(
	    bind(place->listener, (struct sockaddr *)&address, sizeof(address)),
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
	assert_int_equal(
	    dial_unix(place.path, 1000, DEADLINE_NEVER, &fd, &reason),
	    DIAL_DONE);
	other = accept(place.listener, NULL, NULL);
	assert_true(other >= 0);
	assert_int_equal(other_end_find(other, &user), OTHER_END_USER);
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
	assert_int_equal(
	    dial_unix("/tmp/there/is/none", 1000, DEADLINE_NEVER, &fd, &reason),
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
	assert_int_equal(
	    dial_unix(place.path, 1000, DEADLINE_NEVER, &fd, &reason),
	    DIAL_FAILED);
	assert_string_equal(buf_text(&reason), "connection refused");
	close_place(&place);
	buf_free(&reason);
}

/* A full queue: tried again until the time-out. */
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

#define ROOT ((uid_t)0)
#define OTHER ((uid_t)65533)
#define THIRD ((uid_t)65532)

struct trust_row {
	const char *name;
	uid_t server, folder, client;
	const char *reason; /* NULL: trusted */
};

static const struct trust_row trust_rows[] = {
    {"our own server", OTHER, OTHER, OTHER, NULL},
    {"our own, in root's folder", OTHER, ROOT, OTHER, NULL},
    {"root's, in another's folder", ROOT, THIRD, OTHER, NULL},
    {"of the folder's owner", THIRD, THIRD, OTHER, NULL},
    {"of the folder's owner, for root", THIRD, THIRD, ROOT, NULL},
    {"another's, in root's folder", THIRD, ROOT, OTHER,
	"runs as user 65532, which is neither root, nor this user (65533)"},
    {"another's, in our folder", THIRD, OTHER, OTHER, "runs as user 65532"},
    {"another's, for root", THIRD, ROOT, ROOT, "runs as user 65532"},
};

/* A socket on which a process of that user listens until it is killed. */
static pid_t
listen_as(const struct place *place, uid_t user)
{
	char path[sizeof(place->path) + 8];
	int ready[2];
	pid_t child;
	char octet;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct sockaddr_un address = {.sun_family = AF_UNIX};
		int listener = socket(AF_UNIX, SOCK_STREAM, 0);

		snprintf(path, sizeof(path), "%s2", place->path);
		memcpy(address.sun_path, path, strlen(path) + 1);
		if (setuid(user) < 0 ||
		    bind(listener, (struct sockaddr *)&address,
			sizeof(address)) < 0 ||
		    chmod(path, 0777) < 0 || listen(listener, 5) < 0 ||
		    write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &octet, 1), 1);
	close(ready[0]);
	return child;
}

static int
connect_as(const char *path, const struct trust_row *row)
{
	struct buf reason = {0};
	bool is_trusted;
	int fd;

	if (setuid(row->client) < 0 ||
	    dial_unix(path, 1000, DEADLINE_NEVER, &fd, &reason) != DIAL_DONE)
		return 2;
	is_trusted = other_end_is_trusted(fd, path, &reason);
	if (is_trusted != (row->reason == NULL) ||
	    (!is_trusted && strstr(buf_text(&reason), row->reason) == NULL))
		return 3;
	return 0;
}

/* Which server may receive a password. Needs root, to act as these users. */
static void
test_trusted(void **state)
{
	const struct trust_row *row = *state;
	char path[sizeof(((struct place *)NULL)->path) + 8];
	struct place place;
	pid_t server, client;
	int status = -1;

	if (getuid() != ROOT)
		skip();
	open_place(&place, 5);
	assert_int_equal(chmod(place.folder, 0777), 0);
	assert_int_equal(chown(place.folder, row->folder, (gid_t)-1), 0);
	snprintf(path, sizeof(path), "%s2", place.path);
	server = listen_as(&place, row->server);
	client = fork();
	if (client == 0)
		_exit(connect_as(path, row));
	assert_int_equal(waitpid(client, &status, 0), client);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	unlink(path);
	close_place(&place);
	assert_int_equal(status, 0);
}

/* A socket that is not a Unix socket has no user. */
static void
test_untrusted(void **state)
{
	struct buf reason = {0};

	(void)state;
	assert_false(other_end_is_trusted(-1, "/", &reason));
	assert_string_equal(buf_text(&reason),
	    "the system does not report which user runs the server");
	buf_free(&reason);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "connected, and to which user", test_connected);
	rows_add_one(&all, "no socket", test_no_socket);
	rows_add_one(&all, "no server listens", test_nobody_listens);
	rows_add_one(&all, "the queue is full", test_full);
	rows_add(&all, "trust", trust_rows, ROWS(trust_rows), test_trusted);
	rows_add_one(&all, "trust: not a socket", test_untrusted);
	return rows_end(&all);
}
