#include "rows.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "net/other_end.h"

struct end_row {
	const char *name;
	int family, type;
	const char *listens; /* the server's address; NULL: none */
	const char
	    *connects; /* where the client connects to; NULL: none does */
	enum other_end expected;
};

static const struct end_row ends[] = {
    {"IPv4", AF_INET, SOCK_STREAM, "127.0.0.1", "127.0.0.1",
	OTHER_END_LOOPBACK},
    {"another IPv4 loopback address", AF_INET, SOCK_STREAM, "127.9.9.9",
	"127.9.9.9", OTHER_END_LOOPBACK},
    {"IPv6", AF_INET6, SOCK_STREAM, "::1", "::1", OTHER_END_LOOPBACK},
    {"IPv4 in IPv6", AF_INET6, SOCK_STREAM, "::ffff:127.0.0.1",
	"::ffff:127.0.0.1", OTHER_END_LOOPBACK},
    {"it listens", AF_INET, SOCK_STREAM, "127.0.0.1", NULL, OTHER_END_UNUSABLE},
    {"no connection", AF_INET, SOCK_STREAM, NULL, NULL, OTHER_END_UNUSABLE},
    {"UDP", AF_INET, SOCK_DGRAM, NULL, NULL, OTHER_END_UNUSABLE},
    {"UDP with an address", AF_INET, SOCK_DGRAM, NULL, "127.0.0.1",
	OTHER_END_UNUSABLE},
    {"a Unix socket without connection", AF_UNIX, SOCK_STREAM, NULL, NULL,
	OTHER_END_UNUSABLE},
};

static socklen_t
make_address(const struct end_row *row, const char *text,
    struct sockaddr_storage *address)
{
	struct sockaddr_in *four = (void *)address;
	struct sockaddr_in6 *six = (void *)address;

	memset(address, 0, sizeof(*address));
	address->ss_family = (sa_family_t)row->family;
	assert_int_equal(inet_pton(row->family, text,
			     row->family == AF_INET ? (void *)&four->sin_addr
						    : &six->sin6_addr),
	    1);
	return row->family == AF_INET ? sizeof(*four) : sizeof(*six);
}

/* Opens the server's descriptor of the row, and the client's. */
static int
open_end(const struct end_row *row, int *client)
{
	struct sockaddr_storage address;
	int listener = socket(row->family, row->type, 0), fd;
	socklen_t len;

	if (listener < 0 && row->family == AF_INET6)
		skip();
	assert_true(listener >= 0);
	if (row->listens == NULL) {
		if (row->connects != NULL) {
			len = make_address(row, row->connects, &address);
			((struct sockaddr_in *)(void *)&address)->sin_port =
			    htons(9);
			assert_int_equal(
			    connect(listener, (void *)&address, len), 0);
		}
		return listener;
	}
	len = make_address(row, row->listens, &address);
	if (bind(listener, (void *)&address, len) < 0) {
		close(listener);
		skip();
	}
	assert_int_equal(listen(listener, 1), 0);
	if (row->connects == NULL)
		return listener;
	assert_int_equal(getsockname(listener, (void *)&address, &len), 0);
	*client = socket(row->family, row->type, 0);
	assert_int_equal(connect(*client, (void *)&address, len), 0);
	fd = accept(listener, NULL, NULL);
	close(listener);
	return fd;
}

static void
test_end(void **state)
{
	const struct end_row *row = *state;
	uid_t user = 12345;
	int client = -1, fd = open_end(row, &client);

	assert_int_equal(other_end_find(fd, &user), row->expected);
	assert_int_equal(user, 12345);
	close(fd);
	if (client >= 0)
		close(client);
}

static void
test_pair(void **state)
{
	uid_t user = 12345;
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(other_end_find(fds[0], &user), OTHER_END_USER);
	assert_int_equal(user, getuid());
	close(fds[0]);
	/* The client has closed. */
	assert_int_equal(other_end_find(fds[1], &user), OTHER_END_USER);
	close(fds[1]);
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	assert_int_equal(other_end_find(fds[0], &user), OTHER_END_UNUSABLE);
	close(fds[0]);
	close(fds[1]);
}

static void
test_no_socket(void **state)
{
	uid_t user = 12345;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(other_end_find(fds[0], &user), OTHER_END_NONE);
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(other_end_find(-1, &user), OTHER_END_UNUSABLE);
	assert_int_equal(user, 12345);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "the other end", ends, ROWS(ends), test_end);
	rows_add_one(&all, "a pair of sockets", test_pair);
	rows_add_one(&all, "no socket", test_no_socket);
	return rows_end(&all);
}
