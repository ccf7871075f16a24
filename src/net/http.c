/*
 * Connects to the server of a URL, perhaps through a proxy, starts TLS and
 * sends one request. Nothing is sent to a server whose certificate is not
 * accepted.
 */
#include "net/http.h"

#include <stdarg.h>
#include <unistd.h>

#include "base/wait.h"
#include "net/dial.h"
#include "net/stream.h"
#include "net/tunnel.h"
#include "tls/tls.h"

#define ADDRESS_TIMEOUT ((int64_t)10000) /* for each address */
#define REQUEST_MAX ((size_t)128 * 1024)

static void tell(const struct http_request *request, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void
tell(const struct http_request *request, const char *format, ...)
{
	struct buf sentence = {0};
	va_list arguments;

	if (request->tell == NULL)
		return;
	va_start(arguments, format);
	buf_add_arguments(&sentence, format, arguments);
	va_end(arguments);
	request->tell(request->context, buf_text(&sentence));
	buf_free(&sentence);
}

/* Adds the header and the body of the request. */
static void
add_request(const struct http_request *request, struct buf *out)
{
	bool is_get = request->content_type == NULL;

	buf_add_format(out, "%s %s HTTP/1.1\r\nHost: ", is_get ? "GET" : "POST",
	    request->url->path);
	url_add_authority(request->url, out);
	buf_add_format(out,
	    "\r\nUser-Agent: smtpost/" PACKAGE_VERSION
	    "\r\nAccept: %s\r\nConnection: close\r\n",
	    request->accept != NULL ? request->accept : "application/json");
	if (request->authorization.len > 0) {
		buf_add_text(out, "Authorization: ");
		buf_add_span(out, request->authorization);
		buf_add_text(out, "\r\n");
	}
	if (!is_get)
		buf_add_format(out,
		    "Content-Type: %s\r\nContent-Length: %zu\r\n",
		    request->content_type, request->body.len);
	buf_add_text(out, "\r\n");
	if (!is_get)
		buf_add_span(out, request->body);
}

enum http_result
http_exchange(struct stream *stream, const struct http_request *request,
    struct http_reply *reply, struct buf *reason)
{
	struct buf text;

	buf_init_secret(&text, REQUEST_MAX);
	add_request(request, &text);
	/* A server may refuse, and close, before it has read everything. */
	stream_write(stream, text.data, text.len, request->deadline);
	buf_wipe(&text);
	return http_reply_read(reply, stream, request->deadline, reason);
}

/* The way to the server. */
struct way {
	const struct http_request *request;
	struct tunnel *tunnel; /* NULL: none, or the stream has it */
	struct stream *stream; /* NULL: none yet */
	int64_t deadline;      /* for TLS with this address */
	struct buf reason;     /* why the last attempt failed */
	unsigned faults;       /* of the certificate */
};

/* Of one address that was silent, the next one may still answer. */
static enum http_result
timeout_of(const struct way *way)
{
	return clock_now() < way->request->deadline ? HTTP_LOST : HTTP_TIMEOUT;
}

/* "cannot connect to HOST port 443: WHY" */
static void
set_reason(struct way *way, struct buf *why)
{
	const struct http_request *request = way->request;
	const struct http_network *network = request->network;
	struct buf proxy = {0};

	if (network->proxy_kind == PROXY_COMMAND)
		buf_add_text(&proxy, " through the proxy command");
	else if (network->proxy_kind != PROXY_NONE)
		buf_add_format(
		    &proxy, " through the proxy %s", network->proxy_host);
	buf_clear(&way->reason);
	buf_add_format(&way->reason, "cannot connect to %s port %u%s: %s",
	    request->url->host, (unsigned)request->url->port, buf_text(&proxy),
	    buf_text(why));
	buf_free(&proxy);
}

/* If the command that leads to the server has ended, that is the reason. */
static void
blame_tunnel(struct way *way)
{
	struct buf why = {0};

	buf_add_text(&why, "it ");
	if (way->tunnel != NULL && tunnel_add_end(way->tunnel, &why))
		set_reason(way, &why);
	buf_free(&why);
}

/* The result of tls_start that failed. */
static enum http_result
refuse_tls(struct way *way, const struct tls_failure *failure)
{
	const struct http_request *request = way->request;
	struct span text = span_from(failure->text);

	way->faults = failure->faults;
	buf_add_format(&way->reason, "%s: ", request->url->host);
	/* Its hints name settings of a mail server. */
	buf_add_span(&way->reason, span_head(text, span_find(text, '\n')));
	switch (failure->result) {
	case TLS_SIGNAL:
		return HTTP_SIGNAL;
	case TLS_LOST:
		if (!failure->is_tls)
			blame_tunnel(way);
		return timeout_of(way);
	case TLS_CONFIG:
		return HTTP_CONFIG;
	default:
		return HTTP_UNTRUSTED;
	}
}

/* Starts TLS on a connected socket, which is closed on failure. */
static enum http_result
start_tls(struct way *way, int fd)
{
	const struct http_request *request = way->request;
	struct tls_options options = {0};
	struct tls_failure failure = {0};
	struct tls *tls;

	if (request->tls != NULL)
		options = *request->tls;
	options.host = options.name = request->url->host;
	options.service = NULL;
	options.verify = true;
	options.accept_untrusted = options.diagnose = false;
	tls = tls_start(fd, &options, way->deadline, &failure);
	if (tls == NULL) {
		/* A command ends when its connection is closed, too. */
		enum http_result result = refuse_tls(way, &failure);

		close(fd);
		return result;
	}
	way->stream = stream_new(fd);
	stream_use_tunnel(way->stream, way->tunnel);
	way->tunnel = NULL;
	stream_use_tls(way->stream, tls);
	tell(request, "%s %s, key exchange %s, verified by %s",
	    tls_protocol(tls), tls_cipher(tls), tls_key_exchange(tls),
	    tls_verified_by(tls));
	return HTTP_DONE;
}

static enum http_result
proxy_failure(const struct way *way, enum proxy_result result)
{
	switch (result) {
	case PROXY_TIMEOUT:
		return timeout_of(way);
	case PROXY_SIGNAL:
		return HTTP_SIGNAL;
	case PROXY_LOST:
		return HTTP_LOST;
	default:
		return HTTP_NO_PROXY;
	}
}

static enum http_result
dial_failure(enum dial_result result)
{
	switch (result) {
	case DIAL_NO_HOST:
		return HTTP_NO_HOST;
	case DIAL_TIMEOUT:
		return HTTP_TIMEOUT;
	case DIAL_SIGNAL:
		return HTTP_SIGNAL;
	default:
		return HTTP_LOST;
	}
}

/* Makes a connected socket one to the server, with TLS. */
static enum http_result
use_socket(struct way *way, int fd)
{
	const struct http_request *request = way->request;
	const struct http_network *network = request->network;
	const struct proxy_target target = {
	    .host = request->url->host,
	    .port = request->url->port,
	    .user = network->proxy_user,
	    .password = network->proxy_password,
	};
	struct buf why = {0};
	enum proxy_result result = PROXY_DONE;

	if (network->proxy_kind != PROXY_NONE)
		result = proxy_connect(
		    fd, network->proxy_kind, &target, way->deadline, &why);
	if (result != PROXY_DONE) {
		close(fd);
		set_reason(way, &why);
		buf_free(&why);
		return proxy_failure(way, result);
	}
	return start_tls(way, fd);
}

/* Leaves half of the time that is left to the addresses after this one. */
static int64_t
address_deadline(const struct dial *dial, int64_t deadline)
{
	int64_t now = clock_now();

	if (!dial_has_more(dial) || now >= deadline)
		return deadline;
	return deadline_earlier(
	    now + (deadline - now) / 2, deadline_in(ADDRESS_TIMEOUT));
}

/*
 * Tries the addresses of the server, or of the proxy, until one works. Another
 * address is tried only if the connection to one is lost, or nothing has come
 * over it.
 */
static enum http_result
reach(struct way *way)
{
	const struct http_request *request = way->request;
	const struct http_network *network = request->network;
	const struct dial_options options = {
	    .family = network->family,
	    .sources = network->sources,
	    .source_count = network->source_count,
	    .deadline = request->deadline,
	    .tell = request->tell,
	    .context = request->context,
	};
	bool by_proxy = network->proxy_kind != PROXY_NONE;
	enum http_result result = HTTP_LOST;
	struct buf why = {0};
	struct dial *dial;
	int fd;
	enum dial_result dialled = dial_open(&dial,
	    by_proxy ? network->proxy_host : request->url->host,
	    by_proxy ? network->proxy_port : request->url->port, &options,
	    &why);

	while (dialled == DIAL_DONE && result == HTTP_LOST) {
		buf_clear(&why);
		dialled = dial_next(
		    dial, ADDRESS_TIMEOUT, request->deadline, &fd, &why);
		if (dialled != DIAL_DONE)
			break;
		buf_clear(&way->reason);
		way->deadline = address_deadline(dial, request->deadline);
		result = use_socket(way, fd);
	}
	if (dialled != DIAL_DONE && dialled != DIAL_EXHAUSTED) {
		set_reason(way, &why);
		result = dial_failure(dialled);
	}
	dial_free(dial);
	buf_free(&why);
	return result;
}

/* Reaches the server through a command. */
static enum http_result
reach_by_command(struct way *way)
{
	const struct http_request *request = way->request;
	struct buf why = {0};
	enum http_result result = HTTP_LOST;
	int fd;

	tell(request, "through the proxy command");
	way->deadline = request->deadline;
	way->tunnel = tunnel_open(request->network->proxy_command,
	    request->url->host, request->url->port, &fd, &why);
	if (way->tunnel != NULL)
		result = start_tls(way, fd);
	else
		set_reason(way, &why);
	buf_free(&why);
	return result;
}

enum http_result
http_send(const struct http_request *request, struct http_reply *reply,
    struct buf *reason)
{
	struct way way = {.request = request};
	enum http_result result = request->network->proxy_kind == PROXY_COMMAND
	    ? reach_by_command(&way)
	    : reach(&way);

	reply->faults = way.faults;
	if (result == HTTP_DONE) {
		result = http_exchange(way.stream, request, reply, &way.reason);
		if (result != HTTP_DONE)
			buf_add_format(reason, "%s: ", request->url->host);
	}
	buf_add_span(reason, buf_span(&way.reason));
	buf_free(&way.reason);
	stream_free(way.stream);
	tunnel_close(way.tunnel);
	return result;
}
