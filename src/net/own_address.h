/* The address of this machine from which the Internet is reached. */
#ifndef NET_OWN_ADDRESS_H
#define NET_OWN_ADDRESS_H

#include "net/host.h"

/*
 * Finds the address that the route to the Internet uses, for AF_INET or
 * AF_INET6. Nothing is sent. A router may replace it by its own (NAT). False:
 * there is no such route.
 */
bool own_address_find(int family, struct host_address *address);

#endif
