/*
 * Prints the list of the queue. The form of mailq must stay as it is to the
 * octet: tests/queue_list tries the patterns of the programs that read it.
 */
#include "cli/queue_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/utf8.h"
#include "cli/output.h"
#include "cli/queue_filter.h"
#include "cli/queue_object.h"
#include "cli/queue_places.h"
#include "cli/report.h"
#include "spool/spool_path.h"

#define REASON_COLUMN 76
#define LINE_MAX_OCTETS ((size_t)1024 * 1024)

/* What is counted while mailq prints. */
struct mailq {
	struct queue_filter filter; /* -q after mailq chooses mails */
	struct buf line, reason;
	uint64_t requests, octets, dead;
};

static void
add_masked(struct buf *out, const char *text, const char *if_none)
{
	utf8_add_masked(
	    out, span_from(text != NULL && text[0] != '\0' ? text : if_none));
}

static void
add_next(struct buf *out, const struct queue_mail *mail)
{
	enum listing_state state = mail->listing->state;
	int64_t next = mail->reason.next;

	if (next <= mail->now &&
	    (state == LISTING_HELD ||
		mail->listing->file != ENVELOPE_FILE_READ ||
		mail->reason.kind == REASON_PROFILE))
		return;
	if (out->len > 0)
		buf_add_text(out, "; ");
	if (next <= mail->now) {
		buf_add_text(out, "waits for the next run");
		return;
	}
	buf_add_text(out,
	    mail->reason.kind == REASON_TIME ? "waits until " : "next try ");
	calendar_add_minute(out, next);
}

/* Adds why this recipient waits, or, if `outcome` is NULL, why all do. */
static void
add_reason(struct buf *out, const struct queue_mail *mail,
    const struct outcome *outcome)
{
	struct buf text;

	buf_init(&text, LINE_MAX_OCTETS);
	if (outcome != NULL)
		reply_add_line(&text, &outcome->reply);
	else
		reason_add(&text, &mail->reason);
	if (mail->listing->state == LISTING_HELD)
		buf_add_text(out, text.len > 0 ? "held: " : "held");
	utf8_add_masked(out, buf_span(&text));
	add_next(out, mail);
	buf_free(&text);
}

/* As Postfix: at the right margin, before the first recipient it is about. */
static void
print_reason(struct mailq *mailq, const struct queue_mail *mail,
    const struct outcome *of)
{
	struct buf reason;
	int width;

	if (mail->listing->state == LISTING_SENDING)
		return;
	buf_init(&reason, LINE_MAX_OCTETS);
	add_reason(&reason, mail, of);
	if (!span_equal(buf_span(&reason), buf_span(&mailq->reason))) {
		width = reason.len < REASON_COLUMN
		    ? REASON_COLUMN - (int)reason.len
		    : 0;
		buf_add_format(&mailq->line, "%*s(", width, "");
		buf_add_span(&mailq->line, buf_span(&reason));
		buf_add_text(&mailq->line, ")\n");
		buf_clear(&mailq->reason);
		buf_add_span(&mailq->reason, buf_span(&reason));
	}
	buf_free(&reason);
}

static void
print_recipients(struct mailq *mailq, const struct queue_mail *mail)
{
	const struct envelope *envelope = &mail->listing->waiting.envelope;
	bool has_open = listing_count_open(mail->listing) > 0;
	/*
	 * Adds one reason for all recipients, unless the server said one for
	 * each.
	 */
	bool is_shared =
	    mail->reason.text != NULL || mail->reason.outcome == NULL;

	if (is_shared || !has_open)
		print_reason(mailq, mail, NULL);
	for (size_t i = 0; i < envelope->count; i++) {
		const struct recipient *recipient = &envelope->recipients[i];
		const struct outcome *outcome = &recipient->outcome;

		if (has_open && !listing_is_open(recipient))
			continue;
		if (!is_shared && outcome->action != ACTION_NONE)
			print_reason(mailq, mail, outcome);
		buf_add_format(&mailq->line, "%41s", "");
		add_masked(&mailq->line, recipient->forward_path, "?");
		buf_add_char(&mailq->line, '\n');
		output_write(&mailq->line, stdout);
	}
}

static void
print_mail(void *context, const struct queue_mail *mail)
{
	const struct listing *listing = mail->listing;
	struct mailq *mailq = context;
	char id[ID_LEN + 2];

	if (!queue_filter_is_empty(&mailq->filter) &&
	    !queue_filter_fits(&mailq->filter, &listing->waiting))
		return;
	if (listing->state == LISTING_DEAD) {
		mailq->dead++;
		return;
	}
	buf_add_text(&mailq->line,
	    mailq->requests++ == 0 ? "-Queue ID- --Size-- ----Arrival Time---- "
				     "-Sender/Recipient-------\n"
				   : "\n");
	mailq->octets += listing->size;
	snprintf(id, sizeof(id), "%s%s", listing->id.text,
	    listing->state == LISTING_SENDING	 ? "*"
		: listing->state == LISTING_HELD ? "!"
						 : "");
	buf_add_format(&mailq->line, "%-11s %7" PRIu64 " ", id, listing->size);
	calendar_add_local(&mailq->line, listing->arrived);
	buf_add_text(&mailq->line, "  ");
	add_masked(&mailq->line, listing->waiting.envelope.reverse_path,
	    listing->file == ENVELOPE_FILE_READ ? "MAILER-DAEMON" : "unknown");
	buf_add_char(&mailq->line, '\n');
	buf_clear(&mailq->reason);
	print_recipients(mailq, mail);
	output_write(&mailq->line, stdout);
}

static const char *
plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* Whether there is a spool of the service, which a user cannot read. */
static bool
has_service(void)
{
	static const struct span name = SPAN("/service");
	struct spool_paths paths = {0};
	bool found = false;

	spool_paths_find_all(&paths);
	for (size_t i = 0; i < paths.count; i++) {
		struct span path = span_from(paths.list[i].path);

		found |= !paths.list[i].is_of_user && path.len > name.len &&
		    span_equal(span_skip(path, path.len - name.len), name);
	}
	spool_paths_free(&paths);
	return found;
}

/*
 * Prints what does not belong in the list. Some monitors take any line on
 * standard error for a failure. Others read it together with standard output,
 * whose last line must be the last one.
 */
static void
print_notes(const struct mailq *mailq)
{
	fflush(stdout);
	if (mailq->dead > 0)
		fprintf(stderr,
		    "smtpost: %" PRIu64 " mail%s could neither be sent nor "
		    "returned: see smtpost --queue-list --where state=dead\n",
		    mailq->dead, plural(mailq->dead));
	if (geteuid() != 0 && isatty(STDERR_FILENO) && has_service())
		fputs("smtpost: mail that you handed to the service is not "
		      "shown\n",
		    stderr);
}

bool
queue_list_print_mailq(const struct options *options,
    struct mode_result *result, struct error *err)
{
	struct queue_select all = {0};
	struct queue_places places = {0};
	struct mailq mailq = {0};
	bool done = queue_filter_make(&mailq.filter, options, err) &&
	    queue_places_open(&places, options, err);

	buf_init(&mailq.line, LINE_MAX_OCTETS * 2);
	buf_init(&mailq.reason, LINE_MAX_OCTETS);
	if (done) {
		queue_places_each(&places, &all, print_mail, &mailq);
		print_notes(&mailq);
		if (mailq.requests > 0)
			printf("\n-- mqueue (%" PRIu64 " request%s)\n"
			       "-- %" PRIu64 " Kbytes in %" PRIu64
			       " Request%s.\n",
			    mailq.requests, plural(mailq.requests),
			    mailq.octets / 1024, mailq.requests,
			    plural(mailq.requests));
		else if (places.exit_status == 0)
			puts("Mail queue is empty");
		done = output_end(err);
		result->exit_status = places.exit_status;
	}
	buf_free(&mailq.line);
	buf_free(&mailq.reason);
	queue_filter_free(&mailq.filter);
	queue_places_close(&places);
	return done;
}

/* id, state, kind, arrived, age, size, profile, sender, recipients, attempts,
 * next, reason */
static void
add_line(struct buf *line, const struct queue_mail *mail)
{
	const struct listing *listing = mail->listing;
	const struct waiting *waiting = &listing->waiting;
	bool is_whole = listing->file == ENVELOPE_FILE_READ;
	struct buf reason;
	size_t before;

	buf_add_format(line, "%s\t%s\t%s\t", listing->id.text,
	    listing_state_name(listing->state), queue_object_kind(listing));
	if (!calendar_add_utc(line, listing->arrived))
		buf_add_char(line, '-');
	buf_add_format(line, "\t%" PRId64 "\t%" PRIu64 "\t",
	    queue_object_age(mail), listing->size);
	add_masked(line, waiting->profile, "-");
	buf_add_char(line, '\t');
	add_masked(line, waiting->envelope.reverse_path, is_whole ? "<>" : "-");
	buf_add_format(line, "\t%zu\t%u\t", listing_count_open(listing),
	    waiting->attempts);
	if (mail->reason.next == 0 ||
	    !calendar_add_utc(line, mail->reason.next))
		buf_add_char(line, '-');
	buf_add_char(line, '\t');
	before = line->len;
	buf_init(&reason, LINE_MAX_OCTETS);
	reason_add(&reason, &mail->reason);
	utf8_add_masked(line, buf_span(&reason));
	buf_free(&reason);
	buf_add_text(line, line->len == before ? "-\n" : "\n");
}

struct list {
	enum report_form form;
	struct buf line;
};

static void
print_line(void *context, const struct queue_mail *mail)
{
	struct list *list = context;

	if (list->form == REPORT_JSON) {
		queue_object_print(mail, NULL);
		return;
	}
	if (list->form == REPORT_TEXT)
		add_line(&list->line, mail);
	output_write(&list->line, stdout);
}

bool
queue_list_print(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct list list = {options_report(options), {0}};
	struct queue_select select;
	struct queue_places places = {0};
	bool done = queue_select_make(&select, options, false, err) &&
	    queue_places_open(&places, options, err);

	buf_init(&list.line, LINE_MAX_OCTETS * 2);
	if (done) {
		queue_places_each(&places, &select, print_line, &list);
		done = output_end(err);
		result->exit_status = places.exit_status;
	}
	if (!done)
		report_print_error(list.form, err, stdout);
	buf_free(&list.line);
	queue_places_close(&places);
	queue_select_free(&select);
	return done;
}
