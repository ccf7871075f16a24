/* Cuts the URL into its parts at the same places as url_parse_ciss of mutt. */
#include "import/mutt_url.h"

#include <string.h>

#include "import/foreign_url.h"

#define PART_OCTETS_MAX ((size_t)1024)

static bool
read_login(struct span login, struct mutt_url *url)
{
	size_t colon = span_find(login, ':');

	return foreign_url_decode(span_head(login, colon), &url->user) &&
	    foreign_url_decode(span_skip(login, colon + 1), &url->password);
}

static bool
read_host(struct span host, struct mutt_url *url)
{
	size_t end = 0, colon;
	uint64_t port = 0;

	if (host.len > 0 && host.at[0] == '[')
		end = span_find(host, ']');
	if (end == host.len)
		end = 0;
	colon = end + span_find(span_skip(host, end), ':');
	if (colon + 1 < host.len &&
	    !span_number(span_skip(host, colon + 1), 65535, &port))
		return false;
	if (port != 0)
		url->port = (unsigned short)port;
	host = end > 0 ? span_head(span_skip(host, 1), end - 1)
		       : span_head(host, colon);
	return host.len > 0 && memchr(host.at, '\0', host.len) == NULL &&
	    foreign_url_decode(host, &url->host);
}

bool
mutt_url_read(struct span text, struct mutt_url *url)
{
	struct span rest;
	size_t at;

	*url = (struct mutt_url){.port = 25};
	buf_init_secret(&url->user, PART_OCTETS_MAX);
	buf_init_secret(&url->password, PART_OCTETS_MAX);
	buf_init_secret(&url->host, PART_OCTETS_MAX);
	if (span_starts_nocase(text, SPAN("smtps://"))) {
		url->is_smtps = true;
		url->port = 465;
		rest = span_skip(text, strlen("smtps://"));
	} else if (span_starts_nocase(text, SPAN("smtp://"))) {
		rest = span_skip(text, strlen("smtp://"));
	} else {
		return false;
	}
	rest = span_head(rest, span_find(rest, '/'));
	at = span_find_last(rest, '@');
	if (at < rest.len) {
		if (!read_login(span_head(rest, at), url))
			return false;
		rest = span_skip(rest, at + 1);
	}
	return read_host(rest, url);
}

void
mutt_url_free(struct mutt_url *url)
{
	buf_wipe(&url->user);
	buf_wipe(&url->password);
	buf_wipe(&url->host);
}
