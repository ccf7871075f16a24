#include "fixup/fixup.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "base/utf8.h"
#include "fixup/encoded_word.h"
#include "fixup/field_repair.h"
#include "fixup/header_judge.h"
#include "fixup/header_policy.h"
#include "fixup/repair.h"
#include "message/header.h"
#include "message/message.h"
#include "message/replay.h"
#include "message/resent.h"

#define DAY 86400

/* Days since 1970-01-01 of a day in the proleptic Gregorian calendar. */
static long long
days_since_epoch(long long year, int month, int day)
{
	static const int before[] = {
	    306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275};

	/* Years begin in March, so that a leap day is the last of its year. */
	if (month < 2)
		year--;
	return year * 365 + year / 4 - year / 100 + year / 400 + before[month] +
	    day - 719469;
}

static long long
seconds_of(const struct tm *tm)
{
	return days_since_epoch(tm->tm_year + 1900LL, tm->tm_mon, tm->tm_mday) *
	    DAY +
	    tm->tm_hour * 3600LL + tm->tm_min * 60LL + tm->tm_sec;
}

/*
 * Minutes east of Greenwich. What TZ says may be anything: more than a day is
 * no zone, and counts as none.
 */
static int
zone_at(time_t now)
{
	struct tm local, utc;
	long long seconds;

	tzset();
	if (localtime_r(&now, &local) == NULL || gmtime_r(&now, &utc) == NULL)
		return 0;
	seconds = seconds_of(&local) - seconds_of(&utc);
	if (seconds <= -DAY || seconds >= DAY)
		return 0;
	/* Rounded: a zone may have seconds, the field has none. */
	return (int)((seconds + DAY + 30) / 60 - DAY / 60);
}

/* Numbers and names of our own: strftime would speak the user's language. */
void
fixup_add_date(struct buf *out, time_t now)
{
	static const char days[7][4] = {
	    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	int zone = zone_at(now), east = zone < 0 ? -zone : zone;
	time_t shifted = now + (time_t)zone * 60, epoch = 0;
	struct tm tm;

	/* A clock before 1900 cannot be written (RFC 5322 section 3.3). */
	if (gmtime_r(&shifted, &tm) == NULL || tm.tm_year < 0) {
		gmtime_r(&epoch, &tm);
		zone = east = 0;
	}
	buf_add_format(out, "%s, %02d %s %lld %02d:%02d:%02d %c%02d%02d",
	    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
	    tm.tm_year + 1900LL, tm.tm_hour, tm.tm_min, tm.tm_sec,
	    zone < 0 ? '-' : '+', east / 60, east % 60);
}

/* Plans for what one server can carry, made from the one for any server. */

/* A NUL ends the line for some servers, and is refused by others. */
bool
plan_finish(struct plan *plan, const struct message *message, struct error *err)
{
	if (!replay_measure(message, plan))
		return error_set(err, ERROR_TEMPORARY,
		    "cannot send the message: it was changed while it was "
		    "read");
	if (plan->facts.header.has_nul)
		return error_set(err, ERROR_DATA,
		    "cannot send the message: it holds a NUL octet in its "
		    "header");
	if (plan->facts.has_nul && !plan->is_repairable)
		return error_set(err, ERROR_DATA,
		    "cannot send the message: it holds a NUL octet, and is "
		    "not to be repaired");
	if (plan->facts.has_nul)
		return error_set(err, ERROR_DATA,
		    "cannot send the message: it holds a NUL octet%s%s",
		    plan->obstacle != NULL ? ", and " : "",
		    plan->obstacle != NULL ? plan->obstacle : "");
	if (plan->body.count > 0 && plan->outline != plan->planned_outline)
		return error_set(err, ERROR_DATA,
		    "cannot send the message: its repair would change which "
		    "parts it has");
	return true;
}

static bool
make_seven_bit(struct plan *plan, const struct plan *from,
    const struct message *message, struct error *err)
{
	plan_copy_fields(plan, from, false);
	if (plan->is_repairable && !repair_content(plan, message, true, err))
		return false;
	if (!plan_finish(plan, message, err))
		return false;
	if (!plan->facts.has_eight_bit)
		return true;
	if (plan->obstacle == NULL && from->obstacle != NULL)
		plan_set_obstacle(plan, "%s", from->obstacle);
	if (plan->obstacle == NULL)
		plan_set_obstacle(plan, "%s",
		    !plan->is_repairable ? "repair = no"
			: plan->facts.header.has_eight_bit
			? "a field of its header cannot be encoded"
			: "some of them cannot be encoded");
	return error_set(err, ERROR_DATA,
	    "the message holds 8-bit octets and the server does not offer "
	    "8BITMIME (%s)",
	    plan->obstacle);
}

bool
fixup_plan_seven_bit(struct plan *plan, const struct plan *from,
    const struct message *message, struct error *err)
{
	*plan = (struct plan){0};
	if (make_seven_bit(plan, from, message, err))
		return true;
	plan_free(plan);
	return false;
}

bool
fixup_has_words(const struct plan *plan)
{
	for (size_t i = 0; i < plan->header.count; i++)
		if (plan->header.list[i].is_of_words)
			return true;
	return false;
}

bool
fixup_plan_utf8(struct plan *plan, const struct plan *from,
    const struct message *message, struct error *err)
{
	*plan = (struct plan){0};
	plan_copy_fields(plan, from, true);
	if ((!plan->is_repairable ||
		repair_content(plan, message, false, err)) &&
	    plan_finish(plan, message, err))
		return true;
	plan_free(plan);
	return false;
}

/* The header section of a message on its way, and no more. */
static bool
gather_header(void *context, const char *data, size_t len)
{
	struct buf *header = context;
	size_t from = header->len > 3 ? header->len - 3 : 0;
	struct span seen;

	if (!buf_add(header, data, len))
		return false;
	seen = buf_span(header);
	if (span_starts(seen, SPAN("\r\n"))) {
		buf_clear(header);
		return false;
	}
	seen = span_skip(seen, from);
	for (size_t i = 0; i + 3 < seen.len; i++)
		if (span_starts(span_skip(seen, i), SPAN("\r\n\r\n"))) {
			header->len = from + i + 2;
			return false;
		}
	return true;
}

bool
fixup_planned_header(
    const struct message *message, const struct plan *plan, struct buf *header)
{
	struct message_sink sink = {gather_header, header};

	replay_message(message, plan, REPLAY_PLAIN, &sink);
	return !header->full;
}

bool
fixup_header_is_utf8(const struct message *message, const struct plan *plan)
{
	struct buf header;
	bool is_utf8;

	buf_init(&header, PLAN_HEADER_MAX);
	is_utf8 = fixup_planned_header(message, plan, &header) &&
	    utf8_is_valid(buf_span(&header));
	buf_free(&header);
	return is_utf8;
}

bool
fixup_has_utf8_address(const struct message *message, const struct plan *plan)
{
	struct buf header;
	struct span rest;
	struct field field;
	bool is_utf8, has_address = false;

	buf_init(&header, PLAN_HEADER_MAX);
	is_utf8 = fixup_planned_header(message, plan, &header) &&
	    utf8_is_valid(buf_span(&header));
	rest = buf_span(&header);
	while (is_utf8 && !has_address && header_next(&rest, &field))
		has_address = field_repair_holds_addresses(field.name) &&
		    !span_is_ascii(field.body);
	buf_free(&header);
	return has_address;
}

/* 130 bits that tell neither time nor process (RFC 5322 section 3.6.4). */
#define ID_CHARACTERS 26
#define NAME_SHOWN_MAX 64

/* What the message has already. */
struct found {
	bool from, date, message_id;
};

static bool
is_blind_copy(struct span name)
{
	return span_equal_nocase(name, SPAN("Bcc")) ||
	    span_equal_nocase(name, SPAN("Resent-Bcc"));
}

/* Blanks, and the commas of a list whose members are all missing. */
static bool
is_empty_list(struct span body)
{
	for (size_t i = 0; i < body.len; i++)
		if (!ascii_is_space(body.at[i]) && body.at[i] != ',')
			return false;
	return true;
}

/* Fields that are added where they are missing. An empty one is missing. */
static bool
is_completed(struct span name)
{
	return span_equal_nocase(name, SPAN("Date")) ||
	    span_equal_nocase(name, SPAN("Message-ID"));
}

/*
 * Whether a field does not leave: Bcc; Return-Path, which the last server adds
 * (RFC 5321 section 4.4); and empty lists of addresses, unless a signature may
 * cover them. An empty field that will be added goes, too.
 */
static bool
drop_field(struct plan *plan, const struct fixup *fixup,
    const struct field *field, bool is_signed)
{
	if (fixup->remove_bcc && is_blind_copy(field->name))
		plan_note_routine(plan, field->name, "dropped");
	else if (span_equal_nocase(field->name, SPAN("Return-Path")))
		plan_note_field(plan, field->name,
		    "dropped, since the last server adds it");
	else if (!is_signed && is_empty_list(field->body) &&
	    (field_repair_holds_addresses(field->name) ||
		(fixup->complete && is_completed(field->name))))
		plan_note_field(
		    plan, field->name, "dropped, since it is empty");
	else
		return false;
	return true;
}

/* The identifier for report and log; one that does not print is no use. */
static char *
copy_id(struct span body)
{
	struct span id = span_trim(body);

	if (id.len == 0 || !span_is_ascii(id) || span_has_control(id))
		return NULL;
	return span_copy(id);
}

static void
note_found(struct plan *plan, const struct field *field, struct found *found)
{
	if (span_equal_nocase(field->name, SPAN("From"))) {
		found->from = true;
	} else if (span_equal_nocase(field->name, SPAN("Date"))) {
		found->date = true;
	} else if (!found->message_id &&
	    span_equal_nocase(field->name, SPAN("Message-ID"))) {
		found->message_id = true;
		plan->message_id = copy_id(field->body);
	}
}

/* These two depend on the content, and on the server: see repair.c. */
static bool
is_of_content(struct span name)
{
	return span_equal_nocase(name, SPAN("Content-Type")) ||
	    span_equal_nocase(name, SPAN("Content-Transfer-Encoding"));
}

/* What is there of a field; it may have become several. */
static bool
repair_text(
    struct plan *plan, struct span text, struct buf *out, struct error *err)
{
	struct field field;

	while (header_next(&text, &field)) {
		size_t before = out->len;
		int shown = field.name.len > NAME_SHOWN_MAX
		    ? NAME_SHOWN_MAX
		    : (int)field.name.len;

		if (!field_repair_is_needed(field.whole)) {
			buf_add_span(out, field.whole);
			continue;
		}
		if (field_repair(&field, out))
			plan_note_field(plan, field.name,
			    span_is_ascii(field.whole) ? "long lines folded"
						       : "8-bit text encoded");
		if (!field_repair_has_long_line(
			span_skip(buf_span(out), before)))
			continue;
		if (!field_repair_may_be_long(field.name))
			return error_set(err, ERROR_DATA,
			    "cannot send the message: a line of the field "
			    "%.*s is longer than 998 octets and cannot be "
			    "folded",
			    shown, field.name.at);
		plan_note_unfolded(plan, field.name);
	}
	return !out->full ||
	    error_set(err, ERROR_DATA,
		"cannot send the message: its header is too large");
}

/* Tells that the policy has made `text` of a field: no field, one or two. */
static void
tell_policy(struct plan *plan, const struct field *field, struct span text)
{
	struct field made;

	plan_note_routine(plan, field->name,
	    text.len == 0 ? "dropped by header-policy"
			  : "changed by header-policy");
	while (header_next(&text, &made))
		if (!span_equal_nocase(made.name, field->name))
			plan_note_routine(plan, made.name, "added");
}

/*
 * What becomes of one field, in three steps: the policy's, the judge's and
 * repair, in a room each. *text is what is left of it.
 */
static bool
mend_field(struct plan *plan, const struct fixup *fixup,
    const struct field *field, struct buf rooms[3], struct span *text,
    struct error *err)
{
	enum field_change change = FIELD_UNCHANGED;

	*text = field->whole;
	if (fixup->policy != NULL) {
		struct error trouble = {0};

		change = header_policy_field(
		    fixup->policy, field, &rooms[0], &trouble);
		if (trouble.kind != ERROR_NONE) {
			*err = trouble;
			return false;
		}
	}
	if (change == FIELD_CHANGED)
		*text = buf_span(&rooms[0]);
	if (change == FIELD_DROPPED)
		*text = (struct span){0};
	if (!span_equal(*text, field->whole))
		tell_policy(plan, field, *text);
	if (fixup->judge != NULL &&
	    header_judge_field(fixup->judge, field, *text, &rooms[1]))
		*text = buf_span(&rooms[1]);
	if (!plan->is_repairable || is_of_content(field->name) ||
	    !field_repair_is_needed(*text))
		return true;
	if (!repair_text(plan, *text, &rooms[2], err))
		return false;
	*text = buf_span(&rooms[2]);
	return true;
}

/* What SMTPUTF8 can carry as it is. */
static bool
is_plain_utf8(struct span whole)
{
	return !span_is_ascii(whole) && utf8_is_valid(whole) &&
	    !field_repair_has_long_line(whole);
}

static bool
mend_fields(struct plan *plan, struct span header, const struct fixup *fixup,
    struct found *found, struct error *err)
{
	bool is_signed = header_is_signed(header);
	struct span rest = header, text;
	struct buf rooms[3];
	struct field field;
	bool done = true;

	if (fixup->policy != NULL)
		fixup->policy->resent = resent_newest(header);
	if (fixup->judge != NULL)
		fixup->judge->resent = resent_newest(header);
	buf_init(&rooms[0], HEADER_MAX);
	buf_init(&rooms[1], HEADER_MAX);
	buf_init(&rooms[2], 2 * HEADER_MAX);
	while (done && header_next(&rest, &field)) {
		struct plan_edit edit = {.to = header.len - rest.len};

		for (size_t i = 0; i < 3; i++)
			buf_clear(&rooms[i]);
		if (drop_field(plan, fixup, &field, is_signed)) {
			text = (struct span){0};
		} else {
			note_found(plan, &field, found);
			done =
			    mend_field(plan, fixup, &field, rooms, &text, err);
		}
		if (!done || span_equal(text, field.whole))
			continue;
		edit.from = edit.to - field.whole.len;
		edit.is_of_words = rooms[0].len == 0 && rooms[1].len == 0 &&
		    text.len > 0 && text.at == rooms[2].data &&
		    is_plain_utf8(field.whole);
		edit.len = text.len;
		if (text.len > 0)
			edit.text = mem_copy(text.at, text.len);
		plan_edit_add(&plan->header, &edit);
		done = plan_check_edits(plan, err);
	}
	for (size_t i = 0; i < 3; i++)
		buf_free(&rooms[i]);
	if (fixup->policy != NULL)
		buf_add_span(&plan->notes, buf_span(&fixup->policy->notes));
	plan->field_notes = plan->notes.len;
	return done;
}

/* A line end in what others gave would be a field of theirs. */
static bool
check_text(const char *what, struct span text, struct error *err)
{
	char *shown;

	if (!span_has_control(text))
		return true;
	shown = utf8_masked(text);
	error_set(err, ERROR_DATA,
	    "cannot use '%s' in %s: it holds a control character", shown, what);
	free(shown);
	return false;
}

static bool
add_from(struct buf *out, const struct fixup *fixup, struct error *err)
{
	struct span path = span_from(fixup->from_path);
	size_t begin = out->len, line;

	if (!check_text("a From field", path, err))
		return false;
	buf_add_text(out, "From: ");
	line = out->len;
	encoded_word_add_phrase(out, span_from(fixup->from_name));
	if (out->len == line) {
		buf_add_span(out, path);
	} else {
		line = begin;
		for (size_t i = begin; i < out->len; i++)
			if (out->data[i] == '\n')
				line = i + 1;
		if (out->len - line + path.len + 3 > ENCODED_LINE_MAX)
			buf_add_text(out, "\r\n");
		buf_add_text(out, " <");
		buf_add_span(out, path);
		buf_add_char(out, '>');
	}
	buf_add_text(out, "\r\n");
	return true;
}

static void
add_date(struct buf *out, const char *name, time_t now)
{
	buf_add_format(out, "%s: ", name);
	fixup_add_date(out, now);
	buf_add_text(out, "\r\n");
}

/* *id: a copy of the identifier; NULL: it is not wanted. */
static bool
add_message_id(struct buf *out, const char *name, const char *domain,
    char **copy, struct error *err)
{
	struct span right = span_from(domain);
	struct buf id = {0};

	if (right.len == 0)
		right = SPAN("localhost");
	if (!check_text("a Message-ID", right, err))
		return false;
	buf_add_char(&id, '<');
	if (!random_add_name(&id, ID_CHARACTERS)) {
		buf_free(&id);
		return error_set(err, ERROR_OS,
		    "cannot make a Message-ID: the system gives no random "
		    "numbers");
	}
	buf_add_char(&id, '@');
	buf_add_span(&id, right);
	buf_add_char(&id, '>');
	buf_add_format(out, "%s: %s\r\n", name, buf_text(&id));
	if (copy != NULL)
		*copy = mem_copy_text(buf_text(&id));
	buf_free(&id);
	return true;
}

/* RFC 5322 section 3.6.6: what a block of Resent- fields must have. */
static bool
add_missing_resent(const struct fixup *fixup, struct span block,
    struct buf *out, struct error *err)
{
	struct field field;

	if (block.len == 0)
		return true;
	if (!header_find(block, SPAN("Resent-Date"), &field))
		add_date(out, "Resent-Date", fixup->now);
	return header_find(block, SPAN("Resent-Message-ID"), &field) ||
	    add_message_id(
		out, "Resent-Message-ID", fixup->id_domain, NULL, err);
}

static bool
add_missing(struct plan *plan, const struct fixup *fixup,
    const struct found *found, struct error *err)
{
	if (!found->from && span_from(fixup->from_path).len > 0 &&
	    !add_from(&plan->added, fixup, err))
		return false;
	if (!found->date)
		add_date(&plan->added, "Date", fixup->now);
	if (!found->message_id &&
	    !add_message_id(&plan->added, "Message-ID", fixup->id_domain,
		&plan->message_id, err))
		return false;
	if (plan->added.full)
		return error_set(err, ERROR_DATA,
		    "cannot complete the header: the name or address for the "
		    "From field is too long");
	return true;
}

/* Fields to put in front of the newest Resent- block, wherever that is. */
static void
add_to_block(struct plan *plan, struct span header, struct span block,
    const struct buf *fields)
{
	size_t at = (size_t)(block.at - header.at);
	struct plan_edit edit = {.from = at, .to = at, .len = fields->len};

	if (fields->len == 0)
		return;
	edit.text = mem_copy(fields->data, fields->len);
	plan_edit_add(&plan->header, &edit);
}

/* Line ends that change on the way; those of an encoded part do not count. */
static void
note_line_ends(struct plan *plan, const struct message *message)
{
	const struct message_facts *facts = plan_facts(plan, message);

	if (facts->body_has_bare_cr)
		plan_note(plan, "body: lone CR made a line end");
	if (facts->body_has_extra_cr)
		plan_note(plan,
		    "body: lines that end in CR CR LF made to "
		    "end in CRLF");
}

/* RFC 5322 section 2.1.1; most servers take them all the same. */
static void
note_long_lines(
    struct plan *plan, const struct message *message, const struct fixup *fixup)
{
	const struct message_facts *facts = plan_facts(plan, message);
	const char *why = plan->obstacle;

	/* Of the fields that were looked at it is said already. */
	if (!facts->body.has_long_line &&
	    (plan->is_repairable || !facts->header.has_long_line))
		return;
	if (why == NULL)
		why = fixup->repair ? "they cannot be encoded" : "repair = no";
	buf_add_format(&plan->notes,
	    "lines over 998 octets are left as they are: %s\n", why);
}

/* What policy, completion and judge add, once all fields are known. */
static bool
add_to(struct plan *plan, const struct fixup *fixup, const struct found *found,
    struct span block, struct buf *resent, struct error *err)
{
	struct header_judge *judge = fixup->judge;
	struct header_policy *policy = fixup->policy;

	if (fixup->complete &&
	    (!add_missing(plan, fixup, found, err) ||
		!add_missing_resent(fixup, block, resent, err)))
		return false;
	if (judge != NULL) {
		if (!header_judge_add(judge, &plan->added, resent, err))
			return false;
		header_judge_notes(judge, &plan->notes);
		plan->field_notes = plan->notes.len;
	}
	if (policy != NULL && judge != NULL)
		policy->has_sender |= block.len > 0
		    ? judge->again.has_sender
		    : judge->original.has_sender;
	return policy == NULL ||
	    header_policy_add(policy, &plan->added, resent, err);
}

static bool
add_fields(struct plan *plan, struct span header, const struct fixup *fixup,
    const struct found *found, struct error *err)
{
	struct span block = resent_newest(header);
	struct buf resent = {0};
	bool done = add_to(plan, fixup, found, block, &resent, err);

	if (done) {
		add_to_block(plan, header, block, &resent);
		plan_note_added(plan, buf_span(&plan->added));
		plan_note_added(plan, buf_span(&resent));
	}
	buf_free(&resent);
	return done;
}

static bool
make_plan(struct plan *plan, const struct message *message,
    const struct fixup *fixup, struct error *err)
{
	struct span header = message_header(message);
	struct span notes = message_notes(message), line;
	struct found found = {0};

	while (span_next_word(&notes, "\n", &line))
		plan_note(plan, "%.*s", (int)line.len, line.at);
	plan->is_repairable = fixup->repair && !repair_is_forbidden(message);
	if (fixup->repair && !plan->is_repairable)
		plan_set_obstacle(plan, "it is signed");
	if (!mend_fields(plan, header, fixup, &found, err) ||
	    !add_fields(plan, header, fixup, &found, err))
		return false;
	if (plan->is_repairable && !repair_content(plan, message, false, err))
		return false;
	if (!plan_finish(plan, message, err))
		return false;
	note_line_ends(plan, message);
	note_long_lines(plan, message, fixup);
	return true;
}

bool
fixup_plan(struct plan *plan, const struct message *message,
    const struct fixup *fixup, struct error *err)
{
	*plan = (struct plan){0};
	if (make_plan(plan, message, fixup, err))
		return true;
	plan_free(plan);
	return false;
}
