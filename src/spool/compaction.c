/*
 * Drops records of attempts that later records have made superfluous; all
 * others stay. An attempt may be unfinished after the last `next`, so every
 * result there stays too.
 */
#include "spool/compaction.h"

#include <stdlib.h>

#include "base/mem.h"
#include "spool/line.h"
#include "spool/record.h"

#define SIZE_DUE ((size_t)1024 * 1024)

/* How many records of these kinds there are, or have been seen so far. */
struct tally {
	size_t results, nexts, tries;
};

bool
compaction_is_due(const struct waiting *waiting)
{
	return (waiting->len > SIZE_DUE &&
		   waiting->len / 2 > waiting->head_len) ||
	    waiting->steps > WAITING_STEPS_MAX / 2;
}

static struct span
keyword_of(struct span line)
{
	return span_head(line, span_find(line, ' '));
}

static void
count(struct tally *tally, struct span keyword)
{
	tally->results += span_equal(keyword, SPAN("result"));
	tally->nexts += span_equal(keyword, SPAN("next"));
	tally->tries += span_equal(keyword, SPAN("try"));
}

static struct tally
count_all(struct span records, uint32_t sum)
{
	struct tally all = {0};
	struct span line;

	while (line_next(&records, &sum, &line))
		count(&all, keyword_of(line));
	return all;
}

/*
 * Which results are the last ones of a recipient, or its last ones in doubt;
 * the first is 1.
 */
static bool *
find_last_results(const struct waiting *waiting)
{
	bool *is_last = mem_new(waiting->results + 1, sizeof(*is_last));

	for (size_t i = 0; i < waiting->envelope.count; i++) {
		is_last[waiting->recipients[i].result] = true;
		is_last[waiting->recipients[i].doubt] = true;
	}
	return is_last;
}

/* `seen` counts this record, too. */
static bool
is_outdated(struct span keyword, const struct tally *seen,
    const struct tally *all, const bool *is_last)
{
	if (span_equal(keyword, SPAN("try")))
		return seen->tries < all->tries;
	if (span_equal(keyword, SPAN("next")))
		return seen->nexts < all->nexts;
	if (span_equal(keyword, SPAN("doubt")))
		return seen->nexts < all->nexts;
	return span_equal(keyword, SPAN("result")) &&
	    seen->nexts < all->nexts && !is_last[seen->results];
}

void
compaction_make(struct buf *out, uint32_t *sum, const struct waiting *waiting,
    struct span text, int64_t now)
{
	struct span head = span_head(text, waiting->head_len);
	struct span records = span_head(text, waiting->len), line;
	struct tally seen = {0}, all;
	uint32_t old_sum = 0;
	bool *is_last = find_last_results(waiting);

	while (line_next(&head, &old_sum, &line))
		continue;
	*sum = old_sum;
	buf_add_span(out, span_head(text, waiting->head_len));
	records = span_skip(records, waiting->head_len);
	all = count_all(records, old_sum);
	while (line_next(&records, &old_sum, &line)) {
		size_t from = out->len;

		count(&seen, keyword_of(line));
		if (is_outdated(keyword_of(line), &seen, &all, is_last))
			continue;
		buf_add_span(out, line);
		line_end(out, from, sum);
	}
	record_add_rewritten(out, sum, waiting, now);
	free(is_last);
}
