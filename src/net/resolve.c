#include "net/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/wait.h"

/* What the resolver's failures mean; the rest is RESOLVE_TROUBLE. */
static const struct {
	int code;
	enum resolve_result result;
	const char *text;
} failures[] = {
    {EAI_NONAME, RESOLVE_NO_HOST, "the name does not exist"},
#if defined(EAI_NODATA) && EAI_NODATA != EAI_NONAME
    {EAI_NODATA, RESOLVE_NO_HOST, "the name has no address"},
#endif
#ifdef EAI_ADDRFAMILY
    {EAI_ADDRFAMILY, RESOLVE_NO_HOST, "the name has no address"},
#endif
    {EAI_AGAIN, RESOLVE_TROUBLE, "the name server does not answer"},
    {EAI_FAIL, RESOLVE_TROUBLE, "the name server cannot tell"},
};

static enum resolve_result
explain(int code, int error_number, struct buf *reason)
{
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (failures[i].code == code) {
			buf_add_text(reason, failures[i].text);
			return failures[i].result;
		}
	buf_add_format(reason, "cannot resolve the name: %s",
	    code == EAI_SYSTEM ? strerror(error_number) : gai_strerror(code));
	return RESOLVE_TROUBLE;
}

/*
 * 0.0.0.0 and :: are no hosts: name servers that block a name say so, and the
 * system would connect to itself.
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

/* The next one of the family (or, with `other`, of another), or NULL. */
static const struct addrinfo *
next_of(const struct addrinfo *found, int family, bool other)
{
	while (found != NULL &&
	       (!is_usable(found) || (found->ai_family == family) == other))
		found = found->ai_next;
	return found;
}

static void
add(struct address_list *list, const struct addrinfo *found)
{
	struct address *address = &list->items[list->count];

	if (found == NULL || list->count == RESOLVE_MAX)
		return;
	memcpy(&address->socket, found->ai_addr, found->ai_addrlen);
	address->len = found->ai_addrlen;
	list->count++;
}

/* The family that the system puts first, then in turn. */
static void
interleave(struct address_list *list, const struct addrinfo *found)
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

enum resolve_result
resolve_host(const char *host, unsigned short port, struct address_list *list,
    struct buf *reason)
{
	/*
	 * Not AI_ADDRCONFIG: where only the loopback is up, it would hide the
	 * loopback's addresses too.
	 */
	struct addrinfo hints = {.ai_family = AF_UNSPEC,
	    .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICSERV};
	struct addrinfo *found = NULL;
	char service[8];
	int code, error_number;

	list->count = 0;
	snprintf(service, sizeof(service), "%u", (unsigned)port);
	signals_open();
	code = getaddrinfo(host, service, &hints, &found);
	error_number = errno;
	signals_close();
	/* RFC 6761 section 6.3: it is the loopback, whoever does not know. */
	if (code != 0 &&
	    span_equal_nocase(span_from(host), SPAN("localhost")))
		code = getaddrinfo("127.0.0.1", service, &hints, &found);
	if (code != 0)
		return explain(code, error_number, reason);
	interleave(list, found);
	freeaddrinfo(found);
	if (list->count > 0)
		return RESOLVE_DONE;
	buf_add_text(reason, "the name has no usable address");
	return RESOLVE_NO_HOST;
}

void
address_add_text(struct buf *buf, const struct sockaddr_storage *socket)
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
