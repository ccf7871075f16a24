/*
 * An envelope file of the queue. The input is its lines without their
 * checksums, which no fuzzer would find, or the octets of the file.
 */
#include "fuzz/fuzz.h"

#include "spool/compaction.h"
#include "spool/history.h"
#include "spool/line.h"
#include "spool/record.h"
#include "spool/waiting.h"

#define ROOM ((size_t)16 * 1024 * 1024)
#define NOW 1764412191

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
check_outcome(const struct outcome *a, const struct outcome *b)
{
	CLAIM(a->action == b->action && a->stage == b->stage);
	CLAIM(a->cause == b->cause && a->in_doubt == b->in_doubt);
	CLAIM(a->reply.code == b->reply.code);
	CLAIM(a->reply.status.class == b->reply.status.class);
	CLAIM(a->reply.status.subject == b->reply.status.subject);
	CLAIM(a->reply.status.detail == b->reply.status.detail);
	CLAIM(span_equal(buf_span(&a->reply.text), buf_span(&b->reply.text)));
}

static void
check_recipients(const struct waiting *a, const struct waiting *b)
{
	CLAIM(a->envelope.count == b->envelope.count);
	for (size_t i = 0; i < a->envelope.count; i++) {
		const struct recipient *one = &a->envelope.recipients[i];
		const struct recipient *other = &b->envelope.recipients[i];

		CLAIM(same_text(one->forward_path, other->forward_path));
		CLAIM(one->dsn.notify == other->dsn.notify);
		CLAIM(same_text(one->dsn.original, other->dsn.original));
		check_outcome(&one->outcome, &other->outcome);
		CLAIM(a->recipients[i].is_notified ==
		    b->recipients[i].is_notified);
		CLAIM(a->recipients[i].notification ==
		    b->recipients[i].notification);
	}
}

static void
check_head(const struct waiting *a, const struct waiting *b)
{
	CLAIM(same_text(a->id.text, b->id.text) && a->kind == b->kind);
	CLAIM(a->kind == WAITING_MAIL ||
	    same_text(a->parent.text, b->parent.text));
	CLAIM(a->arrived == b->arrived && a->uid == b->uid);
	CLAIM(same_text(a->config, b->config));
	CLAIM(a->content_size == b->content_size);
	CLAIM(a->content_sum == b->content_sum);
	CLAIM(same_text(a->message_id, b->message_id));
	CLAIM(a->needs_utf8 == b->needs_utf8);
	CLAIM(same_text(a->envelope.reverse_path, b->envelope.reverse_path));
	CLAIM(same_text(a->envelope.envelope_id, b->envelope.envelope_id));
	CLAIM(a->envelope.dsn_return == b->envelope.dsn_return);
}

/* The facts of two files are equal. */
static void
check_same(const struct waiting *a, const struct waiting *b)
{
	check_head(a, b);
	check_recipients(a, b);
	CLAIM(a->clock == b->clock && same_text(a->profile, b->profile));
	CLAIM(a->is_held == b->is_held && a->is_done == b->is_done);
	CLAIM(a->is_removed == b->is_removed && a->is_dead == b->is_dead);
	CLAIM(a->is_doubted == b->is_doubted && a->is_unsure == b->is_unsure);
	CLAIM(a->doubts == b->doubts && a->attempts == b->attempts);
	CLAIM(a->not_before == b->not_before && a->next == b->next);
	CLAIM(a->tried == b->tried && a->pid == b->pid);
	CLAIM(same_text(a->host, b->host) && a->is_warned == b->is_warned);
	CLAIM(a->is_notifying == b->is_notifying);
	CLAIM(a->notifications == b->notifications);
	CLAIM(same_text(a->notification.text, b->notification.text));
	CLAIM(a->notifications == 0 || a->event == b->event);
}

/* The head written anew, without records, says the same. */
static void
check_rewritten_head(const struct waiting *waiting, struct span text)
{
	struct waiting first = {0}, again = {0};
	struct buf head;

	CLAIM(waiting_read(&first, span_head(text, waiting->head_len)) ==
	    WAITING_READ);
	buf_init(&head, ROOM);
	first.sum = 0;
	record_add_head(&head, &first);
	CLAIM(!head.full);
	CLAIM(waiting_read(&again, buf_span(&head)) == WAITING_READ);
	CLAIM(again.len == head.len && again.sum == first.sum);
	check_same(&first, &again);
	buf_free(&head);
	waiting_free(&first);
	waiting_free(&again);
}

static void
check_compaction(const struct waiting *waiting, struct span text)
{
	struct waiting again = {0};
	struct buf shorter;
	uint32_t sum = 0;

	buf_init(&shorter, ROOM);
	compaction_make(&shorter, &sum, waiting, text, NOW);
	CLAIM(!shorter.full);
	CLAIM(waiting_read(&again, buf_span(&shorter)) == WAITING_READ);
	CLAIM(again.len == shorter.len && again.sum == sum);
	CLAIM(again.is_rewritten);
	check_same(waiting, &again);
	buf_free(&shorter);
	waiting_free(&again);
}

static void
check_history(const struct waiting *waiting, struct span text)
{
	struct history history;
	size_t words = 0;

	history_begin(&history, span_head(text, waiting->len));
	while (history_next(&history)) {
		CLAIM(history_time(&history) >= 0);
		for (size_t i = 0; i <= HISTORY_WORDS_MAX; i++)
			words += strlen(history_word(&history, i));
	}
	CLAIM(words <= text.len);
	history_free(&history);
}

static void
add_result(struct buf *out, struct waiting *waiting, const size_t *who,
    size_t count, unsigned choice, const char *word)
{
	struct outcome outcome = {0};

	reply_set_own(&outcome.reply, "%s", word);
	outcome.action = (enum action)(choice % (ACTION_FAILED + 1));
	outcome.stage = (enum stage)(choice / 4 % (STAGE_QUIT + 1));
	outcome.cause = (enum cause)(choice / 8 % (CAUSE_CONTENT + 1));
	outcome.in_doubt = choice & 1;
	outcome.reply.code = choice & 2 ? 450 : 0;
	if (choice & 4)
		outcome.reply.status = (struct status){4, 2, 999};
	record_add_result(out, waiting, NOW, who, count, &outcome);
	outcome_free(&outcome);
}

/* Each octet adds a record; the words are the rest of the input. */
static void
add_records(struct buf *out, struct waiting *waiting, struct span input)
{
	static const char *const keywords[] = {
	    "notified", "done", "hold", "removed", "dead", "profile"};
	size_t *who = calloc(waiting->envelope.count, sizeof(*who)), count = 0;
	char *word = span_copy(span_head(input, 100));
	unsigned choice = fuzz_choice(&input);

	CLAIM(who != NULL && word != NULL);
	for (size_t i = 0; i < waiting->envelope.count; i++)
		if (i == 0 || (choice >> i % 8 & 1) != 0)
			who[count++] = i;
	for (int i = 0; i < 20 && input.len > 0; i++) {
		choice = fuzz_choice(&input);
		switch (choice % 8) {
		case 0:
			record_add_try(out, waiting, NOW, choice, word);
			break;
		case 1:
			record_add_doubt(out, waiting, NOW, word, who,
			    (choice & 8) != 0 ? count : 0);
			break;
		case 2:
			add_result(out, waiting, who, count, choice / 8, word);
			break;
		case 3:
			record_add_next(out, waiting, NOW, choice);
			break;
		case 4:
			record_add_not_before(out, waiting, NOW, choice);
			break;
		case 5:
			record_add_notification(out, waiting, NOW, &waiting->id,
			    (enum notification_event)(choice / 8 % 4), who,
			    count);
			break;
		case 6:
			record_add_release(out, waiting, NOW, word, choice);
			break;
		default:
			record_add_word(
			    out, waiting, NOW, keywords[choice / 8 % 6], word);
		}
	}
	free(who);
	free(word);
}

/* Records that are added mean in memory what they mean when they are read. */
static void
check_records(const struct waiting *waiting, struct span text)
{
	struct waiting first = {0}, again = {0};
	struct buf longer;

	buf_init(&longer, ROOM);
	buf_add_span(&longer, span_head(text, waiting->len));
	CLAIM(waiting_read(&first, buf_span(&longer)) == WAITING_READ);
	add_records(&longer, &first, text);
	CLAIM(!longer.full);
	CLAIM(waiting_read(&again, buf_span(&longer)) == WAITING_READ);
	CLAIM(again.len == longer.len && again.sum == first.sum);
	check_same(&first, &again);
	check_compaction(&again, buf_span(&longer));
	buf_free(&longer);
	waiting_free(&first);
	waiting_free(&again);
}

static void
seal_lines(struct buf *out, struct span input)
{
	uint32_t sum = 0;

	while (input.len > 0) {
		size_t from = out->len, end = span_find(input, '\n');

		buf_add_span(out, span_head(input, end));
		line_end(out, from, &sum);
		input = span_skip(input, end + 1);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	unsigned choice = fuzz_choice(&input);
	struct waiting waiting = {0};
	struct buf text;

	buf_init(&text, ROOM);
	if (choice & 1)
		seal_lines(&text, input);
	else
		buf_add_span(&text, input);
	if (waiting_read(&waiting, buf_span(&text)) == WAITING_READ) {
		CLAIM(waiting.head_len <= waiting.len);
		CLAIM(waiting.len <= text.len);
		check_rewritten_head(&waiting, buf_span(&text));
		check_compaction(&waiting, buf_span(&text));
		check_history(&waiting, buf_span(&text));
		check_records(&waiting, buf_span(&text));
	}
	waiting_free(&waiting);
	buf_free(&text);
	return 0;
}
