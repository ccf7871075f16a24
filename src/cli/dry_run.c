/*
 * --dry-run: prepares a message as a submission does and prints the envelope
 * and the message. It makes no connection, so the header is the one for a
 * server with all extensions that the message needs.
 */
#include "cli/dry_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json_text.h"
#include "base/utf8.h"
#include "cli/outgoing.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/trace.h"
#include "message/replay.h"
#include "profile/secret.h"
#include "smtp/filter.h"
#include "smtp/letter.h"

struct preview {
	const struct outgoing *outgoing;
	size_t number; /* of one of several mails; 0: there is only one */
	const char *source;
	const struct plan *plan; /* by which the message would be sent */
	struct plan seven_bit, utf8;
	struct signing signing;
};

/* Prints "WHAT: TEXT" with the text masked. */
static void
print_text(const char *what, const char *text)
{
	char *shown = utf8_masked(span_from(text));

	printf("%s: %s\n", what, shown);
	free(shown);
}

static void
print_path(const char *what, const char *path, const char *behind)
{
	char *shown = utf8_masked(span_from(path));

	printf("%s: <%s>%s", what, shown, behind);
	free(shown);
}

/* The first line of an outcome that was decided without a server. */
static struct span
reason_of(const struct recipient *recipient)
{
	struct span text = buf_span(&recipient->outcome.reply.text);

	return span_head(text, span_find(text, '\n'));
}

/* Prints a recipient, which an alias may have settled as failed. */
static void
print_recipient(const struct recipient *recipient)
{
	char *why;

	if (recipient->outcome.action == ACTION_NONE) {
		print_path("recipient", recipient->forward_path, "\n");
		return;
	}
	why = utf8_masked(reason_of(recipient));
	print_path("failed", recipient->forward_path, ": ");
	printf("%s\n", why);
	free(why);
}

/*
 * Finds the plan of the message. If an address needs SMTPUTF8, only a server
 * with that extension gets the mail, and the header stays in UTF-8.
 */
static bool
find_plan(struct preview *preview, struct error *err)
{
	const struct outgoing *outgoing = preview->outgoing;
	struct letter letter = {.message = outgoing->message,
	    .plan = &outgoing->plan,
	    .seven_bit = &preview->seven_bit,
	    .utf8 = &preview->utf8,
	    .signing = &preview->signing};

	if (!letter_preview(&outgoing->envelope, &letter, err))
		return false;
	preview->plan = letter.plan;
	return true;
}

static bool
print_plain(const struct preview *preview)
{
	const struct outgoing *outgoing = preview->outgoing;
	const struct message_sink sink = {output_sink_write, NULL};
	const struct envelope *envelope = &outgoing->envelope;
	const struct profile *profile = &outgoing->profile;

	if (preview->number > 0) {
		printf("%smail: %zu\n", preview->number > 1 ? "\n" : "",
		    preview->number);
		print_text("source", preview->source);
	}
	print_text("profile", profile->name);
	for (size_t i = 0; i < profile->server_count; i++)
		print_text("server", profile->servers[i].url);
	print_path("reverse-path", envelope->reverse_path, "\n");
	for (size_t i = 0; i < envelope->count; i++)
		print_recipient(&envelope->recipients[i]);
	printf("size: %" PRIu64 "\n\n",
	    replay_size(outgoing->message, preview->plan));
	return replay_message(outgoing->message, preview->plan, REPLAY_PLAIN,
		   &sink) == REPLAY_DONE;
}

static void
add_recipient(struct buf *out, const struct recipient *recipient)
{
	bool is_settled = recipient->outcome.action != ACTION_NONE;

	buf_add_char(out, '{');
	json_text_add_member(out, "address", recipient->forward_path);
	json_text_add_member(out, "outcome",
	    is_settled ? outcome_name(&recipient->outcome) : NULL);
	if (is_settled) {
		json_text_add_key(out, "text");
		buf_add_char(out, '[');
		json_text_add(out, reason_of(recipient));
		buf_add_char(out, ']');
	}
	buf_add_char(out, '}');
}

static bool
print_json(const struct preview *preview)
{
	const struct outgoing *outgoing = preview->outgoing;
	const struct envelope *envelope = &outgoing->envelope;
	const struct profile *profile = &outgoing->profile;
	struct buf out = {0};
	bool done;

	buf_add_char(&out, '{');
	if (preview->number > 0) {
		json_text_add_number(&out, "number", preview->number);
		json_text_add_member(&out, "source", preview->source);
	}
	json_text_add_member(&out, "profile", profile->name);
	buf_add_text(&out, ",\"servers\":[");
	for (size_t i = 0; i < profile->server_count; i++) {
		buf_add_text(&out, i > 0 ? "," : "");
		json_text_add(&out, span_from(profile->servers[i].url));
	}
	buf_add_char(&out, ']');
	json_text_add_member(&out, "reverse-path", envelope->reverse_path);
	buf_add_text(&out, ",\"recipients\":[");
	for (size_t i = 0; i < envelope->count; i++) {
		buf_add_text(&out, i > 0 ? "," : "");
		add_recipient(&out, &envelope->recipients[i]);
		output_write(&out, stdout);
	}
	buf_add_format(&out, "],\"size\":%" PRIu64 "}\n",
	    replay_size(outgoing->message, preview->plan));
	done = !out.full;
	output_write(&out, stdout);
	buf_free(&out);
	return done;
}

static bool
print(struct preview preview, enum report_form form, struct error *err)
{
	bool is_found = find_plan(&preview, err), done = is_found;

	if (done && form == REPORT_TEXT)
		done = print_plain(&preview);
	else if (done && form == REPORT_JSON)
		done = print_json(&preview);
	signing_free(&preview.signing);
	plan_free(&preview.seven_bit);
	plan_free(&preview.utf8);
	if (is_found && !done)
		error_set(err, ERROR_IO,
		    "cannot write the message to standard output");
	return done && output_end(err);
}

/* Prints the mail, signed with the keys. */
static bool
print_signed(
    struct preview *preview, const struct options *options, struct error *err)
{
	const struct profile *profile = &preview->outgoing->profile;
	struct signing_keys keys;
	struct buf notes = {0};
	bool done = signing_keys_open(&keys, profile, &notes, err);

	preview->signing = (struct signing){
	    .profile = profile, .keys = &keys, .is_told = true};
	trace_notes(options->verbose, buf_span(&notes));
	outgoing_print_notes(buf_span(&notes), options);
	done = done && print(*preview, options_report(options), err);
	signing_keys_free(&keys);
	buf_free(&notes);
	return done;
}

bool
dry_run_print_mail(struct outgoing *outgoing, size_t number, const char *source,
    const struct options *options, struct error *err)
{
	struct preview preview = {
	    .outgoing = outgoing, .number = number, .source = source};
	struct secret secret = {0};

	trace_notes(options->verbose, buf_span(&outgoing->profile.notes));
	outgoing_warn_of_ports(&outgoing->profile, options, NULL);
	outgoing_print_warnings(outgoing, options);
	trace_notes(options->verbose, buf_span(&outgoing->plan.notes));
	return filter_message(&outgoing->profile, &outgoing->message,
		   &outgoing->plan, err) &&
	    secret_locate(&secret, &outgoing->profile, err) &&
	    print_signed(&preview, options, err);
}

bool
dry_run_print(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct outgoing outgoing = {0};
	bool done = outgoing_prepare(&outgoing, options, err) &&
	    dry_run_print_mail(&outgoing, 0, NULL, options, err);

	if (outgoing.input_read)
		result->input_read = true;
	if (!done)
		report_print_error(options_report(options), err, stdout);
	outgoing_free(&outgoing);
	return done;
}
