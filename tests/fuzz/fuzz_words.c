#include "fuzz/fuzz.h"

#include "address/address_list.h"
#include "base/base64.h"
#include "fixup/address_text.h"
#include "fixup/encoded_word.h"
#include "fixup/field_repair.h"
#include "message/mime_field.h"

/* Texts are written into fields, and must be the same when read again. */

#define ROOM ((size_t)4 * 1024 * 1024)

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* One line, without the octets that no field can have. */
static struct buf
line_of(struct span input)
{
	struct buf line;

	buf_init(&line, ROOM);
	for (size_t i = 0; i < input.len; i++)
		if (!ascii_is_control(input.at[i]) || input.at[i] == '\t')
			buf_add_char(&line, input.at[i]);
	return line;
}

/* Reads "=?charset?B?text?=" (RFC 2047 section 2); new words are never Q. */
static bool
take_word(struct span word, struct span *charset, struct buf *out)
{
	struct span text;
	size_t mark;

	if (word.len > 75 || !span_starts(word, SPAN("=?")) ||
	    !span_equal(
		span_skip(word, word.len < 2 ? 0 : word.len - 2), SPAN("?=")))
		return false;
	text = span_skip(span_head(word, word.len - 2), 2);
	mark = span_find(text, '?');
	*charset = span_head(text, mark);
	text = span_skip(text, mark);
	return span_starts(text, SPAN("?B?")) &&
	    base64_decode(out, span_skip(text, 3));
}

/* The text that mail readers show: unfolded, decoded, with single blanks. */
static struct buf
shown(struct span body)
{
	struct buf out, word;
	bool was_encoded = false, is_blank_due = false;

	buf_init(&out, ROOM);
	buf_init(&word, ROOM);
	while (body.len > 0) {
		size_t len = 0;
		bool is_encoded;
		struct span charset;

		while (len < body.len && is_blank(body.at[len]))
			len++;
		is_blank_due = len > 0;
		body = span_skip(body, len);
		for (len = 0; len < body.len && !is_blank(body.at[len]);)
			len++;
		buf_clear(&word);
		is_encoded = take_word(span_head(body, len), &charset, &word);
		if (!is_encoded) {
			buf_clear(&word);
			buf_add_span(&word, span_head(body, len));
		}
		if (is_blank_due && !(is_encoded && was_encoded))
			buf_add_char(&out, ' ');
		buf_add_span(&out, buf_span(&word));
		was_encoded = is_encoded;
		body = span_skip(body, len);
	}
	buf_free(&word);
	word = out;
	buf_init(&out, ROOM);
	for (size_t i = 0; i < word.len; i++)
		if (!is_blank(word.data[i]))
			buf_add_char(&out, word.data[i]);
		else if (out.len > 0 && out.data[out.len - 1] != ' ')
			buf_add_char(&out, ' ');
	while (out.len > 0 && out.data[out.len - 1] == ' ')
		out.len--;
	buf_free(&word);
	return out;
}

/* Whether it has no encoded word, valid or not. */
static bool
is_plain(struct span text)
{
	for (size_t i = 0; i + 1 < text.len; i++)
		if (text.at[i] == '=' && text.at[i + 1] == '?')
			return false;
	return true;
}

static void
check_field(struct span whole, bool must_be_short)
{
	CLAIM(span_is_ascii(whole));
	CLAIM(!must_be_short || !field_repair_has_long_line(whole));
	for (size_t i = 0; i < whole.len; i++) {
		CLAIM(
		    whole.at[i] != '\n' || (i > 0 && whole.at[i - 1] == '\r'));
		CLAIM(whole.at[i] != '\r' ||
		    (i + 1 < whole.len && whole.at[i + 1] == '\n'));
		/* The line continues this field and does not begin another. */
		if (whole.at[i] == '\n' && i + 1 < whole.len)
			CLAIM(is_blank(whole.at[i + 1]));
	}
}

/* Whether long words or blanks may leave no place for a fold. */
static bool
is_easy(struct span text)
{
	size_t word = 0, blanks = 0;

	for (size_t i = 0; i < text.len; i++) {
		word = is_blank(text.at[i]) ? 0 : word + 1;
		blanks = is_blank(text.at[i]) ? blanks + 1 : 0;
		if (word > 900 || blanks > 10)
			return false;
	}
	return true;
}

/* Checks RFC 2047 section 2 in a field that had no encoded words before. */
static void
check_word_lines(struct span whole)
{
	while (whole.len > 0) {
		size_t len = span_find(whole, '\r');

		CLAIM(len <= 76 || is_plain(span_head(whole, len)));
		whole = span_skip(whole, len + 2);
	}
}

/* The repaired field, with its CRLF. */
static struct buf
repaired(const char *name, struct span body)
{
	struct buf whole, out;
	struct span rest;
	struct field field;

	buf_init(&whole, ROOM);
	buf_init(&out, ROOM);
	buf_add_format(&whole, "%s: ", name);
	buf_add_span(&whole, body);
	buf_add_text(&whole, "\r\n");
	rest = buf_span(&whole);
	CLAIM(header_next(&rest, &field) && rest.len == 0);
	field_repair(&field, &out);
	buf_free(&whole);
	return out;
}

static void
check_unstructured(struct span line)
{
	struct buf field = repaired("Subject", line);
	struct buf before = shown(line);
	struct buf after = shown(span_skip(buf_span(&field), 8));

	check_field(buf_span(&field), is_easy(line) && is_plain(line));
	if (is_plain(line))
		CLAIM(span_equal(buf_span(&before), buf_span(&after)));
	if (is_plain(line) && is_easy(line))
		check_word_lines(buf_span(&field));
	buf_free(&field);
	buf_free(&before);
	buf_free(&after);
}

static unsigned
digit_of(char c)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *at = strchr(digits, c);

	CLAIM(c != '\0' && at != NULL);
	return (unsigned)(at - digits);
}

/* The value of a parameter by RFC 2231, in one piece or several. */
static struct buf
extended_value(struct span body, struct span name)
{
	struct mime_parameter parameter;
	struct buf out;
	size_t at = 0, number = 0;

	buf_init(&out, ROOM);
	while (mime_field_next_parameter(body, &at, &parameter)) {
		struct span value = parameter.value;
		char wanted[64];

		if (!span_starts_nocase(parameter.name, name))
			continue;
		if (parameter.name.len == name.len) {
			mime_field_add_value(&out, value);
			return out;
		}
		snprintf(wanted, sizeof(wanted), "*%zu*", number);
		CLAIM(span_equal(span_skip(parameter.name, name.len),
			  span_from(wanted)) ||
		    (number == 0 &&
			span_equal(
			    span_skip(parameter.name, name.len), SPAN("*"))));
		if (number++ == 0)
			for (int i = 0; i < 2; i++)
				value = span_skip(
				    value, span_find(value, '\'') + 1);
		for (size_t i = 0; i < value.len; i++) {
			if (value.at[i] != '%') {
				buf_add_char(&out, value.at[i]);
				continue;
			}
			CLAIM(i + 2 < value.len);
			buf_add_char(&out,
			    (char)(digit_of(value.at[i + 1]) * 16 +
				digit_of(value.at[i + 2])));
			i += 2;
		}
	}
	return out;
}

static void
check_parameter(struct span line)
{
	struct buf body, field, value;

	buf_init(&body, ROOM);
	buf_add_text(&body, "attachment; filename=\"");
	for (size_t i = 0; i < line.len; i++) {
		if (line.at[i] == '"' || line.at[i] == '\\')
			buf_add_char(&body, '\\');
		buf_add_char(&body, line.at[i]);
	}
	buf_add_text(&body, "\"; size=1");
	field = repaired("Content-Disposition", buf_span(&body));
	value =
	    extended_value(span_skip(buf_span(&field), 20), SPAN("filename"));
	/* Encoded words in a value stay. */
	check_field(buf_span(&field), is_plain(line));
	if (is_plain(line))
		CLAIM(span_equal(buf_span(&value), line));
	buf_free(&value);
	value = extended_value(span_skip(buf_span(&field), 20), SPAN("size"));
	CLAIM(span_equal(buf_span(&value), SPAN("1")));
	buf_free(&body);
	buf_free(&field);
	buf_free(&value);
}

/* A display name is the same when it is parsed before an address. */
static void
check_phrase(struct span line)
{
	struct buf text, before, after;
	struct address_list list = {0};
	struct error err = {0};

	buf_init(&text, ROOM);
	address_text_add_name(&text, line);
	check_field(buf_span(&text), false);
	buf_add_text(&text, " <me@example.org>");
	CLAIM(address_list_parse(&list, buf_span(&text), &err));
	CLAIM(list.count == 1);
	CLAIM(strcmp(list.mailboxes[0].local, "me") == 0);
	before = shown(line);
	after = shown(span_from(list.mailboxes[0].name));
	if (is_plain(line))
		CLAIM(span_equal(buf_span(&before), buf_span(&after)));
	address_list_free(&list);
	buf_free(&text);
	buf_free(&before);
	buf_free(&after);
}

/* Whether it is a list of addresses, and not of bare names alone. */
static bool
read_list(struct address_list *list, struct span line)
{
	struct error err = {0};
	bool done = address_list_parse(list, line, &err);

	for (size_t i = 0; i < list->count; i++)
		done = done && list->mailboxes[i].domain != NULL;
	return done;
}

/* Repair does not change the mailboxes of a list that can be parsed. */
static void
check_addresses(struct span line)
{
	struct buf field = repaired("To", line);
	struct address_list before = {0}, after = {0};
	struct span text = span_trim(span_skip(buf_span(&field), 3));

	if (span_is_ascii(buf_span(&field)))
		check_field(buf_span(&field), false);
	if (read_list(&before, line)) {
		CLAIM(read_list(&after, text));
		CLAIM(before.count == after.count);
		for (size_t i = 0; i < before.count; i++)
			CLAIM(strcmp(before.mailboxes[i].local,
				  after.mailboxes[i].local) == 0);
	}
	address_list_free(&before);
	address_list_free(&after);
	buf_free(&field);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf line = line_of(fuzz_input(data, size));
	struct span text = span_head(span_trim(buf_span(&line)), 8192);

	check_unstructured(text);
	check_parameter(text);
	check_phrase(text);
	check_addresses(text);
	buf_free(&line);
	return 0;
}
