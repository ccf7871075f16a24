/* Speaks SOCKS 5. A user goes to a proxy only if the proxy asks for a login. */
#include "net/proxy_socks.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

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
refuse_method(struct proxy_talk *talk, bool has_login)
{
	return proxy_talk_fail(talk, PROXY_NO_LOGIN,
	    has_login ? "it accepts no login by user and password"
		      : "it requires a login");
}

/* RFC 1928 section 3. */
static bool
agree_on_method(struct proxy_talk *talk, bool has_login, unsigned char *method)
{
	struct buf message = {0};
	unsigned char answer[2];
	bool done;

	add_octet(&message, SOCKS_VERSION);
	add_octet(&message, has_login ? 2 : 1);
	add_octet(&message, METHOD_NONE);
	if (has_login)
		add_octet(&message, METHOD_LOGIN);
	done = proxy_talk_say(talk, buf_span(&message)) &&
	    proxy_talk_hear(talk, answer, sizeof(answer));
	buf_free(&message);
	if (!done)
		return false;
	*method = answer[1];
	if (answer[0] != SOCKS_VERSION)
		return proxy_talk_fail(
		    talk, PROXY_MALFORMED, "it does not speak SOCKS 5");
	if (*method == METHOD_NOT_ANY)
		return refuse_method(talk, has_login);
	return *method == METHOD_NONE ||
	    (*method == METHOD_LOGIN && has_login) ||
	    proxy_talk_fail(talk, PROXY_MALFORMED,
		"it chose a login method that was not offered");
}

/* RFC 1929. */
static bool
log_in(struct proxy_talk *talk, const struct proxy_target *target)
{
	struct buf message = {0};
	unsigned char answer[2];
	bool done;

	add_octet(&message, LOGIN_VERSION);
	add_text(&message, target->user);
	add_text(&message, target->password);
	done = proxy_talk_say(talk, buf_span(&message));
	buf_wipe(&message);
	if (!done || !proxy_talk_hear(talk, answer, sizeof(answer)))
		return false;
	/* Some proxies answer with the version of SOCKS instead. */
	if (answer[0] != LOGIN_VERSION && answer[0] != SOCKS_VERSION)
		return proxy_talk_fail(talk, PROXY_MALFORMED,
		    "its answer to the login is malformed");
	return answer[1] == 0 ||
	    proxy_talk_fail(talk, PROXY_NO_LOGIN, "it refused the login");
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
hear_bound_address(struct proxy_talk *talk, unsigned char type)
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
		if (!proxy_talk_hear(talk, &len, 1))
			return false;
		break;
	default:
		return proxy_talk_fail(
		    talk, PROXY_MALFORMED, "its answer is malformed");
	}
	return proxy_talk_hear(talk, octets, (size_t)len + 2);
}

/* RFC 1928 section 6. */
static bool
hear_answer(struct proxy_talk *talk)
{
	unsigned char answer[4]; /* version, code, nothing, type */
	unsigned code;

	if (!proxy_talk_hear(talk, answer, 2))
		return false;
	code = answer[1];
	if (answer[0] != SOCKS_VERSION)
		return proxy_talk_fail(
		    talk, PROXY_MALFORMED, "its answer is malformed");
	/* Some proxies close after a refusal without sending the rest. */
	if (code != 0 && code < sizeof(refusals) / sizeof(refusals[0]))
		return proxy_talk_fail(talk, PROXY_REFUSED, refusals[code]);
	if (code != 0) {
		buf_add_format(
		    talk->reason, "it failed with the unknown code %u", code);
		talk->result = PROXY_REFUSED;
		return false;
	}
	return proxy_talk_hear(talk, answer + 2, 2) &&
	    hear_bound_address(talk, answer[3]);
}

static bool
ask_for_connection(struct proxy_talk *talk, const struct proxy_target *target)
{
	struct buf message = {0};
	bool done;

	add_octet(&message, SOCKS_VERSION);
	add_octet(&message, 1); /* CONNECT */
	add_octet(&message, 0);
	add_target(&message, target->host);
	add_octet(&message, target->port >> 8);
	add_octet(&message, target->port & 0xff);
	done = proxy_talk_say(talk, buf_span(&message));
	buf_free(&message);
	return done && hear_answer(talk);
}

bool
proxy_socks_connect(struct proxy_talk *talk, const struct proxy_target *target)
{
	unsigned char method;

	if (strlen(target->host) > TEXT_MAX || target->user.len > TEXT_MAX ||
	    target->password.len > TEXT_MAX)
		return proxy_talk_fail(talk, PROXY_REFUSED,
		    "SOCKS 5 has no room for a host, user or password of more "
		    "than 255 octets");
	return agree_on_method(talk, target->user.len > 0, &method) &&
	    (method == METHOD_NONE || log_in(talk, target)) &&
	    ask_for_connection(talk, target);
}
