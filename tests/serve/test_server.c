/* Deadlines hold for a client that never stops sending. */
#include "rows.h"

#include <sys/wait.h>
#include <time.h>

#include "serve/server.h"
#include "smtp/given.h"
#include "smtp/peer.h"

/* The client says `begin`, and then `drip` again and again for 3 seconds. */
#define DRIP_NANOSECONDS 20000000L
#define DRIPS 150

#define ENVELOPE                                    \
	"EHLO me\r\nMAIL FROM:<me@example.org>\r\n" \
	"RCPT TO:<you@example.org>\r\nDATA\r\n"
#define UPSTREAM                                      \
	"S 220 mx\nC EHLO client.example\nS 250 mx\n" \
	"C MAIL FROM:<me@example.org>\nS 250 ok\n"    \
	"C RCPT TO:<you@example.org>\nS 250 ok\nC QUIT\nS 221 bye\nE\n"

struct time_row {
	const char *name;
	const char *upstream; /* what the server behind it does */
	const char *begin, *drip;
	int64_t content_time, session_time;
	int64_t least, most; /* milliseconds until it is over */
};

static const struct time_row times[] = {
    {"a session", "H\n", "EHLO me\r\n", "NOOP\r\n", 60000, 300, 300, 1500},
    {"a command line that never ends", "H\n", "EHLO me\r\n", "x", 60000, 300,
	300, 1500},
    {"a content", UPSTREAM, ENVELOPE, "x\r\n", 300, 60000, 300, 1500},
    {"a content that outlasts its session", UPSTREAM, ENVELOPE, "x\r\n", 800,
	100, 800, 2500},
};

static bool
choose(void *context, const struct mailbox *sender, struct route *route,
    struct reply *refusal)
{
	struct given *given = context;

	(void)sender;
	(void)refusal;
	route->profile = &given->profile;
	route->reverse_path = mem_copy_text("me@example.org");
	return true;
}

static bool
resolve(void *context, const struct route *route,
    const struct mailbox *recipient, struct envelope *mailboxes,
    struct reply *refusal)
{
	struct envelope_index index = {0};
	bool done = envelope_add(mailboxes, &index, "you@example.org");

	(void)context;
	(void)route;
	(void)recipient;
	(void)refusal;
	envelope_index_free(&index);
	return done;
}

static void
say(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		_exit(0);
}

/* In a child; returns the end that the server reads from. */
static int
start_client(const struct time_row *row, pid_t *child)
{
	const struct timespec pause = {0, DRIP_NANOSECONDS};
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	*child = fork();
	assert_true(*child >= 0);
	if (*child == 0) {
		close(fds[0]);
		say(fds[1], row->begin);
		for (int i = 0; i < DRIPS; i++) {
			nanosleep(&pause, NULL);
			say(fds[1], row->drip);
		}
		_exit(0);
	}
	close(fds[1]);
	return fds[0];
}

static void
test_time(void **state)
{
	static const char last[] = "421 4.4.2 the time limit has passed\r\n";
	const struct time_row *row = *state;
	int64_t began = clock_now(), took;
	char heard[8192];
	struct given given;
	struct peer peer;
	pid_t child;
	int in = start_client(row, &child);
	int out = given_file(SPAN(""));
	ssize_t len;

	given_init(&given, SPAN(GIVEN_MESSAGE), "you@example.org");
	peer_start(&peer, row->upstream);
	given_server(&given, peer.port);
	given.profile.servers = &given.server;
	given.profile.server_count = 1;
	server_run(&(struct service){.host = "host.example",
		       .content_time = row->content_time,
		       .session_time = row->session_time,
		       .context = &given,
		       .choose = choose,
		       .resolve = resolve},
	    in, out);
	took = clock_now() - began;
	close(in);
	assert_int_equal(waitpid(child, NULL, 0), child);
	len = pread(out, heard, sizeof(heard), 0);
	close(out);
	assert_true(len > (ssize_t)sizeof(last));
	assert_memory_equal(
	    heard + len - (sizeof(last) - 1), last, sizeof(last) - 1);
	assert_true(took >= row->least && took < row->most);
	if (row->upstream[0] != 'S')
		close(peer_connect(&peer));
	peer_end(&peer);
	given_free(&given);
}

int
main(void)
{
	return rows_run("time", times, ROWS(times), test_time);
}
