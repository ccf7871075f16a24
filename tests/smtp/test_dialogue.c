#include "rows.h"

#include "smtp/dialogue.h"
#include "smtp/given.h"
#include "smtp/peer.h"
#include "smtp/replies.h"
#include "smtp/talk.h"

static void
test_hear(void **state)
{
	const struct hear_row *row = *state;

	for (size_t cut = 0; cut < 9; cut++) {
		struct talk talk;

		talk_init(&talk, row->input, cut);
		dialogue_say(&talk.dialogue, "MAIL FROM:<>");
		assert_int_equal(talk_hear(&talk), row->code != 0);
		assert_int_equal(talk.reply.code, row->code);
		if (row->code != 0) {
			assert_string_equal(
			    buf_text(&talk.reply.text), row->text);
		} else {
			assert_int_equal(talk.trouble.stage, STAGE_MAIL);
			assert_int_equal(talk.trouble.action, ACTION_DELAYED);
			assert_int_equal(talk.trouble.cause, row->cause);
			assert_string_equal(
			    buf_text(&talk.trouble.reply.text), row->text);
		}
		assert_int_equal(dialogue_is_in_step(&talk.dialogue),
		    row->code != 0 && row->code != 421);
		talk_free(&talk);
	}
}

/* Nothing is sent before a reply is heard; then everything goes at once. */
static void
test_say(void **state)
{
	struct talk talk;

	(void)state;
	talk_init(&talk, SPAN("250 a\r\n250 b\r\n354 c\r\n"), 1);
	dialogue_say(&talk.dialogue, "MAIL FROM:<%s>", "a@x");
	dialogue_say(&talk.dialogue, "RCPT TO:<%s>", "b@x");
	dialogue_say(&talk.dialogue, "DATA");
	assert_int_equal(talk.output.len, 0);
	assert_false(dialogue_is_in_step(&talk.dialogue));
	assert_true(talk_hear(&talk));
	assert_string_equal(buf_text(&talk.output),
	    "MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\n");
	assert_false(dialogue_is_in_step(&talk.dialogue));
	assert_true(talk_hear(&talk));
	assert_string_equal(buf_text(&talk.reply.text), "b");
	assert_true(talk_hear(&talk));
	assert_int_equal(talk.reply.code, 354);
	assert_true(dialogue_is_in_step(&talk.dialogue));
	assert_string_equal(buf_text(&talk.seen.text),
	    "C MAIL FROM:<a@x>\nC RCPT TO:<b@x>\nC DATA\n"
	    "R 250 a\nR 250 b\nR 354 c\n");
	talk_free(&talk);
}

struct gate_row {
	const char *name;
	const char *argument;
	bool passes;
};
static const struct gate_row gates[] = {
    {"printable", "a b~!", true},
    {"line feed", "a\nRCPT TO:<b@x>", false},
    {"carriage return", "a\rb", false},
    {"both", "a\r\nb", false},
    {"at the end", "a\n", false},
    {"tab", "a\tb", false},
    {"escape", "a\033b", false},
    {"delete", "a\177b", false},
    {"eight-bit", "p\xc3\xa5", false},
    {"C1", "a\x85", false},
};

static void
test_gate(void **state)
{
	const struct gate_row *row = *state;
	struct talk talk;

	talk_init(&talk, SPAN("250 Ok\r\n"), 1);
	dialogue_say(&talk.dialogue, "EHLO %s", row->argument);
	if (!row->passes) /* nor anything behind it */
		dialogue_say(&talk.dialogue, "QUIT");
	assert_int_equal(talk_hear(&talk), row->passes);
	assert_int_equal(dialogue_is_in_step(&talk.dialogue), row->passes);
	if (!row->passes) {
		assert_int_equal(talk.output.len, 0);
		assert_int_equal(talk.seen.text.len, 0);
		assert_int_equal(talk.trouble.cause, CAUSE_PROTOCOL);
	}
	talk_free(&talk);
}

static void
test_gate_for_secrets(void **state)
{
	struct talk talk;

	(void)state;
	talk_init(&talk, SPAN("250 Ok\r\n"), 1);
	dialogue_say_secret(&talk.dialogue, "", SPAN("a\r\nQUIT"));
	assert_false(talk_hear(&talk));
	assert_int_equal(talk.output.len, 0);
	talk_free(&talk);
	talk_init(&talk, SPAN("250 Ok\r\n"), 1);
	dialogue_say_secret(&talk.dialogue, "", SPAN("a\0b"));
	assert_false(talk_hear(&talk));
	assert_int_equal(talk.output.len, 0);
	talk_free(&talk);
}

static void
test_too_long_a_command(void **state)
{
	char *argument = malloc(70000);
	struct talk talk;

	(void)state;
	assert_non_null(argument);
	memset(argument, 'x', 70000);
	argument[69999] = '\0';
	talk_init(&talk, SPAN("250 Ok\r\n"), 1);
	dialogue_say(&talk.dialogue, "EHLO %s", argument);
	assert_false(talk_hear(&talk));
	assert_int_equal(talk.output.len, 0);
	talk_free(&talk);
	free(argument);
}

struct step_row {
	const char *name;
	const char *input;
	int code; /* of the second reply; 0: none, and nothing is sent */
};

/* Input that came before the command is not its reply. */
static const struct step_row steps[] = {
    {"a second reply", "220 a\r\n250 b\r\n", 0},
    {"a part of one", "220 a\r\n2", 0},
    {"an empty line", "220 a\r\n\r\n", 0},
    {"421 may come unasked", "220 a\r\n421 bye\r\n", 421},
    {"421 in several lines", "220 a\r\n421-bye\r\n421 bye\r\n", 421},
    {"nothing", "220 a\r\n", -1},
};

static void
test_step(void **state)
{
	const struct step_row *row = *state;
	struct talk talk;

	talk_init(&talk, span_from(row->input), 0);
	assert_true(talk_hear(&talk));
	dialogue_say(&talk.dialogue, "EHLO x");
	assert_int_equal(talk_hear(&talk), row->code > 0);
	if (row->code == 0) {
		assert_int_equal(talk.output.len, 0);
		assert_int_equal(talk.trouble.cause, CAUSE_PROTOCOL);
	} else if (row->code > 0) {
		assert_int_equal(talk.reply.code, row->code);
	} else {
		assert_int_equal(talk.trouble.cause, CAUSE_TEMPORARY);
	}
	assert_false(dialogue_is_in_step(&talk.dialogue));
	talk_free(&talk);
}

struct long_row {
	const char *name;
	const char *head;
	size_t len; /* of one line, with head and CRLF */
	size_t count;
	bool is_heard;
};
static const struct long_row longs[] = {
    {"a line of 512", "250 ", 512, 1, true},
    {"the longest line", "334 ", REPLY_LINE_MAX, 1, true},
    {"a longer line", "334 ", REPLY_LINE_MAX + 3, 1, false},
    {"a line of a megabyte", "250 ", 1 << 20, 1, false},
    {"endless short lines", "250-", 7, 20000, false},
    {"endless long lines", "250-", 1000, 2000, false},
};

static void
test_long(void **state)
{
	const struct long_row *row = *state;
	struct talk talk;
	struct buf input;

	buf_init(&input, (size_t)4 << 20);
	for (size_t i = 0; i < row->count; i++) {
		buf_add_text(&input, row->head);
		for (size_t j = 6; j < row->len; j++)
			buf_add_char(&input, 'x');
		buf_add_text(&input, "\r\n");
	}
	talk_init(&talk, buf_span(&input), 4096);
	dialogue_say(&talk.dialogue, "EHLO x");
	assert_int_equal(talk_hear(&talk), row->is_heard);
	if (!row->is_heard)
		assert_int_equal(talk.trouble.cause, CAUSE_PROTOCOL);
	talk_free(&talk);
	buf_free(&input);
}

/* The observer sees neither the secret nor its echo. */
static void
test_secret(void **state)
{
	struct talk talk;

	(void)state;
	talk_init(&talk,
	    SPAN("501-5.5.4 cannot decode AHVzZXIAcGFzc3dvcmQ=\r\n"
		 "501 5.5.4 nor password1\r\n535 AHVzZXIAcGFz\r\n"),
	    1);
	echo_hide_forms(&talk.dialogue.echo, SPAN("password1"));
	dialogue_say_secret(
	    &talk.dialogue, "AUTH PLAIN ", SPAN("AHVzZXIAcGFzc3dvcmQ="));
	assert_true(talk_hear(&talk));
	assert_string_equal(
	    buf_text(&talk.output), "AUTH PLAIN AHVzZXIAcGFzc3dvcmQ=\r\n");
	assert_int_equal(talk.reply.code, 501);
	assert_string_equal(
	    buf_text(&talk.reply.text), "cannot decode ***\nnor ***");
	dialogue_say(&talk.dialogue, "NOOP");
	assert_true(talk_hear(&talk));
	assert_string_equal(buf_text(&talk.reply.text), "***");
	assert_string_equal(buf_text(&talk.seen.text),
	    "C AUTH PLAIN ***\nR 501-5.5.4 cannot decode ***\n"
	    "R 501 5.5.4 nor ***\nC NOOP\nR 535 ***\n");
	talk_free(&talk);
}

struct code_row {
	const char *name;
	const char *secret;
	const char *input;
	int code;
};

/* Masking a short secret must not change what the reply means. */
static const struct code_row codes[] = {
    {"the secret is the code", "235", "235 2.7.0 ok\r\n", 235},
    {"the secret is a digit", "3", "235 2.7.0 ok\r\n", 235},
    {"the secret is a hyphen", "-", "235-a\r\n235 ok\r\n", 235},
    {"the secret is code and blank", "535 ", "535 no\r\n", 535},
};

static void
test_code(void **state)
{
	const struct code_row *row = *state;
	struct talk talk;

	talk_init(&talk, span_from(row->input), 1);
	echo_hide_forms(&talk.dialogue.echo, span_from(row->secret));
	dialogue_say(&talk.dialogue, "AUTH");
	if (!talk_hear(&talk))
		fail_msg("%s", buf_text(&talk.trouble.reply.text));
	assert_int_equal(talk.reply.code, row->code);
	talk_free(&talk);
}

static void
test_deadline(void **state)
{
	struct dialogue dialogue = {.deadline = DEADLINE_NEVER};
	int64_t now = clock_now(), got;

	(void)state;
	got = dialogue_deadline(&dialogue, STAGE_DATA) - now;
	assert_in_range(got, 120000, 121000);
	got = dialogue_deadline(&dialogue, STAGE_CONTENT) - now;
	assert_in_range(got, 600000, 601000);
	dialogue.timeout = 7000;
	got = dialogue_deadline(&dialogue, STAGE_CONTENT) - now;
	assert_in_range(got, 7000, 8000);
	dialogue.deadline = now + 50;
	assert_int_equal(dialogue_deadline(&dialogue, STAGE_CONTENT), now + 50);
}

struct end_row {
	const char *name;
	const char *script;
	enum dialogue_end end;
};

static const struct end_row ends[] = {
    {"closed", "S 421 bye\n", DIALOGUE_CLOSED},
    {"closed a little later", "S 421 bye\nZ 200\n", DIALOGUE_CLOSED},
    {"reset", "S 421 bye\nZ 100\nR\n", DIALOGUE_CLOSED},
    {"another reply", "S 421 wait\\n250 ok\n", DIALOGUE_GOES_ON},
    {"a part of a reply later", "S 421 wait\nZ 200\ns 25\n", DIALOGUE_GOES_ON},
    {"silence", "S 421 wait\nE\n", DIALOGUE_SILENT},
};

/* What comes behind 421. */
static void
test_end(void **state)
{
	const struct end_row *row = *state;
	struct dialogue dialogue;
	struct reply reply = {0};
	struct outcome trouble = {0};
	struct peer peer;

	peer_start(&peer, row->script);
	dialogue_init(&dialogue, stream_new(peer_connect(&peer)), NULL, 5000,
	    DEADLINE_NEVER);
	assert_true(dialogue_hear(&dialogue, STAGE_CONTENT, &reply, &trouble));
	assert_int_equal(reply.code, 421);
	assert_int_equal(dialogue_hear_end(&dialogue), row->end);
	dialogue_free(&dialogue);
	peer_end(&peer);
	reply_free(&reply);
	outcome_free(&trouble);
}

struct drip_row {
	const char *name;
	const char *script;
};

/* Octets and lines that arrive do not move the deadline. */
static const struct drip_row drips[] = {
    {"silence", "Z 900\n"},
    {"octets",
	"s 2\nZ 120\ns 5\nZ 120\ns 0\nZ 120\ns x\nZ 120\ns x\n"
	"Z 120\ns x\nZ 120\ns x\\n\nZ 300\n"},
    {"lines",
	"S 250-x\nZ 120\nS 250-x\nZ 120\nS 250-x\nZ 120\nS 250-x\n"
	"Z 120\nS 250-x\nZ 120\nS 250-x\nZ 120\nS 250 x\nZ 300\n"},
};

static void
test_drip(void **state)
{
	const struct drip_row *row = *state;
	struct dialogue dialogue;
	struct reply reply = {0};
	struct outcome trouble = {0};
	int64_t began = clock_now();
	struct peer peer;

	peer_start(&peer, row->script);
	dialogue_init(&dialogue, stream_new(peer_connect(&peer)), NULL, 400,
	    DEADLINE_NEVER);
	assert_false(
	    dialogue_hear(&dialogue, STAGE_GREETING, &reply, &trouble));
	assert_in_range(clock_now() - began, 390, 2000);
	assert_outcome(&trouble, "deferred greeting - temporary");
	assert_string_equal(
	    buf_text(&trouble.reply.text), "the server did not answer in time");
	assert_false(dialogue_is_in_step(&dialogue));
	dialogue_free(&dialogue);
	outcome_free(&trouble);
	close(peer.words); /* it may find that we are gone */
	assert_int_equal(waitpid(peer.child, NULL, 0), peer.child);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "hear", hears, ROWS(hears), test_hear);
	rows_add_one(&all, "say", test_say);
	rows_add(&all, "gate", gates, ROWS(gates), test_gate);
	rows_add_one(&all, "gate for secrets", test_gate_for_secrets);
	rows_add_one(&all, "too long a command", test_too_long_a_command);
	rows_add(&all, "in step", steps, ROWS(steps), test_step);
	rows_add(&all, "long", longs, ROWS(longs), test_long);
	rows_add_one(&all, "secret", test_secret);
	rows_add(&all, "short secret", codes, ROWS(codes), test_code);
	rows_add_one(&all, "deadline", test_deadline);
	rows_add(&all, "behind 421", ends, ROWS(ends), test_end);
	rows_add(&all, "drip", drips, ROWS(drips), test_drip);
	return rows_end(&all);
}
