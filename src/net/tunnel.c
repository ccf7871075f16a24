/*
 * Runs a command as a connection. It stays in our process group, because ssh
 * asks for a passphrase at the terminal, which only the foreground group may
 * read.
 */
#include "net/tunnel.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/child.h"
#include "base/mem.h"
#include "base/signals.h"
#include "base/wait.h"

/* How long it may take to end after its input has ended, and after SIGTERM. */
#define END_TIMEOUT ((int64_t)500)
#define TERM_TIMEOUT ((int64_t)2000)
#define COMMAND_MAX ((size_t)64 * 1024)

struct tunnel {
	struct child child;
};

bool
tunnel_takes(struct span command)
{
	for (size_t i = 0; i < command.len; i++)
		if (command.at[i] == '%' &&
		    (++i == command.len ||
			strchr("hnp%", command.at[i]) == NULL))
			return false;
	return true;
}

/*
 * The shell sees the host as it is. A host that was parsed has none but these
 * characters; this is the last check.
 */
static bool
is_safe_host(const char *host)
{
	for (size_t i = 0; host[i] != '\0'; i++)
		if (!ascii_is_alpha(host[i]) && !ascii_is_digit(host[i]) &&
		    strchr("-._:", host[i]) == NULL)
			return false;
	return host[0] != '\0' && host[0] != '-';
}

/* Adds the command for the shell, which it replaces: no shell lingers. */
static void
add_command(
    const char *command, const char *host, unsigned short port, struct buf *out)
{
	buf_add_text(out, "exec ");
	for (; *command != '\0'; command++) {
		if (*command != '%' || command[1] == '\0')
			buf_add_char(out, *command);
		else if (*++command == 'p')
			buf_add_format(out, "%u", (unsigned)port);
		else if (*command == '%')
			buf_add_char(out, '%');
		else
			buf_add_text(out, host);
	}
}

/*
 * The signals that a terminal sends to all of its processes must not end the
 * command while we still wait for the reply to a content.
 */
static void
ignore_terminal(void)
{
	static const int numbers[] = {SIGINT, SIGHUP, SIGQUIT};
	struct sigaction action = {.sa_handler = SIG_IGN};

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaction(numbers[i], &action, NULL);
}

static int
become(const void *command, int socket)
{
	signals_restore();
	ignore_terminal();
	if (dup2(socket, STDIN_FILENO) < 0 || dup2(socket, STDOUT_FILENO) < 0)
		return EX_OSERR;
	child_become_shell(command, NULL);
	return 127;
}

struct tunnel *
tunnel_open(const char *command, const char *host, unsigned short port, int *fd,
    struct buf *reason)
{
	struct tunnel *tunnel = NULL;
	struct buf text = {.max = COMMAND_MAX};

	add_command(command, host, port, &text);
	if (!is_safe_host(host) || text.full) {
		buf_add_text(reason, "it cannot be given this host");
	} else {
		tunnel = mem_new(1, sizeof(*tunnel));
		if (child_start_connected(
			&tunnel->child, become, buf_text(&text))) {
			*fd = tunnel->child.output;
			tunnel->child.output = -1;
		} else {
			buf_add_format(reason, "it cannot be started: %s",
			    strerror(errno));
			free(tunnel);
			tunnel = NULL;
		}
	}
	buf_free(&text);
	return tunnel;
}

bool
tunnel_add_end(struct tunnel *tunnel, struct buf *reason)
{
	int status;

	if (!child_await_end(&tunnel->child, deadline_in(END_TIMEOUT)))
		return false;
	status = tunnel->child.status;
	if (status == -1) /* our parent has left SIGCHLD ignored */
		buf_add_text(reason, "ended");
	else if (WIFSIGNALED(status))
		buf_add_format(
		    reason, "was ended by signal %d", WTERMSIG(status));
	else
		buf_add_format(reason, "ended with status %d%s",
		    WEXITSTATUS(status),
		    WEXITSTATUS(status) == 126 ? ": it cannot be executed"
			: WEXITSTATUS(status) == 127
			? ": there is no such command"
			: "");
	return true;
}

void
tunnel_close(struct tunnel *tunnel)
{
	struct child *child;

	if (tunnel == NULL)
		return;
	child = &tunnel->child;
	if (!child_await_end(child, deadline_in(END_TIMEOUT))) {
		kill(child->pid, SIGTERM);
		child_await_end(child, deadline_in(TERM_TIMEOUT));
	}
	child_kill(child);
	free(tunnel);
}
