/*
 * Reads envelope files. Two tables name the keywords of the head and of the
 * records. An unknown keyword in lower case is skipped, so that an older
 * smtpost can read what a newer one wrote.
 */
#include "spool/waiting.h"

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "spool/line.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define WORDS_MAX 16
#define TEXT_MAX ((size_t)1024) /* octets of a reply, as they are kept */
#define EXACT_MAX 1000
#define TEXT_SHORT ((size_t)64) /* the same, of more recipients */

/* The words of one line, unescaped, each with a NUL after it. */
struct words {
	struct buf text;
	size_t from[WORDS_MAX];
	size_t count;
};

static const char *
word(const struct words *words, size_t i)
{
	return i < words->count ? words->text.data + words->from[i] : "";
}

/* NULL for "-". */
static char *
copy_word(const struct words *words, size_t i)
{
	return word(words, i)[0] == '\0' ? NULL : mem_copy_text(word(words, i));
}

static bool
number(const struct words *words, size_t i, uint64_t max, uint64_t *value)
{
	return span_number(span_from(word(words, i)), max, value);
}

static bool
moment(const struct words *words, size_t i, int64_t *value)
{
	uint64_t seconds = 0;
	bool is_right = number(words, i, INT64_MAX, &seconds);

	*value = (int64_t)seconds;
	return is_right;
}

/* False for a word with an octet 0. Words that no line has yet are left out. */
static bool
split(struct words *words, struct span line)
{
	buf_clear(&words->text);
	words->count = 0;
	while (line.len > 0 && words->count < WORDS_MAX) {
		size_t from = words->text.len;

		if (!line_next_word(&line, &words->text) ||
		    (words->text.len > from &&
			memchr(words->text.data + from, '\0',
			    words->text.len - from) != NULL) ||
		    !buf_add_char(&words->text, '\0'))
			return false;
		words->from[words->count++] = from;
	}
	return words->count > 0;
}

/* The head */

static bool
take_id(struct waiting *waiting, const struct words *words)
{
	return id_read(&waiting->id, span_from(word(words, 1)));
}

static bool
take_kind(struct waiting *waiting, const struct words *words)
{
	bool is_notification = strcmp(word(words, 1), "notification") == 0;

	waiting->kind = is_notification ? WAITING_NOTIFICATION : WAITING_MAIL;
	return is_notification || strcmp(word(words, 1), "mail") == 0;
}

static bool
take_parent(struct waiting *waiting, const struct words *words)
{
	return id_read(&waiting->parent, span_from(word(words, 1)));
}

/* arrived TIME clock SECONDS uid NUMBER */
static bool
take_arrived(struct waiting *waiting, const struct words *words)
{
	uint64_t uid;

	if (!moment(words, 1, &waiting->arrived) ||
	    !moment(words, 3, &waiting->clock) ||
	    !number(words, 5, UINT32_MAX, &uid))
		return false;
	waiting->uid = (unsigned long)uid;
	return true;
}

static bool
take_profile(struct waiting *waiting, const struct words *words)
{
	free(waiting->profile);
	waiting->profile = copy_word(words, 1);
	return true;
}

static bool
take_config(struct waiting *waiting, const struct words *words)
{
	free(waiting->config);
	waiting->config = copy_word(words, 1);
	return true;
}

/* content OCTETS CHECKSUM, the latter as eight hexadecimal digits */
static bool
take_content(struct waiting *waiting, const struct words *words)
{
	const char *digits = word(words, 2);
	uint32_t sum = 0;

	if (strlen(digits) != 8)
		return false;
	for (size_t i = 0; i < 8; i++) {
		int digit = ascii_hex_value(digits[i]);

		if (digit < 0)
			return false;
		sum = sum << 4 | (uint32_t)digit;
	}
	waiting->content_sum = sum;
	return number(words, 1, INT64_MAX, &waiting->content_size);
}

static bool
take_message_id(struct waiting *waiting, const struct words *words)
{
	free(waiting->message_id);
	waiting->message_id = copy_word(words, 1);
	return true;
}

/* Whether the text can be a part of a command to a server. */
static bool
is_harmless(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (ascii_is_control(text.at[i]))
			return false;
	return true;
}

static bool
take_reverse_path(struct waiting *waiting, const struct words *words)
{
	const char *path = word(words, 1);

	free(waiting->envelope.reverse_path);
	waiting->envelope.reverse_path =
	    mem_copy_text(strcmp(path, "<>") == 0 ? "" : path);
	return path[0] != '\0' && is_harmless(span_from(path));
}

/* envelope-id ID return full|hdrs utf8 0|1 */
static bool
take_envelope_id(struct waiting *waiting, const struct words *words)
{
	struct span how = span_from(word(words, 3));
	struct envelope *envelope = &waiting->envelope;

	free(envelope->envelope_id);
	envelope->envelope_id = copy_word(words, 1);
	waiting->needs_utf8 = strcmp(word(words, 5), "1") == 0;
	return how.len == 0 || dsn_parse_return(how, &envelope->dsn_return);
}

/* The value of a word NAME=VALUE; an empty span for another name, or "-". */
static struct span
value_of(const struct words *words, size_t i, struct span name)
{
	struct span text = span_from(word(words, i));

	if (!span_starts(text, name))
		return (struct span){0};
	text = span_skip(text, name.len);
	if (span_equal(text, SPAN("-")))
		text.len = 0;
	return text;
}

/* rcpt NUMBER PATH notify=WORDS original=TYPE;ADDRESS */
static bool
take_rcpt(struct waiting *waiting, const struct words *words)
{
	struct envelope *envelope = &waiting->envelope;
	struct span notify = value_of(words, 3, SPAN("notify="));
	struct span original = value_of(words, 4, SPAN("original="));
	size_t recipients = envelope->count;
	struct recipient *recipient;
	uint64_t place;

	if (!number(words, 1, SIZE_MAX, &place) ||
	    place != envelope->count + 1 || word(words, 2)[0] == '\0' ||
	    !is_harmless(span_from(word(words, 2))) || !is_harmless(original) ||
	    span_find(original, ' ') < original.len)
		return false;
	mem_append(
	    &waiting->recipients, &recipients, sizeof(waiting->recipients[0]));
	recipient = mem_append(&envelope->recipients, &envelope->count,
	    sizeof(envelope->recipients[0]));
	recipient->forward_path = mem_copy_text(word(words, 2));
	if (original.len > 0)
		recipient->dsn.original = span_copy(original);
	return notify.len == 0 ||
	    dsn_parse_notify(notify, &recipient->dsn.notify);
}

/* The records: the first word after the keyword is when it was written. */

static bool
take_try(struct waiting *waiting, const struct words *words)
{
	uint64_t pid;

	if (!number(words, 2, UINT32_MAX, &pid))
		return false;
	waiting->pid = (unsigned long)pid;
	waiting->attempts++;
	free(waiting->host);
	waiting->host = copy_word(words, 3);
	return moment(words, 1, &waiting->tried);
}

/*
 * Takes the next range of recipients ("3" or "1-40") as indexes. False at the
 * end; *is_right is false then unless the whole text was ranges of those who
 * are there.
 */
static bool
next_range(struct waiting *waiting, struct span *text, size_t *first,
    size_t *last, bool *is_right)
{
	struct span range = span_head(*text, span_find(*text, ','));
	size_t dash = span_find(range, '-');
	struct span end = dash < range.len ? span_skip(range, dash + 1) : range;
	uint64_t from, to, count = waiting->envelope.count;

	if (text->len == 0)
		return false;
	*is_right = span_number(span_head(range, dash), count, &from) &&
	    span_number(end, count, &to) && from > 0 && from <= to;
	if (!*is_right)
		return false;
	waiting->steps += to - from + 1;
	*is_right = waiting->steps <= WAITING_STEPS_MAX;
	if (!*is_right)
		return false;
	*text = span_skip(*text, range.len + 1);
	*first = (size_t)from - 1;
	*last = (size_t)to - 1;
	return true;
}

/* "5.1.1"; nothing for an empty word. */
static bool
read_status(struct span text, struct status *status)
{
	struct span part;
	uint64_t values[3] = {0};

	for (size_t i = 0; i < 3 && text.len > 0; i++)
		if (!span_next_word(&text, ".", &part) ||
		    !span_number(part, 999, &values[i]))
			return false;
	*status = (struct status){(unsigned char)values[0],
	    (unsigned short)values[1], (unsigned short)values[2]};
	return values[0] < 10;
}

bool
waiting_has_very_many(const struct waiting *waiting)
{
	return waiting->envelope.count > EXACT_MAX;
}

struct span
waiting_cut_text(const struct waiting *waiting, struct span text)
{
	return span_head(
	    text, waiting_has_very_many(waiting) ? TEXT_SHORT : TEXT_MAX);
}

/* result TIME WHO action stage cause code status doubt text */
static bool
take_result(struct waiting *waiting, const struct words *words)
{
	struct span who = span_from(word(words, 2)), text;
	struct outcome outcome = {0};
	struct status status = {0};
	bool is_right = false;
	size_t first, last;
	uint64_t code;

	if (!outcome_word_read_action(word(words, 3), &outcome.action) ||
	    !outcome_word_read_stage(word(words, 4), &outcome.stage) ||
	    !outcome_word_read_cause(word(words, 5), &outcome.cause) ||
	    !number(words, 6, 999, &code) ||
	    !read_status(span_from(word(words, 7)), &status))
		return false;
	text = waiting_cut_text(waiting, span_from(word(words, 9)));
	reply_set_own(&outcome.reply, "%.*s", (int)text.len, text.at);
	outcome.reply.code = (int)code;
	outcome.reply.status = status;
	outcome.in_doubt = strcmp(word(words, 8), "1") == 0;
	waiting->results++;
	while (next_range(waiting, &who, &first, &last, &is_right))
		for (size_t i = first; i <= last; i++) {
			waiting->recipients[i].result = waiting->results;
			if (outcome.in_doubt)
				waiting->recipients[i].doubt = waiting->results;
			outcome_copy(
			    &waiting->envelope.recipients[i].outcome, &outcome);
		}
	waiting->is_unsure |= outcome.in_doubt;
	outcome_free(&outcome);
	return is_right;
}

static bool
take_next(struct waiting *waiting, const struct words *words)
{
	/* A `doubt` alone does not count: the reply may have been a refusal. */
	if (waiting->is_unsure)
		waiting->doubts++;
	waiting->is_unsure = false;
	waiting->is_doubted = false;
	return moment(words, 2, &waiting->next);
}

bool
waiting_is_at_stake(const struct waiting *waiting, size_t recipient)
{
	return !waiting->is_doubt_of_some ||
	    waiting->recipients[recipient].stake == waiting->stakes;
}

/*
 * doubt TIME SERVER [WHO]. Until the next outcome is known, several of them
 * count together.
 */
static bool
take_doubt(struct waiting *waiting, const struct words *words)
{
	struct span who = span_from(word(words, 3));
	bool is_right = true;
	size_t first, last;

	if (!waiting->is_doubted) {
		waiting->is_doubt_of_some = true;
		waiting->stakes++;
	}
	waiting->is_doubted = true;
	if (who.len == 0)
		waiting->is_doubt_of_some = false;
	while (
	    who.len > 0 && next_range(waiting, &who, &first, &last, &is_right))
		for (size_t i = first; i <= last; i++)
			waiting->recipients[i].stake = waiting->stakes;
	return is_right;
}

static bool
take_not_before(struct waiting *waiting, const struct words *words)
{
	return moment(words, 2, &waiting->not_before);
}

/* notification TIME ID EVENT WHO */
static bool
take_notification(struct waiting *waiting, const struct words *words)
{
	struct span who = span_from(word(words, 4));
	bool is_right = false, is_of_delay;
	size_t first, last;

	if (!id_read(&waiting->notification, span_from(word(words, 2))) ||
	    !outcome_word_read_event(word(words, 3), &waiting->event))
		return false;
	is_of_delay = waiting->event == NOTIFICATION_DELAYED;
	waiting->notifications++;
	while (next_range(waiting, &who, &first, &last, &is_right))
		for (size_t i = first; i <= last; i++) {
			struct waiting_recipient *one = &waiting->recipients[i];

			one->is_notified |= !is_of_delay;
			one->notification = waiting->notifications;
		}
	waiting->is_warned |= is_of_delay;
	waiting->is_notifying = true;
	return is_right;
}

static bool
take_done(struct waiting *waiting, const struct words *words)
{
	(void)words;
	waiting->is_done = true;
	waiting->is_doubted = false;
	return true;
}

/* release TIME WHO CLOCK, the last of which may be missing */
static bool
take_release(struct waiting *waiting, const struct words *words)
{
	waiting->is_held = false;
	waiting->is_dead = false;
	waiting->next = 0;
	waiting->not_before = 0;
	return words->count <= 3 || moment(words, 3, &waiting->clock);
}

/* rewritten TIME ATTEMPTS DOUBTS */
static bool
take_rewritten(struct waiting *waiting, const struct words *words)
{
	uint64_t attempts, doubts;

	if (!number(words, 2, UINT_MAX, &attempts) ||
	    !number(words, 3, UINT_MAX, &doubts))
		return false;
	waiting->attempts = (unsigned)attempts;
	waiting->doubts = (unsigned)doubts;
	waiting->is_rewritten = true;
	return true;
}

static bool
take_new_profile(struct waiting *waiting, const struct words *words)
{
	free(waiting->profile);
	waiting->profile = copy_word(words, 2);
	return true;
}

/* What a line of a keyword does: sets a flag, or is taken by a function. */
struct keyword {
	const char *name;
	bool (*take)(struct waiting *waiting, const struct words *words);
	size_t flag; /* offset in struct waiting, where take is NULL */
	bool value;
};

#define FLAG(member) NULL, offsetof(struct waiting, member)

static const struct keyword head[] = {
    {"id", take_id, 0, false},
    {"kind", take_kind, 0, false},
    {"parent", take_parent, 0, false},
    {"arrived", take_arrived, 0, false},
    {"profile", take_profile, 0, false},
    {"config", take_config, 0, false},
    {"content", take_content, 0, false},
    {"message-id", take_message_id, 0, false},
    {"sent-copy", FLAG(wants_copy), true},
    /* A version that cannot filter must leave the mail alone. */
    {"Unfiltered", FLAG(is_unfiltered), true},
    /* So must one that cannot ask for REQUIRETLS. */
    {"Require-tls", FLAG(envelope.requires_tls), true},
    {"reverse-path", take_reverse_path, 0, false},
    {"envelope-id", take_envelope_id, 0, false},
    {"rcpt", take_rcpt, 0, false},
};

static const struct keyword records[] = {
    {"try", take_try, 0, false},
    {"doubt", take_doubt, 0, false},
    {"result", take_result, 0, false},
    {"next", take_next, 0, false},
    {"not-before", take_not_before, 0, false},
    {"notification", take_notification, 0, false},
    {"notified", FLAG(is_notifying), false},
    {"done", take_done, 0, false},
    {"hold", FLAG(is_held), true},
    {"release", take_release, 0, false},
    {"removed", FLAG(is_removed), true},
    {"dead", FLAG(is_dead), true},
    {"profile", take_new_profile, 0, false},
    {"rewritten", take_rewritten, 0, false},
};

static struct span
keyword_of(struct span line)
{
	return span_head(line, span_find(line, ' '));
}

/* By the keyword that is the first word. */
static enum waiting_result
take_line(struct waiting *waiting, const struct keyword *keywords, size_t count,
    struct span line, struct words *words)
{
	struct span name = keyword_of(line);
	size_t i = 0;

	while (i < count && !span_equal(span_from(keywords[i].name), name))
		i++;
	if (i == count && name.len > 0)
		return ascii_lower(name.at[0]) == name.at[0] ? WAITING_READ
							     : WAITING_NEWER;
	if (i == count || !split(words, line))
		return WAITING_DAMAGED;
	if (keywords[i].take != NULL)
		return keywords[i].take(waiting, words) ? WAITING_READ
							: WAITING_DAMAGED;
	*(bool *)((char *)waiting + keywords[i].flag) = keywords[i].value;
	return WAITING_READ;
}

void
waiting_take_record(struct waiting *waiting, struct span line)
{
	struct words words = {0};

	buf_init(&words.text, WAITING_LINE_MAX);
	take_line(waiting, records, COUNT(records), line, &words);
	buf_free(&words.text);
}

/* Lines up to the end of the text; of the head: up to the line `end`. */
static enum waiting_result
take_lines(struct waiting *waiting, struct span text, bool is_head)
{
	struct words words = {0};
	struct span rest = span_skip(text, waiting->len), line;
	enum waiting_result result = is_head ? WAITING_DAMAGED : WAITING_READ;
	bool is_over = false;

	buf_init(&words.text, WAITING_LINE_MAX);
	while (!is_over && line_next(&rest, &waiting->sum, &line)) {
		is_over = is_head && span_equal(keyword_of(line), SPAN("end"));
		result = is_over
		    ? WAITING_READ
		    : take_line(waiting, is_head ? head : records,
			  is_head ? COUNT(head) : COUNT(records), line, &words);
		is_over |= result != WAITING_READ;
		waiting->len = text.len - rest.len;
	}
	if (is_head && !is_over)
		result = WAITING_DAMAGED;
	buf_free(&words.text);
	return result;
}

enum waiting_result
waiting_read(struct waiting *waiting, struct span text)
{
	struct span rest = text, line;
	enum waiting_result result;

	if (!line_next(&rest, &waiting->sum, &line) ||
	    !span_starts(line, SPAN("smtpost-mail ")))
		return WAITING_DAMAGED;
	if (!span_equal(line, SPAN("smtpost-mail 1")))
		return WAITING_NEWER;
	waiting->len = text.len - rest.len;
	result = take_lines(waiting, text, true);
	if (result == WAITING_READ &&
	    (waiting->id.text[0] == '\0' ||
		(waiting->kind == WAITING_NOTIFICATION &&
		    waiting->parent.text[0] == '\0') ||
		waiting->envelope.reverse_path == NULL ||
		waiting->envelope.count == 0))
		result = WAITING_DAMAGED;
	waiting->head_len = waiting->len;
	return result == WAITING_READ ? take_lines(waiting, text, false)
				      : result;
}

void
waiting_free(struct waiting *waiting)
{
	free(waiting->profile);
	free(waiting->config);
	free(waiting->message_id);
	free(waiting->host);
	free(waiting->recipients);
	envelope_free(&waiting->envelope);
	*waiting = (struct waiting){0};
}
