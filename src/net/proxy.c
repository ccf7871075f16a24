/* Asks a proxy of either kind for a connection. */
#include "net/proxy.h"

#include "net/proxy_http.h"
#include "net/proxy_socks.h"

enum proxy_result
proxy_connect(int fd, enum proxy_kind kind, const struct proxy_target *target,
    int64_t deadline, struct buf *reason)
{
	struct proxy_talk talk = {
	    .fd = fd, .deadline = deadline, .reason = reason};
	bool done = kind == PROXY_HTTP ? proxy_http_connect(&talk, target)
				       : proxy_socks_connect(&talk, target);

	return done ? PROXY_DONE : talk.result;
}
