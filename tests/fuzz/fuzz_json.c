#include "fuzz/fuzz.h"

#include "base/json.h"
#include "base/json_text.h"
#include "base/utf8.h"

/* Writes the value again, without white space and with other escapes. */
static void
write_again(struct json json, struct buf *out)
{
	struct json_walk walk = json_enter(json);
	enum json_kind kind = json_kind(json);
	struct buf string;
	const char *comma = "";

	CLAIM(kind != JSON_NONE);
	if (kind == JSON_STRING) {
		buf_init(&string, JSON_TEXT_MAX);
		CLAIM(json_add_string(json, &string));
		CLAIM(string.len < json.text.len);
		CLAIM(utf8_is_valid(buf_span(&string)));
		CLAIM(json_equals(json, buf_span(&string)));
		json_text_add_exact(out, buf_span(&string));
		buf_free(&string);
		return;
	}
	if (kind != JSON_ARRAY && kind != JSON_OBJECT) {
		CLAIM(!json_next(&walk));
		buf_add_span(out, json.text);
		return;
	}
	buf_add_char(out, kind == JSON_OBJECT ? '{' : '[');
	while (json_next(&walk)) {
		buf_add_text(out, comma);
		comma = ",";
		if (walk.is_object) {
			write_again(walk.name, out);
			buf_add_char(out, ':');
		}
		write_again(walk.value, out);
	}
	buf_add_char(out, kind == JSON_OBJECT ? '}' : ']');
}

/* Every member is found by its name, as there is no other of that name. */
static void
check_names(struct json json)
{
	struct json_walk walk = json_enter(json);
	struct buf name = {0};

	while (walk.is_object && json_next(&walk)) {
		buf_clear(&name);
		if (!json_add_string(walk.name, &name) ||
		    span_find(buf_span(&name), '\0') < name.len)
			continue;
		CLAIM(json_find(json, buf_text(&name)).text.at ==
		    walk.value.text.at);
	}
	buf_free(&name);
}

static void
check_number(struct json json)
{
	uint64_t number, again;

	if (!json_number(json, UINT64_MAX, &number))
		return;
	CLAIM(json_kind(json) == JSON_NUMBER || json_kind(json) == JSON_STRING);
	CLAIM(json_number(json, number, &again) && again == number);
	CLAIM(number == 0 || !json_number(json, number - 1, &again));
}

/* A text is refused with a reason, or can be written and read again. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	struct buf reason = {0}, once, twice;
	struct json json;

	if (!json_read(&json, input, &reason)) {
		CLAIM(json_kind(json) == JSON_NONE);
		CLAIM(reason.len > 0 && !span_has_control(buf_span(&reason)));
		buf_free(&reason);
		return 0;
	}
	CLAIM(reason.len == 0);
	check_names(json);
	check_number(json);
	buf_init(&once, 8 * JSON_TEXT_MAX);
	buf_init(&twice, 8 * JSON_TEXT_MAX);
	write_again(json, &once);
	CLAIM(json_read(&json, buf_span(&once), NULL));
	write_again(json, &twice);
	CLAIM(span_equal(buf_span(&once), buf_span(&twice)));
	buf_free(&once);
	buf_free(&twice);
	return 0;
}
