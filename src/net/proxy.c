/*
 * The client's part of SOCKS 5. It never reads further than the end of the
 * proxy's reply, because the octets after it belong to the server.
 */
#include "net/proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/wait.h"

/* RFC 1928: the length of every text is sent as one octet. */
#define TEXT_MAX ((size_t)255)
#define SOCKS_VERSION 5
#define LOGIN_VERSION 1 /* RFC 1929 */

enum method {
	METHOD_NONE = 0x00,
	METHOD_LOGIN = 0x02,
	METHOD_NOT_ANY = 0xff,
};

enum address_type { TYPE_FOUR = 1, TYPE_NAME = 3, TYPE_SIX = 4 };

/* RFC 1928 section 6. */
static const char *const refusals[] = {
    [1] = "it failed without saying why",
    [2] = "its rules do not allow this connection",
    [3] = "it cannot reach the network",
    [4] = "it cannot find or reach the host",
    [5] = "the server refused the connection",
    [6] = "there was no answer in time",
    [7] = "it does not support this command",
    [8] = "it does not know this type of address",
};

struct talk {
	int fd;
	int64_t deadline;
	struct buf *reason;
	enum proxy_result result; /* set when a step fails */
};

static bool
fail(struct talk *talk, enum proxy_result result, const char *text)
{
	buf_add_text(talk->reason, text);
	talk->result = result;
	return false;
}

static bool
fail_errno(struct talk *talk)
{
	buf_add_format(
	    talk->reason, "the connection to it broke: %s", strerror(errno));
	talk->result = PROXY_LOST;
	return false;
}

static bool
wait_until(struct talk *talk, short events)
{
	struct pollfd poll = {.fd = talk->fd, .events = events};

	switch (wait_for(&poll, 1, talk->deadline)) {
	case WAIT_READY:
		return true;
	case WAIT_TIMEOUT:
		return fail(talk, PROXY_TIMEOUT, "it did not answer in time");
	case WAIT_INTERRUPTED:
		return fail(talk, PROXY_SIGNAL, "interrupted by a signal");
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

static bool
say(struct talk *talk, struct span data)
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

/* Reads exactly `len` octets. */
static bool
hear(struct talk *talk, unsigned char *octets, size_t len)
{
	while (len > 0) {
		ssize_t got = read(talk->fd, octets, len);

		if (got > 0) {
			octets += got;
			len -= (size_t)got;
		} else if (got == 0) {
			return fail(
			    talk, PROXY_LOST, "it closed the connection");
		} else if (!is_passing()) {
			return fail_errno(talk);
		} else if (!wait_until(talk, POLLIN)) {
			return false;
		}
	}
	return true;
}

static void
add_octet(struct buf *message, unsigned octet)
{
	buf_add_char(message, (char)(unsigned char)octet);
}

static void
add_text(struct buf *message, struct span text)
{
	add_octet(message, (unsigned)text.len);
	buf_add_span(message, text);
}

static bool
refuse_method(struct talk *talk, bool has_login)
{
	return fail(talk, PROXY_NO_LOGIN,
	    has_login ? "it accepts no login by user and password"
		      : "it requires a login");
}

/* RFC 1928 section 3. */
static bool
agree_on_method(struct talk *talk, bool has_login, unsigned char *method)
{
	struct buf message = {0};
	unsigned char answer[2];
	bool done;

	add_octet(&message, SOCKS_VERSION);
	add_octet(&message, has_login ? 2 : 1);
	add_octet(&message, METHOD_NONE);
	if (has_login)
		add_octet(&message, METHOD_LOGIN);
	done =
	    say(talk, buf_span(&message)) && hear(talk, answer, sizeof(answer));
	buf_free(&message);
	if (!done)
		return false;
	*method = answer[1];
	if (answer[0] != SOCKS_VERSION)
		return fail(talk, PROXY_MALFORMED, "it does not speak SOCKS 5");
	if (*method == METHOD_NOT_ANY)
		return refuse_method(talk, has_login);
	return *method == METHOD_NONE ||
	    (*method == METHOD_LOGIN && has_login) ||
	    fail(talk, PROXY_MALFORMED,
		"it chose a login method that was not offered");
}

/* RFC 1929. */
static bool
log_in(struct talk *talk, const struct proxy_request *request)
{
	struct buf message = {0};
	unsigned char answer[2];
	bool done;

	add_octet(&message, LOGIN_VERSION);
	add_text(&message, request->user);
	add_text(&message, request->password);
	done = say(talk, buf_span(&message));
	buf_wipe(&message);
	if (!done || !hear(talk, answer, sizeof(answer)))
		return false;
	/* Some proxies answer with the version of SOCKS instead. */
	if (answer[0] != LOGIN_VERSION && answer[0] != SOCKS_VERSION)
		return fail(talk, PROXY_MALFORMED,
		    "its answer to the login is malformed");
	return answer[1] == 0 ||
	    fail(talk, PROXY_NO_LOGIN, "it refused the login");
}

static void
add_target(struct buf *message, const char *host)
{
	unsigned char address[sizeof(struct in6_addr)];

	if (inet_pton(AF_INET, host, address) == 1) {
		add_octet(message, TYPE_FOUR);
		buf_add(message, address, sizeof(struct in_addr));
	} else if (inet_pton(AF_INET6, host, address) == 1) {
		add_octet(message, TYPE_SIX);
		buf_add(message, address, sizeof(struct in6_addr));
	} else {
		add_octet(message, TYPE_NAME);
		add_text(message, span_from(host));
	}
}

/* Skips the address from which the proxy connects to the server. */
static bool
hear_bound_address(struct talk *talk, unsigned char type)
{
	unsigned char octets[TEXT_MAX + 2], len = 0;

	switch (type) {
	case TYPE_FOUR:
		len = sizeof(struct in_addr);
		break;
	case TYPE_SIX:
		len = sizeof(struct in6_addr);
		break;
	case TYPE_NAME:
		if (!hear(talk, &len, 1))
			return false;
		break;
	default:
		return fail(talk, PROXY_MALFORMED, "its answer is malformed");
	}
	return hear(talk, octets, (size_t)len + 2);
}

/* RFC 1928 section 6. */
static bool
hear_answer(struct talk *talk)
{
	unsigned char answer[4]; /* version, code, nothing, type */
	unsigned code;

	if (!hear(talk, answer, 2))
		return false;
	code = answer[1];
	if (answer[0] != SOCKS_VERSION)
		return fail(talk, PROXY_MALFORMED, "its answer is malformed");
	/* Some proxies close after a refusal without sending the rest. */
	if (code != 0 && code < sizeof(refusals) / sizeof(refusals[0]))
		return fail(talk, PROXY_REFUSED, refusals[code]);
	if (code != 0) {
		buf_add_format(
		    talk->reason, "it failed with the unknown code %u", code);
		talk->result = PROXY_REFUSED;
		return false;
	}
	return hear(talk, answer + 2, 2) && hear_bound_address(talk, answer[3]);
}

static bool
ask_for_connection(struct talk *talk, const struct proxy_request *request)
{
	struct buf message = {0};
	bool done;

	add_octet(&message, SOCKS_VERSION);
	add_octet(&message, 1); /* CONNECT */
	add_octet(&message, 0);
	add_target(&message, request->host);
	add_octet(&message, request->port >> 8);
	add_octet(&message, request->port & 0xff);
	done = say(talk, buf_span(&message));
	buf_free(&message);
	return done && hear_answer(talk);
}

enum proxy_result
proxy_connect(int fd, const struct proxy_request *request, int64_t deadline,
    struct buf *reason)
{
	struct talk talk = {.fd = fd, .deadline = deadline, .reason = reason};
	unsigned char method;

	if (strlen(request->host) > TEXT_MAX || request->user.len > TEXT_MAX ||
	    request->password.len > TEXT_MAX) {
		buf_add_text(reason,
		    "SOCKS 5 has no room for a host, user or password of more "
		    "than 255 octets");
		return PROXY_REFUSED;
	}
	if (agree_on_method(&talk, request->user.len > 0, &method) &&
	    (method == METHOD_NONE || log_in(&talk, request)) &&
	    ask_for_connection(&talk, request))
		return PROXY_DONE;
	return talk.result;
}
