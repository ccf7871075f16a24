#include "fuzz/fuzz.h"

#include "net/url.h"

/* Of a URL that is accepted: it fits into a request, and is read again. */
static void
check_url(struct span input)
{
	struct buf reason = {0}, printed = {0}, again = {0};
	struct url url;

	if (url_parse(&url, input, &reason)) {
		CLAIM(reason.len == 0);
		CLAIM(url.path[0] == '/' && url.port != 0);
		url_print(&url, false, &printed);
		for (size_t i = 0; i < printed.len; i++)
			CLAIM(printed.data[i] > ' ' && printed.data[i] < 127);
		url_free(&url);
		CLAIM(url_parse(&url, buf_span(&printed), &reason));
		url_print(&url, false, &again);
		CLAIM(span_equal(buf_span(&printed), buf_span(&again)));
	} else {
		CLAIM(reason.len > 0 && url.host == NULL && url.path == NULL);
		CLAIM(!span_has_control(buf_span(&reason)));
	}
	url_free(&url);
	buf_free(&reason);
	buf_free(&printed);
	buf_free(&again);
}

/* A field of a form that is read can be written and read again. */
static void
check_form(struct span form)
{
	struct buf name = {0}, value = {0}, one = {0}, two = {0}, out;
	enum url_field field;

	buf_init(&out, (size_t)4 * BUF_DEFAULT_MAX);
	while (
	    (field = url_next_field(&form, &name, &value)) != URL_FIELD_NONE) {
		struct span rest;

		if (field == URL_FIELD_BAD ||
		    span_find(buf_span(&name), '\0') < name.len)
			continue;
		buf_clear(&out);
		url_add_field(&out, buf_text(&name), buf_span(&value));
		rest = buf_span(&out);
		CLAIM(span_is_ascii(rest) && !span_has_control(rest));
		CLAIM(url_next_field(&rest, &one, &two) == URL_FIELD);
		CLAIM(rest.len == 0);
		CLAIM(span_equal(buf_span(&name), buf_span(&one)));
		CLAIM(span_equal(buf_span(&value), buf_span(&two)));
	}
	CLAIM(form.len == 0);
	buf_free(&name);
	buf_free(&value);
	buf_free(&one);
	buf_free(&two);
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);

	check_url(input);
	check_form(input);
	return 0;
}
