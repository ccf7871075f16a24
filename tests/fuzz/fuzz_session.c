/*
 * Whole sessions with a server that sends any octets: greeting, EHLO, login,
 * transactions, QUIT. The input is what the server sends, in turns that end in
 * an octet of TURN; each turn arrives when the client waits for it. The linker
 * replaces the calls to the socket, so that nothing takes time.
 *
 * link: -Wl,--wrap=recv,--wrap=send,--wrap=poll,--wrap=ppoll
 */
#include "fuzz/fuzz.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/wait.h"
#include "message/message.h"
#include "message/replay.h"
#include "smtp/letter.h"
#include "smtp/login.h"
#include "smtp/session.h"
#include "smtp/transaction.h"

#define TURN '\xfe'
#define PASSWORD "xyzzy-plugh"
#define TRANSACTIONS_MAX 20

/* The server in one run; LLVMFuzzerTestOneInput resets it. */
static struct {
	struct span rest; /* turns to come */
	struct span turn; /* what can be read now */
	bool has_ended;
	size_t cut; /* octets that a read or write takes */
	struct buf heard;
} server;

ssize_t __wrap_recv(int fd, void *data, size_t len, int flags);
ssize_t __wrap_send(int fd, const void *data, size_t len, int flags);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_ppoll(struct pollfd *fds, nfds_t count,
    const struct timespec *timeout, const sigset_t *mask);

ssize_t
__wrap_recv(int fd, void *data, size_t len, int flags)
{
	(void)fd;
	(void)flags;
	if (server.turn.len == 0 && !server.has_ended) {
		errno = EAGAIN;
		return -1;
	}
	if (len > server.cut)
		len = server.cut;
	if (len > server.turn.len)
		len = server.turn.len;
	if (len > 0)
		memcpy(data, server.turn.at, len);
	server.turn = span_skip(server.turn, len);
	return (ssize_t)len;
}

ssize_t
__wrap_send(int fd, const void *data, size_t len, int flags)
{
	(void)fd;
	(void)flags;
	if (len > server.cut)
		len = server.cut;
	CLAIM(buf_add(&server.heard, data, len));
	return (ssize_t)len;
}

/*
 * A caller that waits gets the next turn; one that only polls gets what has
 * arrived.
 */
static int
ready(struct pollfd *fds, nfds_t count, bool waits)
{
	if (count == 0)
		return 0;
	CLAIM(count == 1);
	if (waits && server.turn.len == 0 && !server.has_ended) {
		size_t len = span_find(server.rest, TURN);

		server.has_ended = server.rest.len == 0;
		server.turn = span_head(server.rest, len);
		server.rest = span_skip(server.rest, len + 1);
	}
	fds[0].revents = fds[0].events & POLLOUT;
	if (server.turn.len > 0 || server.has_ended)
		fds[0].revents |= fds[0].events & POLLIN;
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

static struct message *
make_message(bool is_eight_bit)
{
	struct message_feed *feed = message_feed_new(HEADER_BY_FORM, 0);
	struct message *message;
	struct error err = {0};

	CLAIM(message_feed_add(feed,
	    is_eight_bit ? SPAN("From: me@example.org\n\n.\n\xc3\xa4\n")
			 : SPAN("From: me@example.org\n\n.\nx\n"),
	    &err));
	message = message_feed_end(feed, &err);
	CLAIM(message != NULL);
	message_feed_free(feed);
	return message;
}

/*
 * The client sends only lines that end in CR LF, and no secret before it is
 * asked for one.
 */
static void
check_heard(bool has_secret)
{
	struct span heard = buf_span(&server.heard);

	for (size_t i = 0; i < heard.len; i++) {
		CLAIM(heard.at[i] != '\0');
		CLAIM(
		    heard.at[i] != '\n' || (i > 0 && heard.at[i - 1] == '\r'));
		CLAIM(heard.at[i] != '\r' || i + 1 == heard.len ||
		    heard.at[i + 1] == '\n');
	}
	for (size_t i = 0; i < heard.len; i++)
		CLAIM(has_secret ||
		    !span_starts(span_skip(heard, i), SPAN(PASSWORD)));
}

/*
 * If a recipient got the message, or may have, the content was sent to its end.
 */
static void
check_envelope(const struct envelope *envelope)
{
	struct span heard = buf_span(&server.heard);
	bool has_end = false;

	for (size_t i = 0; i < heard.len; i++)
		has_end |=
		    span_starts(span_skip(heard, i), SPAN("\r\n.\r\n")) ||
		    span_starts(span_skip(heard, i), SPAN(" LAST\r\n"));
	for (size_t i = 0; i < envelope->count; i++) {
		const struct recipient *recipient = &envelope->recipients[i];
		const struct outcome *outcome = &recipient->outcome;

		if (outcome->action == ACTION_RELAYED)
			CLAIM(has_end &&
			    reply_is_positive(&recipient->rcpt_reply));
		if (outcome->in_doubt)
			CLAIM(has_end);
	}
}

static void
run_transactions(struct session *session, struct envelope *envelope,
    const struct letter *letter)
{
	bool goes_on = true, quit_said = false;

	for (int i = 0; goes_on && i < TRANSACTIONS_MAX; i++) {
		struct transaction transaction;

		if (!envelope_has_open(envelope))
			break;
		goes_on =
		    transaction_run(session, envelope, letter, &transaction);
		quit_said = transaction.quit_said;
		transaction_free(&transaction);
	}
	session_close(session, quit_said);
}

static void
run_session(unsigned choice, const struct letter *letter)
{
	static const struct server at = {
	    .scheme = SCHEME_SMTP_UNIX, .path = (char *)(uintptr_t) "/run/x"};
	static const struct server lmtp = {
	    .scheme = SCHEME_LMTP_UNIX, .path = (char *)(uintptr_t) "/run/x"};
	struct profile profile = {
	    .name = mem_copy_text("fuzz"),
	    .ehlo_name = mem_copy_text("client.example"),
	    .tls = TLS_POLICY_NONE,
	    .tls_is_set = true,
	    .password_fd = -1,
	    .partial = (choice & 2) != 0 ? PARTIAL_ALL_OR_NOTHING
					 : PARTIAL_BEST_EFFORT,
	};
	struct secret secret = {.is_set = true};
	struct session session;
	struct session_options options = {
	    .profile = &profile,
	    .server = (choice & 1) != 0 ? &lmtp : &at,
	    .deadline = DEADLINE_NEVER,
	};
	struct envelope_index index = {0};
	struct envelope envelope = {
	    .reverse_path = mem_copy_text("me@example.org")};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	CLAIM(fd >= 0);
	envelope_add(&envelope, &index, "one@example.org");
	envelope_add(&envelope, &index, "two@example.org");
	envelope_add(&envelope, &index, "three@example.org");
	envelope_index_free(&index);
	if ((choice & 4) != 0) {
		profile.user = mem_copy_text("me");
		buf_add_text(&secret.password, PASSWORD);
		options.secret = &secret;
	}
	if (session_open(&session, fd, &options) &&
	    (options.secret == NULL || login_authenticate(&session)))
		run_transactions(&session, &envelope, letter);
	else
		CLAIM(session.trouble.action != ACTION_NONE);
	session_close(&session, true);
	check_heard(options.secret != NULL);
	check_envelope(&envelope);
	secret_free(&secret);
	envelope_free(&envelope);
	profile_free(&profile);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	unsigned choice = fuzz_choice(&input);
	unsigned cut = fuzz_choice(&input);
	struct message *message = make_message((choice & 8) != 0);
	struct plan plan = {0}, seven_bit = {0}, utf8 = {0};
	struct letter letter = {
	    .message = message,
	    .plan = &plan,
	    .size = replay_size(message, &plan),
	    .seven_bit = &seven_bit,
	    .utf8 = &utf8,
	};

	server.rest = input;
	server.turn = (struct span){0};
	server.has_ended = false;
	server.cut = cut + 1;
	buf_init(&server.heard, 1024 * 1024);
	run_session(choice, &letter);
	buf_free(&server.heard);
	plan_free(&plan);
	plan_free(&seven_bit);
	plan_free(&utf8);
	message_free(message);
	return 0;
}
