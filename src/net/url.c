/*
 * Splits https URLs and codes forms. What a URL may be made of is checked
 * strictly, so that no part of it can end a line of a request.
 */
#include "net/url.h"

#include <stdlib.h>
#include <string.h>

#include "net/host_name.h"

/* RFC 3986 section 2.3 */
static bool
is_unreserved(char c)
{
	return ascii_is_alnum(c) || (c != '\0' && strchr("-._~", c) != NULL);
}

/* Whether it may be a path with a query: RFC 3986 sections 3.3 and 3.4. */
static bool
is_path(struct span text)
{
	struct buf decoded = {0};
	bool done = buf_add_unescaped(&decoded, text);

	for (size_t i = 0; i < text.len; i++)
		if (!is_unreserved(text.at[i]) &&
		    (text.at[i] == '\0' ||
			strchr("!$%&'()*+,;=:@/?", text.at[i]) == NULL))
			done = false;
	buf_free(&decoded);
	return done;
}

/*
 * Whether a part of the path is "." or "..", also if it is encoded. Servers and
 * proxies remove them (RFC 3986 section 6.2.2.3), each in its own way.
 */
static bool
has_dots(struct span path)
{
	struct buf decoded = {0};
	struct span rest, part;
	bool found = false;

	buf_add_unescaped(&decoded, span_head(path, span_find(path, '?')));
	rest = buf_span(&decoded);
	while (!found && span_next_word(&rest, "/", &part))
		found =
		    span_equal(part, SPAN(".")) || span_equal(part, SPAN(".."));
	buf_free(&decoded);
	return found;
}

/* "host", "host:port", "[address]:port"; returns a fault, or NULL. */
static const char *
split_authority(struct url *url, struct span text)
{
	struct error ignored = {0};
	struct span host = text;
	size_t colon = span_find_last(text, ':');
	uint64_t port = URL_PORT;

	if (span_find(text, '@') < text.len)
		return "there is a user in it";
	if (colon < text.len &&
	    (text.at[0] != '[' || text.at[colon - 1] == ']')) {
		host = span_head(text, colon);
		if (!span_number(span_skip(text, colon + 1), 65535, &port) ||
		    port == 0)
			return "what follows its host is not a port";
	}
	if (host.len > 0 && host.at[0] != '[' &&
	    span_find(host, ':') < host.len)
		return "an IPv6 address must be in brackets";
	url->port = (unsigned short)port;
	url->host = host_name_parse(host, &ignored);
	return url->host != NULL ? NULL
				 : "its host is neither a name nor an address";
}

static const char *
split(struct url *url, struct span text)
{
	static const struct span scheme = SPAN("https://");
	struct buf path = {0};
	const char *fault;
	size_t end = 0;

	if (text.len > URL_MAX)
		return "it is too long";
	if (!span_starts_nocase(text, scheme))
		return "it does not begin with https://";
	text = span_skip(text, scheme.len);
	if (span_find(text, '#') < text.len)
		return "there is a fragment (#) in it";
	while (end < text.len && text.at[end] != '/' && text.at[end] != '?')
		end++;
	fault = split_authority(url, span_head(text, end));
	text = span_skip(text, end);
	if (fault != NULL)
		return fault;
	if (has_dots(text))
		return "there is . or .. in its path";
	if (!is_path(text))
		return "there is a character in it that a URL cannot have";
	if (text.len == 0 || text.at[0] != '/')
		buf_add_char(&path, '/');
	buf_add_span(&path, text);
	url->path = buf_take_text(&path);
	return NULL;
}

bool
url_parse(struct url *url, struct span text, struct buf *reason)
{
	const char *fault;

	*url = (struct url){0};
	fault = split(url, text);
	if (fault == NULL)
		return true;
	url_free(url);
	if (reason != NULL)
		buf_add_text(reason, fault);
	return false;
}

void
url_free(struct url *url)
{
	free(url->host);
	free(url->path);
	*url = (struct url){0};
}

void
url_add_authority(const struct url *url, struct buf *out)
{
	bool is_six = strchr(url->host, ':') != NULL;

	buf_add_format(
	    out, "%s%s%s", is_six ? "[" : "", url->host, is_six ? "]" : "");
	if (url->port != URL_PORT)
		buf_add_format(out, ":%u", (unsigned)url->port);
}

void
url_print(const struct url *url, bool is_short, struct buf *out)
{
	struct span path = span_from(url->path);

	buf_add_text(out, "https://");
	url_add_authority(url, out);
	buf_add_span(
	    out, is_short ? span_head(path, span_find(path, '?')) : path);
}

void
url_add_encoded(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (is_unreserved(text.at[i])) {
			buf_add_char(out, text.at[i]);
			continue;
		}
		buf_add_char(out, '%');
		buf_add_hex(out, text.at[i]);
	}
}

void
url_add_field(struct buf *out, const char *name, struct span value)
{
	if (out->len > 0 && out->data[out->len - 1] != '?' &&
	    out->data[out->len - 1] != '&')
		buf_add_char(out, '&');
	url_add_encoded(out, span_from(name));
	buf_add_char(out, '=');
	url_add_encoded(out, value);
}

static bool
decode(struct span text, struct buf *out)
{
	buf_clear(out);
	while (text.len > 0) {
		size_t plus = span_find(text, '+');

		if (!buf_add_unescaped(out, span_head(text, plus)))
			return false;
		if (plus < text.len)
			buf_add_char(out, ' ');
		text = span_skip(text, plus + 1);
	}
	return !out->full;
}

enum url_field
url_next_field(struct span *form, struct buf *name, struct buf *value)
{
	struct span field;
	size_t sign;

	if (!span_next_word(form, "&", &field))
		return URL_FIELD_NONE;
	sign = span_find(field, '=');
	return decode(span_head(field, sign), name) &&
		decode(span_skip(field, sign + 1), value)
	    ? URL_FIELD
	    : URL_FIELD_BAD;
}
