/*
 * -bs with a client that sends any octets, and an upstream server that follows
 * RFC 5321. The client's lines are read a second time: each command has its
 * reply, each content that was accepted has reached the server as RFC 5321
 * section 4.5.2 requires, and nothing else has. The linker replaces the calls
 * to the sockets, so that nothing takes time.
 *
 * link: -Wl,--wrap=recv,--wrap=send,--wrap=poll,--wrap=ppoll
 * link: -Wl,--wrap=read,--wrap=dial_unix
 */
#include "fuzz/fuzz.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "fixup/fixup.h"
#include "fuzz/book.h"
#include "fuzz/upstream.h"
#include "message/message.h"
#include "message/replay.h"
#include "net/dial.h"
#include "serve/server.h"

/* After fuzz.h, which it needs as much as feed.h. */
#include "message/message_oracle.h"

#define HOST "mail.example.org"
#define LINE_MAX_OCTETS 2048
#define DIALS_MAX 40

/* The state of one run, which LLVMFuzzerTestOneInput resets. */
static struct {
	int fd;
	struct span input;
	size_t cut; /* octets that a read or write takes */
	struct buf replies;
	size_t dials;
	bool is_expanded; /* a recipient was several */
	struct buf paths;
	struct buf plans[CONTENTS_MAX]; /* the messages, as planned */
	size_t plan_count;
	struct profile profile;
} run;
static struct upstream upstream;

ssize_t __real_read(int fd, void *data, size_t len);
ssize_t __wrap_read(int fd, void *data, size_t len);
ssize_t __wrap_recv(int fd, void *data, size_t len, int flags);
ssize_t __wrap_send(int fd, const void *data, size_t len, int flags);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_ppoll(struct pollfd *fds, nfds_t count,
    const struct timespec *timeout, const sigset_t *mask);
enum dial_result __wrap_dial_unix(const char *path, int64_t timeout,
    int64_t deadline, int *fd, struct buf *reason);

static size_t
at_most(size_t a, size_t b)
{
	return a < b ? a : b;
}

ssize_t
__wrap_read(int fd, void *data, size_t len)
{
	if (fd != run.fd)
		return __real_read(fd, data, len);
	len = at_most(at_most(len, run.cut), run.input.len);
	if (len > 0)
		memcpy(data, run.input.at, len);
	run.input = span_skip(run.input, len);
	return (ssize_t)len;
}

ssize_t
__wrap_recv(int fd, void *data, size_t len, int flags)
{
	struct span said = span_skip(buf_span(&upstream.said), upstream.sent);

	(void)flags;
	CLAIM(fd == upstream.fd);
	if (said.len == 0 && !upstream.is_closed) {
		errno = EAGAIN;
		return -1;
	}
	len = at_most(at_most(len, run.cut), said.len);
	if (len > 0)
		memcpy(data, said.at, len);
	upstream.sent += len;
	return (ssize_t)len;
}

ssize_t
__wrap_send(int fd, const void *data, size_t len, int flags)
{
	(void)flags;
	len = at_most(len, run.cut);
	if (fd == run.fd) {
		CLAIM(buf_add(&run.replies, data, len));
		return (ssize_t)len;
	}
	CLAIM(fd == upstream.fd);
	if (upstream.is_closed) {
		errno = EPIPE;
		return -1;
	}
	upstream_take(&upstream, (struct span){data, len});
	return (ssize_t)len;
}

/* The program must never wait for a server that has nothing to send. */
static int
ready(struct pollfd *fds, nfds_t count, bool waits)
{
	if (count == 0)
		return 0;
	CLAIM(count == 1);
	fds[0].revents = fds[0].events & POLLOUT;
	if (fds[0].fd == run.fd || upstream.is_closed ||
	    upstream.sent < upstream.said.len)
		fds[0].revents |= fds[0].events & POLLIN;
	CLAIM(!waits || fds[0].revents != 0);
	return fds[0].revents != 0;
}

int
__wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	return ready(fds, count, timeout != 0);
}

int
__wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
    const sigset_t *mask)
{
	(void)mask;
	return ready(fds, count,
	    timeout == NULL || timeout->tv_sec != 0 || timeout->tv_nsec != 0);
}

enum dial_result
__wrap_dial_unix(const char *path, int64_t timeout, int64_t deadline, int *fd,
    struct buf *reason)
{
	(void)path;
	(void)timeout;
	(void)deadline;
	if (run.dials++ == DIALS_MAX) {
		buf_add_text(reason, "not today");
		return DIAL_FAILED;
	}
	*fd = socket(AF_UNIX, SOCK_STREAM, 0);
	CLAIM(*fd >= 0);
	upstream_connect(&upstream, *fd);
	return DIAL_DONE;
}

static bool
refuse(struct reply *refusal, const struct error *err)
{
	fuzz_check_error(err);
	refusal->code = 553;
	refusal->status = (struct status){5, 1, 3};
	buf_add_text(&refusal->text, err->text);
	return false;
}

static bool
choose(void *context, const struct mailbox *sender, struct route *route,
    struct reply *refusal)
{
	struct error err = {0};
	struct buf path = {0};

	(void)context;
	if (sender->local != NULL &&
	    !mailbox_add_path(sender, "example.org", &path, &err)) {
		buf_free(&path);
		return refuse(refusal, &err);
	}
	route->profile = &run.profile;
	route->reverse_path = mem_copy_text(buf_text(&path));
	route->domain = mem_copy_text("example.org");
	buf_free(&path);
	return true;
}

static void
add_mailbox(struct envelope *mailboxes, const char *path)
{
	struct envelope_index index = {0};

	for (size_t i = 0; i < mailboxes->count; i++)
		if (strcmp(mailboxes->recipients[i].forward_path, path) == 0)
			return;
	envelope_add(mailboxes, &index, path);
	envelope_index_free(&index);
	CLAIM(buf_add_format(&run.paths, "%s\n", path));
}

static bool
resolve(void *context, const struct route *route,
    const struct mailbox *recipient, struct envelope *mailboxes,
    struct reply *refusal)
{
	struct error err = {0};
	struct buf path = {0};

	(void)context;
	if (!mailbox_add_path(recipient, route->domain, &path, &err)) {
		buf_free(&path);
		return refuse(refusal, &err);
	}
	if (strcmp(recipient->local, "all") == 0) {
		run.is_expanded = true;
		add_mailbox(mailboxes, "one@example.org");
		add_mailbox(mailboxes, "no@example.org");
		add_mailbox(mailboxes, "\xc3\xa4@example.org");
	}
	add_mailbox(mailboxes, buf_text(&path));
	buf_free(&path);
	return true;
}

static bool
keep(void *context, const char *data, size_t len)
{
	CLAIM(buf_add(context, data, len));
	return true;
}

static bool
plan(void *context, const struct route *route, const struct message *message,
    struct plan *plan, struct error *err)
{
	const struct fixup fixup = {0};
	struct buf *out = &run.plans[run.plan_count];
	const struct message_sink sink = {keep, out};

	(void)context;
	(void)route;
	if (!fixup_plan(plan, message, &fixup, err)) {
		fuzz_check_error(err);
		return false;
	}
	CLAIM(run.plan_count++ < CONTENTS_MAX);
	upstream.plan = run.plan_count;
	buf_init(out, (size_t)1024 * 1024);
	CLAIM(
	    replay_message(message, plan, REPLAY_PLAIN, &sink) == REPLAY_DONE);
	return true;
}

static void
settled(void *context, const struct transfer *transfer,
    const struct letter *letter, const struct plan *plan,
    const struct server *server)
{
	(void)context;
	(void)letter;
	(void)plan;
	(void)server;
	CLAIM(!envelope_has_open(&transfer->envelope));
}

/*
 * Checks the copies of one message that reached the server; returns how many
 * recipients got it.
 */
static size_t
count_accepted(size_t plan, bool *by_all)
{
	size_t accepted = 0;

	*by_all = false;
	for (size_t i = 0; i < upstream.count; i++) {
		const struct content *content = &upstream.contents[i];
		struct span text = buf_span(&content->text);

		if (content->plan != plan)
			continue;
		CLAIM(span_starts(text, SPAN("Received: by " HOST " with ")));
		text = span_skip(text, span_find(text, '\n') + 1);
		CLAIM(span_equal(text, buf_span(&run.plans[plan - 1])));
		/* A recipient that got the message does not get it again. */
		CLAIM(accepted == 0);
		accepted += content->accepted;
		*by_all = content->accepted == content->recipients;
	}
	return accepted;
}

/* This does not check whether the message has a header: it may be text. */
static bool
is_planned(struct span text, struct span plan)
{
	struct buf wire = oracle_wire(text, false, false), body;
	bool is_same = span_equal(buf_span(&wire), plan);
	struct span line;

	buf_init(&body, (size_t)1024 * 1024);
	oracle_add(&body, SPAN(""), false);
	while (oracle_line(&text, &line))
		oracle_add(&body, line, false);
	is_same = is_same || span_equal(buf_span(&body), plan);
	buf_free(&wire);
	buf_free(&body);
	return is_same;
}

static void
check_content(struct book *book)
{
	size_t count = book->is_lmtp ? book->recipients : 1, positive = 0;
	size_t accepted = 0;
	struct buf text;
	bool is_whole, by_all = false;

	buf_init(&text, (size_t)1024 * 1024);
	is_whole = book_take_content(book, &text);
	if (is_whole && book->plans < run.plan_count &&
	    is_planned(buf_span(&text), buf_span(&run.plans[book->plans])))
		accepted = count_accepted(++book->plans, &by_all);
	for (size_t i = 0; i < count; i++) {
		int code = book_take_reply(book);

		CLAIM(code != 0 && code / 100 != 3);
		positive += code / 100 == 2;
	}
	CLAIM(positive == 0 || accepted > 0);
	if (!book->is_lmtp && !run.is_expanded)
		CLAIM((positive == 1) == (accepted > 0 && by_all));
	if (book->is_lmtp && accepted > 0 && !run.is_expanded)
		CLAIM(positive > 0);
	CLAIM(is_whole || book->replies.len == 0);
	book->recipients = 0;
	buf_free(&text);
}

static void
note_reply(struct book *book, struct span line, int code)
{
	bool is_lhlo = book_is_verb(line, SPAN("LHLO"));

	if (code == 354) {
		CLAIM(book_is_verb(line, SPAN("DATA")) && book->recipients > 0);
		check_content(book);
	} else if (code / 100 == 2 && book_is_verb(line, SPAN("RCPT"))) {
		book->recipients++;
	} else if (code == 250 &&
	    (is_lhlo || book_is_verb(line, SPAN("EHLO")) ||
		book_is_verb(line, SPAN("HELO")))) {
		book->is_lmtp = is_lhlo;
		book->recipients = 0;
	} else if (code == 250 && book_is_verb(line, SPAN("RSET"))) {
		book->recipients = 0;
	}
}

static void
check_session(struct span said)
{
	struct book book = {.said = said, .replies = buf_span(&run.replies)};
	struct span line;

	CLAIM(book_take_reply(&book) == 220);
	while (book_take_line(&book, &line)) {
		int code = book_take_reply(&book);

		CLAIM(code != 0);
		CLAIM(line.len < LINE_MAX_OCTETS || code == 500 || code == 421);
		note_reply(&book, line, code);
		/* After too many commands the reply is followed by another. */
		if (span_starts(book.replies, SPAN("421 ")))
			CLAIM(book_take_reply(&book) == 421 && code != 421);
		else if (code != 221 && code != 421)
			continue;
		break;
	}
	CLAIM(book.replies.len == 0);
	CLAIM(book.plans == run.plan_count);
}

static void
set_up(unsigned choice, unsigned drops_after)
{
	static struct server at = {.path = (char *)(uintptr_t) "/run/x",
	    .url = (char *)(uintptr_t) "smtp+unix:/run/x"};

	if (run.fd <= 0)
		run.fd = socket(AF_UNIX, SOCK_STREAM, 0);
	CLAIM(run.fd > 0);
	upstream = (struct upstream){.fd = -1,
	    .is_lmtp = (choice & 1) != 0,
	    .has_eight_bit = (choice & 2) == 0,
	    .has_utf8 = (choice & 4) == 0,
	    .is_moody = (choice & 8) != 0,
	    .is_odd = (choice & 32) != 0,
	    .drops_after = drops_after % 32,
	    .paths = &run.paths};
	buf_init(&upstream.line, (size_t)1024 * 1024);
	buf_init(&upstream.said, (size_t)1024 * 1024);
	at.scheme = (choice & 1) != 0 ? SCHEME_LMTP_UNIX : SCHEME_SMTP_UNIX;
	run.profile = (struct profile){
	    .name = (char *)(uintptr_t) "fuzz",
	    .ehlo_name = (char *)(uintptr_t) "client.example",
	    .servers = &at,
	    .server_count = 1,
	    .tls = TLS_POLICY_NONE,
	    .tls_is_set = true,
	    .password_fd = -1,
	    .max_size = (choice & 16) != 0 ? 100 : 0,
	};
	run.dials = run.plan_count = 0;
	run.is_expanded = false;
	buf_init(&run.replies, (size_t)16 * 1024 * 1024);
	buf_init(&run.paths, (size_t)1024 * 1024);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	unsigned choice = fuzz_choice(&input);
	unsigned drops_after = fuzz_choice(&input);
	const struct service service = {
	    .host = HOST,
	    .timeout = INT64_MAX,
	    .choose = choose,
	    .resolve = resolve,
	    .plan = plan,
	    .settled = settled,
	};

	run.cut = (size_t)fuzz_choice(&input) * 16 + 1;
	run.input = input = span_head(input, 16384);
	set_up(choice, drops_after);
	server_run(&service, run.fd, run.fd);
	check_session(input);
	for (size_t i = 0; i < run.plan_count; i++)
		buf_free(&run.plans[i]);
	buf_free(&run.replies);
	buf_free(&run.paths);
	upstream_free(&upstream);
	return 0;
}
