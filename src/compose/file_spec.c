/*
 * Reads the parts of the text from left to right, as curl does: what follows a
 * type and is not a part by itself is a parameter of the type.
 */
#include "compose/file_spec.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#define SHOWN_MAX ((size_t)80)

/* The value is read from left to right. */
struct reading {
	struct part *part;
	const char *what; /* names the value in errors */
	struct span rest;
	bool has_id;
	struct error *err;
};

static bool
refuse(const struct reading *reading, struct span word, const char *why)
{
	char *shown = utf8_excerpt_masked(word, SHOWN_MAX);

	error_set(reading->err, ERROR_USAGE, "cannot use '%s' in %s: %s", shown,
	    reading->what, why);
	free(shown);
	return false;
}

/*
 * Reads a word in quotes. False if the quotes are not closed, or if something
 * follows them; the quote is then an octet like others.
 */
static bool
take_quoted(struct span *rest, struct buf *word)
{
	size_t at = 1;

	buf_clear(word);
	for (; at < rest->len && rest->at[at] != '"'; at++) {
		if (rest->at[at] == '\\' && at + 1 < rest->len &&
		    (rest->at[at + 1] == '"' || rest->at[at + 1] == '\\'))
			at++;
		buf_add_char(word, rest->at[at]);
	}
	if (at >= rest->len)
		return false;
	do
		at++;
	while (at < rest->len && ascii_is_blank(rest->at[at]));
	if (at < rest->len && rest->at[at] != ';')
		return false;
	*rest = span_skip(*rest, at);
	return true;
}

/* Takes a word up to the next semicolon, which stays. */
static char *
take_word(struct span *rest)
{
	struct buf word;
	size_t end;
	char *text;

	*rest = span_trim(*rest);
	buf_init(&word, rest->len + 1);
	if (rest->len == 0 || rest->at[0] != '"' || !take_quoted(rest, &word)) {
		end = span_find(*rest, ';');
		buf_clear(&word);
		buf_add_span(&word, span_trim(span_head(*rest, end)));
		*rest = span_skip(*rest, end);
	}
	text = buf_take_text(&word);
	return text;
}

/* RFC 2045 section 5.1: a token. */
static bool
is_token(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] <= ' ' || text.at[i] > '~' ||
		    strchr("()<>@,;:\\\"/[]?=", text.at[i]) != NULL)
			return false;
	return text.len > 0;
}

static bool
check_type(const struct reading *reading, struct span type)
{
	struct span name = span_trim(span_head(type, span_find(type, ';')));
	size_t slash = span_find(name, '/');

	if (!is_token(span_head(name, slash)) ||
	    !is_token(span_skip(name, slash + 1)))
		return refuse(
		    reading, type, "it is not a type such as text/csv");
	if (span_starts_nocase(name, SPAN("multipart/")))
		return refuse(
		    reading, type, "a file cannot have a multipart type");
	return true;
}

/*
 * The length of a parameter's value at the start of a text, up to a semicolon
 * that is not in quotes. 0 if it is missing or its quotes are wrong.
 */
static size_t
value_length(struct span text)
{
	bool is_quoted = text.len > 0 && text.at[0] == '"';
	size_t end = is_quoted ? 1 : 0;
	struct span after;

	if (!is_quoted) {
		end = span_trim(span_head(text, span_find(text, ';'))).len;
		after = span_head(text, end);
		return span_find(after, '"') < end ||
			span_find(after, '\\') < end
		    ? 0
		    : end;
	}
	while (end < text.len && text.at[end] != '"')
		end += text.at[end] == '\\' ? 2 : 1;
	after = span_trim(span_skip(text, end + 1));
	return end < text.len && (after.len == 0 || after.at[0] == ';')
	    ? end + 1
	    : 0;
}

/* A parameter of the type: name=value, which is added to the type. */
static bool
add_parameter(struct reading *reading)
{
	struct part *part = reading->part;
	struct span *rest = &reading->rest;
	struct span word = span_trim(span_head(*rest, span_find(*rest, ';')));
	struct span name = span_head(*rest, span_find(*rest, '='));
	struct span value = span_skip(*rest, name.len + 1);
	const char *quote;
	struct buf type;

	if (part->type == NULL || !is_token(name) || name.len == rest->len)
		return refuse(reading, word,
		    "it is not of the form type=TYPE or name=NAME\n"
		    "hint: put a file name with ; in it between double quotes");
	value = span_head(value, value_length(value));
	if (value.len == 0)
		return refuse(reading, word,
		    "its value is missing, or its quotes are not in pairs");
	quote = value.at[0] == '"' || is_token(value) ? "" : "\"";
	buf_init(&type, strlen(part->type) + name.len + value.len + 5);
	buf_add_format(&type, "%s; ", part->type);
	buf_add_span(&type, name);
	buf_add_format(&type, "=%s", quote);
	buf_add_span(&type, value);
	buf_add_text(&type, quote);
	free(part->type);
	part->type = buf_take_text(&type);
	*rest = span_skip(*rest, name.len + 1 + value.len);
	*rest = span_skip(*rest, span_find(*rest, ';'));
	return true;
}

/* A type that was between quotes may have its parameters there. */
static bool
split_type(struct reading *reading)
{
	struct part *part = reading->part;
	char *text = part->type;
	struct span whole = span_from(text), rest = reading->rest;
	size_t end = span_find(whole, ';');
	bool done = check_type(reading, whole);

	part->type = span_copy(span_trim(span_head(whole, end)));
	reading->rest = span_skip(whole, end);
	while (done && reading->rest.len > 0) {
		reading->rest = span_trim(span_skip(reading->rest, 1));
		done = add_parameter(reading);
	}
	reading->rest = rest;
	free(text);
	return done;
}

static bool
take_part(struct reading *reading)
{
	struct part *part = reading->part;
	struct span *rest = &reading->rest;
	const struct {
		struct span name;
		char **text;
	} words[] = {
	    {SPAN("type="), &part->type},
	    {SPAN("name="), &part->name},
	    {SPAN("id="), reading->has_id ? &part->id : NULL},
	};

	*rest = span_trim(span_skip(*rest, 1));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct span word = *rest;

		if (words[i].text == NULL ||
		    !span_starts_nocase(word, words[i].name))
			continue;
		if (*words[i].text != NULL)
			return refuse(reading, word, "it is given twice");
		*rest = span_skip(*rest, words[i].name.len);
		*words[i].text = take_word(rest);
		if ((*words[i].text)[0] == '\0')
			return refuse(reading, word, "its value is missing");
		return words[i].text != &part->type || split_type(reading);
	}
	return add_parameter(reading);
}

bool
file_spec_parse(struct part *part, const char *spec, const char *what,
    bool has_id, struct error *err)
{
	struct reading reading = {.part = part,
	    .what = what,
	    .rest = span_from(spec),
	    .has_id = has_id,
	    .err = err};

	part->source = PART_FILE;
	part->file = take_word(&reading.rest);
	if (part->file[0] == '\0')
		return refuse(&reading, span_from(spec),
		    "the name of the file is missing");
	while (reading.rest.len > 0)
		if (!take_part(&reading))
			return false;
	if (strcmp(part->file, "-") == 0 && part->name == NULL)
		return refuse(&reading, span_from(spec),
		    "standard input has no name\nhint: write '-;name=NAME'");
	return true;
}
