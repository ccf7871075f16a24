/*
 * Spans and ASCII. Nothing here allocates but span_copy, and nothing depends on
 * the locale.
 */
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

struct span
span_from(const char *text)
{
	return (struct span){text, text != NULL ? strlen(text) : 0};
}

char *
span_copy(struct span span)
{
	return mem_copy(span.at, span.len);
}

bool
span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool
span_equal_nocase(struct span a, struct span b)
{
	return a.len == b.len && span_starts_nocase(a, b);
}

/* FNV-1a. */
size_t
span_hash_nocase(struct span span)
{
	uint64_t hash = 14695981039346656037U;

	for (size_t i = 0; i < span.len; i++) {
		hash ^= (unsigned char)ascii_lower(span.at[i]);
		hash *= 1099511628211U;
	}
	return (size_t)(hash ^ hash >> 32);
}

bool
span_starts(struct span span, struct span prefix)
{
	return span.len >= prefix.len &&
	    span_equal(span_head(span, prefix.len), prefix);
}

bool
span_starts_nocase(struct span span, struct span prefix)
{
	if (span.len < prefix.len)
		return false;
	for (size_t i = 0; i < prefix.len; i++)
		if (ascii_lower(span.at[i]) != ascii_lower(prefix.at[i]))
			return false;
	return true;
}

bool
span_starts_one(struct span span, const char *const *prefixes)
{
	for (; *prefixes != NULL; prefixes++)
		if (span_starts(span, span_from(*prefixes)))
			return true;
	return false;
}

size_t
span_find(struct span span, char c)
{
	const char *at = span.len ? memchr(span.at, c, span.len) : NULL;

	return at != NULL ? (size_t)(at - span.at) : span.len;
}

size_t
span_find_last(struct span span, char c)
{
	size_t end = span.len;

	while (end > 0 && span.at[end - 1] != c)
		end--;
	return end > 0 ? end - 1 : span.len;
}

size_t
span_find_text_nocase(struct span span, struct span text)
{
	for (size_t i = 0; i + text.len <= span.len; i++)
		if (span_starts_nocase(span_skip(span, i), text))
			return i;
	return span.len;
}

struct span
span_skip(struct span span, size_t from)
{
	if (from >= span.len)
		from = span.len;
	if (from == 0)
		return span;
	return (struct span){span.at + from, span.len - from};
}

struct span
span_head(struct span span, size_t len)
{
	return (struct span){span.at, len < span.len ? len : span.len};
}

struct span
span_trim(struct span span)
{
	while (span.len > 0 && ascii_is_space(span.at[0]))
		span = span_skip(span, 1);
	while (span.len > 0 && ascii_is_space(span.at[span.len - 1]))
		span.len--;
	return span;
}

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

bool
span_next_word(struct span *rest, const char *between, struct span *word)
{
	size_t from = 0, to;

	while (from < rest->len && is_one_of(rest->at[from], between))
		from++;
	to = from;
	while (to < rest->len && !is_one_of(rest->at[to], between))
		to++;
	*word = span_skip(span_head(*rest, to), from);
	*rest = span_skip(*rest, to);
	return word->len > 0;
}

bool
span_has_word(struct span list, const char *between, struct span wanted)
{
	struct span word;

	while (span_next_word(&list, between, &word))
		if (span_equal_nocase(word, wanted))
			return true;
	return false;
}

struct span
span_digits(struct span span)
{
	size_t len = 0;

	while (len < span.len && ascii_is_digit(span.at[len]))
		len++;
	return span_head(span, len);
}

bool
span_number(struct span span, uint64_t max, uint64_t *number)
{
	uint64_t value = 0;

	if (span.len == 0)
		return false;
	for (size_t i = 0; i < span.len; i++) {
		uint64_t digit;

		if (!ascii_is_digit(span.at[i]))
			return false;
		digit = (uint64_t)(span.at[i] - '0');
		if (digit > max || value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*number = value;
	return true;
}

bool
span_has_control(struct span span)
{
	for (size_t i = 0; i < span.len; i++)
		if (ascii_is_control(span.at[i]))
			return true;
	return false;
}

bool
span_is_ascii(struct span span)
{
	for (size_t i = 0; i < span.len; i++)
		if ((unsigned char)span.at[i] >= 0x80)
			return false;
	return true;
}

/*
 * After a mismatch only the last star is tried again, one octet later, so the
 * time is at most proportional to the product of both lengths.
 */
bool
span_matches(struct span span, struct span pattern)
{
	size_t s = 0, p = 0, star = 0, resume = 0;
	bool starred = false;

	while (s < span.len) {
		if (p < pattern.len && pattern.at[p] == '*') {
			starred = true;
			star = ++p;
			resume = s;
		} else if (p < pattern.len &&
		    (pattern.at[p] == '?' ||
			ascii_lower(pattern.at[p]) ==
			    ascii_lower(span.at[s]))) {
			p++;
			s++;
		} else if (starred) {
			p = star;
			s = ++resume;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.at[p] == '*')
		p++;
	return p == pattern.len;
}

void
text_add_format(char *text, size_t size, const char *format, va_list arguments)
{
	size_t len = strlen(text);
	int added = vsnprintf(text + len, size - len, format, arguments);

	if (added > 0 && (size_t)added >= size - len)
		memcpy(text + size - 4, "...", 4);
}

bool
ascii_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
ascii_is_alnum(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c);
}

bool
ascii_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool
ascii_is_space(char c)
{
	return ascii_is_blank(c) || c == '\r' || c == '\n';
}

bool
ascii_is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

char
ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
}

int
ascii_hex_value(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
