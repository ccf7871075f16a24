/*
 * Shows mails of the queue. Text from servers, senders and files is masked
 * here; JSON strings are in json_text.c.
 */
#include "cli/queue_show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/json_text.h"
#include "base/utf8.h"
#include "cli/output.h"
#include "cli/queue_object.h"
#include "cli/queue_places.h"
#include "cli/report.h"
#include "profile/secret_oauth.h"
#include "spool/history.h"
#include "spool/schedule.h"

#define LINE_MAX_OCTETS ((size_t)1024 * 1024)

struct show {
	enum report_form form;
	struct buf out;
	size_t shown;
};

static void
add_field(struct buf *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_add_format(out, "    %-12s", name);
	utf8_add_masked(out, span_from(value[0] != '\0' ? value : "<>"));
	buf_add_char(out, '\n');
}

static void
add_arrival(struct buf *out, const struct queue_mail *mail)
{
	buf_add_format(out, "    %-12s", "arrived:");
	calendar_add_local(out, mail->listing->arrived);
	buf_add_text(out, " (");
	calendar_add_span(out, queue_object_age(mail));
	buf_add_text(out, " ago)\n");
}

static void
add_recipient(struct buf *out, size_t number, const struct recipient *recipient)
{
	const struct outcome *outcome = &recipient->outcome;
	struct buf words;

	buf_add_format(out, "    %4zu. ", number);
	utf8_add_masked(out, span_from(recipient->forward_path));
	switch (outcome->action) {
	case ACTION_NONE:
		buf_add_text(out, ": waits");
		break;
	case ACTION_DELAYED:
		buf_add_text(out, ": waits: ");
		break;
	case ACTION_RELAYED:
		buf_add_text(out, ": relayed\n");
		return;
	case ACTION_FAILED:
		buf_add_text(out, ": failed: ");
		break;
	}
	buf_init(&words, LINE_MAX_OCTETS);
	reply_add_line(&words, &outcome->reply);
	utf8_add_masked(out, buf_span(&words));
	buf_free(&words);
	if (outcome->in_doubt)
		buf_add_text(out, " (it may have arrived all the same)");
	buf_add_char(out, '\n');
}

static const char *
why_of(const struct queue_mail *mail)
{
	const struct listing *listing = mail->listing;

	if (listing->state == LISTING_SENDING)
		return "it is being sent just now";
	if (listing->state == LISTING_DEAD)
		return "it could neither be sent nor returned";
	if (listing->state == LISTING_HELD)
		return listing_is_in_doubt(listing)
		    ? "it is held, and may have arrived already"
		    : "it is held";
	switch (mail->reason.kind) {
	case REASON_NONE:
		break;
	case REASON_MAIL:
		return mail->reason.outcome->in_doubt &&
			mail->reason.outcome->reply.code == 0
		    ? "it may have arrived already, but no reply came"
		    : "the server put it off";
	case REASON_SERVER:
		return "the server cannot be used";
	case REASON_LOGIN:
		return "the login failed";
	case REASON_PROFILE:
		return "its profile cannot be used";
	case REASON_TIME:
		return "its sender chose the time";
	case REASON_HAND:
		return "it cannot be read";
	}
	return "the next run tries it";
}

static void
add_why(struct buf *out, const struct queue_mail *mail)
{
	struct buf words;

	buf_init(&words, LINE_MAX_OCTETS);
	reason_add(&words, &mail->reason);
	buf_add_format(out, "    %-12s%s", "why:", why_of(mail));
	if (words.len > 0)
		buf_add_text(out, ": ");
	utf8_add_masked(out, buf_span(&words));
	buf_add_char(out, '\n');
	buf_free(&words);
}

static void
add_next(struct buf *out, const struct queue_mail *mail)
{
	int64_t next = mail->reason.next;
	int64_t left = schedule_left(
	    &mail->listing->waiting, mail->clock, mail->profile->lifetime);

	if (mail->listing->state == LISTING_DEAD ||
	    mail->listing->state == LISTING_HELD ||
	    mail->listing->file != ENVELOPE_FILE_READ)
		return;
	buf_add_format(out, "    %-12s", "next try:");
	if (next > mail->now) {
		calendar_add_minute(out, next);
		buf_add_text(out, " (in ");
		calendar_add_span(out, next - mail->now);
		buf_add_text(out, ")\n");
	} else
		buf_add_text(out, "at the next run\n");
	if (!mail->profile->is_known)
		return;
	buf_add_format(out, "    %-12s", "given up:");
	if (left > 0) {
		buf_add_text(out, "after ");
		/* Rounded up, or 5 days become 4 at once. */
		calendar_add_span(out, left + 59);
		buf_add_text(out, " more in which it could be tried\n");
	} else
		buf_add_text(out, "if the next try fails\n");
}

/* What the user can do; NULL: nothing. */
static void
add_help(struct buf *out, const struct queue_mail *mail)
{
	const struct listing *listing = mail->listing;
	const char *id = listing->id.text;
	/* root sees the queues of others, and runs its own. */
	bool is_own = mail->folder->owner == geteuid();

	switch (listing->state) {
	case LISTING_SENDING:
		return;
	case LISTING_HELD:
	case LISTING_DEAD:
		buf_add_format(out,
		    "after smtpost --queue-release %s the next run sends it%s; "
		    "--queue-remove removes it",
		    id, listing_is_in_doubt(listing) ? " again" : "");
		return;
	case LISTING_WAITING:
		break;
	}
	switch (mail->reason.kind) {
	case REASON_NONE:
	case REASON_MAIL:
	case REASON_TIME:
		buf_add_format(out,
		    is_own ? "smtpost --queue-run %s tries it now"
			   : "smtpost --queue-release %s makes it due, and "
			     "smtpost -q --all-users sends what is due",
		    id);
		break;
	case REASON_SERVER:
		buf_add_text(out,
		    is_own ? "smtpost -q asks the server at once; with -v it "
			     "shows the dialogue"
			   : "smtpost -q --all-users asks the server at once");
		break;
	case REASON_LOGIN:
		buf_add_text(out,
		    "check user and password in the configuration, or with "
		    "oauth run ");
		secret_oauth_add_call(listing->waiting.config,
		    listing->waiting.profile, "login", out);
		buf_add_format(out, "; then try smtpost -q%s",
		    is_own ? "" : " --all-users");
		break;
	case REASON_PROFILE:
		buf_add_format(out,
		    "correct the configuration, or smtpost --queue-release %s "
		    "-P NAME sends it with another profile",
		    id);
		break;
	case REASON_HAND:
		buf_add_format(out,
		    listing->file == ENVELOPE_FILE_NEWER
			? "use the newer smtpost, which wrote it"
			: "look at its files; smtpost --queue-remove %s "
			  "removes "
			  "it",
		    id);
		break;
	}
}

/*
 * Adds a record such as "hold 1764412350 1000" as a sentence; false if nobody
 * needs to know it.
 */
static bool
add_event(struct buf *out, const struct history *history)
{
	static const struct {
		const char *keyword, *before, *after;
	} events[] = {
	    {"try", "attempt begun", NULL},
	    {"doubt", "the end of the mail is sent to ", ""},
	    {"next", "attempt over", NULL},
	    {"notification", "notification ", " is made"},
	    {"hold", "held by user id ", ""},
	    {"release", "released by user id ", ""},
	    {"profile", "moved to the profile ", ""},
	    {"removed", "removed by user id ", ""},
	    {"dead", "put aside: ", ""},
	    {"done", "nothing is left to do", NULL},
	    {"rewritten", "older records removed; attempts so far: ", ""},
	};
	const char *keyword = history_word(history, 0);

	if (strcmp(keyword, "hold") == 0 &&
	    strcmp(history_word(history, 2), "smtpost") == 0) {
		buf_add_text(out, "held, since it may have arrived already");
		return true;
	}
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (strcmp(keyword, events[i].keyword) != 0)
			continue;
		buf_add_text(out, events[i].before);
		if (events[i].after != NULL) {
			utf8_add_masked(
			    out, span_from(history_word(history, 2)));
			buf_add_text(out, events[i].after);
		}
		return true;
	}
	return false;
}

/* result TIME WHO action stage cause code status doubt text */
static bool
add_result(struct buf *out, const struct history *history)
{
	const char *code = history_word(history, 6);
	const char *status = history_word(history, 7);

	if (strcmp(history_word(history, 0), "result") != 0)
		return false;
	buf_add_text(out, "recipient ");
	utf8_add_masked(out, span_from(history_word(history, 2)));
	buf_add_text(out, ": ");
	utf8_add_masked(out, span_from(history_word(history, 3)));
	if (history_word(history, 4)[0] != '\0') {
		buf_add_text(out, " at ");
		utf8_add_masked(out, span_from(history_word(history, 4)));
	}
	buf_add_text(out, ":");
	if (strcmp(code, "0") != 0) {
		buf_add_char(out, ' ');
		utf8_add_masked(out, span_from(code));
	}
	if (status[0] != '\0') {
		buf_add_char(out, ' ');
		utf8_add_masked(out, span_from(status));
	}
	buf_add_char(out, ' ');
	utf8_add_masked(out, span_from(history_word(history, 9)));
	if (strcmp(history_word(history, 8), "1") == 0)
		buf_add_text(out, " (in doubt)");
	return true;
}

/* Adds the records as sentences, or as objects. */
static void
add_history(struct buf *out, const struct listing *listing, bool is_json)
{
	struct span text =
	    span_head(buf_span(&listing->text), listing->waiting.len);
	const char *before = is_json ? "{" : "    history:\n";
	struct history history;
	struct buf line;

	buf_init(&line, LINE_MAX_OCTETS);
	history_begin(&history, text);
	while (history_next(&history)) {
		buf_clear(&line);
		if (!add_result(&line, &history) && !add_event(&line, &history))
			continue;
		buf_add_text(out, before);
		before = is_json ? ",{" : "";
		if (is_json) {
			struct buf time = {0};

			calendar_add_utc(&time, history_time(&history));
			json_text_add_member(out, "time", buf_text(&time));
			json_text_add_key(out, "text");
			json_text_add_sentence(out, buf_span(&line));
			buf_add_char(out, '}');
			buf_free(&time);
		} else {
			buf_add_text(out, "        ");
			calendar_add_local(out, history_time(&history));
			buf_add_text(out, "  ");
			buf_add_span(out, buf_span(&line));
			buf_add_char(out, '\n');
			output_write(out, stdout);
		}
	}
	history_free(&history);
	buf_free(&line);
}

static void
print_text(struct show *show, const struct queue_mail *mail)
{
	const struct listing *listing = mail->listing;
	const struct waiting *waiting = &listing->waiting;
	struct buf *out = &show->out, help = {0};

	if (show->shown > 0)
		buf_add_char(out, '\n');
	buf_add_format(out, "%s: %s\n", listing->id.text,
	    listing_state_name(listing->state));
	add_why(out, mail);
	add_next(out, mail);
	add_help(&help, mail);
	if (help.len > 0)
		add_field(out, "help:", buf_text(&help));
	buf_free(&help);
	add_field(out, "kind:", queue_object_kind(listing));
	if (waiting->parent.text[0] != '\0')
		add_field(out, "about:", waiting->parent.text);
	add_field(out, "queue:", mail->folder->path);
	add_field(out, "profile:", waiting->profile);
	add_field(out, "config:", waiting->config);
	add_arrival(out, mail);
	buf_add_format(
	    out, "    %-12s%" PRIu64 " octets\n", "size:", listing->size);
	add_field(out, "message-id:", waiting->message_id);
	if (waiting->is_unfiltered)
		add_field(
		    out, "filter:", "filter-command runs at each attempt");
	if (waiting->envelope.requires_tls)
		add_field(
		    out, "tls:", "required on the whole way (REQUIRETLS)");
	add_field(out, "sender:", waiting->envelope.reverse_path);
	if (listing_is_in_doubt(listing))
		add_field(out, "in doubt:",
		    "a server may have it already, without having said so");
	if (waiting->envelope.count > 0)
		buf_add_text(out, "    recipients:\n");
	for (size_t i = 0; i < waiting->envelope.count; i++) {
		add_recipient(out, i + 1, &waiting->envelope.recipients[i]);
		output_write(out, stdout);
	}
	add_history(out, listing, false);
	output_write(out, stdout);
}

static void
print_json(const struct queue_mail *mail)
{
	struct buf more, help = {0};

	buf_init(&more, WAITING_OCTETS_MAX * 8);
	add_help(&help, mail);
	buf_add_text(&more, ",\"help\":");
	if (help.len > 0)
		json_text_add_sentence(&more, buf_span(&help));
	else
		buf_add_text(&more, "null");
	buf_add_text(&more, ",\"history\":[");
	add_history(&more, mail->listing, true);
	buf_add_char(&more, ']');
	queue_object_print(mail, &more);
	buf_free(&more);
	buf_free(&help);
}

static void
print_mail(void *context, const struct queue_mail *mail)
{
	struct show *show = context;

	if (show->form == REPORT_JSON)
		print_json(mail);
	else if (show->form == REPORT_TEXT)
		print_text(show, mail);
	show->shown++;
}

bool
queue_show_print(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct show show = {.form = options_report(options)};
	struct queue_places places = {0};
	struct queue_select select;
	bool done = queue_select_make(&select, options, true, err) &&
	    queue_places_open(&places, options, err);

	buf_init(&show.out, LINE_MAX_OCTETS);
	if (done) {
		queue_places_each(&places, &select, print_mail, &show);
		done = output_end(err);
		queue_places_complain_missing(&places, &select);
		result->exit_status = places.exit_status;
	}
	if (!done)
		report_print_error(show.form, err, stdout);
	buf_free(&show.out);
	queue_places_close(&places);
	queue_select_free(&select);
	return done;
}
