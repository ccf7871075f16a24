#include "mail/dsn.h"

static const struct {
	struct span word;
	unsigned event;
} events[] = {
    {{"NEVER", 5}, DSN_NEVER},
    {{"SUCCESS", 7}, DSN_SUCCESS},
    {{"FAILURE", 7}, DSN_FAILURE},
    {{"DELAY", 5}, DSN_DELAY},
    {{"FAIL", 4}, DSN_FAILURE},
};

#define EVENT_COUNT (sizeof(events) / sizeof(events[0]))

static unsigned
find_event(struct span word)
{
	for (size_t i = 0; i < EVENT_COUNT; i++)
		if (span_equal_nocase(word, events[i].word))
			return events[i].event;
	return 0;
}

bool
dsn_parse_notify(struct span words, unsigned *notify)
{
	unsigned all = 0, event;
	struct span word;

	while (span_next_word(&words, ", \t", &word)) {
		event = find_event(word);
		if (event == 0)
			return false;
		all |= event;
	}
	if (all == 0 || (all & DSN_NEVER && all != DSN_NEVER))
		return false;
	*notify = all;
	return true;
}

bool
dsn_parse_return(struct span word, enum dsn_return *how)
{
	word = span_trim(word);
	if (span_equal_nocase(word, SPAN("full")))
		*how = DSN_RETURN_FULL;
	else if (span_equal_nocase(word, SPAN("hdrs")) ||
	    span_equal_nocase(word, SPAN("headers")))
		*how = DSN_RETURN_HEADERS;
	else
		return false;
	return true;
}

bool
dsn_envelope_id_is_valid(struct span id)
{
	return id.len > 0 && id.len <= DSN_ENVELOPE_ID_MAX &&
	    span_is_ascii(id) && !span_has_control(id);
}

void
dsn_add_notify(struct buf *out, unsigned notify)
{
	const char *comma = "";

	for (size_t i = 0; i < EVENT_COUNT; i++) {
		if (!(notify & events[i].event))
			continue;
		buf_add_text(out, comma);
		buf_add_span(out, events[i].word);
		notify &= ~events[i].event;
		comma = ",";
	}
}

void
dsn_add_return(struct buf *out, enum dsn_return how)
{
	if (how != DSN_RETURN_UNSET)
		buf_add_text(out, how == DSN_RETURN_FULL ? "FULL" : "HDRS");
}
