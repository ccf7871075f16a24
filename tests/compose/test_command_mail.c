#include "rows.h"

#include <signal.h>
#include <stdlib.h>

#include "compose/command_mail.h"

#define EXITED(status) ((status) << 8) /* as waitpid has it */

struct subject_row {
	const char *name;
	const char *program;
	int status;
	int64_t milliseconds;
	const char *subject;
};

static const struct subject_row subjects[] = {
    {"success", "backup", 0, 0, "h.example: backup succeeded after 0.0 s"},
    {"failure", "/usr/bin/backup", EXITED(2), 80000,
	"h.example: backup failed with status 2 after 1 m 20 s"},
    {"a signal", "./b", SIGKILL, 9999,
	"h.example: b died from signal 9 (KILL) after 9.9 s"},
    {"a signal and a core", "b", SIGSEGV | 0x80, 10000,
	"h.example: b died from signal 11 (SEGV) after 10 s"},
    {"a signal without a name", "b", 40, 3600000,
	"h.example: b died from signal 40 after 1 h 0 m"},
    {"not known", "b", -1, 86399999,
	"h.example: b ended, and its status is not known after 23 h 59 m"},
    {"days", "b", 0, 100 * 3600 * 1000LL,
	"h.example: b succeeded after 4 d 4 h"},
    {"a slash at the end", "bin/", EXITED(126), 59999,
	"h.example: bin/ failed with status 126 after 59 s"},
    {"line ends and controls", "a\r\nBcc: x\033", 0, 0,
	"h.example: a\\x0d\\x0aBcc: x\\x1b succeeded after 0.0 s"},
};

static void
test_subject(void **state)
{
	const struct subject_row *row = *state;
	char *program = strdup(row->program);
	char *words[] = {program, NULL};
	struct command command = {.arguments = words, .tee = -1};
	struct command_result result = {
	    .status = row->status, .milliseconds = row->milliseconds};
	struct command_mail mail = {&command, &result, "h.example", {0}};
	struct composition composition = {0};

	command_mail_fill(&mail, &composition);
	assert_string_equal(composition.subject, row->subject);
	assert_string_equal(
	    composition.fields, "Auto-Submitted: auto-generated\r\n");
	composition_free(&composition);
	command_mail_free(&mail);
	free(program);
}

struct text_row {
	const char *name;
	const char *words[6];
	const char *line; /* the command line in the text */
	const char *output;
	const char *end; /* of the text, from the result on */
};

static const struct text_row texts[] = {
    {"plain words", {"backup", "--to=/srv/a_b", "x@y,z:1%+"},
	"backup --to=/srv/a_b x@y,z:1%+", "ok\n",
	"Result:   succeeded\n\nok\n"},
    {"words with blanks and quotes", {"a b", "it's", "", "$HOME", "*"},
	"'a b' 'it'\\''s' '' '$HOME' '*'", "Subject: no field\n",
	"Result:   succeeded\n\nSubject: no field\n"},
    {"words with controls", {"a\nb", "tab\t'\\", "\xff"},
	"$'a\\x0ab' $'tab\\x09\\x27\\x5c' $'\\xff'", "",
	"Result:   succeeded\n\nIt printed nothing.\n"},
    {"words in UTF-8", {"a\xc3\xa4"}, "'a\xc3\xa4'", "no end",
	"Result:   succeeded\n\nno end"},
};

static void
test_text(void **state)
{
	const struct text_row *row = *state;
	struct command command = {
	    .arguments = (char *const *)(uintptr_t)row->words, .tee = -1};
	struct command_result result = {.start = 0};
	struct command_mail mail = {&command, &result, NULL, {0}};
	struct composition composition = {0};
	char line[200];
	const char *text;

	excerpt_add(&result.output, span_from(row->output));
	command_mail_fill(&mail, &composition);
	assert_int_equal(composition.text.source, PART_TEXT);
	text = buf_text(&mail.text);
	snprintf(line, sizeof(line), "Command:  %s\nStart:    ", row->line);
	assert_memory_equal(text, line, strlen(line));
	assert_non_null(strstr(text, "\nDuration: 0.0 s\nResult: "));
	assert_string_equal(strstr(text, "Result: "), row->end);
	command_result_free(&result);
	composition_free(&composition);
	command_mail_free(&mail);
}

/* The text stays bounded, and says that a part is missing. */
static void
test_long_line(void **state)
{
	char *word = malloc(100001), name[] = "cat", last[] = "x";
	char *words[] = {name, word, last, NULL};
	struct command command = {.arguments = words, .tee = -1};
	struct command_result result = {0};
	struct command_mail mail = {&command, &result, NULL, {0}};
	struct composition composition = {0};
	struct buf much;

	(void)state;
	memset(word, '\'', 100000);
	word[100000] = '\0';
	buf_init(&much, 3 * EXCERPT_HALF);
	while (buf_add_text(&much, "12345678"))
		continue;
	excerpt_add(&result.output, buf_span(&much));
	command_mail_fill(&mail, &composition);
	assert_false(mail.text.full);
	assert_non_null(strstr(buf_text(&mail.text), "Command:  cat ...\n"));
	assert_non_null(
	    strstr(buf_text(&mail.text), " octets are left out here]\n"));
	buf_free(&much);
	free(word);
	command_result_free(&result);
	composition_free(&composition);
	command_mail_free(&mail);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "subject", subjects, ROWS(subjects), test_subject);
	rows_add(&all, "text", texts, ROWS(texts), test_text);
	rows_add_one(&all, "a long command line", test_long_line);
	return rows_end(&all);
}
