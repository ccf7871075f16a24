/*
 * The words and the encoding of RFC 3461, for the command line, the settings
 * and the wire alike. Words are read in either case and written in capitals.
 */
#include "envelope/dsn.h"

#include "base/utf8.h"

static bool
is_plain(char c)
{
	return c >= '!' && c <= '~' && c != '+' && c != '=';
}

bool
dsn_xtext_encode(struct buf *out, struct span in)
{
	bool done = true;

	for (size_t i = 0; done && i < in.len; i++)
		done = is_plain(in.at[i])
		    ? buf_add_char(out, in.at[i])
		    : buf_add_format(
			  out, "+%02X", (unsigned)(unsigned char)in.at[i]);
	return done;
}

bool
dsn_xtext_encode_utf8(struct buf *out, struct span in)
{
	bool done = true;

	while (done && in.len > 0) {
		uint32_t character;
		size_t len = utf8_decode(in, &character);

		if (len == 0)
			return false;
		done = len == 1 && in.at[0] != '\\' && is_plain(in.at[0])
		    ? buf_add_char(out, in.at[0])
		    : buf_add_format(out, "\\x{%02X}", (unsigned)character);
		in = span_skip(in, len);
	}
	return done;
}

/* RFC 3461 section 4 allows only capitals; -1 if `c` is not a digit. */
static int
hex_digit(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool
dsn_xtext_decode(struct buf *out, struct span in)
{
	bool done = true;

	for (size_t i = 0; done && i < in.len; i++) {
		int high, low;

		if (is_plain(in.at[i])) {
			done = buf_add_char(out, in.at[i]);
			continue;
		}
		if (in.at[i] != '+' || in.len - i < 3)
			return false;
		high = hex_digit(in.at[i + 1]);
		low = hex_digit(in.at[i + 2]);
		if (high < 0 || low < 0)
			return false;
		done = buf_add_char(out, (char)(high * 16 + low));
		i += 2;
	}
	return done;
}

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
