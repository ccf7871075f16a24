/*
 * Reads a reply of HTTP/1.1 (RFC 9112) from a server that is not trusted: all
 * is bounded, and a reply that is cut or ambiguous is an error.
 */
#ifndef NET_HTTP_REPLY_H
#define NET_HTTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define HTTP_REPLY_HEADER_MAX ((size_t)32 * 1024)
#define HTTP_REPLY_BODY_MAX ((size_t)64 * 1024)
/* The longest Retry-After that is believed, in seconds. */
#define HTTP_REPLY_RETRY_MAX ((int64_t)24 * 60 * 60)

struct stream;

enum http_result {
	HTTP_DONE,	 /* a whole reply, of any status but a redirect */
	HTTP_REDIRECTED, /* reply->status says how; the body is not read */
	HTTP_NO_HOST,	 /* the name does not exist */
	HTTP_LOST,	 /* no connection, or it ended early: try again later */
	HTTP_TIMEOUT,
	HTTP_SIGNAL,
	HTTP_UNTRUSTED, /* TLS was refused, for example for its certificate */
	HTTP_MALFORMED, /* what came is not an HTTP reply, or a bad one */
	HTTP_TOO_LARGE, /* the header or the body */
	HTTP_NO_PROXY,	/* the proxy refuses */
	HTTP_CONFIG,	/* a file or setting for TLS cannot be used */
};

/* Starts all zero; http_reply_free, also after a failure. */
struct http_reply {
	int status;		 /* 200 to 599; 0: none came */
	int64_t retry_after;	 /* seconds from now; -1: not said */
	struct buf content_type; /* lower case, without parameters; secret */
	struct buf body;	 /* secret */
	/* HTTP_UNTRUSTED: bits of enum certificate_fault. */
	unsigned faults;
};

/*
 * Reads the reply to a request of ours, up to the absolute deadline. Unless the
 * result is HTTP_DONE, adds to `reason` a sentence that quotes nothing: "the
 * reply of the server is cut off".
 */
enum http_result http_reply_read(struct http_reply *reply,
    struct stream *stream, int64_t deadline, struct buf *reason);
/* Whether its status is 2xx. */
bool http_reply_is_success(const struct http_reply *reply);
void http_reply_free(struct http_reply *reply); /* wipes */

#endif
