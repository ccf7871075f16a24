/*
 * The check is a recursive descent of bounded depth over the grammar of RFC
 * 8259. Everything else works on a text that has passed it, and therefore needs
 * no checks of its own.
 */
#include "base/json.h"

#include "base/utf8.h"

/* The check of a text. */
struct check {
	struct span text;
	size_t at;
	unsigned depth;
	const char *fault; /* NULL: none so far */
	/* The names of all objects that are open, as written. */
	struct span names[JSON_NAMES_MAX];
	size_t name_count;
};

static bool check_value(struct check *check);

/* Always false; the first fault is kept. */
static bool
refuse(struct check *check, const char *fault)
{
	if (check->fault == NULL)
		check->fault = fault;
	return false;
}

/* The next octet; -1: the text is at its end. */
static int
next(const struct check *check)
{
	return check->at < check->text.len
	    ? (unsigned char)check->text.at[check->at]
	    : -1;
}

static bool
take(struct check *check, char c)
{
	if (next(check) != c)
		return false;
	check->at++;
	return true;
}

static struct span
rest(const struct check *check)
{
	return span_skip(check->text, check->at);
}

static void
skip_space(struct check *check)
{
	while (next(check) != -1 && ascii_is_space((char)next(check)))
		check->at++;
}

/* The four digits behind "\u"; -1: there are not as many. */
static int32_t
hex4(struct span digits)
{
	int32_t value = 0;

	if (digits.len < 4)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		int digit = ascii_hex_value(digits.at[i]);

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/*
 * Decodes the character or the escape at the start of a string's content.
 * Returns its length; 0: it is invalid.
 */
static size_t
decode(struct span text, uint32_t *character)
{
	static const char escapes[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	int32_t unit, low;

	if (text.len == 0 || text.at[0] != '\\')
		return utf8_decode(text, character);
	for (size_t i = 0; text.len > 1 && escapes[i] != '\0'; i++)
		if (text.at[1] == escapes[i]) {
			*character = (unsigned char)meanings[i];
			return 2;
		}
	unit =
	    text.len > 1 && text.at[1] == 'u' ? hex4(span_skip(text, 2)) : -1;
	if (unit < 0 || (unit >= 0xdc00 && unit <= 0xdfff))
		return 0;
	*character = (uint32_t)unit;
	if (unit < 0xd800 || unit > 0xdbff)
		return 6;
	low = span_starts(span_skip(text, 6), SPAN("\\u"))
	    ? hex4(span_skip(text, 8))
	    : -1;
	if (low < 0xdc00 || low > 0xdfff)
		return 0;
	*character =
	    0x10000 + ((*character & 0x3ff) << 10) + ((uint32_t)low & 0x3ff);
	return 12;
}

static bool
check_string(struct check *check)
{
	uint32_t character;

	check->at++; /* the quote */
	while (!take(check, '"')) {
		size_t len;

		if (next(check) == -1)
			return refuse(check, "a string has no end");
		if (next(check) < ' ')
			return refuse(
			    check, "a string has a control character in it");
		len = decode(rest(check), &character);
		if (len == 0)
			return refuse(check,
			    next(check) == '\\'
				? "a string has a wrong escape in it"
				: "a string is not UTF-8");
		check->at += len;
	}
	return true;
}

/* At least one digit. */
static bool
skip_digits(struct check *check)
{
	size_t count = span_digits(rest(check)).len;

	check->at += count;
	return count > 0;
}

static bool
check_number(struct check *check)
{
	static const char fault[] = "a number is malformed";

	take(check, '-');
	if (!take(check, '0') && !skip_digits(check))
		return refuse(check, fault);
	if (take(check, '.') && !skip_digits(check))
		return refuse(check, fault);
	if (take(check, 'e') || take(check, 'E')) {
		if (!take(check, '+'))
			take(check, '-');
		if (!skip_digits(check))
			return refuse(check, fault);
	}
	return true;
}

static bool
check_word(struct check *check)
{
	static const struct span words[] = {
	    {"true", 4}, {"false", 5}, {"null", 4}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_starts(rest(check), words[i])) {
			check->at += words[i].len;
			return true;
		}
	return refuse(check, "there is no value where one must be");
}

static bool
is_same_string(struct span a, struct span b)
{
	uint32_t left = 0, right = 0;

	while (a.len > 0 && b.len > 0 && left == right) {
		a = span_skip(a, decode(a, &left));
		b = span_skip(b, decode(b, &right));
	}
	return a.len == 0 && b.len == 0 && left == right;
}

/* A name, which no other member of the object has; they begin at `first`. */
static bool
check_name(struct check *check, size_t first)
{
	size_t start = check->at + 1;
	struct span name;

	if (next(check) != '"')
		return refuse(check, "a member has no name");
	if (!check_string(check))
		return false;
	name = span_skip(span_head(check->text, check->at - 1), start);
	for (size_t i = first; i < check->name_count; i++)
		if (is_same_string(check->names[i], name))
			return refuse(check, "a name is there twice");
	if (check->name_count == JSON_NAMES_MAX)
		return refuse(check, "it has too many members");
	check->names[check->name_count++] = name;
	skip_space(check);
	return take(check, ':') ||
	    refuse(check, "there is no colon after a name");
}

/* The members or items behind a bracket, and the bracket that ends them. */
static bool
check_content(struct check *check, bool is_object)
{
	size_t first = check->name_count;
	char end = is_object ? '}' : ']';

	check->at++; /* the bracket */
	skip_space(check);
	if (take(check, end))
		return true;
	if (check->depth == JSON_DEPTH_MAX)
		return refuse(check, "it is nested too deep");
	check->depth++;
	do {
		skip_space(check);
		if (is_object && !check_name(check, first))
			return false;
		if (!check_value(check))
			return false;
	} while (take(check, ','));
	check->depth--;
	check->name_count = first;
	return take(check, end) ||
	    refuse(check,
		next(check) == -1 ? "it is cut off"
				  : "there is no comma after a value");
}

/* A value with the white space around it. */
static bool
check_value(struct check *check)
{
	bool done;
	int c;

	skip_space(check);
	c = next(check);
	if (c == '{' || c == '[')
		done = check_content(check, c == '{');
	else if (c == '"')
		done = check_string(check);
	else if (c == '-' || (c != -1 && ascii_is_digit((char)c)))
		done = check_number(check);
	else if (c == -1)
		done = refuse(check, "it is cut off");
	else
		done = check_word(check);
	if (done)
		skip_space(check);
	return done;
}

bool
json_read(struct json *json, struct span text, struct buf *reason)
{
	struct check check = {.text = text};

	*json = (struct json){0};
	/* RFC 8259 section 8.1 allows to ignore a byte order mark. */
	if (span_starts(text, SPAN("\xef\xbb\xbf")))
		check.at = 3;
	text = rest(&check);
	if (text.len > JSON_TEXT_MAX)
		refuse(&check, "it is too long");
	else if (span_trim(text).len == 0)
		refuse(&check, "it is empty");
	else if (check_value(&check) && check.at < check.text.len)
		refuse(&check, "something follows its value");
	if (check.fault == NULL) {
		json->text = span_trim(text);
		return true;
	}
	if (reason != NULL)
		buf_add_format(
		    reason, "%s (octet %zu)", check.fault, check.at + 1);
	return false;
}

enum json_kind
json_kind(struct json json)
{
	if (json.text.len == 0)
		return JSON_NONE;
	switch (json.text.at[0]) {
	case '{':
		return JSON_OBJECT;
	case '[':
		return JSON_ARRAY;
	case '"':
		return JSON_STRING;
	case 't':
		return JSON_TRUE;
	case 'f':
		return JSON_FALSE;
	case 'n':
		return JSON_NULL;
	default:
		return JSON_NUMBER;
	}
}

struct json_walk
json_enter(struct json json)
{
	struct json_walk walk = {0};
	enum json_kind kind = json_kind(json);

	walk.is_object = kind == JSON_OBJECT;
	if (walk.is_object || kind == JSON_ARRAY)
		walk.rest = span_trim(
		    span_skip(span_head(json.text, json.text.len - 1), 1));
	return walk;
}

/* The length of the string at the start, with its quotes. */
static size_t
string_len(struct span text)
{
	size_t end = 1;

	while (text.at[end] != '"')
		end += text.at[end] == '\\' ? 2 : 1;
	return end + 1;
}

/* The length of the value at the start, up to the comma after it. */
static size_t
value_len(struct span text)
{
	size_t end = 0, depth = 0;

	while (end < text.len && (depth > 0 || text.at[end] != ',')) {
		char c = text.at[end];

		if (c == '{' || c == '[')
			depth++;
		if (c == '}' || c == ']')
			depth--;
		end += c == '"' ? string_len(span_skip(text, end)) : 1;
	}
	return end;
}

bool
json_next(struct json_walk *walk)
{
	struct span rest = walk->rest;
	size_t len;

	if (rest.len == 0)
		return false;
	if (walk->is_object) {
		len = string_len(rest);
		walk->name.text = span_head(rest, len);
		rest = span_trim(span_skip(rest, len));
		rest = span_trim(span_skip(rest, 1)); /* the colon */
	}
	len = value_len(rest);
	walk->value.text = span_trim(span_head(rest, len));
	walk->rest = span_trim(span_skip(rest, len + 1));
	return true;
}

struct json
json_find(struct json json, const char *name)
{
	struct json_walk walk = json_enter(json);

	while (walk.is_object && json_next(&walk))
		if (json_equals(walk.name, span_from(name)))
			return walk.value;
	return (struct json){0};
}

/* What is between the quotes of a string. */
static struct span
content(struct json json)
{
	return span_skip(span_head(json.text, json.text.len - 1), 1);
}

bool
json_add_string(struct json json, struct buf *out)
{
	size_t before = out->len;
	struct span text;

	if (json_kind(json) != JSON_STRING)
		return false;
	text = content(json);
	while (text.len > 0) {
		uint32_t character;
		char octets[4];

		text = span_skip(text, decode(text, &character));
		buf_add(out, octets, utf8_encode(octets, character));
	}
	if (out->full)
		out->len = before;
	return !out->full;
}

bool
json_equals(struct json json, struct span wanted)
{
	struct span text;

	if (json_kind(json) != JSON_STRING)
		return false;
	text = content(json);
	while (text.len > 0) {
		uint32_t character;
		char octets[4];
		size_t len;

		text = span_skip(text, decode(text, &character));
		len = utf8_encode(octets, character);
		if (!span_starts(wanted, (struct span){octets, len}))
			return false;
		wanted = span_skip(wanted, len);
	}
	return wanted.len == 0;
}

/* The power of ten of a number; one that is too large is cut to a bound. */
static int64_t
exponent(struct span digits)
{
	bool is_negative = span_starts(digits, SPAN("-"));
	uint64_t value = 0;

	if (is_negative || span_starts(digits, SPAN("+")))
		digits = span_skip(digits, 1);
	if (digits.len > 0 && !span_number(digits, JSON_TEXT_MAX, &value))
		value = JSON_TEXT_MAX;
	return is_negative ? -(int64_t)value : (int64_t)value;
}

/* `text` is a number in JSON. */
static bool
read_number(struct span text, uint64_t max, uint64_t *number)
{
	bool is_negative = text.at[0] == '-';
	struct span digits;
	size_t end = 0, point;
	int64_t whole; /* how many digits the whole part has */

	if (is_negative)
		text = span_skip(text, 1);
	while (end < text.len && ascii_lower(text.at[end]) != 'e')
		end++;
	digits = span_head(text, end);
	point = span_find(digits, '.');
	whole = (int64_t)point + exponent(span_skip(text, end + 1));
	*number = 0;
	for (size_t i = 0; (int64_t)i < whole; i++) {
		size_t at = i < point ? i : i + 1; /* without the point */
		uint64_t digit =
		    at < digits.len ? (uint64_t)(digits.at[at] - '0') : 0;

		if (digit > max || *number > (max - digit) / 10)
			return false;
		*number = *number * 10 + digit;
	}
	return !is_negative || *number == 0;
}

bool
json_number(struct json json, uint64_t max, uint64_t *number)
{
	struct json inner;

	if (json_kind(json) == JSON_STRING &&
	    json_read(&inner, content(json), NULL))
		json = inner;
	return json_kind(json) == JSON_NUMBER &&
	    read_number(json.text, max, number);
}
