/*
 * Writes the fields of RFC 3464. What came from a server or from outside is
 * masked, so that it can neither end a field nor begin one.
 */
#include "spool/notification_status.h"

#include "base/date.h"
#include "base/utf8.h"
#include "spool/fold.h"

#define INDENT "    "
/* Of one block: more than two addresses of WAITING_LINE_MAX octets, escaped. */
#define FIELDS_MAX ((size_t)4 * 1024 * 1024)

static void
add_date_field(struct buf *out, const char *name, int64_t moment)
{
	buf_add_format(out, "%s: ", name);
	date_add(out, (time_t)moment);
	buf_add_text(out, "\r\n");
}

/* Adds \x{HEX} for each character beyond ASCII (RFC 6533 section 3). */
static void
add_as_ascii(struct buf *out, struct span text)
{
	while (text.len > 0) {
		uint32_t character = 0;
		size_t len = utf8_decode(text, &character);

		if (len > 1)
			buf_add_format(out, "\\x{%02X}", (unsigned)character);
		else
			buf_add_char(out, text.at[0]);
		text = span_skip(text, len > 1 ? len : 1);
	}
}

/* The text, masked, in the characters that the form of the part allows. */
static void
add_text(struct buf *out, struct span text, bool is_global, bool is_address)
{
	struct buf masked;
	struct buf ascii;
	struct span shown;

	buf_init(&masked, FIELDS_MAX);
	buf_init(&ascii, FIELDS_MAX);
	if (is_address)
		utf8_add_sentence(&masked, text);
	else
		utf8_add_masked(&masked, text);
	shown = buf_span(&masked);
	if (!is_global) {
		add_as_ascii(&ascii, shown);
		shown = buf_span(&ascii);
	}
	if (is_address)
		fold_add_whole(out, shown, INDENT);
	else
		fold_add(out, shown, INDENT);
	out->full |= masked.full | ascii.full;
	buf_free(&masked);
	buf_free(&ascii);
}

/* "rfc822; alice@example.org", or of the type utf-8. */
static void
add_final_recipient(struct buf *out, const char *path, bool is_global)
{
	struct span address = span_from(path);
	struct buf encoded;

	buf_init(&encoded, FIELDS_MAX);
	buf_add_text(out, "Final-Recipient: ");
	if (span_is_ascii(address)) {
		buf_add_text(out, "rfc822; ");
		add_text(out, address, is_global, true);
	} else {
		buf_add_text(out, "utf-8; ");
		if (!is_global && dsn_xtext_encode_utf8(&encoded, address))
			address = buf_span(&encoded);
		add_text(out, address, is_global, true);
	}
	buf_add_text(out, "\r\n");
	out->full |= encoded.full;
	buf_free(&encoded);
}

/*
 * ORCPT as the sender gave it: its type, and the address out of xtext. An
 * address of the type utf-8 has an encoding of its own, which stays.
 */
static void
add_original_recipient(struct buf *out, const char *original, bool is_global)
{
	struct span text = span_from(original);
	size_t end = span_find(text, ';');
	struct span type = span_head(text, end), address;
	struct buf decoded;

	if (type.len == 0 || end == text.len)
		return;
	address = span_skip(text, end + 1);
	buf_init(&decoded, FIELDS_MAX);
	if (!span_equal_nocase(type, SPAN("utf-8")) &&
	    dsn_xtext_decode(&decoded, address))
		address = buf_span(&decoded);
	buf_add_text(out, "Original-Recipient: ");
	add_text(out, type, false, true);
	buf_add_text(out, "; ");
	add_text(out, address, is_global, true);
	buf_add_text(out, "\r\n");
	buf_free(&decoded);
}

/* The server's reply, or with the type x-smtpost words of our own. */
static void
add_diagnostic(struct buf *out, const struct outcome *outcome, bool is_global)
{
	const struct reply *reply = &outcome->reply;
	struct buf text;

	buf_init(&text, FIELDS_MAX);
	reply_add_joined(&text, reply);
	if (reply->code != 0) {
		buf_add_format(out, "Diagnostic-Code: smtp; %d ", reply->code);
		if (reply->status.class != 0) {
			reply_status_add(out, reply->status);
			buf_add_char(out, ' ');
		}
	} else if (text.len > 0) {
		buf_add_text(out, "Diagnostic-Code: x-smtpost; ");
	}
	add_text(out, buf_span(&text), is_global, false);
	if (reply->code != 0 || text.len > 0)
		buf_add_text(out, "\r\n");
	out->full |= text.full;
	buf_free(&text);
}

static void
add_mail(struct buf *out, const struct notification *notification)
{
	const struct waiting *about = notification->about;
	const char *id = about->envelope.envelope_id;
	const char *name = notification->ehlo_name;

	if (id != NULL) {
		buf_add_text(out, "Original-Envelope-Id: ");
		add_text(out, span_from(id), false, true);
		buf_add_text(out, "\r\n");
	}
	buf_add_text(out, "Reporting-MTA: dns; ");
	add_text(
	    out, span_from(name == NULL ? "localhost" : name), false, true);
	buf_add_text(out, "\r\n");
	add_date_field(out, "Arrival-Date", about->arrived);
}

static void
add_recipient(struct buf *out, const struct notification *notification,
    const struct recipient *recipient, bool is_global)
{
	static const char *const actions[] = {
	    [NOTIFICATION_FAILED] = "failed",
	    [NOTIFICATION_EXPIRED] = "failed",
	    [NOTIFICATION_DELAYED] = "delayed",
	    [NOTIFICATION_RELAYED] = "relayed",
	};
	enum notification_event event =
	    notification_event_of(notification, recipient);
	const struct outcome *outcome =
	    notification_outcome_of(notification, recipient);
	struct span host = notification_host(notification);

	buf_add_text(out, "\r\n");
	if (recipient->dsn.original != NULL)
		add_original_recipient(out, recipient->dsn.original, is_global);
	add_final_recipient(out, recipient->forward_path, is_global);
	buf_add_format(out, "Action: %s\r\nStatus: ", actions[event]);
	reply_status_add(out, notification_status_of(notification, recipient));
	buf_add_text(out, "\r\n");
	if (outcome->reply.code != 0 && host.len > 0) {
		buf_add_text(out, "Remote-MTA: dns; ");
		add_text(out, host, false, true);
		buf_add_text(out, "\r\n");
	}
	add_diagnostic(out, outcome, is_global);
	if (notification->about->tried > 0)
		add_date_field(
		    out, "Last-Attempt-Date", notification->about->tried);
	if (event == NOTIFICATION_DELAYED && notification->retry_until > 0)
		add_date_field(
		    out, "Will-Retry-Until", notification->retry_until);
}

bool
notification_status_write(
    const struct notification *notification, const struct message_sink *sink)
{
	bool is_global = notification_is_global(notification);
	struct buf out;
	bool done;

	buf_init(&out, FIELDS_MAX);
	add_mail(&out, notification);
	done = !out.full && sink->write(sink->context, out.data, out.len);
	for (size_t i = 0; done && i < notification->count; i++) {
		buf_clear(&out);
		add_recipient(&out, notification,
		    notification_recipient(notification, i), is_global);
		done =
		    !out.full && sink->write(sink->context, out.data, out.len);
	}
	buf_free(&out);
	return done;
}
