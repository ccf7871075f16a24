/*
 * Encodes the value of a field where its syntax allows it. Only the "<", "@" or
 * "," after some words shows whether they are a phrase or an address, so each
 * element of a list is scanned before its words are written.
 */
#include "fixup/field_encoding.h"

#include <string.h>

#include "address/address_list.h"
#include "address/domain.h"
#include "base/utf8.h"
#include "fixup/encoded_word.h"
#include "message/mime_field.h"

/*
 * A longer word or value is encoded, because it may share its line with others.
 */
#define WORD_TOO_LONG ((size_t)900)
#define COMMENT_DEPTH_MAX 64
/* After this many encoded octets a value is continued in another parameter. */
#define PIECE_MAX ((size_t)50)
#define PARAMETERS_MAX 256 /* further parameters are not encoded */

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
 * Whether an encoded word with octets above 127 begins in `word`, the first
 * word of the text. It may end in a later word.
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

/* Adds a value of words and blanks, of which any word may be encoded. */
static bool
add_text(struct buf *out, struct span body)
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

/* The length of a comment (RFC 5322 section 3.2.2); 0 if it is not closed. */
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

/*
 * The length of a comment, quoted string, literal, special or word; 0 if it is
 * not closed.
 */
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
		if (!span_is_ascii(word) || len > WORD_TOO_LONG)
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
 * Whether the next words are a phrase: they end at "<" or ":", or no "@"
 * follows them. Reads to the end of the element, and is called once for each
 * element.
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
	bool must = !span_is_ascii(word) || word.len > WORD_TOO_LONG;

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

/*
 * Adds a list of addresses, or another value with comments. only_comments: only
 * comments are changed. False if the caller must not use the text that was
 * added.
 */
static bool
add_structured(struct buf *out, struct span body, bool only_comments)
{
	struct list list = {
	    .only_comments = only_comments, .is_phrase = begins_phrase(body)};
	bool done;

	encoded_word_runs_init(&list.runs, out, body.len, true);
	done = add_lexemes(&list, body);
	encoded_word_runs_end(&list.runs);
	return done && list.runs.has_changed;
}

/* RFC 2231 section 7: attribute-char. */
static bool
is_attribute_char(char c)
{
	return ascii_is_alnum(c) ||
	    (c != '\0' && strchr("!#$&+-.^_`{|}~", c) != NULL);
}

static void
add_percent(struct buf *out, char c)
{
	buf_add_char(out, '%');
	buf_add_hex(out, c);
}

/* Adds a whole character, escaped as needed; returns its length in the text. */
static size_t
add_character(struct buf *out, struct span text, bool is_utf8)
{
	uint32_t character;
	size_t len = is_utf8 ? utf8_decode(text, &character) : 1;

	for (size_t i = 0; i < len; i++)
		if (is_attribute_char(text.at[i]))
			buf_add_char(out, text.at[i]);
		else
			add_percent(out, text.at[i]);
	return len;
}

/* Adds name*=UTF-8''..., or name*0*=UTF-8''...; name*1*=...; and so on. */
static void
add_parameter(struct buf *out, struct span name, struct span value)
{
	bool is_utf8 = utf8_is_valid(value);
	const char *charset = is_utf8 ? "UTF-8''" : "unknown-8bit''";
	struct buf piece = {0};
	size_t number = 0;

	do {
		buf_clear(&piece);
		while (value.len > 0 && piece.len < PIECE_MAX)
			value = span_skip(
			    value, add_character(&piece, value, is_utf8));
		if (number > 0)
			buf_add_text(out, ";\r\n");
		else if (encoded_word_column(out) + name.len + piece.len + 16 >
		    ENCODED_LINE_MAX)
			buf_add_text(out, "\r\n");
		buf_add_char(out, ' ');
		buf_add_span(out, name);
		if (number > 0 || value.len > 0)
			buf_add_format(out, "*%zu", number);
		buf_add_text(out, "*=");
		if (number++ == 0)
			buf_add_text(out, charset);
		buf_add_span(out, buf_span(&piece));
	} while (value.len > 0 && !out->full);
	buf_free(&piece);
}

/*
 * Whether the parameter also occurs in the form of RFC 2231, which readers
 * prefer.
 */
static bool
has_extended(struct span body, struct span name)
{
	struct mime_parameter parameter;
	size_t at = mime_field_type_end(body), count = 0;

	while (mime_field_next_parameter(body, &at, &parameter) &&
	    count++ < PARAMETERS_MAX)
		if (span_starts_nocase(parameter.name, name) &&
		    parameter.name.len > name.len &&
		    parameter.name.at[name.len] == '*')
			return true;
	return false;
}

/*
 * Whether an earlier parameter has the same name. In the form of RFC 2231
 * readers would join the two.
 */
static bool
is_repeated(struct span body, const struct mime_parameter *one)
{
	struct mime_parameter parameter;
	size_t at = mime_field_type_end(body), count = 0;

	while (mime_field_next_parameter(body, &at, &parameter) &&
	    parameter.from < one->from && count++ < PARAMETERS_MAX)
		if (span_equal_nocase(parameter.name, one->name))
			return true;
	return false;
}

/*
 * Whether a parameter must and may be encoded; not those that decide how the
 * body is read.
 */
static bool
is_encodable(const struct mime_parameter *parameter)
{
	return parameter->name.len > 0 && span_is_ascii(parameter->name) &&
	    !span_has_control(parameter->name) &&
	    !span_equal_nocase(parameter->name, SPAN("boundary")) &&
	    !span_equal_nocase(parameter->name, SPAN("charset")) &&
	    (!span_is_ascii(parameter->value) ||
		parameter->value.len > WORD_TOO_LONG);
}

/* Adds a text with octets above 127 as %XX (RFC 2231, or as in a URL). */
static void
add_escaped(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] < 0x80)
			buf_add_char(out, text.at[i]);
		else
			add_percent(out, text.at[i]);
}

static void
add_quoted_octet(struct encoded_word_runs *runs, struct span octet)
{
	if (octet.at[0] == '"' || octet.at[0] == '\\')
		encoded_word_runs_keep(
		    runs, (struct span){0}, SPAN("\\"), false);
	encoded_word_runs_keep(runs, (struct span){0}, octet, false);
}

/* Whether a word has octets that would end or change the quoted string. */
static bool
has_quoted_octet(struct span word)
{
	return span_find(word, '"') < word.len ||
	    span_find(word, '\\') < word.len;
}

/*
 * Adds a value that has encoded words, and rewrites only those that are not
 * proper. If the value has none, returns false and adds nothing.
 */
static bool
add_value_words(struct buf *out, struct span name, struct span value)
{
	struct encoded_word_runs runs;
	struct encoded_word word;
	size_t before = out->len, words = 0;

	buf_add_text(out, "\r\n ");
	buf_add_span(out, name);
	buf_add_text(out, "=\"");
	encoded_word_runs_init(&runs, out, value.len, true);
	while (value.len > 0) {
		bool is_word =
		    encoded_word_read(&word, value, WORD_IN_ANY_TEXT) &&
		    !has_quoted_octet(word.whole);
		struct span octet = span_head(value, 1);

		words += is_word;
		if (is_word)
			encoded_word_runs_add_encoded(
			    &runs, (struct span){0}, &word);
		else if (!span_is_ascii(octet))
			encoded_word_runs_encode(
			    &runs, (struct span){0}, octet);
		else
			add_quoted_octet(&runs, octet);
		value = span_skip(value, is_word ? word.whole.len : 1);
	}
	encoded_word_runs_end(&runs);
	buf_add_char(out, '"');
	if (words == 0)
		out->len = before;
	return words > 0;
}

/*
 * True if the parameter was added encoded, or left out; false if the caller
 * must add it unchanged.
 */
static bool
encode_parameter(
    struct buf *out, struct span body, const struct mime_parameter *parameter)
{
	struct span name = parameter->name;
	struct buf value;

	if (name.len > 0 && name.at[name.len - 1] == '*') {
		if (span_is_ascii(parameter->value))
			return false;
		add_escaped(out,
		    span_skip(span_head(body, parameter->to), parameter->from));
		return true;
	}
	if (!is_encodable(parameter) || span_find(name, '*') < name.len)
		return false;
	if (has_extended(body, name)) {
		out->len--; /* the semicolon in front of it */
		return true;
	}
	if (is_repeated(body, parameter))
		return false;
	buf_init(&value, body.len + 1);
	mime_field_add_value(&value, parameter->value);
	if (!add_value_words(out, name, buf_span(&value)))
		add_parameter(out, name, buf_span(&value));
	buf_free(&value);
	return true;
}

/*
 * Adds the text between parameters: blanks, comments, stray text. After an
 * encoded parameter a semicolon is put before stray text, so that it does not
 * become part of the value. True if it was encoded.
 */
static bool
add_between(struct buf *out, struct span text, bool is_after_encoded)
{
	struct span rest = span_trim(text);
	size_t before;

	if (is_after_encoded && rest.len > 0 && rest.at[0] != ';' &&
	    rest.at[0] != '(')
		buf_add_char(out, ';');
	before = out->len;
	if (!span_is_ascii(text) && add_structured(out, text, true))
		return true;
	out->len = before;
	buf_add_span(out, text);
	return false;
}

/* Whether the parameter boundary, which stays, has octets above 127. */
static bool
has_raw_boundary(struct span body)
{
	struct mime_parameter parameter;
	size_t at = mime_field_type_end(body);

	while (mime_field_next_parameter(body, &at, &parameter))
		if (span_starts_nocase(parameter.name, SPAN("boundary")) &&
		    !span_is_ascii(parameter.value))
			return true;
	return false;
}

/*
 * Adds the value of Content-Type or Content-Disposition (RFC 2045 section 5.1);
 * true if it has changed.
 */
static bool
add_parameters(struct buf *out, struct span body)
{
	struct mime_parameter parameter;
	size_t at = mime_field_type_end(body), from = 0, count = 0;
	bool has_changed = false, is_encoded = false;

	while (mime_field_next_parameter(body, &at, &parameter) &&
	    count++ < PARAMETERS_MAX) {
		has_changed |= add_between(out,
		    span_skip(span_head(body, parameter.from), from),
		    is_encoded);
		if (parameter.lacks_semicolon)
			buf_add_char(out, ';');
		is_encoded = encode_parameter(out, body, &parameter);
		has_changed |= is_encoded;
		from = is_encoded ? parameter.to : parameter.from;
	}
	has_changed |= add_between(out, span_skip(body, from), is_encoded);
	return has_changed;
}

static bool
encode(struct buf *out, const struct field *field, enum field_syntax syntax)
{
	switch (syntax) {
	case SYNTAX_ADDRESSES:
	case SYNTAX_PHRASES:
		return add_structured(out, field->body, false);
	case SYNTAX_TOKENS:
	case SYNTAX_MESSAGE_ID:
	case SYNTAX_CONTENT_ID:
		return add_structured(out, field->body, true);
	case SYNTAX_PARAMETERS:
		return add_parameters(out, field->body);
	case SYNTAX_TEXT:
		break;
	}
	return add_text(out, field->body);
}

/* A list that cannot be parsed is encoded as text. */
static bool
is_unreadable_list(struct span body)
{
	struct address_list list = {0};
	struct error ignored = {0};
	bool is_readable = address_list_parse(&list, body, &ignored);

	address_list_free(&list);
	return !is_readable;
}

/*
 * Escapes the octets above 127 that are left where neither an encoded word nor
 * an encoded parameter is allowed. Those in an address stay, as do those in a
 * boundary or a Content-ID, because the body refers to them.
 */
static bool
encode_rest(struct buf *text, size_t from, const struct field *field,
    enum field_syntax syntax)
{
	struct buf rest;

	if (syntax == SYNTAX_ADDRESSES && is_unreadable_list(field->body)) {
		text->len = from;
		return add_text(text, field->body);
	}
	if (syntax == SYNTAX_ADDRESSES || syntax == SYNTAX_CONTENT_ID ||
	    (syntax == SYNTAX_PARAMETERS && has_raw_boundary(field->body)))
		return false;
	buf_init(&rest, text->max);
	add_escaped(&rest, span_skip(buf_span(text), from));
	text->len = from;
	buf_add_span(text, buf_span(&rest));
	text->full |= rest.full;
	buf_free(&rest);
	return true;
}

bool
field_encoding_add(
    struct buf *out, const struct field *field, enum field_syntax syntax)
{
	size_t from = out->len;
	bool has_changed = encode(out, field, syntax);

	if (!has_changed) {
		out->len = from;
		buf_add_span(out, field->body);
	}
	if (!span_is_ascii(span_skip(buf_span(out), from)))
		has_changed |= encode_rest(out, from, field, syntax);
	return has_changed;
}
