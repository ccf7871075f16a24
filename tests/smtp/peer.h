/*
 * A server for one test, in a child: it plays a script over loopback and says
 * what was not as the script wants. Included after rows.h. One line a step:
 *
 *   S text  send text and CRLF; \n in it is CRLF, \l LF, \r CR, \0 NUL
 *   s text  the same without the CRLF at the end
 *   C text  the next line is exactly this
 *   M       lines up to and with the one that is a dot
 *   N       for a moment nothing comes
 *   K n     read n octets, whatever they are
 *   T       read to the end; no line of it is a dot
 *   H       read and drop to the end
 *   E       the end comes, and nothing before it
 *   Z n     sleep n milliseconds
 *   G       answer 250 to every group of commands, which are bounded; 354 to
 *           DATA, which ends it
 *   I       send SIGTERM to the client
 *   R       reset the connection
 *   A       close it and take the next one; at the end of the script it is
 *           closed too
 */
#ifndef TESTS_SMTP_PEER_H
#define TESTS_SMTP_PEER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"

#define PEER_GROUP_MAX ((size_t)18 * 1024)
#define PEER_GROUP_USUAL ((size_t)8 * 1024)

struct peer {
	pid_t child;
	int words; /* what went wrong, from the child */
	unsigned short port;
};

/* Within the child. */
struct player {
	int listener, fd, words;
	char input[16384];
	size_t len;
	struct span step;
};

static inline void
player_fail(struct player *player, const char *why)
{
	char text[1024];
	int len = snprintf(text, sizeof(text), "at \"%.*s\": %s; input: %.*s",
	    (int)player->step.len, player->step.at, why,
	    (int)(player->len < 200 ? player->len : 200), player->input);

	if (write(player->words, text,
		(size_t)len < sizeof(text) ? (size_t)len : sizeof(text)) < 0)
		_exit(2);
	_exit(1);
}

/* Reads once; false at the end, or when `milliseconds` passed without any. */
static inline bool
player_read(struct player *player, int milliseconds)
{
	struct pollfd ready = {player->fd, POLLIN, 0};
	ssize_t got;

	if (player->len == sizeof(player->input))
		player_fail(player, "too much came");
	if (poll(&ready, 1, milliseconds) <= 0)
		return false;
	got = recv(player->fd, player->input + player->len,
	    sizeof(player->input) - player->len, 0);
	if (got <= 0)
		return false;
	player->len += (size_t)got;
	return true;
}

static inline void
player_drop(struct player *player, size_t len)
{
	memmove(player->input, player->input + len, player->len - len);
	player->len -= len;
}

/* The length of the next line, with its CRLF. */
static inline size_t
player_line(struct player *player)
{
	for (;;) {
		for (size_t i = 1; i < player->len; i++)
			if (player->input[i] == '\n' &&
			    player->input[i - 1] == '\r')
				return i + 1;
		if (!player_read(player, 8000))
			player_fail(player, "no line came");
	}
}

static inline void
player_expect(struct player *player, struct span line)
{
	size_t len = player_line(player);

	if (!span_equal((struct span){player->input, len - 2}, line))
		player_fail(player, "another line came");
	player_drop(player, len);
}

static inline void
player_send(struct player *player, struct span text, bool with_end)
{
	struct buf out = {0};

	for (size_t i = 0; i < text.len; i++) {
		char next = i + 1 < text.len ? text.at[i + 1] : '\0';

		if (text.at[i] != '\\' || strchr("nlr0", next) == NULL) {
			buf_add_char(&out, text.at[i]);
			continue;
		}
		if (next == 'n')
			buf_add_text(&out, "\r\n");
		else
			buf_add_char(&out,
			    next == 'l'	      ? '\n'
				: next == 'r' ? '\r'
					      : '\0');
		i++;
	}
	if (with_end)
		buf_add_text(&out, "\r\n");
	/* One send, so that it arrives at once; the client may be gone. */
	if (send(player->fd, out.data, out.len, MSG_NOSIGNAL) < 0 &&
	    out.len > 0)
		player_fail(player, "cannot send");
	buf_free(&out);
}

static inline void
player_content(struct player *player)
{
	size_t len;

	do {
		len = player_line(player);
		if (len == 3 && player->input[0] == '.') {
			player_drop(player, len);
			return;
		}
		player_drop(player, len);
	} while (true);
}

static inline void
player_read_to_end(struct player *player, bool may_dot)
{
	static const char dot[] = "\r\n.\r\n";

	do {
		for (size_t i = 0; !may_dot && i + 5 <= player->len; i++)
			if (memcmp(player->input + i, dot, 5) == 0)
				player_fail(player, "a dot came");
		if (player->len > 4)
			player_drop(player, player->len - 4);
	} while (player_read(player, 8000));
}

static inline void
player_count(struct player *player, size_t count)
{
	while (player->len < count) {
		count -= player->len;
		player->len = 0;
		if (!player_read(player, 8000))
			player_fail(player, "not so many octets came");
	}
	player_drop(player, count);
}

static inline void
player_groups(struct player *player)
{
	char group[32768];
	size_t largest = 0;

	for (;;) {
		size_t len = 0;

		do {
			if (len + player->len > PEER_GROUP_MAX)
				player_fail(player, "a group is too large");
			memcpy(group + len, player->input, player->len);
			len += player->len;
			player->len = 0;
		} while (player_read(player, len == 0 ? 8000 : 100));
		if (len == 0)
			player_fail(player, "no group came");
		if (len > largest)
			largest = len;
		for (size_t i = 0; i < len; i++)
			if (group[i] == '\n')
				player_send(player,
				    i >= 5 && group[i - 5] == 'D' &&
					    group[i - 2] == 'A'
					? SPAN("354 go")
					: SPAN("250 ok"),
				    true);
		if (len >= 6 && memcmp(group + len - 6, "DATA\r\n", 6) == 0)
			break;
	}
	if (largest < PEER_GROUP_USUAL)
		player_fail(player, "the groups are small");
}

static inline void
player_accept(struct player *player)
{
	struct pollfd ready = {player->listener, POLLIN, 0};

	if (player->fd >= 0)
		close(player->fd);
	player->len = 0;
	if (poll(&ready, 1, 8000) <= 0)
		player_fail(player, "no connection came");
	player->fd = accept(player->listener, NULL, NULL);
}

static inline void
player_reset(struct player *player)
{
	struct linger now = {1, 0};

	setsockopt(player->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(player->fd);
	player->fd = -1;
}

static inline void
player_play(struct player *player, struct span step)
{
	struct span text = span_skip(step, 2);
	uint64_t number = 0;

	span_number(text, 1 << 30, &number);
	player->step = step;
	switch (step.at[0]) {
	case 'S':
		player_send(player, text, true);
		break;
	case 's':
		player_send(player, text, false);
		break;
	case 'C':
		player_expect(player, text);
		break;
	case 'M':
		player_content(player);
		break;
	case 'K':
		player_count(player, (size_t)number);
		break;
	case 'T':
		player_read_to_end(player, false);
		break;
	case 'H':
		player_read_to_end(player, true);
		break;
	case 'Z':
		usleep((useconds_t)number * 1000);
		break;
	case 'G':
		player_groups(player);
		break;
	case 'I':
		kill(getppid(), SIGTERM);
		break;
	case 'R':
		player_reset(player);
		break;
	case 'A':
		player_accept(player);
		break;
	case 'N':
		if (player->len > 0 || player_read(player, 30))
			player_fail(player, "more came too early");
		break;
	case 'E':
		if (player->len > 0 || player_read(player, 8000))
			player_fail(player, "more came");
		break;
	default:
		player_fail(player, "an unknown step");
	}
}

static inline void
player_run(struct player *player, struct span script)
{
	alarm(30);
	player_accept(player);
	while (script.len > 0) {
		size_t end = span_find(script, '\n');

		player_play(player, span_head(script, end));
		script = span_skip(script, end + 1);
	}
	close(player->fd);
	_exit(0);
}

static inline void
peer_start(struct peer *peer, const char *script)
{
	static struct player player;
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(address);
	int ends[2], room = 4096;

	player = (struct player){.fd = -1};
	player.listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(player.listener >= 0);
	/* Little room, so that a large content has to wait for the peer. */
	setsockopt(player.listener, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	assert_int_equal(
	    bind(player.listener, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(player.listener, 8), 0);
	assert_int_equal(
	    getsockname(player.listener, (struct sockaddr *)&address, &len), 0);
	peer->port = ntohs(address.sin_port);
	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	peer->child = fork();
	assert_true(peer->child >= 0);
	if (peer->child == 0) {
		close(ends[0]);
		player.words = ends[1];
		player_run(&player, span_from(script));
	}
	close(ends[1]);
	close(player.listener);
	peer->words = ends[0];
}

/* A socket; *done: it is connected. */
static inline int
peer_try(const struct peer *peer, bool *done)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	    .sin_port = htons(peer->port),
	    .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	*done = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
	return fd;
}

static inline int
peer_connect(const struct peer *peer)
{
	bool done;
	int fd = peer_try(peer, &done);

	assert_true(done);
	return fd;
}

/* Waits for the script to end; a failed step fails the test. */
static inline void
peer_end(struct peer *peer)
{
	char words[1024];
	size_t len = 0;
	ssize_t got;
	int status = -1;

	while (len < sizeof(words) - 1 &&
	    (got = read(peer->words, words + len, sizeof(words) - 1 - len)) > 0)
		len += (size_t)got;
	words[len] = '\0';
	close(peer->words);
	assert_int_equal(waitpid(peer->child, &status, 0), peer->child);
	if (len > 0)
		fail_msg("the server %s", words);
	if (status != 0)
		fail_msg("the server ended with status %#x", (unsigned)status);
}

#endif
