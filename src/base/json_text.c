/*
 * Writes strings in JSON. Masked text has no control characters, so that only
 * its quotes and backslashes are escaped.
 */
#include "base/json_text.h"

#include <inttypes.h>

#include "base/calendar.h"
#include "base/utf8.h"

void
json_text_add_exact(struct buf *out, struct span text)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		char octet = text.at[i];

		if (ascii_is_control(octet)) {
			buf_add_text(out, "\\u00");
			buf_add_hex(out, octet);
			continue;
		}
		if (octet == '"' || octet == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, octet);
	}
	buf_add_char(out, '"');
}

void
json_text_add(struct buf *out, struct span text)
{
	struct buf masked;

	buf_init(&masked, text.len * 4 + 1);
	utf8_add_masked(&masked, text);
	json_text_add_exact(out, buf_span(&masked));
	buf_free(&masked);
}

void
json_text_add_key(struct buf *out, const char *key)
{
	if (out->len > 0 && out->data[out->len - 1] != '{')
		buf_add_char(out, ',');
	buf_add_format(out, "\"%s\":", key);
}

void
json_text_add_member(struct buf *out, const char *key, const char *text)
{
	json_text_add_key(out, key);
	if (text != NULL)
		json_text_add(out, span_from(text));
	else
		buf_add_text(out, "null");
}

void
json_text_add_number(struct buf *out, const char *key, uint64_t number)
{
	json_text_add_key(out, key);
	buf_add_format(out, "%" PRIu64, number);
}

void
json_text_add_seconds(struct buf *out, const char *key, int64_t milliseconds)
{
	json_text_add_key(out, key);
	if (milliseconds < 0)
		buf_add_text(out, "null");
	else
		buf_add_format(out, "%" PRId64 ".%03d", milliseconds / 1000,
		    (int)(milliseconds % 1000));
}

void
json_text_add_time(struct buf *out, const char *key, int64_t time)
{
	struct buf text = {0};

	json_text_add_member(
	    out, key, calendar_add_utc(&text, time) ? buf_text(&text) : NULL);
	buf_free(&text);
}

void
json_text_add_bool(struct buf *out, const char *key, bool value)
{
	json_text_add_key(out, key);
	buf_add_text(out, value ? "true" : "false");
}

void
json_text_add_sentence(struct buf *out, struct span text)
{
	struct buf masked;

	buf_init(&masked, text.len * 4 + 1);
	utf8_add_sentence(&masked, text);
	json_text_add_exact(out, buf_span(&masked));
	buf_free(&masked);
}

void
json_text_add_sentence_member(
    struct buf *out, const char *key, const char *text)
{
	if (text == NULL) {
		json_text_add_member(out, key, NULL);
		return;
	}
	json_text_add_key(out, key);
	json_text_add_sentence(out, span_from(text));
}

void
json_text_add_list(
    struct buf *out, const char *key, struct span words, const char *separators)
{
	const char *comma = "";
	struct span word;

	json_text_add_key(out, key);
	buf_add_char(out, '[');
	while (span_next_word(&words, separators, &word)) {
		buf_add_text(out, comma);
		json_text_add_sentence(out, word);
		comma = ",";
	}
	buf_add_char(out, ']');
}

void
json_text_add_hint(struct buf *out, struct span text)
{
	static const struct span mark = SPAN("hint: ");
	struct buf line = {0};

	if (text.len == 0) {
		json_text_add_member(out, "hint", NULL);
		return;
	}
	json_text_add_key(out, "hint");
	buf_add_char(out, '"');
	while (text.len > 0) {
		size_t end = span_find(text, '\n');
		struct span rest = span_head(text, end);

		if (span_starts(rest, mark))
			rest = span_skip(rest, mark.len);
		buf_clear(&line);
		json_text_add_sentence(&line, rest);
		/* The line without its quotes */
		buf_add(out, line.data + 1, line.len - 2);
		text = span_skip(text, end + 1);
		if (text.len > 0)
			buf_add_text(out, "\\n");
	}
	buf_add_char(out, '"');
	buf_free(&line);
}
