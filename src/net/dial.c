/*
 * Connects sockets. Several attempts at addresses of one host may run at the
 * same time (RFC 8305); none of them outlives the call of dial_next.
 */
#include "net/dial.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/wait.h"
#include "net/host.h"

/* Milliseconds between attempts at a Unix socket whose queue is full. */
#define PAUSE ((int64_t)50)

static enum dial_result
fail(struct buf *reason, enum dial_result result, const char *text)
{
	buf_add_char(reason, ascii_lower(text[0]));
	buf_add_text(reason, text + 1);
	return result;
}

/* A non-blocking, close-on-exec socket; -1 with errno on failure. */
static int
open_socket(int family)
{
	int flags, one = 1, fd = socket(family, SOCK_STREAM, 0);

	/*
	 * Do not take the descriptor of a standard stream that our caller
	 * closed.
	 */
	if (fd >= 0 && fd <= STDERR_FILENO) {
		int higher = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		int saved = errno;

		close(fd);
		fd = higher;
		errno = saved;
	}
	if (fd < 0)
		return -1;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
		close(fd);
		return -1;
	}
	/* Each write is complete, so Nagle's algorithm would only delay it. */
	if (family != AF_UNIX)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

/* Whether the same call may succeed after a while. */
static bool
is_passing(int error)
{
	return error == EAGAIN || error == EINTR || error == EINPROGRESS ||
	    error == EALREADY;
}

/*
 * connect on a Unix socket succeeds or fails at once. If the queue is full, it
 * fails with EAGAIN (Linux) or ECONNREFUSED, and poll(2) cannot wait for room.
 */
static enum dial_result
try_until(int fd, const struct sockaddr_un *address, int64_t deadline,
    struct buf *reason)
{
	for (;;) {
		int64_t pause = deadline_earlier(deadline_in(PAUSE), deadline);

		if (connect(fd, (const struct sockaddr *)address,
			sizeof(*address)) == 0 ||
		    errno == EISCONN)
			return DIAL_DONE;
		if (!is_passing(errno))
			return fail(reason, DIAL_FAILED, strerror(errno));
		if (clock_now() >= deadline)
			return fail(reason, DIAL_TIMEOUT, "no answer");
		if (wait_for(NULL, 0, pause) == WAIT_INTERRUPTED)
			return fail(
			    reason, DIAL_SIGNAL, "interrupted by a signal");
	}
}

enum dial_result
dial_unix(const char *path, int64_t timeout, int64_t deadline, int *fd,
    struct buf *reason)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	enum dial_result result;

	*fd = -1;
	if (strlen(path) >= sizeof(address.sun_path))
		return fail(reason, DIAL_FAILED, strerror(ENAMETOOLONG));
	memcpy(address.sun_path, path, strlen(path) + 1);
	*fd = open_socket(AF_UNIX);
	if (*fd < 0)
		return fail(reason, DIAL_FAILED, strerror(errno));
	result = try_until(*fd, &address,
	    deadline_earlier(deadline_in(timeout), deadline), reason);
	if (result != DIAL_DONE) {
		close(*fd);
		*fd = -1;
	}
	return result;
}

/* Milliseconds before the next address is tried (RFC 8305 section 5). */
#define HEAD_START 250
/* How many attempts of dial_every run at the same time. */
#define EVERY_MAX ((size_t)4)

enum progress {
	UNTRIED,
	RUNNING,
	OVERTAKEN, /* another one was faster; it may be tried again */
	SPENT,	   /* it failed, or its socket was given to the caller */
};

/* One address and its state. */
struct candidate {
	struct host_address address;
	enum progress progress;
	int fd;
	int error;	  /* errno in this call of dial_next; 0: none */
	bool is_source;	  /* the error is about the source address */
	int64_t gives_up; /* deadline of this attempt */
};

struct dial {
	struct candidate candidates[HOST_ADDRESSES_MAX];
	size_t count;
	size_t running;
	int64_t next_start; /* when the head start of the last attempt ends */
	struct dial_options options;
};

static enum dial_result
result_of(enum host_result result)
{
	switch (result) {
	case HOST_FOUND:
		return DIAL_DONE;
	case HOST_UNKNOWN:
		return DIAL_NO_HOST;
	case HOST_SIGNAL:
		return DIAL_SIGNAL;
	case HOST_TROUBLE:
		break;
	}
	return DIAL_NAME_TROUBLE;
}

/* Reports the look-up to the caller, if one is needed. */
static void
tell_name(const char *host, const struct dial_options *options)
{
	struct host_address address;
	struct buf text = {0};

	if (options->tell == NULL || host_parse_address(&address, host) ||
	    span_equal_nocase(span_from(host), SPAN("localhost")))
		return;
	buf_add_format(&text, "looking up %s", host);
	options->tell(options->context, buf_text(&text));
	buf_free(&text);
}

struct dial *
dial_addresses(const struct host_address *addresses, size_t count,
    const struct dial_options *options)
{
	struct dial *dial = mem_new(1, sizeof(*dial));

	dial->options = *options;
	dial->count = count;
	for (size_t i = 0; i < count; i++) {
		dial->candidates[i].address = addresses[i];
		dial->candidates[i].fd = -1;
	}
	return dial;
}

enum dial_result
dial_open(struct dial **dial, const char *host, unsigned short port,
    const struct dial_options *options, struct buf *reason)
{
	struct host_addresses list;
	struct host_question question = {
	    .host = host,
	    .port = port,
	    .family = options->family,
	};
	enum host_result result;

	*dial = NULL;
	tell_name(host, options);
	result = host_resolve(&question, options->deadline, &list, reason);
	if (result != HOST_FOUND)
		return result_of(result);
	*dial = dial_addresses(list.items, list.count, options);
	return DIAL_DONE;
}

void
dial_free(struct dial *dial)
{
	free(dial);
}

static void
add_error(struct buf *reason, const struct candidate *candidate)
{
	const char *text = strerror(candidate->error);

	if (candidate->is_source)
		text = candidate->error == EADDRNOTAVAIL
		    ? "the source address is not one of this machine"
		    : "the source address cannot be used";
	else if (candidate->error == ETIMEDOUT)
		text = "no answer";
	buf_add_char(reason, ascii_lower(text[0]));
	buf_add_text(reason, text + 1);
}

/* Reports "trying 192.0.2.1 port 587", and the error if there was one. */
static void
tell(const struct dial *dial, const char *what,
    const struct candidate *candidate)
{
	const struct sockaddr_storage *socket = &candidate->address.socket;
	const struct sockaddr_in6 *six = (const void *)socket;
	const struct sockaddr_in *four = (const void *)socket;
	struct buf text = {0};

	if (dial->options.tell == NULL)
		return;
	buf_add_format(&text, "%s ", what);
	host_add_address(&text, socket);
	buf_add_format(&text, " port %u",
	    (unsigned)ntohs(socket->ss_family == AF_INET6 ? six->sin6_port
							  : four->sin_port));
	if (candidate->error != 0) {
		buf_add_text(&text, ": ");
		add_error(&text, candidate);
	}
	dial->options.tell(dial->options.context, buf_text(&text));
	buf_free(&text);
}

/* Untried addresses first, then those that were overtaken. */
static struct candidate *
next_candidate(struct dial *dial)
{
	for (size_t i = 0; i < dial->count; i++)
		if (dial->candidates[i].progress == UNTRIED)
			return &dial->candidates[i];
	for (size_t i = 0; i < dial->count; i++)
		if (dial->candidates[i].progress == OVERTAKEN)
			return &dial->candidates[i];
	return NULL;
}

bool
dial_has_more(const struct dial *dial)
{
	for (size_t i = 0; i < dial->count; i++)
		if (dial->candidates[i].progress == UNTRIED ||
		    dial->candidates[i].progress == OVERTAKEN)
			return true;
	return false;
}

static void
spend(struct dial *dial, struct candidate *candidate, int error)
{
	if (candidate->fd >= 0)
		close(candidate->fd);
	candidate->fd = -1;
	candidate->error = error;
	candidate->progress = SPENT;
	dial->running--;
	tell(dial, "cannot connect to", candidate);
	dial->next_start = 0; /* its head start is over */
}

/* Binds to the source address of the candidate's family, if there is one. */
static bool
bind_source(const struct dial *dial, struct candidate *candidate)
{
	int family = candidate->address.socket.ss_family;
	struct host_address source;

	for (size_t i = 0; i < dial->options.source_count; i++) {
		if (!host_parse_address(&source, dial->options.sources[i]) ||
		    source.socket.ss_family != family)
			continue;
		if (bind(candidate->fd,
			(const struct sockaddr *)(const void *)&source.socket,
			source.len) == 0)
			return true;
		candidate->is_source = true;
		return false;
	}
	return true;
}

static void
start(struct dial *dial, struct candidate *candidate, int64_t timeout)
{
	const struct sockaddr *to =
	    (const struct sockaddr *)(const void *)&candidate->address.socket;

	candidate->progress = RUNNING;
	candidate->is_source = false;
	candidate->gives_up = deadline_in(timeout);
	candidate->fd = open_socket(to->sa_family);
	dial->running++;
	dial->next_start = deadline_in(HEAD_START);
	tell(dial, "trying", candidate);
	if (candidate->fd < 0 || !bind_source(dial, candidate) ||
	    (connect(candidate->fd, to, candidate->address.len) < 0 &&
		errno != EINPROGRESS && errno != EINTR))
		spend(dial, candidate, errno);
}

/* Closes the attempts that still run. */
static void
end_race(struct dial *dial)
{
	for (size_t i = 0; i < dial->count; i++) {
		struct candidate *candidate = &dial->candidates[i];

		if (candidate->progress != RUNNING)
			continue;
		close(candidate->fd);
		candidate->fd = -1;
		candidate->progress = OVERTAKEN;
	}
	dial->running = 0;
}

/* Waits until an attempt ends, or the next one may start. */
static enum wait_result
watch(struct dial *dial, struct pollfd *polls, int64_t deadline)
{
	if (next_candidate(dial) != NULL)
		deadline = deadline_earlier(deadline, dial->next_start);
	for (size_t i = 0; i < dial->count; i++) {
		struct candidate *candidate = &dial->candidates[i];
		bool runs = candidate->progress == RUNNING;

		polls[i] = (struct pollfd){
		    .fd = runs ? candidate->fd : -1, .events = POLLOUT};
		if (runs)
			deadline =
			    deadline_earlier(deadline, candidate->gives_up);
	}
	return wait_for(polls, (nfds_t)dial->count, deadline);
}

/* Returns the first attempt that succeeded, or NULL. */
static struct candidate *
harvest(struct dial *dial, const struct pollfd *polls)
{
	int64_t now = clock_now();

	for (size_t i = 0; i < dial->count; i++) {
		struct candidate *candidate = &dial->candidates[i];
		int error = 0;
		socklen_t len = sizeof(error);

		if (candidate->progress != RUNNING)
			continue;
		if (polls[i].revents == 0) {
			if (candidate->gives_up <= now)
				spend(dial, candidate, ETIMEDOUT);
			continue;
		}
		if (getsockopt(
			candidate->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
			error = errno;
		if (error == 0)
			return candidate;
		spend(dial, candidate, error);
	}
	return NULL;
}

/* Adds "connection refused (::1, 127.0.0.1), no answer (192.0.2.1)". */
static enum dial_result
add_failures(struct dial *dial, struct buf *reason)
{
	bool all_timed_out = true;
	const char *between = "";

	for (size_t i = 0; i < dial->count; i++) {
		int error = dial->candidates[i].error;

		if (error == 0)
			continue;
		if (error != ETIMEDOUT)
			all_timed_out = false;
		buf_add_text(reason, between);
		between = ", ";
		add_error(reason, &dial->candidates[i]);
		for (size_t j = i; j < dial->count; j++) {
			struct candidate *same = &dial->candidates[j];

			if (same->error != error)
				continue;
			buf_add_text(reason, j == i ? " (" : ", ");
			host_add_address(reason, &same->address.socket);
			same->error = 0;
		}
		buf_add_text(reason, ")");
	}
	return all_timed_out ? DIAL_TIMEOUT : DIAL_FAILED;
}

static enum dial_result
break_off(struct dial *dial, enum dial_result result, const char *text,
    struct buf *reason)
{
	end_race(dial);
	buf_add_text(reason, text);
	return result;
}

/*
 * One step. After DIAL_DONE, call again unless *winner is set. Any other result
 * is a failure.
 */
static enum dial_result
race(struct dial *dial, int64_t timeout, int64_t deadline,
    struct candidate **winner, struct buf *reason)
{
	struct pollfd polls[HOST_ADDRESSES_MAX];
	struct candidate *candidate = next_candidate(dial);

	if (candidate != NULL &&
	    (dial->running == 0 || dial->next_start <= clock_now())) {
		start(dial, candidate, timeout);
		return DIAL_DONE;
	}
	if (dial->running == 0)
		return add_failures(dial, reason);
	switch (watch(dial, polls, deadline)) {
	case WAIT_READY:
		break;
	case WAIT_TIMEOUT:
		if (deadline > clock_now())
			break;
		return break_off(
		    dial, DIAL_TIMEOUT, "no answer in time", reason);
	case WAIT_INTERRUPTED:
		return break_off(
		    dial, DIAL_SIGNAL, "interrupted by a signal", reason);
	case WAIT_FAILED:
		return break_off(dial, DIAL_FAILED, strerror(errno), reason);
	}
	*winner = harvest(dial, polls);
	return DIAL_DONE;
}

enum dial_result
dial_next(struct dial *dial, int64_t timeout, int64_t deadline, int *fd,
    struct buf *reason)
{
	struct candidate *winner = NULL;
	enum dial_result result = DIAL_DONE;

	if (next_candidate(dial) == NULL)
		return break_off(
		    dial, DIAL_EXHAUSTED, "no address is left", reason);
	for (size_t i = 0; i < dial->count; i++)
		dial->candidates[i].error = 0;
	dial->next_start = 0;
	while (result == DIAL_DONE && winner == NULL)
		result = race(dial, timeout, deadline, &winner, reason);
	if (winner != NULL) {
		tell(dial, "connected to", winner);
		*fd = winner->fd;
		winner->fd = -1;
		winner->progress = SPENT;
		end_race(dial);
	}
	return result;
}

/* Moves what became of an attempt to the caller's list. */
static void
end_attempt(struct dial_end *end, struct candidate *candidate)
{
	end->fd = candidate->fd;
	end->error = candidate->error;
	end->is_source = candidate->is_source;
	end->ended_at = clock_now();
	candidate->fd = -1;
}

/*
 * Waits until an attempt ends. Meanwhile notes which servers have begun to
 * speak, so that the time until their greeting is known.
 */
static enum wait_result
watch_every(struct dial *dial, struct dial_end *ends, struct pollfd *polls,
    int64_t deadline)
{
	enum wait_result result;

	for (size_t i = 0; i < dial->count; i++) {
		struct candidate *candidate = &dial->candidates[i];
		bool runs = candidate->progress == RUNNING;
		bool is_mute = ends[i].fd >= 0 && ends[i].heard_at == 0;

		polls[i] = (struct pollfd){.fd = -1};
		if (runs)
			polls[i] = (struct pollfd){
			    .fd = candidate->fd, .events = POLLOUT};
		else if (is_mute)
			polls[i] =
			    (struct pollfd){.fd = ends[i].fd, .events = POLLIN};
		if (runs)
			deadline =
			    deadline_earlier(deadline, candidate->gives_up);
	}
	result = wait_for(polls, (nfds_t)dial->count, deadline);
	for (size_t i = 0; i < dial->count; i++)
		if (result == WAIT_READY && ends[i].fd >= 0 &&
		    polls[i].revents != 0)
			ends[i].heard_at = clock_now();
	return result;
}

/* Starts attempts, as many as may run at once. */
static void
start_more(struct dial *dial, struct dial_end *ends, int64_t timeout)
{
	for (size_t i = 0; i < dial->count && dial->running < EVERY_MAX; i++) {
		struct candidate *candidate = &dial->candidates[i];

		if (candidate->progress != UNTRIED)
			continue;
		ends[i].started_at = clock_now();
		start(dial, candidate, timeout);
		if (candidate->progress == SPENT)
			end_attempt(&ends[i], candidate);
	}
}

/* Ends the attempts that the poll or the clock has ended. */
static void
harvest_every(
    struct dial *dial, struct dial_end *ends, const struct pollfd *polls)
{
	struct candidate *winner;

	do {
		winner = harvest(dial, polls);
		if (winner != NULL) {
			tell(dial, "connected to", winner);
			winner->progress = SPENT;
			dial->running--;
		}
		for (size_t i = 0; i < dial->count; i++)
			if (dial->candidates[i].progress == SPENT &&
			    ends[i].ended_at == 0)
				end_attempt(&ends[i], &dial->candidates[i]);
	} while (winner != NULL);
}

enum dial_result
dial_every(struct dial_end *ends, size_t count,
    const struct dial_options *options, int64_t timeout)
{
	struct pollfd polls[HOST_ADDRESSES_MAX];
	struct dial *dial = mem_new(1, sizeof(*dial));
	enum wait_result waited = WAIT_READY;

	dial->options = *options;
	dial->count = count < HOST_ADDRESSES_MAX ? count : HOST_ADDRESSES_MAX;
	for (size_t i = 0; i < count; i++) {
		ends[i] = (struct dial_end){
		    .address = ends[i].address, .fd = -1, .error = ETIMEDOUT};
		if (i < dial->count)
			dial->candidates[i] = (struct candidate){
			    .address = ends[i].address, .fd = -1};
	}
	while (waited != WAIT_INTERRUPTED && waited != WAIT_FAILED &&
	    clock_now() < options->deadline) {
		start_more(dial, ends, timeout);
		if (dial->running == 0)
			break;
		waited = watch_every(dial, ends, polls, options->deadline);
		if (waited == WAIT_READY || waited == WAIT_TIMEOUT)
			harvest_every(dial, ends, polls);
	}
	for (size_t i = 0; i < dial->count; i++) {
		struct candidate *candidate = &dial->candidates[i];

		if (waited == WAIT_INTERRUPTED && ends[i].ended_at == 0)
			ends[i].error = EINTR;
		if (candidate->progress == RUNNING) {
			close(candidate->fd);
			ends[i].ended_at = clock_now();
		}
	}
	free(dial);
	return waited == WAIT_INTERRUPTED ? DIAL_SIGNAL : DIAL_DONE;
}

void
dial_add_error(const struct dial_end *end, struct buf *reason)
{
	const struct candidate candidate = {
	    .error = end->error, .is_source = end->is_source};

	add_error(reason, &candidate);
	buf_add_text(reason, " (");
	host_add_address(reason, &end->address.socket);
	buf_add_text(reason, ")");
}

static bool
connect_until(int fd, const struct sockaddr_storage *peer, socklen_t len,
    int64_t deadline)
{
	struct pollfd poll = {.fd = fd, .events = POLLOUT};
	int error = 0;
	socklen_t size = sizeof(error);

	if (connect(fd, (const struct sockaddr *)(const void *)peer, len) == 0)
		return true;
	return errno == EINPROGRESS &&
	    wait_for(&poll, 1, deadline) == WAIT_READY &&
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 &&
	    error == 0;
}

int
dial_again(int fd, int64_t deadline)
{
	struct sockaddr_storage own = {0}, peer = {0};
	socklen_t own_len = sizeof(own), peer_len = sizeof(peer);
	int again;

	if (getsockname(fd, (struct sockaddr *)&own, &own_len) < 0 ||
	    getpeername(fd, (struct sockaddr *)&peer, &peer_len) < 0)
		return -1;
	host_set_port(&own, 0);
	again = open_socket(peer.ss_family);
	if (again < 0)
		return -1;
	if (bind(again, (struct sockaddr *)&own, own_len) == 0 &&
	    connect_until(again, &peer, peer_len, deadline))
		return again;
	close(again);
	return -1;
}

bool
dial_own_literal(int fd, struct buf *out)
{
	struct sockaddr_storage own = {0};
	socklen_t len = sizeof(own);

	return getsockname(fd, (struct sockaddr *)&own, &len) == 0 &&
	    host_add_literal(out, &own);
}
