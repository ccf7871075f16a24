#include "rows.h"

#include "net/tunnel.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/wait.h"

struct command_row {
	const char *text;
	bool is_taken;
};

static const struct command_row commands[] = {
    {"", true},
    {"ssh jump nc %h %p", true},
    {"ssh -W [%n]:%p jump", true},
    {"%%", true},
    {"a%%%h%%r", true},
    {"%r", false},
    {"%H", false},
    {"%", false},
    {"nc %h %", false},
    {"%%%", false},
    {"% h", false},
    {"printf %s", false},
};

static void
test_takes(void **state)
{
	const struct command_row *row = *state;

	assert_int_equal(tunnel_takes(span_from(row->text)), row->is_taken);
}

/* What the command prints until it ends. */
static void
read_all(int fd, struct buf *out)
{
	for (;;) {
		struct pollfd poll = {.fd = fd, .events = POLLIN};
		char block[512];
		ssize_t got;

		assert_int_equal(
		    wait_for(&poll, 1, deadline_in(10000)), WAIT_READY);
		got = read(fd, block, sizeof(block));
		if (got <= 0)
			break;
		buf_add(out, block, (size_t)got);
	}
}

static void
assert_no_child(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void
run(const char *command, const char *host, struct buf *out)
{
	struct buf reason = {0};
	int fd = -1;
	struct tunnel *tunnel = tunnel_open(command, host, 587, &fd, &reason);

	assert_non_null(tunnel);
	assert_int_equal(reason.len, 0);
	read_all(fd, out);
	close(fd);
	tunnel_close(tunnel);
	assert_no_child();
}

struct run_row {
	const char *command, *host, *output;
};

static const struct run_row runs[] = {
    {"echo %h %n %p", "mx.example", "mx.example mx.example 587\n"},
    {"echo [%h]:%p", "2001:db8::1", "[2001:db8::1]:587\n"},
    {"echo %%h %%%% 5%%", "192.0.2.1", "%h %% 5%\n"},
    {"echo a_b.example %h", "a_b.example", "a_b.example a_b.example\n"},
    /* It is a command of a shell. */
    {"echo '%h  x' \"$((1 + 1))\"", "mx.example", "mx.example  x 2\n"},
    {"echo x | cat", "mx.example", "x\n"},
    /* It replaces the shell. */
    {"sh -c 'test $$ = '$$' && echo same'", "mx.example", "same\n"},
    /* Descriptors of ours stay ours; see main. */
    {"sh -c 'for i in 3 4 5 6 7 8 9; do { : <&$i; } 2>/dev/null && echo $i; "
     "done; true'",
	"mx.example", ""},
    {"sh -c 'echo ${SMTPOST_SECRET-none} ${OTHER-none}'", "mx.example",
	"none kept\n"},
    /* It is in our process group. */
    {"sh -c 'kill -0 -$PARENT_GROUP && echo group'", "mx.example", "group\n"},
};

static void
test_run(void **state)
{
	const struct run_row *row = *state;
	struct buf out = {0};

	run(row->command, row->host, &out);
	assert_string_equal(buf_text(&out), row->output);
	buf_free(&out);
}

/* None of these passed the parser of hosts; this is the second guard. */
static const char *const hosts[] = {
    "",
    "-oProxyCommand",
    "a b",
    "a;b",
    "$(id)",
    "`id`",
    "a'b",
    "a\"b",
    "a\\b",
    "a|b",
    "a&b",
    "a\nb",
    "a>b",
    "a*",
    "~root",
    "%h",
    "a{b,c}",
    "#",
    "!",
    "\303\244.example",
};

static void
test_host(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct buf reason = {0};
		int fd = -1;

		assert_null(tunnel_open("echo %h", hosts[i], 25, &fd, &reason));
		assert_string_equal(
		    buf_text(&reason), "it cannot be given this host");
		assert_int_equal(fd, -1);
		buf_free(&reason);
	}
	assert_no_child();
}

static void
test_both_ways(void **state)
{
	struct buf reason = {0};
	char block[16];
	int fd = -1;
	struct tunnel *tunnel =
	    tunnel_open("cat", "mx.example", 25, &fd, &reason);
	struct pollfd poll = {.fd = fd, .events = POLLIN};

	(void)state;
	assert_non_null(tunnel);
	assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	assert_int_equal(write(fd, "hello", 5), 5);
	assert_int_equal(wait_for(&poll, 1, deadline_in(10000)), WAIT_READY);
	assert_int_equal(read(fd, block, sizeof(block)), 5);
	assert_memory_equal(block, "hello", 5);
	assert_false(tunnel_add_end(tunnel, &reason));
	assert_int_equal(reason.len, 0);
	close(fd);
	tunnel_close(tunnel);
	assert_no_child();
}

struct end_row {
	const char *command;
	const char *end; /* NULL: it goes on */
};

static const struct end_row ends[] = {
    {"true", "ended with status 0"},
    {"sh -c 'exit 255'", "ended with status 255"},
    {"sh -c 'exec >&- <&-; exit 3'", "ended with status 3"},
    {"/nonexistent/command 2>/dev/null",
	"ended with status 127: there is no such command"},
    {"/dev/null 2>/dev/null", "ended with status 126: it cannot be executed"},
    {"sh -c 'kill -KILL $$'", "was ended by signal 9"},
    {"sh -c 'trap \"\" TERM; exec sleep 600'", NULL},
    {"sh -c 'kill -INT $$; kill -HUP $$; kill -QUIT $$; exec sleep 600'", NULL},
};

static void
test_end(void **state)
{
	const struct end_row *row = *state;
	struct buf reason = {0};
	int fd = -1;
	struct tunnel *tunnel =
	    tunnel_open(row->command, "mx.example", 25, &fd, &reason);
	int64_t start = clock_now();

	assert_non_null(tunnel);
	assert_int_equal(tunnel_add_end(tunnel, &reason), row->end != NULL);
	assert_string_equal(
	    buf_text(&reason), row->end != NULL ? row->end : "");
	close(fd);
	tunnel_close(tunnel);
	assert_true(clock_now() - start < 60000);
	assert_no_child();
	buf_free(&reason);
}

/* The system removes the child, and nobody knows its status. */
static void
test_ignored_children(void **state)
{
	struct buf reason = {0};
	int fd = -1;
	struct tunnel *tunnel;

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	tunnel = tunnel_open("false", "mx.example", 25, &fd, &reason);
	assert_non_null(tunnel);
	assert_true(tunnel_add_end(tunnel, &reason));
	assert_string_equal(buf_text(&reason), "ended");
	close(fd);
	tunnel_close(tunnel);
	tunnel = tunnel_open("sleep 600", "mx.example", 25, &fd, &reason);
	assert_non_null(tunnel);
	close(fd);
	tunnel_close(tunnel);
	signal(SIGCHLD, SIG_DFL);
	assert_no_child();
	buf_free(&reason);
}

int
main(void)
{
	struct rows all = {0};
	struct buf group = {0};

	signal(SIGPIPE, SIG_IGN);
	setenv("SMTPOST_SECRET", "secret", 1);
	setenv("OTHER", "kept", 1);
	buf_add_format(&group, "%ld", (long)getpgrp());
	setenv("PARENT_GROUP", buf_text(&group), 1);
	buf_free(&group);
	while (dup(STDERR_FILENO) < 9)
		;
	rows_add(&all, "takes", commands, ROWS(commands), test_takes);
	rows_add(&all, "run", runs, ROWS(runs), test_run);
	rows_add_one(&all, "hosts", test_host);
	rows_add_one(&all, "both ways", test_both_ways);
	rows_add_one(&all, "ignored children", test_ignored_children);
	rows_add(&all, "end", ends, ROWS(ends), test_end);
	return rows_end(&all);
}
