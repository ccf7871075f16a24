/*
 * One request over HTTPS, HTTP/1.1 (RFC 9112), and its reply. Every connection
 * carries one request. Redirects are not followed.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stddef.h>
#include <stdint.h>

#include "net/http_reply.h"
#include "net/proxy.h"
#include "net/url.h"
#include "tls/tls_options.h"

/* How servers are reached. Everything is borrowed; all zero: directly. */
struct http_network {
	int family; /* AF_UNSPEC, AF_INET or AF_INET6 */
	char *const *sources;
	size_t source_count;
	enum proxy_kind proxy_kind;
	const char *proxy_command; /* of PROXY_COMMAND */
	const char *proxy_host;	   /* of the others */
	unsigned short proxy_port;
	struct span proxy_user, proxy_password; /* user empty: no login */
};

/* Everything is borrowed. */
struct http_request {
	const struct url *url;
	/* Of the body: "application/x-www-form-urlencoded". NULL: it is GET. */
	const char *content_type;
	struct span body;
	struct span authorization; /* "Basic ..."; empty: none */
	const char *accept;	   /* NULL: application/json */
	const struct http_network *network;
	/*
	 * NULL: all defaults. The name in the URL and the certificate are
	 * always checked, whatever is in it.
	 */
	const struct tls_options *tls;
	int64_t deadline; /* for everything; absolute (base/wait.h) */
	/* Called with a sentence about each step; may be NULL. */
	void (*tell)(void *context, const char *sentence);
	void *context;
};

/*
 * Sends the request and reads the reply. Unless the result is HTTP_DONE, adds
 * to `reason` one line that says why, with the name of the server, and with
 * everything foreign masked.
 */
enum http_result http_send(const struct http_request *request,
    struct http_reply *reply, struct buf *reason);

/* Public for the tests: the same on a stream that is connected. */
enum http_result http_exchange(struct stream *stream,
    const struct http_request *request, struct http_reply *reply,
    struct buf *reason);

#endif
