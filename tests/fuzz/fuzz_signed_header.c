#include "fuzz/fuzz.h"

#include "dkim/signed_header.h"
#include "message/header.h"

#define FIELDS_MAX 200

/* A field by the words of RFC 6376 section 3.4.2, octet by octet. */
static void
add_field(struct span field, struct buf *out)
{
	bool in_name = true, is_blank = false, is_first = true;

	for (size_t i = 0; i < field.len; i++) {
		char c = field.at[i];

		if (ascii_is_space(c)) {
			is_blank = true;
		} else if (in_name) {
			buf_add_char(out, ascii_lower(c));
			in_name = c != ':';
			is_blank = false;
		} else {
			if (is_blank && !is_first)
				buf_add_char(out, ' ');
			buf_add_char(out, c);
			is_blank = is_first = false;
		}
	}
	buf_add_text(out, "\r\n");
}

/*
 * As a verifier does it: takes each name of the tag h, and looks for its last
 * instance that was not taken before.
 */
static void
verify(struct span header, struct span names, struct span text)
{
	struct field fields[FIELDS_MAX];
	bool is_taken[FIELDS_MAX] = {false};
	size_t count = 0, at;
	struct buf want;
	struct span name;

	while (count < FIELDS_MAX && header_next(&header, &fields[count]))
		count++;
	if (count == FIELDS_MAX)
		return;
	buf_init(&want, text.len + 1024 * 1024);
	while (span_next_word(&names, ":", &name)) {
		for (at = count; at > 0; at--)
			if (!is_taken[at - 1] &&
			    span_equal_nocase(fields[at - 1].name, name))
				break;
		if (at == 0)
			continue;
		is_taken[at - 1] = true;
		add_field(fields[at - 1].whole, &want);
	}
	CLAIM(span_equal(buf_span(&want), text));
	for (at = 0; at < count; at++)
		CLAIM(is_taken[at] ||
		    !span_equal_nocase(fields[at].name, SPAN("From")));
	buf_free(&want);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span header = fuzz_input(data, size);
	struct buf names, text;
	bool done = signed_header_make(header, &names, &text);

	CLAIM(done == !names.full);
	CLAIM(!text.full);
	for (size_t i = 0; i < names.len; i++)
		CLAIM(ascii_is_alnum(names.data[i]) ||
		    strchr("-_:", names.data[i]) != NULL);
	if (done)
		verify(header, buf_span(&names), buf_span(&text));
	buf_free(&names);
	buf_free(&text);
	return 0;
}
