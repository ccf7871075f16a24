/*
 * Reads and writes entries of the cache. A file there may have been damaged, so
 * any text is accepted as input.
 */
#include "net/sts_entry.h"

#include <string.h>

/* Later than any clock says, so that a sum with max_age fits. */
#define FETCHED_MAX (INT64_MAX / 2)

static bool
take_line(struct sts_entry *entry, struct span line)
{
	size_t blank = span_find(line, ' ');
	struct span word = span_head(line, blank),
		    value = span_skip(line, blank + 1);
	uint64_t seconds;

	if (span_equal(word, SPAN("id")) && entry->id[0] == '\0') {
		if (!sts_record_is_id(value))
			return false;
		memcpy(entry->id, value.at, value.len);
	} else if (span_equal(word, SPAN("fetched")) && entry->fetched == 0) {
		if (!span_number(value, (uint64_t)FETCHED_MAX, &seconds))
			return false;
		entry->fetched = (int64_t)seconds;
	}
	return true;
}

bool
sts_entry_read(struct sts_entry *entry, struct span text)
{
	struct buf reason = {0};
	struct span line;
	bool done = true;

	*entry = (struct sts_entry){0};
	do {
		size_t end = span_find(text, '\n');

		line = span_head(text, end);
		text = span_skip(text, end + 1);
		done = take_line(entry, line);
	} while (done && line.len > 0);
	done = done && entry->id[0] != '\0' && entry->fetched > 0 &&
	    sts_policy_read(&entry->policy, text, &reason);
	if (!done)
		sts_entry_free(entry);
	buf_free(&reason);
	return done;
}

void
sts_entry_add(
    struct buf *out, struct span id, int64_t fetched, struct span policy)
{
	buf_add_text(out, "id ");
	buf_add_span(out, id);
	buf_add_format(out, "\nfetched %lld\n\n", (long long)fetched);
	buf_add_span(out, policy);
}

bool
sts_entry_holds(const struct sts_entry *entry, int64_t now)
{
	return now < entry->fetched + entry->policy.max_age;
}

void
sts_entry_free(struct sts_entry *entry)
{
	sts_policy_free(&entry->policy);
	*entry = (struct sts_entry){0};
}
