/*
 * The client's part of SOCKS 5 (RFC 1928), with a login by user and password
 * (RFC 1929).
 */
#ifndef NET_PROXY_SOCKS_H
#define NET_PROXY_SOCKS_H

#include "net/proxy_talk.h"

/* False: the talk has the result and the reason. */
bool proxy_socks_connect(
    struct proxy_talk *talk, const struct proxy_target *target);

#endif
