#include "cli/check_message.h"

#include <stdio.h>

static void
print_notes(const char *before, struct span notes)
{
	struct span line;

	while (span_next_word(&notes, "\n", &line))
		printf("%s%.*s\n", before, (int)line.len, line.at);
}

/* For a server without 8BITMIME there is more to do, or to refuse. */
static bool
print_seven_bit(const struct prepared *prepared, struct error *err)
{
	static const char before[] = "without 8BITMIME: ";
	struct error refusal = {0};
	struct plan plan;

	if (!plan_facts(&prepared->plan, prepared->message)->has_eight_bit)
		return true;
	if (message_plan_seven_bit(
		&plan, &prepared->plan, prepared->message, &refusal)) {
		print_notes(before,
		    span_skip(buf_span(&plan.notes), plan.field_notes));
		plan_free(&plan);
		return true;
	}
	if (refusal.kind != ERROR_DATA) {
		*err = refusal;
		return false;
	}
	printf("%srefused: %s\n", before, refusal.text);
	return true;
}

bool
check_message_print(const struct prepared *prepared, struct error *err)
{
	print_notes("", buf_span(&prepared->plan.notes));
	if (!print_seven_bit(prepared, err))
		return false;
	return fflush(stdout) == 0 ||
	    error_set(err, ERROR_IO, "cannot write to standard output");
}
