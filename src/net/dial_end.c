/* The two ends of a connected socket. */
#include "net/dial.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "net/resolve.h"

/* IPv4 in an IPv6 socket is IPv4. */
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

bool
dial_own_literal(int fd, struct buf *out)
{
	struct sockaddr_storage own = {0};
	struct in_addr address;
	socklen_t len = sizeof(own);
	char text[INET_ADDRSTRLEN];

	if (getsockname(fd, (struct sockaddr *)&own, &len) < 0)
		return false;
	if (unmap(&own, &address)) {
		if (inet_ntop(AF_INET, &address, text, sizeof(text)) == NULL)
			return false;
		return buf_add_format(out, "[%s]", text);
	}
	if (own.ss_family != AF_INET6)
		return false;
	buf_add_text(out, "[IPv6:");
	address_add_text(out, &own);
	return buf_add_text(out, "]");
}

bool
dial_is_loopback(int fd)
{
	struct sockaddr_storage peer = {0};
	const struct sockaddr_in6 *six = (const void *)&peer;
	struct in_addr address;
	socklen_t len = sizeof(peer);

	if (getpeername(fd, (struct sockaddr *)&peer, &len) < 0)
		return false;
	if (unmap(&peer, &address))
		return ntohl(address.s_addr) >> 24 == 127;
	return peer.ss_family == AF_INET6 &&
	       IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}
