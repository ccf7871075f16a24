/*
 * Replaces getaddrinfo, so that no test asks a name server: every name in the
 * table has addresses or a failure. Only one file of a test may include it.
 */
#ifndef TESTS_NET_RESOLVER_H
#define TESTS_NET_RESOLVER_H

#include "rows.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* Failures besides those of getaddrinfo. */
enum { DIES = 1000, HANGS };

struct name {
	const char *host;
	int failure;
	const char *addresses[40];
};

static const struct name names[] = {
    {"four.test", 0, {"127.0.0.1"}},
    {"127.0.0.1", 0, {"127.0.0.1"}},
    {"six.test", 0, {"::1"}},
    {"both.test", 0, {"::1", "127.0.0.1"}},
    {"mixed.test", 0,
	{"2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1",
	    "192.0.2.2"}},
    {"four-first.test", 0, {"192.0.2.1", "192.0.2.2", "2001:db8::1"}},
    {"nowhere.test", 0, {"0.0.0.0", "::"}},
    {"partly-nowhere.test", 0, {"0.0.0.0", "127.0.0.1"}},
    {"many.test", 0,
	{"127.0.1.1", "127.0.1.2", "127.0.1.3", "127.0.1.4", "127.0.1.5",
	    "127.0.1.6", "127.0.1.7", "127.0.1.8", "127.0.1.9", "127.0.1.10",
	    "127.0.1.11", "127.0.1.12", "127.0.1.13", "127.0.1.14",
	    "127.0.1.15", "127.0.1.16", "127.0.1.17", "127.0.1.18",
	    "127.0.1.19", "127.0.1.20", "127.0.1.21", "127.0.1.22",
	    "127.0.1.23", "127.0.1.24", "127.0.1.25", "127.0.1.26",
	    "127.0.1.27", "127.0.1.28", "127.0.1.29", "127.0.1.30",
	    "127.0.1.31", "127.0.1.32", "127.0.1.33", "127.0.1.34"}},
    /* The tests listen on the first two only. */
    {"three.test", 0, {"127.0.0.1", "127.0.0.2", "127.0.0.3"}},
    {"no-name.test", EAI_NONAME, {NULL}},
    {"no-data.test", EAI_NODATA, {NULL}},
    {"again.test", EAI_AGAIN, {NULL}},
    {"fail.test", EAI_FAIL, {NULL}},
    {"memory.test", EAI_MEMORY, {NULL}},
    {"system.test", EAI_SYSTEM, {NULL}},
    {"dies.test", DIES, {NULL}},
    {"hangs.test", HANGS, {NULL}},
};

/* An address and a port, as getaddrinfo gives it. */
static inline struct addrinfo *
make_address(const char *text, unsigned short port)
{
	struct addrinfo *made = calloc(1, sizeof(*made));
	struct sockaddr_storage *socket = calloc(1, sizeof(*socket));
	struct sockaddr_in *four = (void *)socket;
	struct sockaddr_in6 *six = (void *)socket;

	if (made == NULL || socket == NULL)
		abort();
	made->ai_addr = (void *)socket;
	made->ai_socktype = SOCK_STREAM;
	if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
		made->ai_family = four->sin_family = AF_INET;
		made->ai_addrlen = sizeof(*four);
		four->sin_port = htons(port);
	} else if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
		made->ai_family = six->sin6_family = AF_INET6;
		made->ai_addrlen = sizeof(*six);
		six->sin6_port = htons(port);
	} else
		abort();
	return made;
}

int
getaddrinfo(const char *restrict host, const char *restrict service,
    const struct addrinfo *restrict hints, struct addrinfo **restrict found)
{
	unsigned short port = (unsigned short)atoi(service);
	size_t count = 0;

	assert_int_equal(hints->ai_socktype, SOCK_STREAM);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i].host, host) != 0)
			continue;
		if (names[i].failure == EAI_SYSTEM)
			errno = EMFILE;
		if (names[i].failure == DIES)
			_exit(0);
		while (names[i].failure == HANGS)
			pause();
		if (names[i].failure != 0)
			return names[i].failure;
		for (const char *const *at = names[i].addresses; *at; at++) {
			struct addrinfo *made = make_address(*at, port);

			if (hints->ai_family != AF_UNSPEC &&
			    hints->ai_family != made->ai_family) {
				freeaddrinfo(made);
				continue;
			}
			*found = made;
			found = &made->ai_next;
			count++;
		}
		return count > 0 ? 0 : EAI_NODATA;
	}
	return EAI_NONAME;
}

void
freeaddrinfo(struct addrinfo *found)
{
	while (found != NULL) {
		struct addrinfo *next = found->ai_next;

		free(found->ai_addr);
		free(found);
		found = next;
	}
}

#endif
