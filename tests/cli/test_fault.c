#include "rows.h"

#include "cli/ended.h"
#include "cli/fault.h"

static bool
print_outcomes(const struct report *report, FILE *out)
{
	fault_print_outcomes(report, out);
	return true;
}

static void
test_outcomes(void **state)
{
	struct ended ended;

	(void)state;
	ended_init(&ended, REPORT_NONE);
	fill_partly(&ended);
	add_recipient(
	    &ended, "eve@x", "451 \033[2J", STAGE_RCPT, "451 \033[2J");
	assert_printed(&ended, print_outcomes,
	    "smtpost: bob@example.com: failed: 550 5.1.1 No such user here\n"
	    "smtpost: eve@x: deferred: 451 \\x1b[2J\n");
	/* With a report on standard output: only what ended the session. */
	ended.report.form = REPORT_TEXT;
	assert_printed(&ended, print_outcomes, "");
	ended_free(&ended);

	ended_init(&ended, REPORT_TEXT);
	outcome_set_own(add_ending(&ended, STAGE_TLS, SPAN("")), STAGE_TLS,
	    CAUSE_PROTOCOL, "not trusted\nhint: look \033 there");
	assert_printed(&ended, print_outcomes,
	    "smtpost: deferred at tls: not trusted\n"
	    "smtpost: hint: look \\x1b there\n");
	ended_free(&ended);
}

/* A hint is printed once; when there are very many, the last line says so. */
static void
test_many_hints(void **state)
{
	struct ended ended;
	size_t hints = 0;
	char *text;

	(void)state;
	ended_init(&ended, REPORT_NONE);
	for (int i = 0; i < 40; i++) {
		add_recipient(&ended, "a@x", NULL, STAGE_RCPT, "550 no");
		outcome_set_hint(
		    &ended.envelope.recipients[i].outcome, "number %d", i / 2);
	}
	text = print(&ended, print_outcomes);
	for (char *at = text; (at = strstr(at, "smtpost: hint: ")); at++)
		hints++;
	assert_int_equal(hints, 9);
	assert_non_null(strstr(text, "hint: number 7\n"));
	assert_non_null(
	    strstr(text, "smtpost: hint: report = json shows further hints\n"));
	free(text);
	ended_free(&ended);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "outcomes", test_outcomes);
	rows_add_one(&all, "many hints", test_many_hints);
	return rows_end(&all);
}
