/*
 * Decoding is one state machine (utf8_take), which every other function uses.
 * The octets of RFC 3629 decide, not the locale.
 */
#include "base/utf8.h"

/* RFC 3629 section 4: the first octet says how many follow, and which. */
static bool
begin_character(struct utf8_state *state, unsigned char first)
{
	*state = (struct utf8_state){.low = 0x80, .high = 0xbf};
	if (first < 0x80) {
		state->character = first;
		return true;
	}
	if (first < 0xc2 || first > 0xf4)
		return false;
	state->missing = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
	state->character = first & (0x3fU >> state->missing);
	if (first == 0xe0)
		state->low = 0xa0; /* below: an overlong form */
	if (first == 0xed)
		state->high = 0x9f; /* above: a surrogate */
	if (first == 0xf0)
		state->low = 0x90; /* below: an overlong form */
	if (first == 0xf4)
		state->high = 0x8f; /* above: over U+10FFFF */
	return true;
}

bool
utf8_take(struct utf8_state *state, unsigned char octet)
{
	if (state->missing == 0)
		return begin_character(state, octet);
	if (octet < state->low || octet > state->high) {
		state->missing = 0;
		return false;
	}
	state->character = state->character << 6 | (octet & 0x3f);
	state->missing--;
	state->low = 0x80;
	state->high = 0xbf;
	return true;
}

size_t
utf8_decode(struct span span, uint32_t *character)
{
	struct utf8_state state = {0};
	size_t len = 0;

	do {
		if (len == span.len ||
		    !utf8_take(&state, (unsigned char)span.at[len]))
			return 0;
		len++;
	} while (state.missing > 0);
	*character = state.character;
	return len;
}

size_t
utf8_encode(char octets[4], uint32_t character)
{
	static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t len = character < 0x80 ? 1
	    : character < 0x800	      ? 2
	    : character < 0x10000     ? 3
				      : 4;

	for (size_t i = len - 1; i > 0; i--) {
		octets[i] = (char)(0x80 | (character & 0x3f));
		character >>= 6;
	}
	octets[0] = (char)(marks[len] | character);
	return len;
}

bool
utf8_is_valid(struct span span)
{
	uint32_t character;

	while (span.len > 0) {
		size_t len = utf8_decode(span, &character);

		if (len == 0)
			return false;
		span = span_skip(span, len);
	}
	return true;
}

/* Controls, and format characters that reorder or hide text. */
static bool
is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad ||
	    c == 0x61c || c == 0x180e || (c >= 0x200b && c <= 0x200f) ||
	    (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	    c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	    (c >= 0xe0000 && c <= 0xe007f) || (c & 0xfffe) == 0xfffe;
}

static void
add_masked(struct buf *buf, struct span text, bool masks_backslash)
{
	static const char hex[] = "0123456789abcdef";

	while (text.len > 0) {
		uint32_t character = 0;
		size_t len = utf8_decode(text, &character);
		bool safe = len != 0 && !is_unsafe(character) &&
		    (character != '\\' || !masks_backslash);

		if (len == 0)
			len = 1;
		for (size_t i = 0; !safe && i < len; i++) {
			unsigned char octet = (unsigned char)text.at[i];
			char mask[4] = {
			    '\\', 'x', hex[octet >> 4], hex[octet & 15]};

			buf_add(buf, mask, sizeof(mask));
		}
		if (safe)
			buf_add(buf, text.at, len);
		text = span_skip(text, len);
	}
}

void
utf8_add_masked(struct buf *buf, struct span text)
{
	add_masked(buf, text, true);
}

void
utf8_add_sentence(struct buf *buf, struct span text)
{
	add_masked(buf, text, false);
}

static bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

void
utf8_add_excerpt_masked(struct buf *out, struct span text, size_t max)
{
	size_t len = max < text.len ? max : text.len;

	for (size_t i = 0; i < 3 && len > 0 && len < text.len; i++)
		if (is_continuation(text.at[len]))
			len--;
	utf8_add_masked(out, span_head(text, len));
	if (len < text.len)
		buf_add_text(out, "...");
}

char *
utf8_excerpt_masked(struct span text, size_t max)
{
	struct buf buf = {.max = max * 4 + sizeof("...")};

	utf8_add_excerpt_masked(&buf, text, max);
	return buf_take_text(&buf);
}

/* Far more than any sentence has room for. */
#define MASKED_MAX ((size_t)16 * 1024)

char *
utf8_masked(struct span text)
{
	return utf8_excerpt_masked(text, MASKED_MAX);
}
