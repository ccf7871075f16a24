/*
 * Encodes parameters such as the name of an attached file. A value that holds
 * encoded words, against RFC 2047 section 5, keeps them: every reader decodes
 * them there.
 */
#include "fixup/field_parameters.h"

#include <string.h>

#include "base/utf8.h"
#include "fixup/encoded_word.h"
#include "fixup/field_words.h"
#include "message/mime_field.h"

/* Encoded octets, after which a value goes on in another parameter. */
#define PIECE_MAX ((size_t)50)
#define VALUE_TOO_LONG ((size_t)900)
#define PARAMETERS_MAX 256 /* the ones after that are not encoded */

/* RFC 2231 section 7: attribute-char. */
static bool
is_attribute_char(char c)
{
	return ascii_is_alnum(c) ||
	    (c != '\0' && strchr("!#$&+-.^_`{|}~", c) != NULL);
}

/* Adds a whole character, quoted; returns its length in the text. */
static size_t
add_character(struct buf *out, struct span text, bool is_utf8)
{
	static const char digits[] = "0123456789ABCDEF";
	uint32_t character;
	size_t len = is_utf8 ? utf8_decode(text, &character) : 1;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (is_attribute_char(text.at[i])) {
			buf_add_char(out, text.at[i]);
			continue;
		}
		buf_add_char(out, '%');
		buf_add_char(out, digits[c >> 4]);
		buf_add_char(out, digits[c & 15]);
	}
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

/* Whether the parameter comes in the form of RFC 2231 too, which readers
 * prefer. */
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
 * Whether a parameter of the same name came before. In the form of RFC 2231
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

/* Not the parameters that decide how the body is read. */
static bool
is_encodable(const struct mime_parameter *parameter)
{
	return parameter->name.len > 0 && span_is_ascii(parameter->name) &&
	    !span_has_control(parameter->name) &&
	    !span_equal_nocase(parameter->name, SPAN("boundary")) &&
	    !span_equal_nocase(parameter->name, SPAN("charset")) &&
	    (!span_is_ascii(parameter->value) ||
		parameter->value.len > VALUE_TOO_LONG);
}

/* Adds a value in the form of RFC 2231, with octets above 127 as %XX. */
static void
add_escaped(struct buf *out, struct span value)
{
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.at[i] < 0x80)
			buf_add_char(out, value.at[i]);
		else
			add_character(out, span_skip(value, i), false);
}

static void
add_quoted_octet(struct encoded_word_runs *runs, struct span octet)
{
	if (octet.at[0] == '"' || octet.at[0] == '\\')
		encoded_word_runs_keep(
		    runs, (struct span){0}, SPAN("\\"), false);
	encoded_word_runs_keep(runs, (struct span){0}, octet, false);
}

/*
 * Adds a value that has encoded words, and rewrites only those that are not
 * proper. False: the value has none, and nothing was added.
 */
static bool
add_words(struct buf *out, struct span name, struct span value)
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
		    encoded_word_read(&word, value, WORD_IN_ANY_TEXT);
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
 * True: the parameter was added, encoded or left out; false: add it as it is.
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
	if (!add_words(out, name, buf_span(&value)))
		add_parameter(out, name, buf_span(&value));
	buf_free(&value);
	return true;
}

/*
 * Adds what stands between parameters: blanks, comments, stray text. Behind an
 * encoded parameter stray text gets a semicolon in front, so that it does not
 * become a part of the value. True: it was encoded.
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
	if (!span_is_ascii(text) && field_words_add_structured(out, text, true))
		return true;
	out->len = before;
	buf_add_span(out, text);
	return false;
}

bool
field_parameters_have_raw_boundary(struct span body)
{
	struct mime_parameter parameter;
	size_t at = mime_field_type_end(body);

	while (mime_field_next_parameter(body, &at, &parameter))
		if (span_starts_nocase(parameter.name, SPAN("boundary")) &&
		    !span_is_ascii(parameter.value))
			return true;
	return false;
}

bool
field_parameters_add(struct buf *out, struct span body)
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
