#include "rows.h"

#include "base/buf.h"
#include "base/json.h"

/* What is read: "NAME=VALUE;" for members, "VALUE;" for items. */
struct json_row {
	const char *name, *json, *read;
};

static const struct json_row objects[] = {
    {"empty", "{}", ""},
    {"members", "{\"a\":1,\"b\":\"x\",\"c\":null}", "a=1;b=\"x\";c=null;"},
    {"white space", " { \"a\" :\n1 ,\t\"b\" : [ 1 , 2 ] } ",
	"a=1;b=[ 1 , 2 ];"},
    {"nested", "{\"a\":{\"b\":[\"}\",{}]},\"c\":2}",
	"a={\"b\":[\"}\",{}]};c=2;"},
    {"escapes", "{\"a\\\"\":\"\\\\\",\"b\":3}", "a\\\"=\"\\\\\";b=3;"},
    {"what follows is not read", "{\"a\":1},\"b\":2}", "a=1;"},
    {"no value", "{\"a\":,\"b\":2}", ""},
    {"no colon", "{\"a\" 1}", ""},
    {"no name", "{1:2}", ""},
    {"no end", "{\"a\":1,\"b\":2", "a=1;"},
    {"a string without end", "{\"a\":1,\"b\":\"2}", "a=1;"},
    {"an escape at the end", "{\"a\":\"\\", ""},
    {"brackets that close nothing", "{\"a\":]]}", ""},
    {"an array", "[1]", ""},
    {"nothing", "", ""},
};

static const struct json_row arrays[] = {
    {"empty", "[]", ""},
    {"items", "[1,\"a,b\",{\"c\":[2]},[]]", "1;\"a,b\";{\"c\":[2]};[];"},
    {"white space", "[ 1 ,\n\"a\" ]", "1;\"a\";"},
    {"what follows is not read", "[1],2]", "1;"},
    {"no end", "[1,2", "1;"},
    {"an empty item", "[1,,2]", "1;"},
    {"an object", "{}", ""},
};

static void
assert_read(const struct json_row *row, char bracket)
{
	struct span text = span_from(row->json), name, value;
	struct buf read = {0};

	if (json_enter(&text, bracket)) {
		while (bracket == '{' ? json_next_member(&text, &name, &value)
				      : json_next_item(&text, &value)) {
			if (bracket == '{') {
				buf_add_span(&read, name);
				buf_add_char(&read, '=');
			}
			buf_add_span(&read, value);
			buf_add_char(&read, ';');
		}
	}
	assert_string_equal(buf_text(&read), row->read);
	buf_free(&read);
}

static void
test_object(void **state)
{
	assert_read(*state, '{');
}

static void
test_array(void **state)
{
	assert_read(*state, '[');
}

/* Deep nesting costs neither stack nor more time than its length. */
static void
test_depth(void **state)
{
	struct buf json = {.max = (size_t)4 * 1024 * 1024};
	struct span text, name, value;

	(void)state;
	buf_add_text(&json, "{\"a\":");
	for (int i = 0; i < 1000000; i++)
		buf_add_char(&json, '[');
	for (int i = 0; i < 1000000; i++)
		buf_add_char(&json, ']');
	buf_add_text(&json, ",\"b\":1}");
	text = buf_span(&json);
	assert_true(json_enter(&text, '{'));
	assert_true(json_next_member(&text, &name, &value));
	assert_int_equal(value.len, 2000000);
	assert_true(json_next_member(&text, &name, &value));
	assert_true(span_equal(name, SPAN("b")));
	buf_free(&json);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "object", objects, ROWS(objects), test_object);
	rows_add(&all, "array", arrays, ROWS(arrays), test_array);
	rows_add_one(&all, "deep nesting", test_depth);
	return rows_end(&all);
}
