/*
 * Reads and writes the fields that describe a body. Their parameters are found
 * even if quotes or comments are not closed or semicolons are missing, because
 * mail readers find them, too; no octet is read more than a few times.
 */
#include "message/mime_field.h"

#include <stdlib.h>
#include <string.h>

#include "message/header.h"

#define BOUNDARY_MAX ((size_t)256) /* RFC 2046 section 5.1.1 says 70 */
#define LINE_WISH ((size_t)76)

struct word {
	const char *name;
	int value;
};

#define FIND(words, text, otherwise) \
	find_word(words, sizeof(words) / sizeof((words)[0]), text, otherwise)

static const struct word codings[] = {
    {"7bit", CODING_7BIT},
    {"8bit", CODING_8BIT},
    {"binary", CODING_BINARY},
    {"quoted-printable", CODING_QUOTED_PRINTABLE},
    {"base64", CODING_BASE64},
    /* misspellings that mail readers accept */
    {"7-bit", CODING_7BIT},
    {"8-bit", CODING_8BIT},
    {"", CODING_NONE},
};

/* The last names are used by cron; `locale -m` prints them. */
static const struct word charsets[] = {
    {"", CHARSET_NONE},
    {"us-ascii", CHARSET_ASCII},
    {"ascii", CHARSET_ASCII},
    {"iso646-us", CHARSET_ASCII},
    {"iso-ir-6", CHARSET_ASCII},
    {"us", CHARSET_ASCII},
    {"646", CHARSET_ASCII},
    {"ansi_x3.4-1968", CHARSET_ASCII},
    {"ansi_x3.4-1986", CHARSET_ASCII},
};

static const struct word types[] = {
    {"multipart/signed", MIME_SIGNED},
    {"multipart/digest", MIME_DIGEST},
    {"message/rfc822", MIME_MESSAGE},
    {"message/news", MIME_MESSAGE},
    /* RFC 6532 section 3.7 allows these to be encoded. */
    {"message/global", MIME_OTHER},
    {"message/global-headers", MIME_OTHER},
    {"message/global-delivery-status", MIME_OTHER},
    {"message/global-disposition-notification", MIME_OTHER},
};

static int
find_word(
    const struct word *words, size_t count, struct span text, int otherwise)
{
	for (size_t i = 0; i < count; i++)
		if (span_equal_nocase(text, span_from(words[i].name)))
			return words[i].value;
	return otherwise;
}

/*
 * The offset after the comment that begins at `at`. A comment that is not
 * closed ends with the text, so that no octet is read twice.
 */
static size_t
skip_comment(struct span text, size_t at)
{
	size_t depth = 0;

	for (; at < text.len; at++) {
		if (text.at[at] == '\\')
			at++;
		else if (text.at[at] == '(')
			depth++;
		else if (text.at[at] == ')' && --depth == 0)
			return at + 1;
	}
	return text.len;
}

static size_t
skip_quoted(struct span text, size_t at)
{
	for (at++; at < text.len; at++) {
		if (text.at[at] == '\\')
			at++;
		else if (text.at[at] == '"')
			return at + 1;
	}
	return text.len;
}

static size_t
skip_blanks(struct span text, size_t at)
{
	while (at < text.len) {
		if (ascii_is_space(text.at[at]))
			at++;
		else if (text.at[at] == '(')
			at = skip_comment(text, at);
		else
			break;
	}
	return at;
}

/* The next semicolon outside quotes and comments, or the end of the text. */
static size_t
find_semicolon(struct span text, size_t at)
{
	while (at < text.len && text.at[at] != ';') {
		if (text.at[at] == '"')
			at = skip_quoted(text, at);
		else if (text.at[at] == '(')
			at = skip_comment(text, at);
		else
			at++;
	}
	return at;
}

/* Whether the text begins with "name=". */
static bool
begins_parameter(struct span text)
{
	size_t len = 0;

	while (len < text.len && text.at[len] > ' ' && text.at[len] < 0x7f &&
	    strchr("()<>@,;:\\\"/[]?=", text.at[len]) == NULL)
		len++;
	return len > 0 && len < text.len && text.at[len] == '=';
}

/*
 * The offset where the value that begins at `at` ends: after its quotes, or
 * before a comment, another parameter or the semicolon. It may contain blanks.
 */
static size_t
value_end(struct span text, size_t at)
{
	size_t end = at;

	if (at < text.len && text.at[at] == '"')
		return skip_quoted(text, at);
	while (at < text.len && text.at[at] != ';') {
		size_t next = at;

		while (next < text.len && ascii_is_space(text.at[next]))
			next++;
		if (next == text.len ||
		    (next > at &&
			(text.at[next] == '(' ||
			    begins_parameter(span_skip(text, next)))))
			return end;
		if (next > at)
			at = next;
		else if (text.at[at] == '"')
			end = at = skip_quoted(text, at);
		else
			end = ++at;
	}
	return end;
}

bool
mime_field_next_parameter(
    struct span body, size_t *at, struct mime_parameter *parameter)
{
	size_t next = skip_blanks(body, *at), name, equals;
	struct span text = body;

	parameter->lacks_semicolon =
	    *at > 0 && begins_parameter(span_skip(body, next));
	if (!parameter->lacks_semicolon) {
		next = find_semicolon(body, *at) + 1;
		text = span_head(body, find_semicolon(body, next));
	}
	parameter->from = next;
	if (next > body.len) {
		*at = body.len;
		return false;
	}
	name = skip_blanks(text, next);
	equals = name + span_find(span_skip(text, name), '=');
	parameter->name = span_trim(span_skip(span_head(text, equals), name));
	next = skip_blanks(text, equals + 1);
	parameter->to = value_end(text, next < text.len ? next : text.len);
	parameter->value =
	    span_trim(span_skip(span_head(text, parameter->to), next));
	*at = parameter->to;
	return true;
}

static void
add_quoted(struct buf *out, struct span value)
{
	for (size_t i = 1; i < value.len && value.at[i] != '"'; i++) {
		bool is_pair = value.at[i] == '\\' && i + 1 < value.len &&
		    (value.at[i + 1] == '"' || value.at[i + 1] == '\\');

		i += is_pair;
		if (value.at[i] != '\r' && value.at[i] != '\n')
			buf_add_char(out, value.at[i]);
	}
}

void
mime_field_add_value(struct buf *out, struct span value)
{
	if (value.len > 0 && value.at[0] == '"') {
		add_quoted(out, value);
		return;
	}
	for (size_t i = 0; i < value.len; i++)
		if (value.at[i] != '\r' && value.at[i] != '\n')
			buf_add_char(out, value.at[i]);
}

bool
mime_field_is_identity(enum mime_coding coding)
{
	return coding == CODING_NONE || coding == CODING_7BIT ||
	    coding == CODING_8BIT || coding == CODING_BINARY;
}

/* The first word of a field, before its parameters and comments. */
static struct span
first_word(struct span body)
{
	struct span text = span_head(body, find_semicolon(body, 0));
	size_t at = skip_blanks(text, 0), len = 0;

	text = span_skip(text, at);
	while (len < text.len && !ascii_is_space(text.at[len]) &&
	    text.at[len] != '(')
		len++;
	return span_head(text, len);
}

size_t
mime_field_type_end(struct span body)
{
	struct span type = first_word(body);

	return type.len > 0 ? (size_t)(type.at - body.at) + type.len : 0;
}

enum mime_charset
mime_field_charset_of(struct span name)
{
	static const char *const wide[] = {
	    "utf-16", "utf-32", "ucs-", "iso-10646", "utf16", "utf32"};

	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (span_starts_nocase(name, span_from(wide[i])))
			return CHARSET_WIDE;
	return (enum mime_charset)FIND(
	    charsets, span_trim(name), CHARSET_OTHER);
}

/*
 * Keeps only the first boundary, even if it cannot be used. A boundary cannot
 * end in blanks (RFC 2046 section 5.1.1).
 */
static void
set_boundary(struct mime_content *content, struct span value)
{
	if (content->boundary != NULL || content->has_odd_boundary)
		return;
	while (value.len > 0 && ascii_is_blank(value.at[value.len - 1]))
		value.len--;
	content->has_odd_boundary = value.len == 0 ||
	    value.len > BOUNDARY_MAX || !span_is_ascii(value) ||
	    span_has_control(value);
	if (!content->has_odd_boundary)
		content->boundary = span_copy(value);
}

/*
 * Whether the text contains a word. If so, there may be a parameter in a form
 * that is not read here but that other programs read, such as that of RFC 2231.
 */
static bool
has_word(struct span body, struct span name)
{
	for (; body.len >= name.len; body = span_skip(body, 1))
		if (span_starts_nocase(body, name))
			return true;
	return false;
}

static void
read_parameters(struct mime_content *content, struct span body)
{
	struct span type = span_head(body, find_semicolon(body, 0));
	struct mime_parameter parameter;
	struct buf value;
	size_t at = 0;

	buf_init(&value, body.len);
	while (mime_field_next_parameter(body, &at, &parameter)) {
		buf_clear(&value);
		mime_field_add_value(&value, parameter.value);
		if (content->charset == CHARSET_NONE &&
		    span_equal_nocase(parameter.name, SPAN("charset")))
			content->charset =
			    mime_field_charset_of(buf_span(&value));
		if (span_equal_nocase(parameter.name, SPAN("boundary")))
			set_boundary(content, buf_span(&value));
		/* The form of RFC 2231 names some charset. */
		if (content->charset == CHARSET_NONE &&
		    span_starts_nocase(parameter.name, SPAN("charset*")))
			content->charset = CHARSET_OTHER;
	}
	buf_free(&value);
	if (content->boundary == NULL && has_word(body, SPAN("boundary")))
		content->has_odd_boundary = true;
	if (content->charset == CHARSET_NONE &&
	    has_word(type, SPAN("charset=")))
		content->charset = CHARSET_OTHER;
}

static bool
is_document(struct span type)
{
	static const struct span xml = SPAN("+xml");

	return span_equal_nocase(type, SPAN("text/html")) ||
	    span_equal_nocase(type, SPAN("text/xml")) ||
	    span_equal_nocase(type, SPAN("text/xml-external-parsed-entity")) ||
	    span_equal_nocase(type, SPAN("text/css")) ||
	    (type.len > xml.len &&
		span_equal_nocase(span_skip(type, type.len - xml.len), xml));
}

static void
read_type(struct mime_content *content, struct span body)
{
	struct span type = first_word(body), rest = type;
	size_t slash = span_find(type, '/');

	content->type_is_readable = slash > 0 && slash + 1 < type.len &&
	    span_find(span_skip(type, slash + 1), '/') == type.len - slash - 1;
	if (!content->type_is_readable) {
		content->type = MIME_TEXT;
		return;
	}
	content->is_document = is_document(type);
	rest = span_head(type, slash);
	content->type = (enum mime_type)FIND(types, type,
	    span_equal_nocase(rest, SPAN("text"))	     ? MIME_TEXT
		: span_equal_nocase(rest, SPAN("multipart")) ? MIME_MULTIPART
		: span_equal_nocase(rest, SPAN("message"))   ? MIME_FIXED
							     : MIME_OTHER);
	read_parameters(content, body);
}

void
mime_field_read(
    struct mime_content *content, struct span header, enum mime_type standard)
{
	struct field field;

	/* Of two fields with the same name, the first one counts. */
	*content = (struct mime_content){.type = standard};
	while (header_next(&header, &field)) {
		if (span_equal_nocase(field.name, SPAN("MIME-Version")))
			content->has_version = true;
		if (!content->has_type &&
		    span_equal_nocase(field.name, SPAN("Content-Type"))) {
			content->has_type = true;
			read_type(content, field.body);
		}
		if (!content->has_coding &&
		    span_equal_nocase(
			field.name, SPAN("Content-Transfer-Encoding"))) {
			content->has_coding = true;
			content->coding = (enum mime_coding)FIND(
			    codings, first_word(field.body), CODING_OTHER);
		}
	}
}

void
mime_field_free(struct mime_content *content)
{
	free(content->boundary);
	content->boundary = NULL;
}

/*
 * Whether a quote or comment is not closed: text added at the end would become
 * part of it.
 */
static bool
is_open(struct span body)
{
	struct buf text;
	size_t at = 0;

	buf_init(&text, body.len + 1);
	buf_add_span(&text, body);
	buf_add_char(&text, ';');
	while (at < body.len)
		at = find_semicolon(buf_span(&text), at) + 1;
	buf_free(&text);
	return at > body.len + 1;
}

/* Adds the parameter directly after the type. */
static void
add_charset_first(struct buf *out, struct span body, const char *charset)
{
	struct span rest = span_skip(body, mime_field_type_end(body));

	buf_add_span(out, span_head(body, body.len - rest.len));
	buf_add_format(out, "; charset=%s", charset);
	if (begins_parameter(span_trim(rest)))
		buf_add_char(out, ';');
	buf_add_span(out, rest);
}

void
mime_field_set_charset(struct buf *out, struct span body, const char *charset)
{
	struct mime_parameter parameter;
	size_t at = 0, line;

	body = span_trim(body);
	buf_add_char(out, ' ');
	while (mime_field_next_parameter(body, &at, &parameter)) {
		if (!span_equal_nocase(parameter.name, SPAN("charset")))
			continue;
		buf_add_span(out, span_head(body, parameter.from));
		if (parameter.lacks_semicolon)
			buf_add_char(out, ';');
		buf_add_format(out, " charset=%s", charset);
		body = span_skip(body, parameter.to);
		if (begins_parameter(span_trim(body)))
			buf_add_char(out, ';');
		buf_add_span(out, body);
		return;
	}
	if (is_open(body)) {
		add_charset_first(out, body, charset);
		return;
	}
	while (body.len > 0 && body.at[body.len - 1] == ';')
		body = span_trim(span_head(body, body.len - 1));
	for (line = body.len; line > 0 && body.at[line - 1] != '\n'; line--)
		;
	buf_add_span(out, body);
	buf_add_text(out, body.len - line > LINE_WISH / 2 ? ";\r\n\t" : "; ");
	buf_add_format(out, "charset=%s", charset);
}
