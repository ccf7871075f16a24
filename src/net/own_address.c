/*
 * Connects a UDP socket, for which the system chooses the route and with it the
 * address, and sends nothing through it.
 */
#include "net/own_address.h"

#include <unistd.h>

#define DISCARD_PORT 9

bool
own_address_find(int family, struct host_address *address)
{
	/* Of a root name server: as far away as anything can be. */
	static const char *const targets[] = {
	    "198.41.0.4", "2001:503:ba3e::2:30"};
	struct host_address target;
	int fd = socket(family, SOCK_DGRAM, 0);
	bool is_found;

	*address = (struct host_address){.len = sizeof(address->socket)};
	if (fd < 0)
		return false;
	host_parse_address(&target, targets[family == AF_INET6]);
	host_set_port(&target.socket, DISCARD_PORT);
	is_found =
	    connect(fd, (struct sockaddr *)&target.socket, target.len) == 0 &&
	    getsockname(
		fd, (struct sockaddr *)&address->socket, &address->len) == 0;
	close(fd);
	return is_found;
}
