/*
 * The client's part of CONNECT (RFC 9110 section 9.3.6), with a login by Basic
 * (RFC 7617).
 */
#ifndef NET_PROXY_HTTP_H
#define NET_PROXY_HTTP_H

#include "net/proxy_talk.h"

/* For all replies together: of those before the last one the code is 1xx. */
#define PROXY_HTTP_REPLY_MAX ((size_t)32 * 1024)

/* False: the talk has the result and the reason. */
bool proxy_http_connect(
    struct proxy_talk *talk, const struct proxy_target *target);

#endif
