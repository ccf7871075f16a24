/*
 * Splits the URL at ";", "?" and "&". Unknown names are refused, because a name
 * that is misspelt would otherwise choose another key or hide a PIN.
 */
#include "profile/token_url.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "profile/secret_line.h"

#define PIN SPAN("pin-value=")
#define FILE_SCHEME SPAN("file:")

/* The attributes of RFC 7512 section 2.3 that may choose a key. */
static const char *const known[] = {"token", "serial", "model", "manufacturer",
    "object", "id", "type", "slot-id", "slot-description", "slot-manufacturer",
    "library-description", "library-manufacturer", "library-version"};

bool
token_url_has_pin(struct span text)
{
	return span_find_text_nocase(text, SPAN("pin-value")) < text.len;
}

static bool
refuse(struct error *err, const char *why)
{
	return error_set(err, ERROR_CONFIG, "%s", why);
}

static bool
refuse_name(struct error *err, struct span name, const char *place)
{
	char *shown = utf8_excerpt_masked(name, 32);

	error_set(err, ERROR_CONFIG,
	    "the URL has an attribute \"%s\", which is not known %s the \"?\"",
	    shown, place);
	free(shown);
	return false;
}

/* "token=LABEL;object=NAME" */
static bool
check_path(struct span path, struct error *err)
{
	struct span attribute;
	bool has_token = false;

	while (span_next_word(&path, ";", &attribute)) {
		struct span name =
		    span_head(attribute, span_find(attribute, '='));
		bool is_known = false;

		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			is_known |= span_equal(name, span_from(known[i]));
		if (!is_known)
			return refuse_name(err, name, "in front of");
		has_token |= attribute.len > name.len + 1 &&
		    (span_equal(name, SPAN("token")) ||
			span_equal(name, SPAN("serial")));
	}
	return has_token ||
	    refuse(err,
		"the URL names no token\n"
		"hint: pkcs11:token=LABEL;object=NAME; p11tool --list-tokens "
		"shows the labels");
}

/* An absolute path, also as "file:/path" or "file:///path". */
static bool
take_path(char **path, struct span value, struct error *err)
{
	struct buf decoded = {0};
	bool done;

	if (span_starts(value, FILE_SCHEME))
		value = span_skip(value, FILE_SCHEME.len);
	if (span_starts(value, SPAN("///")))
		value = span_skip(value, 2);
	done = buf_add_unescaped(&decoded, value) && decoded.len > 0 &&
	    decoded.data[0] == '/' && !span_has_control(buf_span(&decoded));
	if (done)
		*path = buf_take_text(&decoded);
	buf_free(&decoded);
	return done || refuse(err, "a file in the URL is no absolute path");
}

static bool
take_pin(struct buf *pin, struct span value, struct error *err)
{
	buf_init_secret(pin, SECRET_MAX);
	return (buf_add_unescaped(pin, value) && pin->len > 0 &&
		   !span_has_control(buf_span(pin))) ||
	    refuse(err, "the pin-value in the URL is no PIN");
}

/* "pin-source=FILE&module-path=FILE" */
static bool
take_query(struct token_url *url, struct span query, struct error *err)
{
	struct span attribute;

	while (span_next_word(&query, "&", &attribute)) {
		size_t equals = span_find(attribute, '=');
		struct span name = span_head(attribute, equals);
		struct span value = span_skip(attribute, equals + 1);
		bool is_first = true, done;

		if (span_equal(name, SPAN("pin-value"))) {
			is_first = url->pin.len == 0;
			done = is_first && take_pin(&url->pin, value, err);
		} else if (span_equal(name, SPAN("pin-source"))) {
			is_first = url->pin_file == NULL;
			done =
			    is_first && take_path(&url->pin_file, value, err);
		} else if (span_equal(name, SPAN("module-path"))) {
			is_first = url->module == NULL;
			done = is_first && take_path(&url->module, value, err);
		} else {
			return refuse_name(err, name, "after");
		}
		if (!is_first)
			return refuse(err, "the URL has an attribute twice");
		if (!done)
			return false;
	}
	return url->pin.len == 0 || url->pin_file == NULL ||
	    refuse(err, "the URL has both pin-value and pin-source");
}

bool
token_url_parse(struct token_url *url, const char *text, struct error *err)
{
	struct span whole = span_from(text);
	size_t end = span_find(whole, '?');
	struct span path = span_head(whole, end);
	bool done;

	*url = (struct token_url){0};
	if (span_has_control(whole) || span_find(whole, ' ') < whole.len)
		return refuse(err,
		    "there is a blank or a control character in the URL\n"
		    "hint: write a blank as %20");
	done = check_path(span_skip(path, span_find(path, ':') + 1), err) &&
	    take_query(url, span_skip(whole, end + 1), err);
	if (done)
		url->uri = span_copy(path);
	else
		token_url_free(url);
	return done;
}

void
token_url_print(struct span text, struct buf *out)
{
	size_t begin;

	while ((begin = span_find_text_nocase(text, PIN)) < text.len) {
		buf_add_span(out, span_head(text, begin));
		buf_add_span(out, PIN);
		buf_add_text(out, "***");
		text = span_skip(text, begin + PIN.len);
		text = span_skip(text, span_find(text, '&'));
	}
	buf_add_span(out, text);
}

void
token_url_free(struct token_url *url)
{
	free(url->uri);
	free(url->module);
	free(url->pin_file);
	buf_wipe(&url->pin);
	*url = (struct token_url){0};
}
