#include "cli/check_message.h"

#include <stdio.h>

#include "base/utf8.h"
#include "cli/json_text.h"

/* What is told, a line each; in the sentences foreign octets are masked. */
struct findings {
	struct buf always;    /* whatever the server is */
	struct buf seven_bit; /* only for a server without 8BITMIME */
	struct buf refusal;   /* by such a server; empty: there is none */
};

static void
findings_free(struct findings *findings)
{
	buf_free(&findings->always);
	buf_free(&findings->seven_bit);
	buf_free(&findings->refusal);
}

/* For a server without 8BITMIME there is more to do, or to refuse. */
static bool
find_seven_bit(struct findings *findings, const struct prepared *prepared,
    struct error *err)
{
	struct error refusal = {0};
	struct plan plan;

	if (!plan_facts(&prepared->plan, prepared->message)->has_eight_bit)
		return true;
	if (message_plan_seven_bit(
		&plan, &prepared->plan, prepared->message, &refusal)) {
		buf_add_span(&findings->seven_bit,
		    span_skip(buf_span(&plan.notes), plan.field_notes));
		plan_free(&plan);
		return true;
	}
	if (refusal.kind == ERROR_DATA)
		return buf_add_text(&findings->refusal, refusal.text);
	*err = refusal;
	return false;
}

static void
print_lines(const char *before, const struct buf *notes)
{
	struct span rest = buf_span(notes), line;

	while (span_next_word(&rest, "\n", &line)) {
		struct buf shown = {0};

		buf_add_text(&shown, before);
		utf8_add_sentence(&shown, line);
		buf_add_char(&shown, '\n');
		fwrite(shown.data, 1, shown.len, stdout);
		buf_free(&shown);
	}
}

static void
print_plain(const struct findings *findings)
{
	print_lines("", &findings->always);
	print_lines("without 8BITMIME: ", &findings->seven_bit);
	print_lines("without 8BITMIME: refused: ", &findings->refusal);
}

static void
add_list(struct buf *out, const char *key, const struct buf *notes)
{
	struct span rest = buf_span(notes), line;
	const char *comma = "";

	buf_add_format(out, "\"%s\":[", key);
	while (span_next_word(&rest, "\n", &line)) {
		buf_add_text(out, comma);
		json_text_add_sentence(out, line);
		comma = ",";
	}
	buf_add_text(out, "],");
}

static void
print_json(const struct findings *findings)
{
	struct buf out;

	buf_init(&out, 16 * BUF_DEFAULT_MAX);
	buf_add_char(&out, '{');
	add_list(&out, "notes", &findings->always);
	add_list(&out, "without-8bitmime", &findings->seven_bit);
	buf_add_text(&out, "\"refused-without-8bitmime\":");
	if (findings->refusal.len > 0)
		json_text_add_sentence(&out, buf_span(&findings->refusal));
	else
		buf_add_text(&out, "null");
	buf_add_text(&out, ",\"exit\":0}\n");
	fwrite(out.data, 1, out.len, stdout);
	buf_free(&out);
}

bool
check_message_print(const struct prepared *prepared, enum report_form form,
    struct error *err)
{
	struct findings findings = {0};
	bool done;

	buf_add_span(&findings.always, buf_span(&prepared->plan.notes));
	done = find_seven_bit(&findings, prepared, err);
	if (done && form == REPORT_TEXT)
		print_plain(&findings);
	else if (done && form == REPORT_JSON)
		print_json(&findings);
	findings_free(&findings);
	return done &&
	    (fflush(stdout) == 0 ||
		error_set(err, ERROR_IO, "cannot write to standard output"));
}
