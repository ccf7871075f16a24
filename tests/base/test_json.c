#include "rows.h"

#include "base/json.h"

/*
 * What is read, in a form without escapes: values of one letter and, for
 * strings, their content. NULL: refused, for the reason.
 */
struct json_row {
	const char *name, *json, *read, *reason;
};

static const struct json_row rows[] = {
    {"null", "null", "null", NULL},
    {"true", "true", "true", NULL},
    {"false", "false", "false", NULL},
    {"a number", "12", "12", NULL},
    {"a string", "\"x\"", "<x>", NULL},
    {"an empty string", "\"\"", "<>", NULL},
    {"an empty object", "{}", "{}", NULL},
    {"an empty array", "[]", "[]", NULL},
    {"white space within", "{ }", "{}", NULL},
    {"white space around", " \t\r\n[ \n1 ,\t2 ] ", "[1,2,]", NULL},
    {"members", "{\"a\":1,\"b\":\"x\",\"c\":null}", "{<a>:1,<b>:<x>,<c>:null,}",
	NULL},
    {"members with white space", "{ \"a\" :\n1 ,\t\"b\" : [ 1 , 2 ] } ",
	"{<a>:1,<b>:[1,2,],}", NULL},
    {"nested", "{\"a\":{\"b\":[\"}\",{}]},\"c\":2}",
	"{<a>:{<b>:[<}>,{},],},<c>:2,}", NULL},
    {"items", "[1,\"a,b\",{\"c\":[2]},[]]", "[1,<a,b>,{<c>:[2,],},[],]", NULL},
    {"brackets in a string", "[\"]}[{\",\"\\\"]\"]", "[<]}[{>,<\"]>,]", NULL},
    {"an empty name", "{\"\":1}", "{<>:1,}", NULL},
    {"the same name in two objects", "[{\"a\":1},{\"a\":{\"a\":2}}]",
	"[{<a>:1,},{<a>:{<a>:2,},},]", NULL},
    {"RFC 8259 section 13, an object",
	"{\"Image\": {\"Width\": 800, \"Title\": \"View from 15th Floor\", "
	"\"Thumbnail\": {\"Url\": \"http://www.example.com/image/481989943\", "
	"\"Width\": 100}, \"Animated\" : false, \"IDs\": [116, 943, 234, "
	"38793]}}",
	"{<Image>:{<Width>:800,<Title>:<View from 15th Floor>,<Thumbnail>:{"
	"<Url>:<http://www.example.com/image/481989943>,<Width>:100,},"
	"<Animated>:false,<IDs>:[116,943,234,38793,],},}",
	NULL},
    {"RFC 8259 section 13, an array",
	"[{\"precision\": \"zip\", \"Latitude\": 37.7668, \"Longitude\": "
	"-122.3959}, {}]",
	"[{<precision>:<zip>,<Latitude>:37.7668,<Longitude>:-122.3959,},{},]",
	NULL},

    {"all escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "<\"\\/\b\f\n\r\t>",
	NULL},
    {"\\u", "\"\\u0041\\u00e9\\u20AC\"", "<A\303\251\342\202\254>", NULL},
    {"a surrogate pair (RFC 8259 section 7)", "\"\\uD834\\uDD1E\"",
	"<\360\235\204\236>", NULL},
    {"the first and the last pair", "\"\\ud800\\udc00\\uDBFF\\uDFFF\"",
	"<\360\220\200\200\364\217\277\277>", NULL},
    {"UTF-8", "\"\303\251\360\235\204\236\"", "<\303\251\360\235\204\236>",
	NULL},
    {"DEL", "\"\177\"", "<\177>", NULL},

    {"-0", "-0", "-0", NULL},
    {"a fraction", "0.5", "0.5", NULL},
    {"exponents", "[1e5,1E+5,1.25e-5,0e0]", "[1e5,1E+5,1.25e-5,0e0,]", NULL},

    {"a byte order mark", "\357\273\277{}", "{}", NULL},
    {"a byte order mark within", "[\357\273\277]", NULL,
	"there is no value where one must be (octet 2)"},
    {"two byte order marks", "\357\273\277\357\273\277[1]", NULL,
	"there is no value where one must be (octet 4)"},
    {"a byte order mark alone", "\357\273\277", NULL, "it is empty (octet 4)"},
    {"nothing", "", NULL, "it is empty (octet 1)"},
    {"only white space", " \n", NULL, "it is empty (octet 1)"},
    {"two values", "{} {}", NULL, "something follows its value (octet 4)"},
    {"a comma behind", "[1],", NULL, "something follows its value (octet 4)"},
    {"another bracket", "[1]]", NULL, "something follows its value (octet 4)"},
    {"another white space", "[1,\f2]", NULL,
	"there is no value where one must be (octet 4)"},
    {"a no-break space", "[1\302\240]", NULL,
	"there is no comma after a value (octet 3)"},
    {"a comment", "[1/*x*/]", NULL,
	"there is no comma after a value (octet 3)"},
    {"True", "True", NULL, "there is no value where one must be (octet 1)"},
    {"nul", "nul", NULL, "there is no value where one must be (octet 1)"},
    {"nulls", "[nulls]", NULL, "there is no comma after a value (octet 6)"},
    {"NaN", "NaN", NULL, "there is no value where one must be (octet 1)"},
    {"Infinity", "-Infinity", NULL, "a number is malformed (octet 2)"},
    {"+1", "+1", NULL, "there is no value where one must be (octet 1)"},
    {"01", "01", NULL, "something follows its value (octet 2)"},
    {"-01", "[-01]", NULL, "there is no comma after a value (octet 4)"},
    {".5", ".5", NULL, "there is no value where one must be (octet 1)"},
    {"1.", "1.", NULL, "a number is malformed (octet 3)"},
    {"1.e5", "1.e5", NULL, "a number is malformed (octet 3)"},
    {"1e", "1e", NULL, "a number is malformed (octet 3)"},
    {"1e+", "1e+", NULL, "a number is malformed (octet 4)"},
    {"-", "-", NULL, "a number is malformed (octet 2)"},
    {"0x1", "0x1", NULL, "something follows its value (octet 2)"},
    {"single quotes", "{'a':1}", NULL, "a member has no name (octet 2)"},
    {"a name without quotes", "{a:1}", NULL, "a member has no name (octet 2)"},
    {"a number as a name", "{1:2}", NULL, "a member has no name (octet 2)"},
    {"no value", "{\"a\":,\"b\":2}", NULL,
	"there is no value where one must be (octet 6)"},
    {"no value at the end", "{\"a\":}", NULL,
	"there is no value where one must be (octet 6)"},
    {"no colon", "{\"a\" 1}", NULL, "there is no colon after a name (octet 6)"},
    {"a comma for the colon", "{\"a\",1}", NULL,
	"there is no colon after a name (octet 5)"},
    {"two colons", "{\"a\"::1}", NULL,
	"there is no value where one must be (octet 6)"},
    {"no comma", "[1 2]", NULL, "there is no comma after a value (octet 4)"},
    {"two commas", "[1,,2]", NULL,
	"there is no value where one must be (octet 4)"},
    {"a comma at the end", "[1,]", NULL,
	"there is no value where one must be (octet 4)"},
    {"a comma at the end of an object", "{\"a\":1,}", NULL,
	"a member has no name (octet 8)"},
    {"a comma alone", "[,]", NULL,
	"there is no value where one must be (octet 2)"},
    {"no end of an object", "{\"a\":1", NULL, "it is cut off (octet 7)"},
    {"no end of an array", "[1", NULL, "it is cut off (octet 3)"},
    {"cut after a comma", "[1,", NULL, "it is cut off (octet 4)"},
    {"cut after a bracket", "[", NULL, "it is cut off (octet 2)"},
    {"the wrong bracket", "[1}", NULL,
	"there is no comma after a value (octet 3)"},
    {"the wrong bracket of an object", "{\"a\":1]", NULL,
	"there is no comma after a value (octet 7)"},
    {"no end of a string", "\"a", NULL, "a string has no end (octet 3)"},
    {"an escape at the end", "\"\\", NULL,
	"a string has a wrong escape in it (octet 2)"},
    {"an escaped quote at the end", "\"\\\"", NULL,
	"a string has no end (octet 4)"},
    {"an unknown escape", "\"\\x41\"", NULL,
	"a string has a wrong escape in it (octet 2)"},
    {"three digits", "\"\\u004\"", NULL,
	"a string has a wrong escape in it (octet 2)"},
    {"\\U", "\"\\U0041\"", NULL, "a string has a wrong escape in it (octet 2)"},
    {"half of a pair", "\"\\uD834\"", NULL,
	"a string has a wrong escape in it (octet 2)"},
    {"half of a pair and text", "\"\\uD834xuDD1E\"", NULL,
	"a string has a wrong escape in it (octet 2)"},
    {"two first halves", "\"\\uD834\\uD834\"", NULL,
	"a string has a wrong escape in it (octet 2)"},
    {"the second half alone", "\"\\uDD1E\"", NULL,
	"a string has a wrong escape in it (octet 2)"},
    {"a line feed in a string", "\"a\nb\"", NULL,
	"a string has a control character in it (octet 3)"},
    {"a tab in a string", "\"\t\"", NULL,
	"a string has a control character in it (octet 2)"},
    {"Latin 1", "\"\351\"", NULL, "a string is not UTF-8 (octet 2)"},
    {"an overlong form", "\"\300\200\"", NULL,
	"a string is not UTF-8 (octet 2)"},
    {"a surrogate in UTF-8", "\"\355\240\200\"", NULL,
	"a string is not UTF-8 (octet 2)"},
    {"above U+10FFFF", "\"\364\220\200\200\"", NULL,
	"a string is not UTF-8 (octet 2)"},
    {"a name twice", "{\"a\":1,\"b\":2,\"a\":3}", NULL,
	"a name is there twice (octet 17)"},
    {"a name twice, once with escapes", "{\"a\":1,\"\\u0061\":2}", NULL,
	"a name is there twice (octet 16)"},
    {"an empty name twice", "{\"\":1,\"\":2}", NULL,
	"a name is there twice (octet 9)"},
    {"names that begin alike", "{\"a\":1,\"ab\":2,\"\":3}",
	"{<a>:1,<ab>:2,<>:3,}", NULL},
    {"a name twice around an object", "{\"a\":{\"b\":1},\"a\":2}", NULL,
	"a name is there twice (octet 17)"},
};

static void
show(struct json json, struct buf *out)
{
	struct json_walk walk = json_enter(json);
	enum json_kind kind = json_kind(json);

	assert_true(kind != JSON_NONE);
	if (kind == JSON_STRING) {
		buf_add_char(out, '<');
		assert_true(json_add_string(json, out));
		buf_add_char(out, '>');
		return;
	}
	if (kind != JSON_ARRAY && kind != JSON_OBJECT) {
		assert_false(json_next(&walk));
		assert_false(json_add_string(json, out));
		buf_add_span(out, json.text);
		return;
	}
	assert_true(walk.is_object == (kind == JSON_OBJECT));
	buf_add_char(out, kind == JSON_OBJECT ? '{' : '[');
	while (json_next(&walk)) {
		if (walk.is_object) {
			show(walk.name, out);
			buf_add_char(out, ':');
		}
		show(walk.value, out);
		buf_add_char(out, ',');
	}
	buf_add_char(out, kind == JSON_OBJECT ? '}' : ']');
}

static void
test_read(void **state)
{
	const struct json_row *row = *state;
	struct buf out = {0}, reason = {0};
	struct json json;
	bool done = json_read(&json, span_from(row->json), &reason);

	assert_true(done == (row->read != NULL));
	assert_true(done == (json_kind(json) != JSON_NONE));
	assert_string_equal(
	    buf_text(&reason), row->reason != NULL ? row->reason : "");
	if (done) {
		show(json, &out);
		assert_string_equal(buf_text(&out), row->read);
	}
	buf_free(&out);
	buf_free(&reason);
}

struct number_row {
	const char *name, *json;
	uint64_t max;
	bool is_read;
	uint64_t number;
};

static const struct number_row numbers[] = {
    {"zero", "0", 0, true, 0},
    {"-0", "-0", 9, true, 0},
    {"the largest", "3600", 3600, true, 3600},
    {"too large", "3601", 3600, false, 0},
    {"below 0", "-1", 3600, false, 0},
    {"a fraction is cut off", "3599.9", 3600, true, 3599},
    {"a fraction below 0", "-0.5", 3600, true, 0},
    {"a whole number as a fraction", "3600.0", 3600, true, 3600},
    {"an exponent", "3.6e3", 3600, true, 3600},
    {"a longer exponent", "36E+2", 3600, true, 3600},
    {"an exponent that moves the point", "1.2345e2", 3600, true, 123},
    {"a negative exponent", "36000e-1", 3600, true, 3600},
    {"a very small number", "1e-999999999999", 3600, true, 0},
    {"a very large number", "1e999999999999", UINT64_MAX, false, 0},
    {"zero with a large exponent", "0e99", 3600, true, 0},
    {"the largest that fits", "18446744073709551615", UINT64_MAX, true,
	UINT64_MAX},
    {"one more", "18446744073709551616", UINT64_MAX, false, 0},
    {"many digits", "99999999999999999999999", UINT64_MAX, false, 0},
    {"a single digit above max", "7", 3, false, 0},
    {"a string", "\"3600\"", 3600, true, 3600},
    {"a string with escapes", "\"\\u0033\"", 3600, false, 0},
    {"a string in a string", "\"\\\"3\\\"\"", 3600, false, 0},
    {"another string", "\"soon\"", 3600, false, 0},
    {"an empty string", "\"\"", 3600, false, 0},
    {"an array", "[1]", 3600, false, 0},
    {"null", "null", 3600, false, 0},
    {"true", "true", 3600, false, 0},
};

static void
test_number(void **state)
{
	const struct number_row *row = *state;
	struct json json;
	uint64_t number = 0;

	assert_true(json_read(&json, span_from(row->json), NULL));
	assert_true(json_number(json, row->max, &number) == row->is_read);
	if (row->is_read)
		assert_int_equal(number, row->number);
}

static void
test_find(void **state)
{
	struct span text = SPAN("{\"a\":1, \"\\u0062\\u0000\" : [2], \"b\":3}");
	struct json json;
	uint64_t number;

	(void)state;
	assert_true(json_read(&json, text, NULL));
	assert_true(json_number(json_find(json, "b"), 9, &number));
	assert_int_equal(number, 3);
	assert_int_equal(json_kind(json_find(json, "c")), JSON_NONE);
	assert_int_equal(json_kind(json_find(json, "")), JSON_NONE);
	json = json_find(json, "a");
	assert_int_equal(json_kind(json), JSON_NUMBER);
	assert_int_equal(json_kind(json_find(json, "a")), JSON_NONE);
	assert_int_equal(
	    json_kind(json_find((struct json){0}, "a")), JSON_NONE);
}

static void
test_equals(void **state)
{
	struct json json;

	(void)state;
	assert_true(json_read(&json, SPAN("\"a\\u0000\\n\""), NULL));
	assert_true(json_equals(json, (struct span){"a\0\n", 3}));
	assert_false(json_equals(json, (struct span){"a\0", 2}));
	assert_false(json_equals(json, (struct span){"a\0\nx", 4}));
	assert_true(json_read(&json, SPAN("1"), NULL));
	assert_false(json_equals(json, SPAN("1")));
}

/* A string that does not fit leaves nothing behind. */
static void
test_room(void **state)
{
	struct buf out;
	struct json json;

	(void)state;
	buf_init(&out, 4);
	buf_add_char(&out, 'x');
	assert_true(json_read(&json, SPAN("\"abcd\""), NULL));
	assert_false(json_add_string(json, &out));
	assert_int_equal(out.len, 1);
	assert_true(out.full);
	buf_free(&out);
}

static bool
is_nested_json(size_t depth)
{
	struct buf json = {0};
	struct json ignored;
	bool done;

	for (size_t i = 0; i < depth; i++)
		buf_add_text(&json, i % 2 == 0 ? "[" : "{\"a\":");
	buf_add_char(&json, '1');
	for (size_t i = depth; i > 0; i--)
		buf_add_char(&json, i % 2 == 1 ? ']' : '}');
	done = json_read(&ignored, buf_span(&json), NULL);
	buf_free(&json);
	return done;
}

static void
test_depth(void **state)
{
	(void)state;
	assert_true(is_nested_json(JSON_DEPTH_MAX));
	assert_false(is_nested_json(JSON_DEPTH_MAX + 1));
	assert_false(is_nested_json(5000));
}

static bool
are_names_json(int count)
{
	struct buf json = {0};
	struct json ignored;
	bool done;

	buf_add_char(&json, '{');
	for (int i = 0; i < count; i++)
		buf_add_format(&json, "%s\"n%d\":0", i > 0 ? "," : "", i);
	buf_add_char(&json, '}');
	done = json_read(&ignored, buf_span(&json), NULL);
	buf_free(&json);
	return done;
}

static void
test_names(void **state)
{
	(void)state;
	assert_true(are_names_json(JSON_NAMES_MAX));
	assert_false(are_names_json(JSON_NAMES_MAX + 1));
}

/* A closed object's names no longer count. */
static void
test_closed_objects(void **state)
{
	struct buf json = {0};
	struct json ignored;

	(void)state;
	buf_add_char(&json, '[');
	for (int i = 0; i < 2 * JSON_NAMES_MAX; i++)
		buf_add_format(&json, "%s{\"a\":0}", i > 0 ? "," : "");
	buf_add_char(&json, ']');
	assert_true(json_read(&ignored, buf_span(&json), NULL));
	buf_free(&json);
}

static void
test_size(void **state)
{
	struct buf text;
	struct json json;

	(void)state;
	buf_init(&text, JSON_TEXT_MAX + 1);
	buf_add_char(&text, '1');
	while (text.len < JSON_TEXT_MAX)
		buf_add_char(&text, ' ');
	assert_true(json_read(&json, buf_span(&text), NULL));
	assert_int_equal(json.text.len, 1);
	buf_add_char(&text, ' ');
	assert_false(json_read(&json, buf_span(&text), NULL));
	buf_free(&text);
}

/* A text that is cut anywhere is refused, and nothing behind it is read. */
static void
test_cut(void **state)
{
	static const char whole[] =
	    "{\"a\":[1,\"\\u00e9\\uD834\\uDD1E\303\251\",{\"b\":true}]}";

	(void)state;
	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		struct json json;
		char *copy = malloc(len + 1);

		assert_non_null(copy);
		memcpy(copy, whole, len);
		assert_false(json_read(&json, (struct span){copy, len}, NULL));
		free(copy);
	}
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "read", rows, ROWS(rows), test_read);
	rows_add(&all, "number", numbers, ROWS(numbers), test_number);
	rows_add_one(&all, "a member is found", test_find);
	rows_add_one(&all, "a string is compared", test_equals);
	rows_add_one(&all, "a string that does not fit", test_room);
	rows_add_one(&all, "deep nesting", test_depth);
	rows_add_one(&all, "very many members", test_names);
	rows_add_one(&all, "names of closed objects", test_closed_objects);
	rows_add_one(&all, "the longest text", test_size);
	rows_add_one(&all, "a text that is cut", test_cut);
	return rows_end(&all);
}
