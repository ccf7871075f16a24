/*
 * A loop over at most eleven descriptors. A visitor is answered once the header
 * of its request is complete, so that nothing unread is left when the
 * connection is closed: else the browser would show an error instead of the
 * page.
 */
#include "oauth/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/wait.h"

#define TRIES 20 /* to find a port that is free at both addresses */
#define PAUSE_MILLISECONDS 200
#define BACKLOG 64 /* a full one delays the browser by a second */

struct page {
	const char *status, *text;
};

static const struct page pages[] = {
    [REDIRECT_CODE] = {"200 OK",
	"The login goes on in the terminal. You can close this page."},
    [REDIRECT_ERROR] = {"200 OK",
	"The service has refused the login. The terminal says why."},
    [REDIRECT_FOREIGN] = {"404 Not Found",
	"This page does not belong to the login that is going on."},
    [REDIRECT_ISSUER] = {"200 OK",
	"The answer is from another service. The login has ended."},
    [REDIRECT_METHOD] = {"405 Method Not Allowed\r\nAllow: GET",
	"Only GET is allowed here."},
};
static const struct page page_too_large = {
    "431 Request Header Fields Too Large", "The request is too large."};

void
listener_init(struct listener *listener)
{
	*listener = (struct listener){.sockets = {-1, -1}};
	for (size_t i = 0; i < LISTENER_VISITORS; i++)
		listener->visitors[i].fd = -1;
}

static bool
set_flags(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
	    fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

/* -1 with errno. */
static int
open_socket(int family, unsigned short port)
{
	struct sockaddr_in four = {
	    .sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6,
	    .sin6_port = htons(port),
	    .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	bool is_six = family == AF_INET6;
	int fd = socket(family, SOCK_STREAM, 0), one = 1, cause;

	if (fd < 0)
		return -1;
	four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	/* A port of the last login may still be in TIME_WAIT. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (is_six)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (set_flags(fd) &&
	    bind(fd,
		is_six ? (struct sockaddr *)&six : (struct sockaddr *)&four,
		is_six ? sizeof(six) : sizeof(four)) == 0 &&
	    listen(fd, BACKLOG) == 0)
		return fd;
	cause = errno;
	close(fd);
	errno = cause;
	return -1;
}

static unsigned short
port_of(int fd)
{
	struct sockaddr_in address = {0};
	socklen_t size = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		return 0;
	return ntohs(address.sin_port);
}

/* Whether the machine has no ::1, or no IPv6 at all. */
static bool
is_absent(int cause)
{
	return cause == EADDRNOTAVAIL || cause == EAFNOSUPPORT ||
	    cause == EPROTONOSUPPORT;
}

/*
 * "localhost" is ::1 for some browsers: if another program has the port there,
 * it would get the code.
 */
static bool
open_both(struct listener *listener, unsigned short port)
{
	int four = open_socket(AF_INET, port), six, cause;

	if (four < 0)
		return false;
	listener->port = port_of(four);
	six = open_socket(AF_INET6, listener->port);
	if (six < 0 && !is_absent(errno)) {
		cause = errno;
		close(four);
		errno = cause;
		return false;
	}
	listener->sockets[0] = four;
	listener->sockets[1] = six;
	return true;
}

bool
listener_open(struct listener *listener, unsigned short port, struct error *err)
{
	listener_init(listener);
	for (int i = 0; i < TRIES; i++) {
		if (open_both(listener, port))
			return true;
		if (port != 0 || errno != EADDRINUSE)
			break;
	}
	if (port == 0)
		return error_set(err, ERROR_OS,
		    "cannot wait for the browser: %s", strerror(errno));
	return error_set(err, ERROR_CONFIG,
	    "cannot wait for the browser on port %u: %s\n"
	    "hint: without --port a port is chosen that is free",
	    (unsigned)port, strerror(errno));
}

static void
end_visit(struct listener_visitor *visitor)
{
	if (visitor->fd >= 0)
		close(visitor->fd);
	visitor->fd = -1;
	buf_wipe(&visitor->header);
}

void
listener_close(struct listener *listener)
{
	for (size_t i = 0; i < LISTENER_VISITORS; i++)
		end_visit(&listener->visitors[i]);
	for (size_t i = 0; i < 2; i++)
		if (listener->sockets[i] >= 0)
			close(listener->sockets[i]);
	listener_init(listener);
}

/* Room for a visitor; if there is none, the oldest one has to go. */
static struct listener_visitor *
make_room(struct listener *listener)
{
	struct listener_visitor *oldest = &listener->visitors[0];

	for (size_t i = 0; i < LISTENER_VISITORS; i++) {
		struct listener_visitor *visitor = &listener->visitors[i];

		if (visitor->fd < 0)
			return visitor;
		if (visitor->deadline < oldest->deadline)
			oldest = visitor;
	}
	end_visit(oldest);
	return oldest;
}

static void
welcome(struct listener *listener, int socket)
{
	struct listener_visitor *visitor;
	int fd = accept(socket, NULL, NULL);

	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		    errno == ENOMEM)
			listener->pause_until = deadline_in(PAUSE_MILLISECONDS);
		return;
	}
	if (!set_flags(fd)) {
		close(fd);
		return;
	}
	visitor = make_room(listener);
	visitor->fd = fd;
	visitor->deadline = deadline_in(LISTENER_VISIT_MILLISECONDS);
	buf_init_secret(&visitor->header, REDIRECT_MAX);
}

/* The page is small enough for the buffer of any socket. */
static void
answer(struct listener_visitor *visitor, const struct page *page)
{
	struct buf out = {0}, body = {0};

	buf_add_format(&body,
	    "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
	    "<title>smtpost-oauth</title>\n<p>%s</p></html>\n",
	    page->text);
	buf_add_format(&out,
	    "HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\n"
	    "Content-Length: %zu\r\nConnection: close\r\n"
	    "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
	    "Content-Security-Policy: default-src 'none'; "
	    "frame-ancestors 'none'\r\n"
	    "X-Content-Type-Options: nosniff\r\n\r\n",
	    page->status, body.len);
	buf_add_span(&out, buf_span(&body));
	send(visitor->fd, out.data, out.len, MSG_NOSIGNAL);
	shutdown(visitor->fd, SHUT_WR);
	buf_free(&body);
	buf_free(&out);
	end_visit(visitor);
}

static bool
is_complete(struct span header, size_t known)
{
	struct span rest = span_skip(header, known > 3 ? known - 3 : 0);

	for (size_t i = 0; i + 1 < rest.len; i++)
		if (rest.at[i] == '\n' &&
		    (rest.at[i + 1] == '\n' ||
			(i + 2 < rest.len && rest.at[i + 1] == '\r' &&
			    rest.at[i + 2] == '\n')))
			return true;
	return false;
}

/* Whether the visitor has brought the answer. */
static bool
attend(struct listener_visitor *visitor, const struct redirect_wanted *wanted,
    struct redirect *redirect, enum redirect_result *result)
{
	char block[4096];
	size_t known = visitor->header.len;
	ssize_t got = recv(visitor->fd, block, sizeof(block), 0);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (got <= 0) {
		end_visit(visitor);
		return false;
	}
	buf_add(&visitor->header, block, (size_t)got);
	mem_wipe(block, sizeof(block));
	if (visitor->header.full) {
		answer(visitor, &page_too_large);
		return false;
	}
	if (!is_complete(buf_span(&visitor->header), known))
		return false;
	*result =
	    redirect_read_request(redirect, buf_span(&visitor->header), wanted);
	answer(visitor, &pages[*result]);
	if (*result != REDIRECT_FOREIGN && *result != REDIRECT_METHOD)
		return true;
	redirect_free(redirect);
	return false;
}

/* Ends the visits that take too long; returns when the next one does. */
static int64_t
end_slow_visits(struct listener *listener, int64_t deadline)
{
	int64_t now = clock_now();

	for (size_t i = 0; i < LISTENER_VISITORS; i++) {
		struct listener_visitor *visitor = &listener->visitors[i];

		if (visitor->fd >= 0 && visitor->deadline <= now)
			end_visit(visitor);
		if (visitor->fd >= 0)
			deadline =
			    deadline_earlier(deadline, visitor->deadline);
	}
	if (listener->pause_until > now)
		deadline = deadline_earlier(deadline, listener->pause_until);
	return deadline;
}

enum {
	SOCKETS = 0,
	OTHER = 2,
	VISITORS,
	POLLED = VISITORS + LISTENER_VISITORS
};

static void
fill(const struct listener *listener, int other, bool is_open,
    struct pollfd polls[POLLED])
{
	for (size_t i = 0; i < 2; i++)
		polls[SOCKETS + i].fd = is_open ? listener->sockets[i] : -1;
	polls[OTHER].fd = other;
	for (size_t i = 0; i < LISTENER_VISITORS; i++)
		polls[VISITORS + i].fd = listener->visitors[i].fd;
	for (size_t i = 0; i < POLLED; i++) {
		polls[i].events = POLLIN;
		polls[i].revents = 0;
	}
}

enum listener_result
listener_wait(struct listener *listener, const struct redirect_wanted *wanted,
    int other, int64_t deadline, struct redirect *redirect,
    enum redirect_result *result)
{
	for (;;) {
		struct pollfd polls[POLLED];
		int64_t next = end_slow_visits(listener, deadline);
		bool is_open = listener->pause_until <= clock_now();
		enum wait_result waited;

		fill(listener, other, is_open, polls);
		waited = wait_for(polls, POLLED, next);
		if (waited == WAIT_INTERRUPTED)
			return LISTENER_SIGNAL;
		if (waited == WAIT_FAILED)
			return LISTENER_FAILED;
		if (clock_now() >= deadline)
			return LISTENER_TIMEOUT;
		for (size_t i = 0; i < LISTENER_VISITORS; i++)
			if (polls[VISITORS + i].revents != 0 &&
			    attend(&listener->visitors[i], wanted, redirect,
				result))
				return LISTENER_ANSWERED;
		for (size_t i = 0; i < 2; i++)
			if (polls[SOCKETS + i].revents != 0)
				welcome(listener, polls[SOCKETS + i].fd);
		if (polls[OTHER].revents != 0)
			return LISTENER_INPUT;
	}
}
