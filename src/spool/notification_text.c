/*
 * Writes what happened to a mail for the person who sent it. The table below
 * has all sentences about causes; a reader of the notification may know nothing
 * of mail servers.
 */
#include "spool/notification_text.h"

#include "base/date.h"
#include "base/utf8.h"
#include "profile/provider.h"
#include "spool/fold.h"

#define INDENT "    "
#define TEXT_MAX ((size_t)1024 * 1024) /* of one recipient, or one reason */

/*
 * What happened, up to the colon in front of the reply of the server or our own
 * words, and what the reader can do. "%" stands for the mail server. The
 * sentences begin in lower case, since others may go before them. The first row
 * that fits counts; STAGE_NONE fits every stage.
 */
struct reason {
	enum cause cause;
	enum stage stage;
	const char *what, *advice;
};

static const struct reason reasons[] = {
    /* Direct delivery: the DNS says so. */
    {CAUSE_REFUSED, STAGE_CONNECT, "there is no mail server for the address:",
	"check what follows the @ in the address for typing errors. If it is "
	"right, contact the recipient some other way."},
    {CAUSE_REFUSED, STAGE_MAIL, "% does not accept mail from your address:",
	"make sure that your account may send mail from this address, then "
	"send the mail again."},
    {CAUSE_REFUSED, STAGE_RCPT, "% refused the address:",
	"check the address for typing errors. If it is right, contact the "
	"recipient some other way; the reply above may say what is wrong."},
    {CAUSE_REFUSED, STAGE_CONTENT, "% read the mail and refused it:",
	"the reply above should say what the server objects to, for example "
	"the size, an attachment or a link. Change that and send the mail "
	"again."},
    {CAUSE_REFUSED, STAGE_NONE, "% refused the mail:",
	"the reply above should say why. Once that is solved, send the mail "
	"again."},
    {CAUSE_CONTENT, STAGE_NONE, "the mail could not be sent as it is:",
	"change the mail so that the reason above no longer holds and send it "
	"again, or send it through another mail server."},
    {CAUSE_NO_HOST, STAGE_NONE, "the name of % was not found:",
	"check the name of the server in your settings (\"server\"), then "
	"send the mail again."},
    {CAUSE_LOGIN, STAGE_NONE, "it was not possible to log in to %:",
	"check the user and the password in your settings, then send the mail "
	"again."},
    {CAUSE_PROTOCOL, STAGE_TLS, "there was no secure connection to %:",
	"check the settings \"server\" and \"tls\". If they are right, tell "
	"the administrator of the server, and send the mail again once this "
	"is fixed."},
    {CAUSE_PROTOCOL, STAGE_NONE, "% did not answer as a mail server must:",
	"check the setting \"server\". If it is right, tell the administrator "
	"of the server, and send the mail again once this is fixed."},
    {CAUSE_TEMPORARY, STAGE_AUTH, "% did not accept the login for now:",
	"check the user and the password in your settings, then send the mail "
	"again."},
    {CAUSE_TEMPORARY, STAGE_MAIL, "% did not accept the mail for now:",
	"send the mail again later, or through another mail server."},
    {CAUSE_TEMPORARY, STAGE_RCPT,
	"% did not accept mail to this address for now:",
	"the mailbox may be full, or its own server may be down. Send the "
	"mail again later, or contact the recipient some other way."},
    {CAUSE_TEMPORARY, STAGE_DATA, "% did not accept the mail for now:",
	"send the mail again later, or through another mail server."},
    {CAUSE_TEMPORARY, STAGE_CONTENT, "% did not accept the mail for now:",
	"send the mail again later, or through another mail server."},
    {CAUSE_TEMPORARY, STAGE_NONE, "% could not be reached:",
	"check the network and the mail server, then send the mail again."},
};

static const struct reason *
find_reason(const struct outcome *outcome)
{
	size_t last = sizeof(reasons) / sizeof(reasons[0]) - 1;

	for (size_t i = 0; i < last; i++)
		if (reasons[i].cause == outcome->cause &&
		    (reasons[i].stage == outcome->stage ||
			reasons[i].stage == STAGE_NONE))
			return &reasons[i];
	return &reasons[last];
}

/* Adds a paragraph and the empty line after it. */
static void
add_paragraph(struct buf *out, const char *indent, struct span text)
{
	buf_add_text(out, indent);
	fold_add(out, text, indent);
	buf_add_text(out, "\r\n\r\n");
}

/*
 * A sentence, or its rest, with "%" replaced by the mail server and its name.
 */
static void
add_sentence(struct buf *out, const struct notification *notification,
    const char *format)
{
	struct span host = notification_host(notification);
	size_t from = out->len;

	for (const char *at = format; *at != '\0'; at++) {
		if (*at != '%') {
			buf_add_char(out, *at);
			continue;
		}
		buf_add_text(out, "the mail server");
		if (host.len > 0) {
			buf_add_char(out, ' ');
			utf8_add_masked(out, host);
		}
	}
	if (from == 0 && out->len > 0)
		out->data[0] = ascii_upper(out->data[0]);
}

static void
add_address(struct buf *out, const char *path)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	utf8_add_sentence(&text, span_from(path));
	buf_add_text(out, INDENT);
	fold_add_whole(out, buf_span(&text), INDENT);
	buf_add_text(out, "\r\n");
	out->full |= text.full;
	buf_free(&text);
}

/* "550 5.1.1 No such user", or words of our own. */
static void
add_reply(struct buf *out, const struct reply *reply)
{
	struct buf joined, text;

	buf_init(&joined, TEXT_MAX);
	buf_init(&text, TEXT_MAX);
	reply_add_joined(&joined, reply);
	if (reply->code != 0)
		buf_add_format(&text, "%d ", reply->code);
	if (reply->code != 0 && reply->status.class != 0) {
		reply_status_add(&text, reply->status);
		buf_add_char(&text, ' ');
	}
	utf8_add_masked(&text, buf_span(&joined));
	if (text.len == 0)
		buf_add_text(&text, "the reason is not known");
	add_paragraph(out, INDENT, buf_span(&text));
	out->full |= text.full | joined.full;
	buf_free(&joined);
	buf_free(&text);
}

static void
add_advice(struct buf *out, const struct notification *notification,
    enum notification_event event, const struct outcome *outcome)
{
	const char *advice = outcome->hint;
	struct buf text;

	if (advice == NULL && notification->profile != NULL)
		advice = provider_hint(
		    notification->profile, notification->server, outcome);
	/* A delay may end without anybody's help. */
	if (advice == NULL && event != NOTIFICATION_DELAYED)
		advice = find_reason(outcome)->advice;
	if (advice == NULL)
		return;
	buf_init(&text, TEXT_MAX);
	buf_add_text(&text, "What you can do: ");
	utf8_add_sentence(&text, span_from(advice));
	if (ascii_is_alnum(text.data[text.len - 1]))
		buf_add_char(&text, '.');
	add_paragraph(out, "", buf_span(&text));
	out->full |= text.full;
	buf_free(&text);
}

/* Why, for the recipients whose addresses were just listed. */
static void
add_reason(struct buf *out, const struct notification *notification,
    const struct recipient *recipient)
{
	const struct outcome *outcome =
	    notification_outcome_of(notification, recipient);
	enum notification_event event =
	    notification_event_of(notification, recipient);
	unsigned attempts = notification->about->attempts;
	struct buf text = {0};

	if (event == NOTIFICATION_EXPIRED && attempts > 1)
		buf_add_format(&text,
		    "smtpost tried %u times and has given up. In the last "
		    "attempt, ",
		    attempts);
	else if (event == NOTIFICATION_EXPIRED)
		buf_add_text(&text, "smtpost has given up, since ");
	add_sentence(&text, notification,
	    event == NOTIFICATION_RELAYED ? "% accepted the mail:"
					  : find_reason(outcome)->what);
	add_paragraph(out, "", buf_span(&text));
	out->full |= text.full;
	buf_free(&text);
	add_reply(out, &outcome->reply);
	if (event == NOTIFICATION_RELAYED)
		return;
	add_advice(out, notification, event, outcome);
}

static bool
outcomes_are_alike(const struct outcome *a, const struct outcome *b)
{
	return a->action == b->action && a->stage == b->stage &&
	    a->cause == b->cause && a->in_doubt == b->in_doubt &&
	    a->reply.code == b->reply.code &&
	    a->reply.status.class == b->reply.status.class &&
	    a->reply.status.subject == b->reply.status.subject &&
	    a->reply.status.detail == b->reply.status.detail &&
	    span_equal(buf_span(&a->reply.text), buf_span(&b->reply.text)) &&
	    span_equal(span_from(a->hint), span_from(b->hint));
}

static void
add_opening(struct buf *out, const struct notification *notification)
{
	static const char *const what[] = {
	    [NOTIFICATION_FAILED] = "was not delivered to",
	    [NOTIFICATION_EXPIRED] = "was not delivered to",
	    [NOTIFICATION_DELAYED] = "has not been delivered yet to",
	    [NOTIFICATION_RELAYED] = "was passed on to another mail server for",
	};
	size_t count = notification->count;
	struct buf text = {0};

	buf_add_text(&text, "Your mail of ");
	date_add(&text, (time_t)notification->about->arrived);
	buf_add_format(&text, " %s ", what[notification->event]);
	if (count == 1)
		buf_add_text(&text, "this recipient:");
	else
		buf_add_format(&text, "these %zu recipients:", count);
	add_paragraph(out, "", buf_span(&text));
	buf_free(&text);
}

/* Whether a recipient may have the mail although no server said so. */
static bool
is_doubtful(const struct notification *notification)
{
	if (notification->event == NOTIFICATION_RELAYED)
		return false;
	if (notification->about->doubts > 0 || notification->about->is_doubted)
		return true;
	for (size_t i = 0; i < notification->count; i++)
		if (notification_recipient(notification, i)->outcome.in_doubt)
			return true;
	return false;
}

/* What happens now, and what of the mail follows. */
static void
add_closing(struct buf *out, const struct notification *notification,
    enum notification_enclosed enclosed)
{
	static const char *const follows[] = {
	    [ENCLOSED_WHOLE] = "Your mail is attached.",
	    [ENCLOSED_HEADER] = "The header of your mail is attached.",
	    [ENCLOSED_UNFILTERED] = "Your mail is not attached, since it was "
				    "not filtered.",
	    [ENCLOSED_NOTHING] = "Your mail is not attached, since its header "
				 "is too large.",
	};
	size_t others =
	    notification->about->envelope.count - notification->count;
	struct buf text = {0};

	if (is_doubtful(notification))
		add_paragraph(out, "",
		    SPAN("In one attempt, the connection was lost after the "
			 "mail had been sent and before the server replied. So "
			 "the mail may have arrived all the same."));
	switch (notification->event) {
	case NOTIFICATION_FAILED:
	case NOTIFICATION_EXPIRED:
		buf_add_text(&text, "smtpost will not try again. ");
		break;
	case NOTIFICATION_DELAYED:
		buf_add_text(&text, "smtpost keeps trying");
		if (notification->retry_until > 0) {
			buf_add_text(&text, " until ");
			date_add(&text, (time_t)notification->retry_until);
		}
		buf_add_text(&text,
		    " and will tell you if it does not succeed. You need not "
		    "send the mail again. ");
		break;
	case NOTIFICATION_RELAYED:
		buf_add_text(&text,
		    "This server does not report whether it delivered the "
		    "mail, so you may hear no more of it. ");
		break;
	}
	if (others == 1)
		buf_add_text(
		    &text, "This is not about the mail's other recipient. ");
	else if (others > 1)
		buf_add_format(&text,
		    "This is not about the mail's %zu other recipients. ",
		    others);
	buf_add_text(&text, follows[enclosed]);
	add_paragraph(out, "", buf_span(&text));
	buf_clear(&text);
	buf_add_format(&text, "(smtpost on ");
	utf8_add_masked(&text,
	    span_from(notification->ehlo_name == NULL
		    ? "localhost"
		    : notification->ehlo_name));
	buf_add_format(&text, ", mail %s)", notification->about->id.text);
	fold_add(out, buf_span(&text), "");
	buf_add_text(out, "\r\n");
	out->full |= text.full;
	buf_free(&text);
}

static bool
flush(struct buf *out, const struct message_sink *sink)
{
	bool done = !out->full &&
	    (out->len == 0 || sink->write(sink->context, out->data, out->len));

	buf_clear(out);
	return done;
}

bool
notification_text_write(const struct notification *notification,
    enum notification_enclosed enclosed, const struct message_sink *sink)
{
	const struct recipient *recipient, *next;
	struct buf out;
	bool done = true;

	buf_init(&out, TEXT_MAX * 4);
	add_opening(&out, notification);
	for (size_t i = 0; done && i < notification->count; i++) {
		recipient = notification_recipient(notification, i);
		next = i + 1 < notification->count
		    ? notification_recipient(notification, i + 1)
		    : NULL;
		add_address(&out, recipient->forward_path);
		if (next == NULL ||
		    !outcomes_are_alike(&recipient->outcome, &next->outcome)) {
			buf_add_text(&out, "\r\n");
			add_reason(&out, notification, recipient);
		}
		done = flush(&out, sink);
	}
	add_closing(&out, notification, enclosed);
	done = done && flush(&out, sink);
	buf_free(&out);
	return done;
}
