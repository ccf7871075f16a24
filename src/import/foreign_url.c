/*
 * The login ends at the last "@" before the path, because a password may
 * contain "@".
 */
#include "import/foreign_url.h"

#include <string.h>

#define PART_OCTETS_MAX ((size_t)1024)

bool
foreign_url_decode(struct span text, struct buf *part)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '%') {
			int high = -1, low = -1;

			if (text.len - i > 2) {
				high = ascii_hex_value(text.at[i + 1]);
				low = ascii_hex_value(text.at[i + 2]);
			}
			if (high < 0 || low < 0 || high + low == 0)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		}
		if (!buf_add_char(part, c))
			return false;
	}
	return true;
}

/* Removes all up to the first "://"; false if there is none. */
static bool
cut_scheme(struct span *text, struct span *scheme)
{
	size_t colon = span_find(*text, ':');

	if (!span_starts(span_skip(*text, colon), SPAN("://")))
		return false;
	*scheme = span_head(*text, colon);
	*text = span_skip(*text, colon + 3);
	return true;
}

static bool
read_server(struct span text, struct foreign_url *url)
{
	size_t end = 0, colon;
	uint64_t port;

	url->server = text;
	if (text.len > 0 && text.at[0] == '[') {
		end = span_find(text, ']');
		if (end == text.len)
			return false;
		url->host = span_head(span_skip(text, 1), end - 1);
	}
	colon = end + span_find(span_skip(text, end), ':');
	if (end == 0)
		url->host = span_head(text, colon);
	if (colon < text.len) {
		if (!span_number(span_skip(text, colon + 1), 65535, &port) ||
		    port == 0)
			return false;
		url->port = (unsigned short)port;
	}
	return url->host.len > 0;
}

bool
foreign_url_read(struct span text, struct foreign_url *url)
{
	struct span login;
	size_t at, colon;

	*url = (struct foreign_url){0};
	buf_init_secret(&url->user, PART_OCTETS_MAX);
	buf_init_secret(&url->password, PART_OCTETS_MAX);
	cut_scheme(&text, &url->scheme);
	text = span_head(text, span_find(text, '/'));
	at = span_find_last(text, '@');
	if (at == text.len)
		return read_server(text, url);
	login = span_head(text, at);
	colon = span_find(login, ':');
	url->has_password = colon < login.len;
	return foreign_url_decode(span_head(login, colon), &url->user) &&
	    foreign_url_decode(span_skip(login, colon + 1), &url->password) &&
	    read_server(span_skip(text, at + 1), url);
}

void
foreign_url_free(struct foreign_url *url)
{
	buf_wipe(&url->user);
	buf_wipe(&url->password);
}
