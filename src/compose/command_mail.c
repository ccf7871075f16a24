/*
 * Writes the mail about a command. Its arguments may hold passwords, and
 * subjects are shown in lists and on phones, so arguments stand in the text
 * only.
 */
#include "compose/command_mail.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/date.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "message/storage.h"

#define HOST_SHOWN_MAX ((size_t)255)
#define NAME_SHOWN_MAX ((size_t)200)
#define LINE_MAX_OCTETS ((size_t)16 * 1024)
/* The text around the output is shorter than this. */
#define TEXT_MAX (2 * EXCERPT_HALF + LINE_MAX_OCTETS + 4096)

static const struct {
	int number;
	const char *name;
} signal_names[] = {
    {SIGABRT, "ABRT"},
    {SIGALRM, "ALRM"},
    {SIGBUS, "BUS"},
    {SIGFPE, "FPE"},
    {SIGHUP, "HUP"},
    {SIGILL, "ILL"},
    {SIGINT, "INT"},
    {SIGKILL, "KILL"},
    {SIGPIPE, "PIPE"},
    {SIGQUIT, "QUIT"},
    {SIGSEGV, "SEGV"},
    {SIGSYS, "SYS"},
    {SIGTERM, "TERM"},
    {SIGTRAP, "TRAP"},
    {SIGUSR1, "USR1"},
    {SIGUSR2, "USR2"},
    {SIGXCPU, "XCPU"},
    {SIGXFSZ, "XFSZ"},
};

#define SIGNAL_COUNT (sizeof(signal_names) / sizeof(signal_names[0]))

char *
command_mail_name(const struct command *command)
{
	struct span name = span_from(command->arguments[0]);
	size_t slash = span_find_last(name, '/');

	if (slash + 1 < name.len)
		name = span_skip(name, slash + 1);
	return utf8_excerpt_masked(name, NAME_SHOWN_MAX);
}

/* Adds "failed with status 2" or the like. */
static void
add_result(struct buf *out, const struct command_result *result)
{
	int status = result->status;

	if (status == -1) {
		buf_add_text(out, "ended, and its status is not known");
		return;
	}
	if (!WIFSIGNALED(status)) {
		if (WEXITSTATUS(status) == 0)
			buf_add_text(out, "succeeded");
		else
			buf_add_format(
			    out, "failed with status %d", WEXITSTATUS(status));
		return;
	}
	buf_add_format(out, "died from signal %d", WTERMSIG(status));
	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		if (signal_names[i].number == WTERMSIG(status))
			buf_add_format(out, " (%s)", signal_names[i].name);
}

/* "0.4 s", "12 s", "1 m 20 s", "2 h 5 m", "3 d 4 h" */
static void
add_duration(struct buf *out, int64_t milliseconds)
{
	int64_t seconds = milliseconds / 1000;

	if (seconds < 10)
		buf_add_format(out, "%" PRId64 ".%" PRId64 " s", seconds,
		    milliseconds % 1000 / 100);
	else if (seconds < 60)
		buf_add_format(out, "%" PRId64 " s", seconds);
	else if (seconds < 3600)
		buf_add_format(out, "%" PRId64 " m %" PRId64 " s", seconds / 60,
		    seconds % 60);
	else if (seconds < 86400)
		buf_add_format(out, "%" PRId64 " h %" PRId64 " m",
		    seconds / 3600, seconds % 3600 / 60);
	else
		buf_add_format(out, "%" PRId64 " d %" PRId64 " h",
		    seconds / 86400, seconds % 86400 / 3600);
}

static bool
is_plain(struct span word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!ascii_is_alnum(word.at[i]) &&
		    memchr("_@%+=:,./-", word.at[i], 10) == NULL)
			return false;
	return word.len > 0;
}

/* Octets that could disturb a terminal or end the line: bash's $'...'. */
static void
add_escaped(struct buf *out, struct span word)
{
	char *masked = utf8_masked(word); /* a backslash is \x5c there */

	buf_add_text(out, "$'");
	for (const char *at = masked; *at != '\0'; at++) {
		if (*at == '\'')
			buf_add_text(out, "\\x27");
		else
			buf_add_char(out, *at);
	}
	buf_add_char(out, '\'');
	free(masked);
}

static void
add_quoted(struct buf *out, struct span word)
{
	buf_add_char(out, '\'');
	for (size_t i = 0; i < word.len; i++) {
		if (word.at[i] == '\'')
			buf_add_text(out, "'\\''");
		else
			buf_add_char(out, word.at[i]);
	}
	buf_add_char(out, '\'');
}

/* A word as a shell would read it. */
static void
add_word(struct buf *out, struct span word)
{
	if (is_plain(word))
		buf_add_span(out, word);
	else if (span_has_control(word) || !utf8_is_valid(word))
		add_escaped(out, word);
	else
		add_quoted(out, word);
}

/* A line that is too long ends in "...". */
static void
add_command_line(struct buf *out, char *const *arguments)
{
	struct buf line;

	buf_init(&line, LINE_MAX_OCTETS);
	for (size_t i = 0; arguments[i] != NULL; i++) {
		size_t len = line.len;

		buf_add_text(&line, i > 0 ? " " : "");
		add_word(&line, span_from(arguments[i]));
		if (!line.full)
			continue;
		buf_add(out, line.data, len);
		buf_add_text(out, " ...");
		buf_free(&line);
		return;
	}
	buf_add_span(out, buf_span(&line));
	buf_free(&line);
}

static void
add_host(struct buf *out, const struct command_mail *mail)
{
	char *shown;

	if (mail->host == NULL || mail->host[0] == '\0')
		return;
	shown = utf8_excerpt_masked(span_from(mail->host), HOST_SHOWN_MAX);
	buf_add_format(out, "%s: ", shown);
	free(shown);
}

static char *
make_subject(const struct command_mail *mail)
{
	char *name = command_mail_name(mail->command);
	struct buf text = {0};

	add_host(&text, mail);
	buf_add_format(&text, "%s ", name);
	add_result(&text, mail->result);
	buf_add_text(&text, " after ");
	add_duration(&text, mail->result->milliseconds);
	free(name);
	return buf_take_text(&text);
}

static void
make_text(struct command_mail *mail)
{
	const struct command_result *result = mail->result;
	bool is_attached =
	    mail->command->whole != NULL && result->no_whole.kind == ERROR_NONE;
	struct buf *text = &mail->text;

	buf_init(text, TEXT_MAX);
	buf_add_text(text, "Command:  ");
	add_command_line(text, mail->command->arguments);
	buf_add_text(text, "\nStart:    ");
	date_add(text, result->start);
	buf_add_text(text, "\nDuration: ");
	add_duration(text, result->milliseconds);
	buf_add_text(text, "\nResult:   ");
	add_result(text, result);
	if (mail->command->whole != NULL && !is_attached)
		buf_add_format(text, "\nOutput:   not attached: %s",
		    result->no_whole.text);
	buf_add_text(text, "\n\n");
	if (result->output.size == 0)
		buf_add_text(text, "It printed nothing.\n");
	excerpt_write(&result->output,
	    is_attached ? ", the attachment has them" : "", text);
}

static void
attach(struct command_mail *mail, struct composition *composition)
{
	struct part *part = composition_add_attachment(composition);
	char *name = command_mail_name(mail->command);
	struct buf file = {0};

	buf_add_format(&file, "%s-output.txt", name);
	part->source = PART_STORAGE;
	part->storage = mail->command->whole;
	part->name = buf_take_text(&file);
	free(name);
}

void
command_mail_fill(struct command_mail *mail, struct composition *composition)
{
	composition->subject = make_subject(mail);
	composition->fields =
	    mem_copy_text("Auto-Submitted: auto-generated\r\n");
	make_text(mail);
	composition->text.source = PART_TEXT;
	composition->text.text = buf_span(&mail->text);
	if (mail->command->whole != NULL &&
	    mail->result->no_whole.kind == ERROR_NONE)
		attach(mail, composition);
}

void
command_mail_free(struct command_mail *mail)
{
	buf_free(&mail->text);
	*mail = (struct command_mail){0};
}
