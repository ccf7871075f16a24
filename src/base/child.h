/*
 * A child process whose output comes through a pipe or a pair of sockets. Its
 * end is known by waitpid(2) alone, because processes that it started may keep
 * the pipe open.
 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct child {
	pid_t pid;
	int output; /* our end, which does not block; -1: closed */
	bool has_ended;
	int status; /* of waitpid; -1: not known */
};

/*
 * Starts a child that calls `work` with `context` and the child's end of the
 * pipe. The child exits with the status that `work` returns. False, with errno,
 * if the pipe or the process cannot be made.
 */
bool child_start(struct child *child,
    int (*work)(const void *context, int output), const void *context);
/*
 * The same with a pair of connected sockets: what is written to our end is the
 * child's input.
 */
bool child_start_connected(struct child *child,
    int (*work)(const void *context, int socket), const void *context);
/*
 * In the child: becomes the program at `path`, without our settings in the
 * environment and without descriptors beyond standard error. `variables`
 * (names and values in turn, NULL at the end; may be NULL) are set in the
 * environment. Returns only if that fails, with errno.
 */
void child_become(
    const char *path, char *const *arguments, const char *const *variables);
/* The same with /bin/sh, which runs the command. */
void child_become_shell(const char *command, const char *const *variables);
/* Notes whether the child has ended; does not wait. */
void child_note_end(struct child *child);
/*
 * Waits until the child has ended or the deadline (base/wait.h) has passed; a
 * signal does not end the wait. Returns has_ended.
 */
bool child_await_end(struct child *child, int64_t deadline);
/*
 * Reads what is in the pipe, at most `size` octets. 0: there is nothing now, or
 * all writers have closed the pipe; then our end is closed, too. -1, with
 * errno: it failed.
 */
ssize_t child_read(struct child *child, char *room, size_t size);
void child_close_output(struct child *child);
/* Kills a child that still runs, and waits for its end; keeps errno. */
void child_kill(struct child *child);

#endif
