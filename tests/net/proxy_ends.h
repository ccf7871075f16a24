/*
 * The two ends of a connection to a proxy that does not exist: the tests write
 * its replies in advance. The client has ends[0].
 */
#ifndef TESTS_NET_PROXY_ENDS_H
#define TESTS_NET_PROXY_ENDS_H

#include "rows.h"

#include <fcntl.h>
#include <sys/socket.h>

#include "base/text.h"

static inline void
proxy_ends_open(int ends[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	for (int i = 0; i < 2; i++)
		fcntl(ends[i], F_SETFL, O_NONBLOCK);
}

static inline void
proxy_ends_close(const int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

/* What can be read at an end now is exactly this. */
static inline void
proxy_ends_assert_octets(int fd, struct span expected)
{
	char data[2048];
	ssize_t got = read(fd, data, sizeof(data));

	if (got < 0)
		got = 0;
	assert_int_equal(got, expected.len);
	if (expected.len > 0)
		assert_memory_equal(data, expected.at, expected.len);
}

#endif
