#include "fuzz/fuzz.h"

#include "address/address_list.h"
#include "envelope/recipients.h"
#include "fixup/fixup.h"
#include "fixup/header_policy.h"
#include "fixup/originator_check.h"
#include "message/header.h"
#include "message/message.h"
#include "message/replay.h"

/* Header sections: fields, recipients, header policy, check of originators. */

#define ROOM ((size_t)4 * 1024 * 1024)

static bool
keep(void *context, const char *data, size_t len)
{
	CLAIM(buf_add(context, data, len));
	return true;
}

/* All are whole fields: lines end in CRLF, and none is empty. */
static void
check_fields(struct span text)
{
	struct span rest = text;
	struct field field;

	for (size_t i = 0; i < text.len; i++) {
		CLAIM(text.at[i] != '\n' || (i > 0 && text.at[i - 1] == '\r'));
		CLAIM(text.at[i] != '\r' ||
		    (i + 1 < text.len && text.at[i + 1] == '\n'));
		CLAIM(text.at[i] != '\n' || i + 1 == text.len ||
		    text.at[i + 1] != '\r');
	}
	CLAIM(text.len == 0 || text.at[text.len - 1] == '\n');
	while (header_next(&rest, &field)) {
		CLAIM(field.whole.at + field.whole.len == rest.at);
		CLAIM(field.name.at == field.whole.at);
		CLAIM(field.body.at > field.name.at + field.name.len);
		CLAIM(field.body.at + field.body.len + 2 <= rest.at);
		CLAIM(field.name.len > 0 && !span_has_control(field.name));
	}
	CLAIM(rest.len == 0);
}

static bool
is_bcc(struct span name)
{
	return span_equal_nocase(name, SPAN("Bcc")) ||
	    span_equal_nocase(name, SPAN("Resent-Bcc"));
}

/* Without repair all fields but Bcc are unchanged. */
static void
check_bcc(const struct message *message)
{
	const struct fixup fixup = {.remove_bcc = true};
	struct span rest = message_header(message);
	struct buf wanted, got;
	const struct message_sink sink = {keep, &got};
	struct error err = {0};
	struct field field;
	struct plan plan;

	if (!fixup_plan(&plan, message, &fixup, &err)) {
		fuzz_check_error(&err);
		return;
	}
	buf_init(&wanted, ROOM);
	buf_init(&got, ROOM);
	while (header_next(&rest, &field))
		if (!is_bcc(field.name))
			buf_add_span(&wanted, field.whole);
	buf_add_text(&wanted, "\r\n");
	CLAIM(
	    replay_message(message, &plan, REPLAY_PLAIN, &sink) == REPLAY_DONE);
	if (strstr(buf_text(&plan.notes), "repaired: ") == NULL)
		CLAIM(span_starts(buf_span(&got), buf_span(&wanted)));
	buf_free(&wanted);
	buf_free(&got);
	plan_free(&plan);
}

/* Each path occurs once, in wire form. */
static void
check_envelope(const struct envelope *envelope)
{
	for (size_t i = 0; i < envelope->count; i++) {
		const char *path = envelope->recipients[i].forward_path;
		struct mailbox mailbox = {0};
		struct error err = {0};
		struct buf again = {0};

		CLAIM(!span_has_control(span_from(path)));
		CLAIM(address_list_parse_mailbox(
		    &mailbox, span_from(path), &err));
		CLAIM(mailbox_add_path(&mailbox, NULL, &again, &err));
		CLAIM(strcmp(buf_text(&again), path) == 0);
		for (size_t at = 0; at < i && i < 64; at++)
			CLAIM(strcmp(envelope->recipients[at].forward_path,
				  path) != 0);
		mailbox_free(&mailbox);
		buf_free(&again);
	}
}

/* The recipients are those that the header fields name. */
static void
check_recipients(struct span header)
{
	struct envelope envelope = {0}, again = {0};
	struct recipients recipients = {
	    .envelope = &envelope, .domain = "example.org"};
	struct error err = {0};
	struct field field;
	struct span rest = header;
	bool done = recipients_add_header(&recipients, header, &err);
	bool is_resent = false, is_alone = true;

	recipients_free(&recipients);
	check_envelope(&envelope);
	if (!done) {
		fuzz_check_error(&err);
		envelope_free(&envelope);
		return;
	}
	recipients =
	    (struct recipients){.envelope = &again, .domain = "example.org"};
	while (header_next(&rest, &field)) {
		if (span_starts_nocase(field.name, SPAN("Resent-")))
			is_resent = true;
		if (span_equal_nocase(field.name, SPAN("To")) ||
		    span_equal_nocase(field.name, SPAN("Cc")) ||
		    span_equal_nocase(field.name, SPAN("Bcc")))
			is_alone &=
			    recipients_add_list(&recipients, field.body, &err);
	}
	if (!is_resent && is_alone) {
		CLAIM(again.count == envelope.count);
		for (size_t i = 0; i < again.count; i++)
			CLAIM(strcmp(again.recipients[i].forward_path,
				  envelope.recipients[i].forward_path) == 0);
	}
	recipients_free(&recipients);
	envelope_free(&envelope);
	envelope_free(&again);
}

static bool
is_originator(struct span name)
{
	return span_equal_nocase(name, SPAN("From")) ||
	    span_equal_nocase(name, SPAN("Sender"));
}

static bool
is_me(const struct mailbox *mailbox)
{
	return span_equal_nocase(span_from(mailbox->local), SPAN("me"));
}

/*
 * With `replaces`, at most one From and one Sender are left, which can be
 * parsed and name only the user; except in a message that is resent.
 */
static void
check_policy(struct span header, unsigned choice)
{
	struct header_policy policy = {
	    .domain = (choice & 1) != 0 ? "example.org" : NULL,
	    .reverse_path = (choice & 2) != 0 ? "me@example.org" : "",
	    .replaces = (choice & 4) != 0,
	    .sender = "me@example.org",
	    .name = (choice & 8) != 0 ? "Name" : NULL,
	    .keeps_original_from = (choice & 8) != 0,
	    .resent = header_newest_resent(header),
	};
	struct buf out, added, all, resent = {0};
	struct span rest = header;
	struct error err = {0};
	struct field field;
	size_t originators = 0;

	buf_init(&out, ROOM);
	buf_init(&added, ROOM);
	buf_init(&all, ROOM);
	while (header_next(&rest, &field)) {
		enum field_change change;

		buf_clear(&out);
		change = header_policy_field(&policy, &field, &out, &err);
		if (change == FIELD_REFUSED)
			break;
		if (change == FIELD_UNCHANGED)
			buf_add_span(&all, field.whole);
		CLAIM((change == FIELD_CHANGED) == (out.len > 0));
		if (change == FIELD_CHANGED)
			buf_add_span(&all, buf_span(&out));
	}
	if (err.kind == ERROR_NONE &&
	    header_policy_add(&policy, &added, &resent, &err)) {
		buf_add_span(&added, buf_span(&resent));
		buf_add_span(&added, buf_span(&all));
		check_fields(buf_span(&added));
		rest = buf_span(&added);
		while (policy.replaces && header_next(&rest, &field)) {
			struct address_list list = {0};
			struct error ignored = {0};

			if (policy.resent.len > 0 || !is_originator(field.name))
				continue;
			CLAIM(address_list_parse(&list, field.body, &ignored));
			for (size_t i = 0; i < list.count; i++)
				CLAIM(is_me(&list.mailboxes[i]));
			address_list_free(&list);
			originators++;
		}
		CLAIM(originators <= 2);
	} else {
		fuzz_check_error(&err);
	}
	header_policy_free(&policy);
	buf_free(&out);
	buf_free(&added);
	buf_free(&all);
	buf_free(&resent);
}

static bool
may_be(void *context, const char *path)
{
	(void)context;
	return strcmp(path, "me@example.org") == 0;
}

/* If From names other users, exactly one Sender names the client. */
static void
check_originators(struct span header)
{
	struct originator_check check = {.may_be = may_be,
	    .domain = "example.org",
	    .sender = "me@example.org",
	    .resent = header_newest_resent(header)};
	struct buf out, all, resent = {0}, notes = {0};
	struct span rest = header;
	struct error err = {0};
	struct field field;
	size_t senders = 0;

	buf_init(&out, ROOM);
	buf_init(&all, ROOM);
	while (header_next(&rest, &field)) {
		buf_clear(&out);
		if (originator_check_field(&check, &field, field.whole, &out))
			buf_add_span(&all, buf_span(&out));
		else
			buf_add_span(&all, field.whole);
	}
	CLAIM(originator_check_end(&check, &all, &resent, &notes, &err));
	check_fields(buf_span(&resent));
	buf_free(&resent);
	check_fields(buf_span(&all));
	rest = buf_span(&all);
	while (header_next(&rest, &field)) {
		struct mailbox mailbox = {0};

		if (!span_equal_nocase(field.name, SPAN("Sender")))
			continue;
		senders++;
		CLAIM(address_list_parse_mailbox(
		    &mailbox, span_trim(field.body), &err));
		CLAIM(is_me(&mailbox));
		mailbox_free(&mailbox);
	}
	CLAIM(senders <= 1);
	CLAIM(!check.original.is_doubtful || senders == 1);
	buf_free(&notes);
	buf_free(&out);
	buf_free(&all);
}

/* The changes, made in the old header, give the new one. */
static void
check_changes(const struct header_changes *changes, struct span header,
    struct span edited)
{
	size_t at = 0;

	for (size_t i = 0; i < changes->count; i++) {
		const struct header_change *change = &changes->list[i];
		struct span kept =
		    span_skip(span_head(header, change->from), at);

		CLAIM(change->from >= at && change->to >= change->from);
		CLAIM(change->to <= header.len);
		CLAIM(span_starts(edited, kept));
		edited = span_skip(edited, kept.len);
		CLAIM(change->len <= edited.len);
		edited = span_skip(edited, change->len);
		at = change->to;
	}
	CLAIM(span_equal(edited, span_skip(header, at)));
}

static size_t
count_fields(struct span header, struct span name)
{
	struct field field;
	size_t count = 0;

	while (header_next(&header, &field))
		count += span_equal_nocase(field.name, name);
	return count;
}

/* Edits of the user leave one Subject, one more To, and no Received. */
static void
check_edits(struct span header)
{
	struct header_edits edits = {0};
	struct header_changes changes = {0};
	struct buf out, notes = {0};

	buf_init(&out, 2 * HEADER_MAX);
	CLAIM(header_edits_add(&edits, SPAN("subject: new")) == NULL);
	CLAIM(header_edits_add(&edits, SPAN("received:")) == NULL);
	CLAIM(header_edits_add(&edits, SPAN("+To: a@b.example")) == NULL);
	header_edits_apply(&edits, header, &out, &notes, &changes);
	check_changes(&changes, header, buf_span(&out));
	CLAIM(count_fields(buf_span(&out), SPAN("Subject")) == 1);
	CLAIM(count_fields(buf_span(&out), SPAN("Received")) == 0);
	CLAIM(count_fields(buf_span(&out), SPAN("To")) ==
	    count_fields(header, SPAN("To")) + 1);
	header_edits_free(&edits);
	free(changes.list);
	buf_free(&out);
	buf_free(&notes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size), header;
	unsigned choice = fuzz_choice(&input);
	struct message_feed *feed = message_feed_new(HEADER_BY_FORM, 0);
	struct message *message;
	struct error err = {0};

	/* Text that may be a broken header with recipients is refused. */
	if (!message_feed_add(feed, input, &err) ||
	    (message = message_feed_end(feed, &err)) == NULL) {
		CLAIM(err.text[0] != '\0');
		message_feed_free(feed);
		return 0;
	}
	header = message_header(message);
	check_fields(header);
	check_edits(header);
	check_bcc(message);
	check_recipients(header);
	check_policy(header, choice);
	check_originators(header);
	message_free(message);
	message_feed_free(feed);
	return 0;
}
