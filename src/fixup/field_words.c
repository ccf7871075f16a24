/*
 * Encodes words where they may be encoded. What is a phrase and what is an
 * address shows only at the "<", "@" or "," behind it, so each element of a
 * list is looked through before its words are written.
 */
#include "fixup/field_words.h"

#include "address/domain.h"
#include "fixup/encoded_word.h"

/* A longer word is encoded, as it may share its line with other text. */
#define PHRASE_TOO_LONG ((size_t)900)
#define COMMENT_DEPTH_MAX 64

static struct span
take_blanks(struct span *rest)
{
	size_t len = 0;
	struct span blanks;

	while (len < rest->len && ascii_is_space(rest->at[len]))
		len++;
	blanks = span_head(*rest, len);
	*rest = span_skip(*rest, len);
	return blanks;
}

/*
 * Whether an encoded word with octets above 127 begins in a word, which is the
 * first of the text. It may end in a later word.
 */
static bool
has_raw_word(struct span word, struct span text)
{
	struct encoded_word encoded;

	for (size_t at = 0; at < word.len; at++)
		if (encoded_word_read(
			&encoded, span_skip(text, at), WORD_IN_ANY_TEXT) &&
		    !span_is_ascii(encoded.whole))
			return true;
	return false;
}

bool
field_words_add_text(struct buf *out, struct span body)
{
	struct encoded_word_runs runs;
	struct encoded_word encoded;

	encoded_word_runs_init(&runs, out, body.len, false);
	while (body.len > 0) {
		struct span blank = take_blanks(&body), word;
		size_t len = 0;

		while (len < body.len && !ascii_is_space(body.at[len]))
			len++;
		word = span_head(body, len);
		if (encoded_word_read(&encoded, body, WORD_IN_TEXT)) {
			encoded_word_runs_add_encoded(&runs, blank, &encoded);
			len = encoded.whole.len;
		} else if (!span_is_ascii(word) || has_raw_word(word, body)) {
			len = encoded_word_runs_mix(&runs, blank, body);
		} else {
			encoded_word_runs_keep(
			    &runs, blank, word, word.len > 0);
		}
		body = span_skip(body, len);
	}
	encoded_word_runs_end(&runs);
	return runs.has_changed;
}

/* The length of a comment (RFC 5322 section 3.2.2); 0: it does not end. */
static size_t
comment_length(struct span text)
{
	size_t depth = 0;

	for (size_t at = 0; at < text.len; at++) {
		if (text.at[at] == '\\')
			at++;
		else if (text.at[at] == '(' && ++depth > COMMENT_DEPTH_MAX)
			return 0;
		else if (text.at[at] == ')' && --depth == 0)
			return at + 1;
	}
	return 0;
}

static size_t
enclosed_length(struct span text, char end)
{
	for (size_t at = 1; at < text.len; at++) {
		if (text.at[at] == '\\')
			at++;
		else if (text.at[at] == end)
			return at + 1;
	}
	return 0;
}

static bool
is_special(char c)
{
	return c == ',' || c == ':' || c == ';' || c == '<' || c == '>' ||
	    c == '@' || c == ')' || c == ']';
}

/* The length of a comment, quoted string, literal, special or word; 0: it does
 * not end. */
static size_t
lexeme_length(struct span text)
{
	size_t len = 0;

	if (text.at[0] == '(')
		return comment_length(text);
	if (text.at[0] == '"')
		return enclosed_length(text, '"');
	if (text.at[0] == '[')
		return enclosed_length(text, ']');
	if (is_special(text.at[0]))
		return 1;
	while (len < text.len && !ascii_is_space(text.at[len]) &&
	    !is_special(text.at[len]) && text.at[len] != '(' &&
	    text.at[len] != '"' && text.at[len] != '[')
		len++;
	return len;
}

static void
add_unquoted(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\\' && i + 1 < text.len)
			i++;
		if (text.at[i] != '\r' && text.at[i] != '\n')
			buf_add_char(out, text.at[i]);
	}
}

static bool
has_encoded_word(struct span text)
{
	struct encoded_word encoded;

	for (; text.len > 0; text = span_skip(text, 1))
		if (encoded_word_read(&encoded, text, WORD_IN_ANY_TEXT))
			return true;
	return false;
}

/*
 * Encodes text from a quoted string or comment. Encoded words in it are kept:
 * RFC 2047 does not allow them there, but all readers decode them.
 */
static void
encode_quoted(
    struct encoded_word_runs *runs, struct span blank, struct span text)
{
	struct buf plain;
	struct span rest;

	buf_init(&plain, text.len + 1);
	add_unquoted(&plain, text);
	rest = span_trim(buf_span(&plain));
	if (!has_encoded_word(rest)) {
		encoded_word_runs_encode(runs, blank, buf_span(&plain));
		rest.len = 0;
	}
	while (rest.len > 0) {
		rest =
		    span_skip(rest, encoded_word_runs_mix(runs, blank, rest));
		blank = take_blanks(&rest);
	}
	buf_free(&plain);
}

static bool
has_parenthesis(struct span text)
{
	return span_find(text, '(') < text.len ||
	    span_find(text, ')') < text.len;
}

/* Adds a comment, with the words between blanks and parentheses encoded. */
static void
add_comment(struct encoded_word_runs *runs, struct span blank, struct span text)
{
	while (text.len > 0) {
		struct encoded_word encoded;
		size_t len = 0;
		struct span word;

		if (encoded_word_read(&encoded, text, WORD_IN_PHRASE) &&
		    !has_parenthesis(encoded.whole)) {
			encoded_word_runs_add_encoded(runs, blank, &encoded);
			text = span_skip(text, encoded.whole.len);
			blank = take_blanks(&text);
			continue;
		}
		while (len < text.len && !ascii_is_space(text.at[len]) &&
		    text.at[len] != '(' && text.at[len] != ')')
			len +=
			    text.at[len] == '\\' && len + 1 < text.len ? 2 : 1;
		word = span_head(text, len);
		text = span_skip(text, len);
		if (!span_is_ascii(word) || len > PHRASE_TOO_LONG)
			encode_quoted(runs, blank, word);
		else if (len > 0)
			encoded_word_runs_keep(runs, blank, word, true);
		if (len > 0)
			blank = (struct span){0};
		if (text.len > 0 && !ascii_is_space(text.at[0])) {
			encoded_word_runs_keep(
			    runs, blank, span_head(text, 1), false);
			text = span_skip(text, 1);
		}
		blank = take_blanks(&text);
	}
}

/* A pass over a list of addresses. */
struct list {
	struct encoded_word_runs runs;
	bool only_comments;
	bool is_phrase; /* the words here are a display name */
	bool is_angle, after_at;
};

/*
 * Whether the words from here on are a phrase: they end at "<" or ":", or have
 * no "@" behind them. It reads to the end of the element, once for each.
 */
static bool
begins_phrase(struct span rest)
{
	struct encoded_word encoded;

	while (rest.len > 0) {
		size_t len =
		    ascii_is_space(rest.at[0]) ? 1 : lexeme_length(rest);

		if (encoded_word_read(&encoded, rest, WORD_IN_PHRASE)) {
			rest = span_skip(rest, encoded.whole.len);
			continue;
		}
		switch (rest.at[0]) {
		case '@':
			return false;
		case '<':
		case ':':
		case ',':
		case ';':
			return true;
		default:
			break;
		}
		if (len == 0)
			return false;
		rest = span_skip(rest, len);
	}
	return true;
}

static void
note_special(struct list *list, char c, struct span rest)
{
	list->after_at = c == '@';
	if (c == '<') {
		list->is_angle = true;
		list->is_phrase = false;
	} else if (c == '>') {
		list->is_angle = false;
	} else if ((c == ',' || c == ';' || c == ':') && !list->is_angle) {
		list->is_phrase = begins_phrase(rest);
	}
}

/* Adds a domain, as A-labels if it is not ASCII (RFC 5890). */
static void
add_domain(struct list *list, struct span blank, struct span word)
{
	struct buf name = {0};
	struct error ignored = {0};

	if (!span_is_ascii(word) && domain_to_ascii(word, &name, &ignored)) {
		word = buf_span(&name);
		list->runs.has_changed = true;
	}
	encoded_word_runs_keep(&list->runs, blank, word, false);
	buf_free(&name);
}

static void
add_word(struct list *list, struct span blank, struct span word)
{
	bool must = !span_is_ascii(word) || word.len > PHRASE_TOO_LONG;

	if (list->after_at && !list->only_comments && word.at[0] != '"') {
		add_domain(list, blank, word);
	} else if (!must || !list->is_phrase || list->only_comments) {
		/* An address is never decoded, even if it looks encoded. */
		encoded_word_runs_keep(
		    &list->runs, blank, word, list->is_phrase);
	} else if (word.at[0] == '"') {
		encode_quoted(&list->runs, blank,
		    span_head(span_skip(word, 1), word.len - 2));
	} else {
		encode_quoted(&list->runs, blank, word);
	}
	list->after_at = false;
}

static bool
add_lexemes(struct list *list, struct span body)
{
	while (body.len > 0) {
		struct span blank = take_blanks(&body), lexeme;
		size_t len = body.len > 0 ? lexeme_length(body) : 0;
		struct encoded_word encoded;

		if (list->is_phrase && !list->only_comments &&
		    encoded_word_read(&encoded, body, WORD_IN_PHRASE)) {
			encoded_word_runs_add_encoded(
			    &list->runs, blank, &encoded);
			body = span_skip(body, encoded.whole.len);
			continue;
		}
		if (len == 0 && body.len > 0)
			return false;
		lexeme = span_head(body, len);
		body = span_skip(body, len);
		if (len == 0 || lexeme.at[0] == '[') {
			encoded_word_runs_keep(
			    &list->runs, blank, lexeme, false);
		} else if (lexeme.at[0] == '(') {
			add_comment(&list->runs, blank, lexeme);
		} else if (is_special(lexeme.at[0])) {
			/* An encoded word must not touch a "<". */
			encoded_word_runs_keep(
			    &list->runs, blank, lexeme, lexeme.at[0] == '<');
			note_special(list, lexeme.at[0], body);
		} else {
			add_word(list, blank, lexeme);
		}
	}
	return true;
}

bool
field_words_add_structured(
    struct buf *out, struct span body, bool only_comments)
{
	struct list list = {
	    .only_comments = only_comments, .is_phrase = begins_phrase(body)};
	bool done;

	encoded_word_runs_init(&list.runs, out, body.len, true);
	done = add_lexemes(&list, body);
	encoded_word_runs_end(&list.runs);
	return done && list.runs.has_changed;
}
