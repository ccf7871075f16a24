/*
 * Writes the message to the command and reads what it prints at the same time,
 * so that neither side can wait for the other forever. The message is never in
 * memory as a whole.
 */
#include "smtp/filter.h"

#include <errno.h>
#include <fcntl.h>
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
#include "fixup/fixup.h"
#include "message/replay.h"
#include "message/unix_form.h"

/* In milliseconds: for each message, and more for each MiB of it. */
#define TIME_LEAST ((int64_t)120000)
#define TIME_PER_MIB ((int64_t)1000)
/* Without max-size, the most output is GROWTH messages and these octets. */
#define GROWTH 4
#define GROWTH_OCTETS ((uint64_t)64 * 1024 * 1024)
#define BLOCK ((size_t)32 * 1024)
#define BLOCKS_AT_ONCE 16
#define WORDS_MAX ((size_t)1024) /* of standard error */
#define WORDS_SHOWN ((size_t)200)
#define OUT_MAX ((size_t)256 * 1024)
#define CHANGED "the message changed while it was being read"

struct filter {
	const char *command;
	int64_t deadline;
	uint64_t size, max_size; /* octets of the output */
	struct child child;
	int input, errors; /* our ends of pipes; -1: closed */
	struct unix_form form;
	struct buf out;	  /* what is to be written to the command */
	struct buf words; /* the start of its standard error */
	struct message_feed *feed;
	struct error failure; /* ends it; ERROR_NONE: none so far */
	/*
	 * The output is no message. It is read to its end all the same, since
	 * the exit status counts.
	 */
	struct error fault;
	bool is_refused; /* by status 65 */
};

/* What the child gets: its ends of the pipes. */
struct pipes {
	const char *command;
	int input[2], errors[2];
};

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/*
 * In the child, in the process group of the caller, so that a command that
 * signs can ask for a passphrase at the terminal.
 */
static int
run_shell(const void *context, int output)
{
	const struct pipes *pipes = context;

	signals_restore();
	if (dup2(pipes->input[0], STDIN_FILENO) < 0 ||
	    dup2(output, STDOUT_FILENO) < 0 ||
	    dup2(pipes->errors[1], STDERR_FILENO) < 0)
		return EX_OSERR;
	child_become_shell(pipes->command, NULL);
	return EX_OSERR;
}

static bool
make_pipe(int ends[2], int ours)
{
	if (pipe(ends) < 0) {
		ends[0] = ends[1] = -1;
		return false;
	}
	/* If our end blocked, both sides could wait forever. */
	return fcntl(ends[ours], F_SETFD, FD_CLOEXEC) == 0 &&
	    fcntl(ends[ours], F_SETFL, O_NONBLOCK) == 0;
}

static bool
start(struct filter *filter)
{
	struct pipes pipes = {filter->command, {-1, -1}, {-1, -1}};
	bool done = make_pipe(pipes.input, 1) && make_pipe(pipes.errors, 0) &&
	    child_start(&filter->child, run_shell, &pipes);
	int error = errno;

	close_fd(&pipes.input[0]);
	close_fd(&pipes.errors[1]);
	filter->input = pipes.input[1];
	filter->errors = pipes.errors[0];
	return done ||
	    error_set(&filter->failure, ERROR_TEMPORARY, "%s", strerror(error));
}

/* Takes what the command has printed, only a part at once. */
static bool
take_output(struct filter *filter, char *room)
{
	ssize_t got = 1;

	for (int i = 0; i < BLOCKS_AT_ONCE && got > 0; i++) {
		got = child_read(&filter->child, room, BLOCK);
		if (got <= 0)
			continue;
		filter->size += (uint64_t)got;
		if (filter->size > filter->max_size)
			return error_set(&filter->failure, ERROR_TEMPORARY,
			    "it printed more than %llu octets",
			    (unsigned long long)filter->max_size);
		if (filter->fault.kind == ERROR_NONE)
			message_feed_add(filter->feed,
			    (struct span){room, (size_t)got}, &filter->fault);
	}
	return got >= 0 ||
	    error_set(&filter->failure, ERROR_TEMPORARY, "%s", strerror(errno));
}

/* Keeps the start of its standard error, and drops the rest. */
static void
take_words(struct filter *filter, char *room)
{
	ssize_t got = 1;

	for (int i = 0; i < BLOCKS_AT_ONCE && got > 0; i++) {
		size_t left = WORDS_MAX - filter->words.len;

		if (filter->errors < 0)
			return;
		got = read(filter->errors, room, BLOCK);
		if (got > 0)
			buf_add(&filter->words, room,
			    (size_t)got < left ? (size_t)got : left);
		else if (got == 0 ||
		    (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
			close_fd(&filter->errors);
	}
}

/*
 * A command need not read the message. But after any other failure it would
 * take a part of the message for all of it.
 */
static bool
give_input(struct filter *filter)
{
	ssize_t done;

	if (filter->input < 0 || filter->out.len == 0)
		return true;
	done = write(filter->input, filter->out.data, filter->out.len);
	if (done > 0) {
		buf_drop(&filter->out, (size_t)done);
	} else if (done < 0 && errno == EPIPE) {
		close_fd(&filter->input);
		buf_clear(&filter->out);
	} else if (done < 0 && errno != EAGAIN && errno != EWOULDBLOCK &&
	    errno != EINTR) {
		return error_set(
		    &filter->failure, ERROR_TEMPORARY, "%s", strerror(errno));
	}
	return true;
}

/* Waits until something can be done, and does it. False: failure says why. */
static bool
exchange(struct filter *filter)
{
	struct pollfd polls[3] = {
	    {.fd = filter->child.output, .events = POLLIN},
	    {.fd = filter->errors, .events = POLLIN},
	    {.fd = filter->out.len > 0 ? filter->input : -1, .events = POLLOUT},
	};
	enum wait_result result = wait_for(polls, 3, filter->deadline);
	char room[BLOCK];
	bool done;

	if (result != WAIT_READY)
		return error_set(&filter->failure, ERROR_TEMPORARY, "%s",
		    result == WAIT_TIMEOUT ? "it took too long and was stopped"
			: result == WAIT_INTERRUPTED ? "a signal interrupted it"
						     : strerror(errno));
	done = give_input(filter) && take_output(filter, room);
	take_words(filter, room);
	mem_wipe(room, sizeof(room));
	child_note_end(&filter->child);
	/* What it started may still read, but nobody waits for that. */
	if (filter->child.has_ended)
		close_fd(&filter->input);
	return done;
}

static bool
write_content(void *context, const char *data, size_t len)
{
	struct filter *filter = context;

	unix_form_add(&filter->form, (struct span){data, len}, &filter->out);
	while (filter->out.len > 0 && filter->input >= 0)
		if (!exchange(filter))
			return false;
	buf_clear(&filter->out);
	return filter->input >= 0;
}

/*
 * Passes the message to the command, and takes its output until it has ended
 * and what is in the pipe was read. Its children may keep the pipe open.
 */
static bool
attend(struct filter *filter, const struct message *message,
    const struct plan *plan)
{
	const struct message_sink sink = {write_content, filter};
	char room[BLOCK];
	uint64_t before;

	if (replay_message(message, plan, REPLAY_PLAIN, &sink) ==
	    REPLAY_CHANGED)
		error_set(&filter->failure, ERROR_TEMPORARY, CHANGED);
	close_fd(&filter->input);
	while (filter->failure.kind == ERROR_NONE && !filter->child.has_ended)
		exchange(filter);
	do
		before = filter->size;
	while (filter->failure.kind == ERROR_NONE &&
	    take_output(filter, room) && filter->size > before);
	take_words(filter, room);
	mem_wipe(room, sizeof(room));
	return filter->failure.kind == ERROR_NONE;
}

/*
 * The first line of standard error, after ": "; or nothing. It is masked where
 * it is printed, as the text of a reply is.
 */
static char *
first_words(const struct filter *filter)
{
	struct span words = span_trim(buf_span(&filter->words));
	struct buf text = {0};

	words = span_head(words, span_find(words, '\n'));
	words = span_trim(span_head(words, WORDS_SHOWN));
	if (words.len > 0)
		buf_add_text(&text, ": ");
	buf_add_span(&text, words);
	return buf_take_text(&text);
}

/* Whether the command has ended well, and printed something. */
static bool
judge(struct filter *filter)
{
	int status = filter->child.status;
	char *words = first_words(filter);

	filter->is_refused =
	    WIFEXITED(status) && WEXITSTATUS(status) == EX_DATAERR;
	if (filter->is_refused)
		error_set(&filter->failure, ERROR_DATA,
		    "filter-command refuses the message%s", words);
	else if (status == -1)
		error_set(&filter->failure, ERROR_TEMPORARY,
		    "its exit status is not known");
	else if (WIFSIGNALED(status))
		error_set(&filter->failure, ERROR_TEMPORARY,
		    "it was ended by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		error_set(&filter->failure, ERROR_TEMPORARY, "exit status %d%s",
		    WEXITSTATUS(status), words);
	else if (filter->size == 0)
		error_set(&filter->failure, ERROR_TEMPORARY,
		    "it printed nothing%s", words);
	free(words);
	return filter->failure.kind == ERROR_NONE;
}

/* Runs the command. NULL: failure says why. */
static struct message *
run(struct filter *filter, const struct message *message,
    const struct plan *plan)
{
	struct message *made = NULL;

	signals_watch_children();
	if (start(filter)) {
		if (attend(filter, message, plan) && judge(filter) &&
		    filter->fault.kind == ERROR_NONE)
			made = message_feed_end(filter->feed, &filter->fault);
		child_kill(&filter->child);
		child_close_output(&filter->child);
	}
	close_fd(&filter->input);
	close_fd(&filter->errors);
	signals_watch_end();
	return made;
}

static struct message *
run_command(struct filter *filter, const struct profile *profile,
    const struct message *message, const struct plan *plan)
{
	struct message *made = NULL;
	struct buf header = {0};
	uint64_t size = replay_size(message, plan);
	bool has_header, is_read;

	filter->deadline = deadline_in(
	    TIME_LEAST + (int64_t)(size / (1024 * 1024)) * TIME_PER_MIB);
	filter->max_size = profile->max_size != 0
	    ? profile->max_size
	    : GROWTH * size + GROWTH_OCTETS;
	buf_init(&filter->out, OUT_MAX);
	buf_init(&filter->words, WORDS_MAX);
	is_read = replay_header(message, plan, &header);
	has_header = header.len > 0;
	buf_free(&header);
	if (!is_read) {
		error_set(&filter->failure, ERROR_TEMPORARY, CHANGED);
	} else {
		filter->feed = message_feed_new(
		    has_header ? HEADER_BY_NAME : HEADER_BY_FORM,
		    profile->memory_max);
		made = run(filter, message, plan);
		/* An error message on standard output is no mail. */
		if (made != NULL && has_header &&
		    message_header(made).len == 0) {
			error_set(&filter->fault, ERROR_DATA,
			    "it printed a text without a header");
			message_free(made);
			made = NULL;
		}
		message_feed_free(filter->feed);
	}
	buf_free(&filter->out);
	buf_free(&filter->words);
	return made;
}

bool
filter_message(const struct profile *profile, struct message **message,
    struct plan *plan, struct error *err)
{
	const struct fixup fixup = {
	    .remove_bcc = profile->remove_bcc, .repair = profile->repair};
	struct filter filter = {.command = profile->filter_command,
	    .child = {.output = -1},
	    .input = -1,
	    .errors = -1};
	struct message *made;
	struct plan made_plan;

	if (filter.command == NULL)
		return true;
	signals_catch();
	made = run_command(&filter, profile, *message, plan);
	if (made != NULL &&
	    fixup_plan(&made_plan, made, &fixup, &filter.fault)) {
		message_free(*message);
		plan_free(plan);
		*message = made;
		*plan = made_plan;
		return true;
	}
	if (made != NULL)
		message_free(made);
	if (filter.is_refused)
		*err = filter.failure;
	else
		/* Whatever is wrong is the fault of the command. */
		error_set(err, ERROR_TEMPORARY,
		    "filter-command cannot filter the message: %s",
		    filter.failure.kind != ERROR_NONE ? filter.failure.text
						      : filter.fault.text);
	return false;
}

void
filter_set_outcome(struct outcome *outcome, const struct error *err)
{
	bool is_refused = err->kind == ERROR_DATA;

	outcome_set_own(outcome, STAGE_MAIL,
	    is_refused ? CAUSE_CONTENT : CAUSE_TEMPORARY, "%s", err->text);
	outcome->reply.status =
	    is_refused ? (struct status){5, 7, 1} : (struct status){4, 3, 0};
}
