/*
 * Prints a mail of the queue in JSON. It is written piece by piece, since it
 * may have 100,000 recipients.
 */
#include "cli/queue_object.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/json_text.h"
#include "cli/output.h"
#include "cli/reply_json.h"
#include "spool/schedule.h"

#define PIECE_MAX ((size_t)1024 * 1024)

const char *
queue_object_kind(const struct listing *listing)
{
	return listing->waiting.kind == WAITING_NOTIFICATION ? "notification"
							     : "mail";
}

int64_t
queue_object_age(const struct queue_mail *mail)
{
	return mail->listing->arrived < mail->now
	    ? mail->now - mail->listing->arrived
	    : 0;
}

/* Adds a time; null for 0, and for a time that no calendar has. */
static void
add_time(struct buf *out, const char *key, int64_t time)
{
	if (time != 0)
		json_text_add_time(out, key, time);
	else
		json_text_add_member(out, key, NULL);
}

/* null unless the profile says how long mail is tried. */
static void
add_expiry(struct buf *out, const struct queue_mail *mail)
{
	int64_t left = schedule_left(
	    &mail->listing->waiting, mail->clock, mail->profile->lifetime);

	json_text_add_key(out, "expires-in");
	if (!mail->profile->is_known ||
	    mail->listing->file != ENVELOPE_FILE_READ)
		buf_add_text(out, "null");
	else
		buf_add_format(out, "%" PRId64, left > 0 ? left : 0);
}

static void
add_reason(struct buf *out, const struct reason *reason)
{
	struct reply own = {0};

	json_text_add_member(out, "waits-for", reason_name(reason->kind));
	json_text_add_key(out, "reason");
	if (reason->text == NULL && reason->outcome == NULL) {
		buf_add_text(out, "null");
		return;
	}
	buf_add_char(out, '{');
	if (reason->text != NULL) {
		buf_add_text(&own.text, reason->text);
		reply_json_add(out, STAGE_NONE, &own);
	} else
		reply_json_add(
		    out, reason->outcome->stage, &reason->outcome->reply);
	buf_add_char(out, '}');
	buf_free(&own.text);
}

static const char *
outcome_word(const struct recipient *recipient)
{
	if (listing_is_open(recipient))
		return "queued";
	return recipient->outcome.action == ACTION_RELAYED ? "relayed"
							   : "failed";
}

static void
print_recipients(const struct envelope *envelope, struct buf *out)
{
	json_text_add_key(out, "recipients");
	buf_add_char(out, '[');
	for (size_t i = 0; i < envelope->count; i++) {
		const struct recipient *recipient = &envelope->recipients[i];
		const struct outcome *outcome = &recipient->outcome;

		buf_add_text(out, i > 0 ? ",{" : "{");
		json_text_add_member(out, "address", recipient->forward_path);
		json_text_add_member(out, "outcome", outcome_word(recipient));
		json_text_add_bool(out, "in-doubt", outcome->in_doubt);
		reply_json_add(out, outcome->stage, &outcome->reply);
		buf_add_char(out, '}');
		output_write(out, stdout);
	}
	buf_add_char(out, ']');
}

void
queue_object_print(const struct queue_mail *mail, struct buf *more)
{
	const struct listing *listing = mail->listing;
	const struct waiting *waiting = &listing->waiting;
	bool has_parent = waiting->parent.text[0] != '\0';
	struct buf out;

	buf_init(&out, PIECE_MAX);
	buf_add_char(&out, '{');
	json_text_add_member(&out, "queue-id", listing->id.text);
	json_text_add_member(&out, "spool", mail->folder->path);
	json_text_add_member(&out, "state", listing_state_name(listing->state));
	json_text_add_member(&out, "kind", queue_object_kind(listing));
	json_text_add_member(
	    &out, "parent", has_parent ? waiting->parent.text : NULL);
	json_text_add_member(&out, "profile", waiting->profile);
	add_time(&out, "arrived", listing->arrived);
	json_text_add_number(&out, "age", (uint64_t)queue_object_age(mail));
	add_expiry(&out, mail);
	add_time(&out, "not-before", waiting->not_before);
	add_time(&out, "next", mail->reason.next);
	json_text_add_number(&out, "attempts", waiting->attempts);
	json_text_add_number(&out, "size", listing->size);
	json_text_add_member(
	    &out, "reverse-path", waiting->envelope.reverse_path);
	json_text_add_member(&out, "message-id", waiting->message_id);
	json_text_add_member(
	    &out, "envelope-id", waiting->envelope.envelope_id);
	json_text_add_bool(&out, "require-tls", waiting->envelope.requires_tls);
	json_text_add_bool(&out, "in-doubt", listing_is_in_doubt(listing));
	add_reason(&out, &mail->reason);
	print_recipients(&waiting->envelope, &out);
	output_write(&out, stdout);
	if (more != NULL)
		output_write(more, stdout);
	buf_add_text(&out, "}\n");
	output_write(&out, stdout);
	buf_free(&out);
}
