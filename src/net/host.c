/*
 * Resolves host names with the system's resolver, in a child process. What the
 * child sends back is checked as if it came from the network, because the
 * resolver may have loaded any module into it.
 */
#include "net/host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/signals.h"
#include "net/errand.h"

/* An answer of the child is its result, then the addresses or a phrase. */
#define ANSWER_MAX (1 + sizeof(struct host_addresses))

/*
 * The failures of getaddrinfo, and the texts for them: in general, and if only
 * one family was asked for. All others are HOST_TROUBLE.
 */
static const struct {
	int code;
	enum host_result result;
	const char *text;
	const char *text_of_family; /* " IPv6 address" follows */
} failures[] = {
    {EAI_NONAME, HOST_UNKNOWN, "the name does not exist",
	"the name does not exist, or has no"},
#if defined(EAI_NODATA) && EAI_NODATA != EAI_NONAME
    {EAI_NODATA, HOST_UNKNOWN, "the name has no address", "the name has no"},
#endif
#ifdef EAI_ADDRFAMILY
    {EAI_ADDRFAMILY, HOST_UNKNOWN, "the name has no address", "it has no"},
#endif
    {EAI_AGAIN, HOST_TROUBLE, "the name server does not answer", NULL},
    {EAI_FAIL, HOST_TROUBLE, "the name server reports a failure", NULL},
};

static enum host_result
explain(int code, int error_number, int family, struct buf *reason)
{
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		if (failures[i].code != code)
			continue;
		if (family == AF_UNSPEC || failures[i].text_of_family == NULL)
			buf_add_text(reason, failures[i].text);
		else
			buf_add_format(reason, "%s %s address",
			    failures[i].text_of_family,
			    family == AF_INET6 ? "IPv6" : "IPv4");
		return failures[i].result;
	}
	buf_add_format(reason, "cannot resolve the name: %s",
	    code == EAI_SYSTEM ? strerror(error_number) : gai_strerror(code));
	return HOST_TROUBLE;
}

/*
 * Not 0.0.0.0 and ::, with which some name servers block a name: the system
 * would connect to itself.
 */
static bool
is_usable(const struct addrinfo *found)
{
	if (found->ai_addrlen > sizeof(struct sockaddr_storage))
		return false;
	if (found->ai_family == AF_INET)
		return ((const struct sockaddr_in *)(const void *)
			       found->ai_addr)
			   ->sin_addr.s_addr != htonl(INADDR_ANY);
	if (found->ai_family == AF_INET6)
		return !IN6_IS_ADDR_UNSPECIFIED(
		    &((const struct sockaddr_in6 *)(const void *)found->ai_addr)
			 ->sin6_addr);
	return false;
}

/* The next address of the family, or with `other` of another; or NULL. */
static const struct addrinfo *
next_of(const struct addrinfo *found, int family, bool other)
{
	while (found != NULL &&
	    (!is_usable(found) || (found->ai_family == family) == other))
		found = found->ai_next;
	return found;
}

static void
add(struct host_addresses *list, const struct addrinfo *found)
{
	struct host_address *address = &list->items[list->count];

	if (found == NULL || list->count == HOST_ADDRESSES_MAX)
		return;
	memcpy(&address->socket, found->ai_addr, found->ai_addrlen);
	address->len = found->ai_addrlen;
	list->count++;
}

/* Begins with the family that the system puts first, then in turn. */
static void
interleave(struct host_addresses *list, const struct addrinfo *found)
{
	const struct addrinfo *first, *second;
	int family;

	while (found != NULL && !is_usable(found))
		found = found->ai_next;
	if (found == NULL)
		return;
	family = found->ai_family;
	first = next_of(found, family, false);
	second = next_of(found, family, true);
	while (first != NULL || second != NULL) {
		add(list, first);
		add(list, second);
		if (first != NULL)
			first = next_of(first->ai_next, family, false);
		if (second != NULL)
			second = next_of(second->ai_next, family, true);
	}
}

/* Asks the system's resolver, which may take any time. */
static enum host_result
look_up(const struct host_question *question, struct host_addresses *list,
    struct buf *reason)
{
	/*
	 * Not AI_ADDRCONFIG: where only the loopback is up, it would hide the
	 * loopback's addresses too.
	 */
	struct addrinfo hints = {.ai_family = question->family,
	    .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICSERV};
	struct addrinfo *found = NULL;
	char service[8];
	int code, error_number;

	list->count = 0;
	snprintf(service, sizeof(service), "%u", (unsigned)question->port);
	code = getaddrinfo(question->host, service, &hints, &found);
	error_number = errno;
	if (code != 0)
		return explain(code, error_number, question->family, reason);
	interleave(list, found);
	freeaddrinfo(found);
	if (list->count > 0)
		return HOST_FOUND;
	buf_add_text(reason, "the name has no usable address");
	return HOST_UNKNOWN;
}

/* Runs in the child. */
static void
answer_question(const void *question, struct buf *answer)
{
	struct host_addresses list = {.count = 0};
	struct buf reason = {0};
	enum host_result result = look_up(question, &list, &reason);

	buf_add_char(answer, (char)('0' + result));
	if (result == HOST_FOUND)
		buf_add(answer, list.items, list.count * sizeof(list.items[0]));
	buf_add_span(answer, buf_span(&reason));
	buf_free(&reason);
}

static bool
is_valid(const struct host_address *address)
{
	if (address->socket.ss_family == AF_INET)
		return address->len == sizeof(struct sockaddr_in);
	return address->socket.ss_family == AF_INET6 &&
	    address->len == sizeof(struct sockaddr_in6);
}

/* False if the child's answer is malformed. */
static bool
read_answer(struct span answer, struct host_addresses *list,
    enum host_result *result, struct buf *reason)
{
	if (answer.len == 0 || answer.at[0] < '0' ||
	    answer.at[0] > '0' + HOST_TROUBLE)
		return false;
	*result = (enum host_result)(answer.at[0] - '0');
	answer = span_skip(answer, 1);
	if (*result != HOST_FOUND)
		return buf_add_span(reason, answer);
	list->count = answer.len / sizeof(list->items[0]);
	if (list->count == 0 || list->count > HOST_ADDRESSES_MAX ||
	    list->count * sizeof(list->items[0]) != answer.len)
		return false;
	memcpy(list->items, answer.at, answer.len);
	for (size_t i = 0; i < list->count; i++)
		if (!is_valid(&list->items[i]))
			return false;
	return true;
}

static enum host_result
look_up_in_child(const struct host_question *question, int64_t deadline,
    struct host_addresses *list, struct buf *reason)
{
	enum host_result result = HOST_TROUBLE;
	struct buf answer = {.max = ANSWER_MAX};
	enum errand_result ended;

	list->count = 0;
	ended = errand_run(answer_question, question, deadline, &answer);
	if (ended != ERRAND_DONE) {
		errand_explain(ended, "cannot resolve the name", reason);
		if (ended == ERRAND_SIGNAL)
			result = HOST_SIGNAL;
	} else if (!read_answer(buf_span(&answer), list, &result, reason)) {
		result = HOST_TROUBLE;
		list->count = 0;
		buf_add_text(reason, "the resolver's answer is malformed");
	}
	buf_free(&answer);
	return result;
}

bool
host_parse_address(struct host_address *address, const char *text)
{
	struct sockaddr_in *four = (void *)&address->socket;
	struct sockaddr_in6 *six = (void *)&address->socket;

	*address = (struct host_address){0};
	if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		address->len = sizeof(*four);
	} else if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
		six->sin6_family = AF_INET6;
		address->len = sizeof(*six);
	}
	return address->len > 0;
}

/* "localhost" is always the loopback interface (RFC 6761 section 6.3). */
static enum host_result
name_loopback(const struct host_question *question, struct host_addresses *list)
{
	static const struct {
		int family;
		const char *text;
	} loopbacks[] = {{AF_INET6, "::1"}, {AF_INET, "127.0.0.1"}};

	list->count = 0;
	for (size_t i = 0; i < 2; i++) {
		struct host_address *address = &list->items[list->count];

		if (question->family != AF_UNSPEC &&
		    question->family != loopbacks[i].family)
			continue;
		host_parse_address(address, loopbacks[i].text);
		host_set_port(&address->socket, question->port);
		list->count++;
	}
	return HOST_FOUND;
}

enum host_result
host_resolve(const struct host_question *question, int64_t deadline,
    struct host_addresses *list, struct buf *reason)
{
	struct host_address address;
	enum host_result result;

	if (span_equal_nocase(span_from(question->host), SPAN("localhost")))
		return name_loopback(question, list);
	if (!host_parse_address(&address, question->host))
		return look_up_in_child(question, deadline, list, reason);
	signals_unblock();
	result = look_up(question, list, reason);
	signals_block();
	return result;
}

void
host_set_port(struct sockaddr_storage *socket, unsigned short port)
{
	if (socket->ss_family == AF_INET6)
		((struct sockaddr_in6 *)(void *)socket)->sin6_port =
		    htons(port);
	else
		((struct sockaddr_in *)(void *)socket)->sin_port = htons(port);
}

void
host_add_address(struct buf *buf, const struct sockaddr_storage *socket)
{
	const void *octets =
	    &((const struct sockaddr_in *)(const void *)socket)->sin_addr;
	char text[INET6_ADDRSTRLEN];

	if (socket->ss_family == AF_INET6)
		octets = &((const struct sockaddr_in6 *)(const void *)socket)
			      ->sin6_addr;
	if (inet_ntop(socket->ss_family, octets, text, sizeof(text)) == NULL)
		buf_add_text(buf, "an unknown address");
	else
		buf_add_text(buf, text);
}

/* Whether it is IPv4, perhaps mapped into IPv6 (RFC 4291 section 2.5.5.2). */
static bool
unmap(const struct sockaddr_storage *socket, struct in_addr *address)
{
	const struct sockaddr_in6 *six = (const void *)socket;
	const struct sockaddr_in *four = (const void *)socket;

	if (socket->ss_family == AF_INET) {
		*address = four->sin_addr;
		return true;
	}
	if (socket->ss_family != AF_INET6 ||
	    !IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
		return false;
	memcpy(address, &six->sin6_addr.s6_addr[12], sizeof(*address));
	return true;
}

void
host_unmap(struct host_address *address)
{
	struct sockaddr_in four = {.sin_family = AF_INET};

	if (!unmap(&address->socket, &four.sin_addr))
		return;
	*address = (struct host_address){.len = sizeof(four)};
	memcpy(&address->socket, &four, sizeof(four));
}

bool
host_add_literal(struct buf *buf, const struct sockaddr_storage *socket)
{
	struct in_addr address;
	char text[INET_ADDRSTRLEN];

	if (unmap(socket, &address)) {
		if (inet_ntop(AF_INET, &address, text, sizeof(text)) == NULL)
			return false;
		return buf_add_format(buf, "[%s]", text);
	}
	if (socket->ss_family != AF_INET6)
		return false;
	buf_add_text(buf, "[IPv6:");
	host_add_address(buf, socket);
	return buf_add_text(buf, "]");
}

bool
host_is_loopback(const struct sockaddr_storage *socket)
{
	const struct sockaddr_in6 *six = (const void *)socket;
	struct in_addr address;

	if (unmap(socket, &address))
		return ntohl(address.s_addr) >> 24 == 127;
	return socket->ss_family == AF_INET6 &&
	    IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}
