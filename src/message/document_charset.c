/*
 * Reads as much of HTML, XML and CSS as is needed to find the charset of a
 * document. The document is untrusted: each octet of its head is read a limited
 * number of times.
 */
#include "message/document_charset.h"

#include <string.h>

#include "message/mime_field.h"

/* RFC 2978 section 2.3: mime-charset-chars. */
static bool
is_name(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_alnum(text.at[i]) &&
		    (text.at[i] == '\0' ||
			strchr("!#$%&'+-^_`{}~.:", text.at[i]) == NULL))
			return false;
	return text.len > 0 && text.len <= CHARSET_NAME_MAX;
}

static size_t
blank_length(struct span text)
{
	size_t len = 0;

	while (len < text.len &&
	    (ascii_is_space(text.at[len]) || text.at[len] == '\f'))
		len++;
	return len;
}

/* Takes a value in quotes, or up to a blank or one of the octets in `ends`. */
static struct span
take_value(struct span *rest, const char *ends)
{
	char quote = rest->len > 0 ? rest->at[0] : '\0';
	struct span value;
	size_t len = 0;

	if (quote == '"' || quote == '\'') {
		*rest = span_skip(*rest, 1);
		value = span_head(*rest, span_find(*rest, quote));
		*rest = span_skip(*rest, value.len + 1);
		return value;
	}
	while (len < rest->len && blank_length(span_skip(*rest, len)) == 0 &&
	    strchr(ends, rest->at[len]) == NULL)
		len++;
	value = span_head(*rest, len);
	*rest = span_skip(*rest, len);
	return value;
}

/* The value of "charset=..." or "encoding = '...'" in a text, or empty. */
static struct span
find_value(struct span text, const char *word)
{
	struct span name = span_from(word);

	for (; text.len > name.len; text = span_skip(text, 1)) {
		struct span rest = span_skip(text, name.len);

		if (!span_starts_nocase(text, name))
			continue;
		rest = span_skip(rest, blank_length(rest));
		if (!span_starts(rest, SPAN("=")))
			continue;
		rest = span_skip(rest, 1);
		rest = span_skip(rest, blank_length(rest));
		return take_value(&rest, ";");
	}
	return (struct span){0};
}

/* Takes the next attribute of a tag; false at its end. */
static bool
next_attribute(struct span *rest, struct span *name, struct span *value)
{
	size_t len = 0;

	while (rest->len > 0 && (rest->at[0] == '/' || blank_length(*rest) > 0))
		*rest = span_skip(*rest, 1);
	if (rest->len == 0 || rest->at[0] == '>')
		return false;
	while (len < rest->len && (len == 0 || rest->at[len] != '=') &&
	    rest->at[len] != '>' && rest->at[len] != '/' &&
	    blank_length(span_skip(*rest, len)) == 0)
		len++;
	*name = span_head(*rest, len);
	*value = (struct span){0};
	*rest = span_skip(*rest, len);
	*rest = span_skip(*rest, blank_length(*rest));
	if (!span_starts(*rest, SPAN("=")))
		return true;
	*rest = span_skip(*rest, 1);
	*rest = span_skip(*rest, blank_length(*rest));
	*value = take_value(rest, ">");
	return true;
}

/* The charset in a <meta> tag; *rest begins with its attributes. */
static struct span
charset_of_meta(struct span *rest)
{
	struct span name, value, charset = {0}, content = {0};
	bool is_pragma = false;

	while (next_attribute(rest, &name, &value)) {
		if (span_equal_nocase(name, SPAN("charset")))
			charset = value;
		else if (span_equal_nocase(name, SPAN("content")))
			content = find_value(value, "charset");
		else if (span_equal_nocase(name, SPAN("http-equiv")))
			is_pragma =
			    span_equal_nocase(value, SPAN("content-type"));
	}
	return charset.len > 0 || !is_pragma ? charset : content;
}

static bool
is_meta(struct span text)
{
	struct span behind = span_skip(text, 5);

	return span_starts_nocase(text, SPAN("<meta")) &&
	    (blank_length(behind) > 0 || span_starts(behind, SPAN("/")));
}

/* Skips the comment at the start of the text. */
static struct span
skip_comment(struct span text)
{
	text = span_skip(text, 2);
	while (text.len > 0 && !span_starts(text, SPAN("-->")))
		text = span_skip(text, 1);
	return text;
}

static struct span
charset_of_html(struct span text)
{
	struct span name = {0};

	while (name.len == 0 && text.len > 0) {
		text = span_skip(text, span_find(text, '<'));
		if (span_starts(text, SPAN("<!--"))) {
			text = skip_comment(text);
		} else if (is_meta(text)) {
			text = span_skip(text, 5);
			name = charset_of_meta(&text);
		} else {
			text = span_skip(text, 1);
		}
	}
	return span_trim(name);
}

/* The charset of the byte order mark. */
static struct span
charset_of_mark(struct span text)
{
	if (span_starts(text, SPAN("\xef\xbb\xbf")))
		return SPAN("utf-8");
	if (span_starts(text, SPAN("\xfe\xff")) ||
	    span_starts(text, SPAN("\xff\xfe")))
		return SPAN("utf-16");
	return (struct span){0};
}

static struct span
charset_of_text(struct span text)
{
	static const struct span css = SPAN("@charset ");
	struct span name = {0};

	if (span_starts(text, SPAN("<?xml")))
		name = find_value(
		    span_head(text, span_find(text, '>')), "encoding");
	if (span_starts(text, css)) {
		text = span_skip(text, css.len);
		name = take_value(&text, ";");
	}
	if (name.len == 0)
		name = charset_of_html(text);
	/*
	 * A document in UTF-16 or the like cannot have a declaration in ASCII.
	 */
	return mime_field_charset_of(name) == CHARSET_OTHER ? name
							    : (struct span){0};
}

void
document_charset_find(struct span head, char name[CHARSET_NAME_MAX + 1])
{
	struct span text = span_head(head, DOCUMENT_HEAD_MAX);
	struct span found = charset_of_mark(text);

	if (found.len == 0)
		found = charset_of_text(text);
	if (!is_name(found))
		found.len = 0;
	memcpy(name, found.at != NULL ? found.at : "", found.len);
	name[found.len] = '\0';
}
