/*
 * Finds secrets in a server's lines. Every eight octets are looked up in a
 * sorted list of all such stretches of the secrets, so that a server that knows
 * a secret cannot slow the search down with lines that nearly match.
 */
#include "smtp/echo.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/mem.h"
#include "base/utf8.h"

/* A part of a secret is hidden if it has at least this many octets. */
#define STRETCH ((size_t)8)
/*
 * A short secret occurs in many words by chance. If it were masked there,
 * replies would be unreadable and would show where the secret is.
 */
#define LEAST_IN_WORDS ((size_t)4)
#define LEAST ((size_t)2)
/* Room for two long tokens in all their forms. */
#define SECRETS_MAX ((size_t)512 * 1024)
/* The longest form of one secret. */
#define FORM_MAX ((size_t)64 * 1024)

void
echo_init(struct echo *echo)
{
	*echo = (struct echo){0};
	buf_init_secret(&echo->secrets, SECRETS_MAX);
	buf_init_secret(&echo->words, SECRETS_MAX);
}

void
echo_free(struct echo *echo)
{
	buf_wipe(&echo->secrets);
	buf_wipe(&echo->words);
	free(echo->stretches);
	*echo = (struct echo){0};
}

void
echo_hide(struct echo *echo, struct span secret)
{
	struct buf *buf = secret.len < STRETCH ? &echo->words : &echo->secrets;

	if (secret.len < LEAST)
		return;
	buf_add_span(buf, secret);
	buf_add_char(buf, '\n');
	if (buf == &echo->secrets)
		echo->is_sorted = false;
	else
		echo->begins[(unsigned char)secret.at[0]] = true;
}

void
echo_hide_forms(struct echo *echo, struct span secret)
{
	struct buf form, padded;

	if (secret.len == 0)
		return;
	buf_init(&form, FORM_MAX);
	buf_init(&padded, FORM_MAX);
	echo_hide(echo, secret);
	for (size_t shift = 0; shift < 3; shift++) {
		/*
		 * The octets in front of the secret fill the first shift + 1
		 * digits (none for shift 0): skip them.
		 */
		size_t first = shift + (shift > 0);
		size_t bits = (shift + secret.len) * 8;

		buf_clear(&form);
		buf_clear(&padded);
		buf_add(&padded, "\0\0", shift);
		buf_add_span(&padded, secret);
		base64_encode(&form, buf_span(&padded));
		/*
		 * The form of one or two octets is so short that it is
		 * recognised only together with its padding.
		 */
		if (shift == 0 && secret.len < 3)
			echo_hide(echo, buf_span(&form));
		echo_hide(echo,
		    span_skip(span_head(buf_span(&form), bits / 6), first));
	}
	buf_clear(&form);
	for (size_t i = 0; i < secret.len; i++)
		buf_add_format(&form, "%02x", (unsigned char)secret.at[i]);
	echo_hide(echo, buf_span(&form));
	buf_wipe(&form);
	buf_wipe(&padded);
}

void
echo_hide_secret(struct echo *echo, const struct secret *secret)
{
	echo_hide_forms(echo, buf_span(&secret->password));
	echo_hide_forms(echo, buf_span(&secret->token));
}

static int
compare(const void *a, const void *b)
{
	return memcmp(
	    *(const char *const *)a, *(const char *const *)b, STRETCH);
}

/* Lists every stretch of the secrets. It holds pointers, not copies. */
static void
sort_stretches(struct echo *echo)
{
	struct span rest = buf_span(&echo->secrets), secret;

	free(echo->stretches);
	echo->stretches =
	    mem_new(echo->secrets.len + 1, sizeof(*echo->stretches));
	echo->count = 0;
	while (span_next_word(&rest, "\n", &secret))
		for (size_t i = 0; i + STRETCH <= secret.len; i++)
			echo->stretches[echo->count++] = secret.at + i;
	qsort(echo->stretches, echo->count, sizeof(*echo->stretches), compare);
	echo->is_sorted = true;
}

/*
 * A server may escape what it echoes, or write it in hexadecimal. A view is the
 * line after one such encoding is undone.
 */
enum writing {
	WRITING_PLAIN,	 /* the unchanged line */
	WRITING_ESCAPED, /* %41, =41, +41, \x41, \u0041, &#65;, &amp;, \" */
	WRITING_HEX,	 /* digits in any case, pairs perhaps separated */
	WRITING_URL,	 /* base64 with "-" and "_" (RFC 4648 section 5) */
	WRITINGS,
};

struct view {
	struct buf text;
	size_t *from, *to; /* where in the line each octet was written */
};

/* A view is never longer than its line. */
static void
add_octet(struct view *view, char octet, size_t from, size_t to)
{
	if (!buf_add_char(&view->text, octet))
		return;
	view->from[view->text.len - 1] = from;
	view->to[view->text.len - 1] = to;
}

/* Takes a number of exactly `digits` hexadecimal digits. */
static bool
take_hex(struct span text, size_t digits, uint32_t *value)
{
	*value = 0;
	if (text.len < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		int digit = ascii_hex_value(text.at[i]);

		if (digit < 0)
			return false;
		*value = *value * 16 + (uint32_t)digit;
	}
	return true;
}

/* No escape is shorter than its character in UTF-8. */
static void
add_character(struct view *view, uint32_t c, size_t from, size_t to)
{
	char octets[4];
	size_t len = utf8_encode(octets, c);

	for (size_t i = 0; i < len; i++)
		add_octet(view, octets[i], from, to);
}

/* Takes "&#65;", "&#x41;" or an entity of XML; its length, or 0. */
static size_t
take_entity(struct span text, uint32_t *c)
{
	static const struct {
		struct span name;
		char c;
	} names[] = {
	    {{"amp", 3}, '&'},
	    {{"lt", 2}, '<'},
	    {{"gt", 2}, '>'},
	    {{"quot", 4}, '"'},
	    {{"apos", 4}, '\''},
	};
	size_t end = span_find(span_head(text, 10), ';');
	struct span name = span_skip(span_head(text, end), 1);
	uint64_t number;

	if (end >= text.len || end == 10)
		return 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_equal(name, names[i].name)) {
			*c = (unsigned char)names[i].c;
			return end + 1;
		}
	if (!span_starts(name, SPAN("#")))
		return 0;
	name = span_skip(name, 1);
	if (span_starts_nocase(name, SPAN("x")))
		return take_hex(span_skip(name, 1), name.len - 1, c) &&
			*c > 0 && *c <= 0xffff
		    ? end + 1
		    : 0;
	if (!span_number(name, 0xffff, &number) || number == 0)
		return 0;
	*c = (uint32_t)number;
	return end + 1;
}

/* Takes "\x41", "\u0041", or a backslash before punctuation. */
static size_t
take_backslash(struct span text, uint32_t *c)
{
	char next = text.len > 1 ? text.at[1] : '\0';

	if (next == 'x' && take_hex(span_skip(text, 2), 2, c))
		return 4;
	if (next == 'u' && take_hex(span_skip(text, 2), 4, c))
		return 6;
	*c = (unsigned char)next;
	return next > ' ' && next < 0x7f && !ascii_is_alnum(next) ? 2 : 0;
}

/* The length of the escape at the beginning of the text; 0: none. */
static size_t
take_escape(struct span text, uint32_t *c, bool *is_octet)
{
	*is_octet = false;
	switch (text.at[0]) {
	case '%':
	case '=':
	case '+':
		*is_octet = true;
		return take_hex(span_skip(text, 1), 2, c) ? 3 : 0;
	case '\\':
		*is_octet = text.len > 1 && text.at[1] == 'x';
		return take_backslash(text, c);
	case '&':
		return take_entity(text, c);
	default:
		return 0;
	}
}

static bool
undo_escapes(struct view *view, struct span line)
{
	bool is_other = false;

	for (size_t at = 0; at < line.len;) {
		bool is_octet;
		uint32_t c;
		size_t len = take_escape(span_skip(line, at), &c, &is_octet);

		if (len == 0)
			add_octet(view, line.at[at], at, at + 1);
		else if (is_octet)
			add_octet(view, (char)(unsigned char)c, at, at + len);
		else
			add_character(view, c, at, at + len);
		is_other = is_other || len > 0;
		at += len > 0 ? len : 1;
	}
	return is_other;
}

/* Makes letters small and drops separators between two digits. */
static bool
unify_hex(struct view *view, struct span line)
{
	bool is_other = false;

	for (size_t at = 0; at < line.len; at++) {
		char c = line.at[at];
		bool is_between = at > 0 && at + 1 < line.len &&
		    (c == ':' || c == ' ' || c == '-') &&
		    ascii_hex_value(line.at[at - 1]) >= 0 &&
		    ascii_hex_value(line.at[at + 1]) >= 0;

		if (!is_between)
			add_octet(view, ascii_lower(c), at, at + 1);
		is_other = is_other || is_between || ascii_lower(c) != c;
	}
	return is_other;
}

static bool
unify_base64(struct view *view, struct span line)
{
	bool is_other = false;

	for (size_t at = 0; at < line.len; at++) {
		char c = line.at[at];

		if (c == '-' || c == '_')
			is_other = true;
		add_octet(view,
		    c == '-'	   ? '+'
			: c == '_' ? '/'
				   : c,
		    at, at + 1);
	}
	return is_other;
}

static bool
copy(struct view *view, struct span line)
{
	for (size_t at = 0; at < line.len; at++)
		add_octet(view, line.at[at], at, at + 1);
	return true;
}

/* Wipes the view, which may show a secret. */
static void
free_view(struct view *view)
{
	buf_wipe(&view->text);
	free(view->from);
	free(view->to);
	*view = (struct view){0};
}

static bool
has_any(struct span line, const char *octets)
{
	for (; octets[0] != '\0'; octets++)
		if (span_find(line, octets[0]) < line.len)
			return true;
	return false;
}

/* False: no part of the line is written so, and no view is made. */
static bool
make_view(struct view *view, struct span line, enum writing writing)
{
	static bool (*const make[])(struct view *, struct span) = {
	    [WRITING_PLAIN] = copy,
	    [WRITING_ESCAPED] = undo_escapes,
	    [WRITING_HEX] = unify_hex,
	    [WRITING_URL] = unify_base64,
	};
	/* A line with none of them is not written so. */
	static const char *const signs[] = {
	    [WRITING_ESCAPED] = "%=+\\&",
	    [WRITING_URL] = "-_",
	    [WRITINGS] = NULL,
	};

	if (signs[writing] != NULL && !has_any(line, signs[writing]))
		return false;
	buf_init(&view->text, line.len > 0 ? line.len : 1);
	view->from = mem_new(line.len + 1, sizeof(*view->from));
	view->to = mem_new(line.len + 1, sizeof(*view->to));
	if (make[writing](view, line))
		return true;
	free_view(view);
	return false;
}

static bool
is_part_of_word(char c)
{
	return ascii_is_alnum(c) || (unsigned char)c >= 0x80 || c == '.' ||
	    c == '-' || c == '_' || c == '@';
}

/* Whether the first octets of `text`, which is a tail of `line`, are a word. */
static bool
is_word(struct span line, struct span text, size_t len)
{
	return (text.at == line.at || !is_part_of_word(text.at[-1])) &&
	    (text.len == len || !is_part_of_word(text.at[len]));
}

/* Hexadecimal as echo_hide_forms writes it. */
static bool
is_hex(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_digit(text.at[i]) &&
		    (text.at[i] < 'a' || text.at[i] > 'f'))
			return false;
	return true;
}

/*
 * How many octets must be hidden at the beginning of `text`, a tail of the
 * view's line. In a view of hexadecimal only digits count.
 */
static size_t
find_echo(
    const struct echo *echo, struct span line, struct span text, bool only_hex)
{
	struct span words = buf_span(&echo->words), word;

	if (text.len >= STRETCH &&
	    (!only_hex || is_hex(span_head(text, STRETCH))) &&
	    bsearch(&text.at, echo->stretches, echo->count,
		sizeof(*echo->stretches), compare) != NULL)
		return STRETCH;
	if (!echo->begins[(unsigned char)text.at[0]])
		return 0;
	while (span_next_word(&words, "\n", &word))
		if (span_starts(text, word) && (!only_hex || is_hex(word)) &&
		    (word.len >= LEAST_IN_WORDS ||
			is_word(line, text, word.len)))
			return word.len;
	return 0;
}

/* Whether an octet is shown, begins a hidden part, or continues it. */
enum hidden { SHOWN = 0, BEGINS, GOES_ON };

/* Marks the octets of the line in which its view shows a secret. */
static void
mark(unsigned char *marks, const struct view *view, const struct echo *echo,
    bool only_hex)
{
	struct span line = buf_span(&view->text);
	size_t end = 0; /* of the part hidden so far */

	for (size_t at = 0; at < line.len; at++) {
		size_t len =
		    find_echo(echo, line, span_skip(line, at), only_hex);
		size_t from = view->from[at], to;

		if (len == 0)
			continue;
		to = view->to[at + len - 1];
		if (at >= end && marks[from] != GOES_ON)
			marks[from] = BEGINS;
		memset(marks + from + 1, GOES_ON, to - from - 1);
		if (at + len > end)
			end = at + len;
	}
}

void
echo_replace(struct echo *echo, struct span line, struct buf *out)
{
	unsigned char *marks;
	bool was_hidden = false;

	if (echo->secrets.len + echo->words.len == 0) {
		buf_add_span(out, line);
		return;
	}
	marks = mem_new(line.len + 1, 1);
	if (!echo->is_sorted)
		sort_stretches(echo);
	for (int writing = 0; writing < WRITINGS; writing++) {
		struct view view;

		if (!make_view(&view, line, (enum writing)writing))
			continue;
		mark(marks, &view, echo, writing == WRITING_HEX);
		free_view(&view);
	}
	for (size_t i = 0; i < line.len; i++) {
		if (marks[i] == SHOWN)
			buf_add_char(out, line.at[i]);
		else if (marks[i] == BEGINS || !was_hidden)
			buf_add_text(out, "***");
		was_hidden = marks[i] != SHOWN;
	}
	free(marks);
}
