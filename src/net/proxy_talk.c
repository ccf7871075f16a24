/*
 * Sends to a proxy and reads from it. Every wait ends at the deadline or at a
 * signal.
 */
#include "net/proxy_talk.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/wait.h"

bool
proxy_talk_fail(
    struct proxy_talk *talk, enum proxy_result result, const char *text)
{
	buf_add_text(talk->reason, text);
	talk->result = result;
	return false;
}

static bool
fail_errno(struct proxy_talk *talk)
{
	buf_add_format(
	    talk->reason, "the connection to it broke: %s", strerror(errno));
	talk->result = PROXY_LOST;
	return false;
}

static bool
wait_until(struct proxy_talk *talk, short events)
{
	struct pollfd poll = {.fd = talk->fd, .events = events};

	switch (wait_for(&poll, 1, talk->deadline)) {
	case WAIT_READY:
		return true;
	case WAIT_TIMEOUT:
		return proxy_talk_fail(
		    talk, PROXY_TIMEOUT, "it did not answer in time");
	case WAIT_INTERRUPTED:
		return proxy_talk_fail(
		    talk, PROXY_SIGNAL, "interrupted by a signal");
	case WAIT_FAILED:
		break;
	}
	return fail_errno(talk);
}

static bool
is_passing(void)
{
	return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK;
}

bool
proxy_talk_say(struct proxy_talk *talk, struct span data)
{
	while (data.len > 0) {
		ssize_t done = write(talk->fd, data.at, data.len);

		if (done > 0)
			data = span_skip(data, (size_t)done);
		else if (!is_passing())
			return fail_errno(talk);
		else if (!wait_until(talk, POLLOUT))
			return false;
	}
	return true;
}

/* Receives once with these flags, at least one octet. */
static bool
receive(
    struct proxy_talk *talk, void *octets, size_t size, int flags, size_t *len)
{
	for (;;) {
		ssize_t got = recv(talk->fd, octets, size, flags);

		if (got > 0) {
			*len = (size_t)got;
			return true;
		}
		if (got == 0)
			return proxy_talk_fail(
			    talk, PROXY_LOST, "it closed the connection");
		if (!is_passing())
			return fail_errno(talk);
		if (!wait_until(talk, POLLIN))
			return false;
	}
}

bool
proxy_talk_hear(struct proxy_talk *talk, void *octets, size_t len)
{
	char *at = octets;

	while (len > 0) {
		size_t got = 0;

		if (!receive(talk, at, len, 0, &got))
			return false;
		at += got;
		len -= got;
	}
	return true;
}

bool
proxy_talk_peek(struct proxy_talk *talk, void *octets, size_t size, size_t *len)
{
	return receive(talk, octets, size, MSG_PEEK, len);
}
