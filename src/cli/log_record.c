/*
 * Makes and prints records of the log. Long values are cut, visibly, when they
 * enter a record, so that every form of the record fits the limits of log
 * daemons.
 */
#include "cli/log_record.h"

#include <inttypes.h>
#include <string.h>
#include <syslog.h>

#include "base/json_text.h"
#include "base/utf8.h"
#include "smtp/sasl_hash.h"

/*
 * Octets of one value before it is masked. All values together then stay below
 * the 8 KiB that syslog daemons accept (RFC 5424 section 6.1 asks for 2 KiB).
 */
#define VALUE_MAX ((size_t)256)
#define TEXT_MAX ((size_t)512)
#define MESSAGE_MAX ((size_t)32 * 1024)
#define DIGEST_SHOWN 8 /* octets of the digest of an address */
#define JOURNAL_PREFIX "SMTPOST_"

static struct log_field *
add_field(struct log_record *record, const char *name, enum log_kind kind)
{
	struct log_field *field = &record->fields[record->count++];

	*field = (struct log_field){.name = name, .kind = kind};
	return field;
}

static void
add_value(struct log_record *record, const char *name, enum log_kind kind,
    struct span value)
{
	struct log_field *field = add_field(record, name, kind);
	bool is_last = kind == LOG_KIND_TEXT || kind == LOG_KIND_SENTENCE;
	size_t max = is_last ? TEXT_MAX : VALUE_MAX;

	field->is_known = value.len > 0 || kind == LOG_KIND_PATH;
	buf_add_span(&field->value, span_head(value, max));
	if (value.len > max)
		buf_add_text(&field->value, "...");
}

static void
add_number(struct log_record *record, const char *name, uint64_t number)
{
	struct log_field *field = add_field(record, name, LOG_KIND_NUMBER);

	field->is_known = true;
	buf_add_format(&field->value, "%" PRIu64, number);
}

static void
add_facts(struct log_record *record, const struct log_facts *facts)
{
	add_value(record, "profile", LOG_KIND_WORD, span_from(facts->profile));
	add_value(record, "server", LOG_KIND_WORD, span_from(facts->server));
	if (facts->uid == LOG_NO_USER)
		add_field(record, "uid", LOG_KIND_NUMBER);
	else
		add_number(record, "uid", facts->uid);
}

static void
add_status(struct log_record *record, struct status status)
{
	struct log_field *field = add_field(record, "enhanced", LOG_KIND_WORD);

	field->is_known = status.class != 0;
	if (field->is_known)
		reply_status_add(&field->value, status);
}

static int
priority_of(const struct outcome *outcome)
{
	if (outcome->action == ACTION_RELAYED)
		return LOG_INFO;
	return outcome->action == ACTION_FAILED ? LOG_ERR : LOG_WARNING;
}

/* How the recipient is named: the address, a digest of it, or not at all. */
static void
add_name(struct buf *out, const struct log_facts *facts, const char *address)
{
	unsigned char digest[DIGEST_MAX];
	struct buf lower = {0};

	switch (facts->recipients) {
	case LOG_RECIPIENTS_FULL:
		buf_add_text(out, address);
		break;
	case LOG_RECIPIENTS_HASH:
		buf_add_lower(&lower, span_from(address));
		if (sasl_hash_of(DIGEST_SHA256, buf_span(&lower), digest))
			for (size_t i = 0; i < DIGEST_SHOWN; i++)
				buf_add_format(out, "%02x", digest[i]);
		buf_free(&lower);
		break;
	case LOG_RECIPIENTS_NONE:
		break;
	}
}

/* The text of a reply, in which the address is named as it is elsewhere. */
static void
add_renamed(struct buf *out, struct span text, struct span address,
    const struct buf *name)
{
	while (text.len > 0) {
		bool is_address =
		    address.len > 0 && span_starts_nocase(text, address);

		if (is_address && name->len == 0)
			buf_add_char(out, '-');
		else if (is_address)
			buf_add_span(out, buf_span(name));
		else
			buf_add_char(out, text.at[0]);
		text = span_skip(text, is_address ? address.len : 1);
	}
}

static void
add_reply(struct log_record *record, const struct log_facts *facts,
    const struct recipient *recipient, const struct buf *name)
{
	const struct outcome *outcome = &recipient->outcome;
	struct buf text, shown;

	buf_init(&text, REPLY_TEXT_MAX);
	buf_init(&shown, REPLY_TEXT_MAX * 2);
	reply_add_joined(&text, &outcome->reply);
	/* It is sent again, although the recipient may have it. */
	if (outcome->in_doubt && facts->queue_id != NULL &&
	    recipient->kept != KEPT_HELD)
		buf_add_text(&shown, "possible duplicate: ");
	if (facts->recipients == LOG_RECIPIENTS_FULL ||
	    recipient->forward_path == NULL)
		buf_add_span(&shown, buf_span(&text));
	else
		add_renamed(&shown, buf_span(&text),
		    span_from(recipient->forward_path), name);
	add_value(record, "text", LOG_KIND_TEXT, buf_span(&shown));
	buf_free(&text);
	buf_free(&shown);
}

void
log_record_recipient(struct log_record *record, const struct log_facts *facts,
    const struct recipient *recipient)
{
	const struct outcome *outcome = &recipient->outcome;
	const struct reply *reply = &outcome->reply;
	struct buf name = {0};

	if (recipient->forward_path != NULL)
		add_name(&name, facts, recipient->forward_path);
	record->priority = priority_of(outcome);
	add_facts(record, facts);
	add_value(
	    record, "from", LOG_KIND_PATH, span_from(facts->reverse_path));
	if (name.len > 0)
		add_value(record, "to", LOG_KIND_PATH, buf_span(&name));
	else
		add_field(record, "to", LOG_KIND_WORD);
	add_number(record, "size", facts->size);
	if (reply->code != 0)
		add_number(record, "code", (uint64_t)reply->code);
	else
		add_field(record, "code", LOG_KIND_NUMBER);
	add_status(record, reply->status);
	add_value(record, "outcome", LOG_KIND_WORD,
	    span_from(envelope_outcome_name(recipient)));
	if (facts->queue_id != NULL)
		add_value(record, "queue-id", LOG_KIND_WORD,
		    span_from(facts->queue_id));
	add_value(record, "stage", LOG_KIND_WORD,
	    span_from(outcome_stage_name(outcome->stage)));
	if (facts->verified_by != NULL)
		add_value(record, "verified-by", LOG_KIND_WORD,
		    span_from(facts->verified_by));
	add_value(
	    record, "message-id", LOG_KIND_WORD, span_from(facts->message_id));
	add_reply(record, facts, recipient, &name);
	buf_free(&name);
}

void
log_record_warning(struct log_record *record, const struct log_facts *facts,
    int priority, struct span text)
{
	record->priority = priority;
	add_facts(record, facts);
	if (facts->message_id != NULL)
		add_value(record, "message-id", LOG_KIND_WORD,
		    span_from(facts->message_id));
	add_value(record, "warning", LOG_KIND_SENTENCE,
	    span_head(text, span_find(text, '\n')));
}

void
log_record_free(struct log_record *record)
{
	for (size_t i = 0; i < record->count; i++)
		buf_free(&record->fields[i].value);
	*record = (struct log_record){0};
}

/* Adds a value; its blanks are masked, since blanks separate words. */
static void
add_word(struct buf *out, struct span value)
{
	struct buf masked = {0};

	utf8_add_masked(&masked, value);
	for (size_t i = 0; i < masked.len; i++)
		if (masked.data[i] == ' ')
			buf_add_text(out, "\\x20");
		else
			buf_add_char(out, masked.data[i]);
	buf_free(&masked);
}

void
log_record_add_words(struct buf *out, const struct log_record *record)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct log_field *field = &record->fields[i];
		bool is_path = field->kind == LOG_KIND_PATH;

		buf_add_format(out, "%s%s=%s", i > 0 ? " " : "", field->name,
		    is_path ? "<" : "");
		if (field->kind == LOG_KIND_TEXT)
			utf8_add_masked(out, buf_span(&field->value));
		else if (field->kind == LOG_KIND_SENTENCE)
			utf8_add_sentence(out, buf_span(&field->value));
		else
			add_word(out, buf_span(&field->value));
		buf_add_text(out, is_path ? ">" : "");
		if (!field->is_known)
			buf_add_char(out, '-');
	}
}

/* "profile":"work","server":... without the braces of the object. */
static void
add_members(struct buf *out, const struct log_record *record)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct log_field *field = &record->fields[i];

		json_text_add_key(out, field->name);
		if (!field->is_known)
			buf_add_text(out, "null");
		else if (field->kind == LOG_KIND_NUMBER)
			buf_add_span(out, buf_span(&field->value));
		else if (field->kind == LOG_KIND_SENTENCE)
			json_text_add_sentence(out, buf_span(&field->value));
		else
			json_text_add(out, buf_span(&field->value));
	}
}

/*
 * NAME=VALUE and a line feed. If VALUE has line feeds itself: NAME, a line
 * feed, the length in 64 bits with the lowest octet first, VALUE, a line feed.
 */
void
log_record_add_journal_entry(
    struct buf *out, const char *name, struct span value)
{
	uint64_t len = value.len;

	if (span_find(value, '\n') == value.len) {
		buf_add_format(out, "%s=", name);
	} else {
		buf_add_format(out, "%s\n", name);
		for (int shift = 0; shift < 64; shift += 8)
			buf_add_char(out, (char)(len >> shift & 255));
	}
	buf_add_span(out, value);
	buf_add_char(out, '\n');
}

/* SMTPOST_PROFILE=work and so on. */
static void
add_journal_fields(struct buf *out, const struct log_record *record)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct log_field *field = &record->fields[i];
		struct buf name = {0};

		buf_add_text(&name, JOURNAL_PREFIX);
		for (const char *at = field->name; *at != '\0'; at++)
			buf_add_char(
			    &name, *at == '-' ? '_' : ascii_upper(*at));
		if (field->is_known)
			log_record_add_journal_entry(
			    out, buf_text(&name), buf_span(&field->value));
		buf_free(&name);
	}
}

/* The word for a priority of syslog.h. */
static const char *
priority_name(int priority)
{
	switch (priority) {
	case LOG_ERR:
		return "err";
	case LOG_WARNING:
		return "warning";
	case LOG_NOTICE:
		return "notice";
	}
	return "info";
}

/* RFC 5424's form with the time in UTC. */
static void
add_time(struct buf *out, time_t now)
{
	struct tm tm = {0};

	gmtime_r(&now, &tm);
	buf_add_format(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
	    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* RFC 3164 section 4.1: what syslogd expects on its socket. */
static void
add_syslog_head(struct buf *out, const struct log_stamp *stamp, int priority)
{
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct tm tm = {.tm_mday = 1};

	localtime_r(&stamp->now, &tm);
	buf_add_format(out,
	    "<%d>%s %2d %02d:%02d:%02d smtpost[%ld]: ", LOG_MAIL | priority,
	    months[tm.tm_mon], tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
	    (long)stamp->pid);
}

static void
add_line_head(struct buf *out, const struct log_stamp *stamp)
{
	add_time(out, stamp->now);
	buf_add_format(out, " smtpost[%ld]: ", (long)stamp->pid);
}

/* The time and the process are part of the object. */
static void
add_json(struct buf *out, const struct log_stamp *stamp,
    const struct log_record *record)
{
	buf_add_text(out, "{\"time\":\"");
	add_time(out, stamp->now);
	buf_add_format(out, "\",\"pid\":%ld,\"priority\":\"%s\"",
	    (long)stamp->pid, priority_name(record->priority));
	add_members(out, record);
	buf_add_char(out, '}');
}

static void
add_journal(struct buf *out, const struct log_stamp *stamp,
    const struct log_record *record, struct span message)
{
	log_record_add_journal_entry(out, "MESSAGE", message);
	buf_add_format(out, "PRIORITY=%d\n", record->priority);
	buf_add_format(out, "SYSLOG_FACILITY=%d\n", LOG_MAIL >> 3);
	log_record_add_journal_entry(out, "SYSLOG_IDENTIFIER", SPAN("smtpost"));
	buf_add_format(out, "SYSLOG_PID=%ld\n", (long)stamp->pid);
	add_journal_fields(out, record);
}

void
log_record_add_stamped(struct buf *out, const struct log_stamp *stamp,
    const struct log_record *record)
{
	bool is_line =
	    stamp->to == LOG_FORM_FILE || stamp->to == LOG_FORM_STDERR;
	struct buf message;

	buf_init(&message, MESSAGE_MAX);
	if (stamp->format == LOG_FORMAT_JSON)
		add_json(&message, stamp, record);
	else
		log_record_add_words(&message, record);
	if (stamp->to == LOG_FORM_JOURNAL) {
		add_journal(out, stamp, record, buf_span(&message));
	} else {
		if (stamp->to == LOG_FORM_SYSLOG)
			add_syslog_head(out, stamp, record->priority);
		else if (stamp->format != LOG_FORMAT_JSON)
			add_line_head(out, stamp);
		buf_add_span(out, buf_span(&message));
		if (is_line)
			buf_add_char(out, '\n');
	}
	buf_free(&message);
}
