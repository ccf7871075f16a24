#include "profile/server_url.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "mail/domain.h"

#define URL_SHOWN_MAX ((size_t)128)

static const struct {
	const char *name;
	enum scheme scheme;
	unsigned short port;
} schemes[] = {
    {"smtp", SCHEME_SMTP, 587},
    {"smtps", SCHEME_SMTPS, 465},
};

#define SCHEME_COUNT (sizeof(schemes) / sizeof(schemes[0]))

static bool
refuse(struct error *err, struct span url, const char *why)
{
	char *shown = utf8_masked(span_head(url, URL_SHOWN_MAX));

	error_set(err, ERROR_CONFIG, "cannot use the server \"%s\": %s", shown,
	    why);
	free(shown);
	return false;
}

bool
server_urls_are_clean(struct span urls, struct error *err)
{
	if (span_find(urls, '@') == urls.len)
		return true;
	return error_set(err, ERROR_CONFIG,
	    "cannot use a server URL with a user or a password in it\n"
	    "hint: name the login with the setting user, its password with "
	    "password-command, password-file or password-fd");
}

static bool
is_address(int family, struct span text)
{
	unsigned char address[sizeof(struct in6_addr)];
	char copy[INET6_ADDRSTRLEN];

	if (text.len == 0 || text.len >= sizeof(copy) ||
	    memchr(text.at, '\0', text.len) != NULL)
		return false;
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	return inet_pton(family, copy, address) == 1;
}

/* "127.1" and "10": the resolver might read them as addresses. */
static bool
ends_in_number(struct span name)
{
	size_t from = name.len;

	while (from > 0 && ascii_is_digit(name.at[from - 1]))
		from--;
	return from < name.len && (from == 0 || name.at[from - 1] == '.');
}

static bool
refuse_host(struct span text, const char *why, struct error *err)
{
	char *shown = utf8_masked(span_head(text, URL_SHOWN_MAX));

	error_set(err, ERROR_CONFIG, "cannot use the host \"%s\": %s", shown,
	    why);
	free(shown);
	return false;
}

char *
host_parse(struct span text, struct error *err)
{
	struct buf name = {0};
	struct error cause = {0};
	char *host = NULL;

	if (text.len > 2 && text.at[0] == '[' &&
	    text.at[text.len - 1] == ']') {
		struct span inner = span_skip(span_head(text, text.len - 1), 1);

		if (is_address(AF_INET6, inner))
			return span_copy(inner);
		refuse_host(text, "not an IPv6 address", err);
		return NULL;
	}
	if (is_address(AF_INET, text) || is_address(AF_INET6, text))
		return span_copy(text);
	if (text.len > 1 && text.at[text.len - 1] == '.')
		text.len--;
	if (text.len == 0)
		refuse_host(text, "it is empty", err);
	else if (span_has_control(text))
		refuse_host(text, "control character", err);
	else if (ends_in_number(text))
		refuse_host(text, "neither a name nor an address", err);
	else if (!domain_to_ascii(text, &name, &cause) ||
	    !domain_is_ldh(buf_span(&name)))
		refuse_host(text, "not a host name", err);
	else
		host = mem_copy_text(buf_text(&name));
	buf_free(&name);
	return host;
}

/* Takes "scheme://" off *rest. */
static bool
take_scheme(struct server *server, struct span *rest, struct error *err)
{
	struct span url = *rest, scheme;
	size_t colon = span_find(url, ':');

	scheme = span_head(url, colon);
	for (size_t i = 0; i < SCHEME_COUNT; i++) {
		if (!span_equal_nocase(scheme, span_from(schemes[i].name)))
			continue;
		*rest = span_skip(url, colon);
		if (!span_starts(*rest, SPAN("://")))
			break;
		*rest = span_skip(*rest, 3);
		server->scheme = schemes[i].scheme;
		server->port = schemes[i].port;
		return true;
	}
	return refuse(err, url,
	    "unknown scheme\nhint: write smtp://HOST (STARTTLS, port 587) or "
	    "smtps://HOST (TLS from the start, port 465)");
}

/* Splits "host:port"; the colons of a bracketed address are its own. */
static bool
split_port(struct span *host, struct span *port, struct span url,
    struct error *err)
{
	struct span all = *host;
	size_t end = 0;

	if (all.len > 0 && all.at[0] == '[') {
		end = span_find(all, ']');
		if (end == all.len)
			return refuse(err, url, "no ']' after the address");
		end++;
	}
	end += span_find(span_skip(all, end), ':');
	*host = span_head(all, end);
	*port = span_skip(all, end);
	if (all.len > 0 && all.at[0] != '[' && port->len > 0 &&
	    span_find(span_skip(*port, 1), ':') < port->len - 1)
		return refuse(err, url,
		    "more than one colon\nhint: an IPv6 address stands in "
		    "brackets: smtps://[2001:db8::1]");
	if (all.len > 0 && all.at[0] == '[' && host->at[host->len - 1] != ']')
		return refuse(err, url, "text after the ']'");
	return true;
}

/* "user:password" without a host would stand here: it is not shown. */
static bool
parse_port(struct server *server, struct span port, struct error *err)
{
	uint64_t number;

	if (port.len == 0)
		return true;
	if (!span_number(span_skip(port, 1), 65535, &number) || number == 0)
		return error_set(err, ERROR_CONFIG,
		    "cannot use a server URL: what follows the host is not a "
		    "port from 1 to 65535");
	server->port = (unsigned short)number;
	return true;
}

static char *
format_url(const struct server *server)
{
	bool is_v6 = strchr(server->host, ':') != NULL;
	struct buf url = {0};
	char *copy;

	for (size_t i = 0; i < SCHEME_COUNT; i++)
		if (schemes[i].scheme == server->scheme)
			buf_add_text(&url, schemes[i].name);
	buf_add_format(&url, "://%s%s%s:%u", is_v6 ? "[" : "", server->host,
	    is_v6 ? "]" : "", (unsigned)server->port);
	copy = mem_copy_text(buf_text(&url));
	buf_free(&url);
	return copy;
}

bool
server_parse(struct server *server, struct span url, struct error *err)
{
	struct span host = url, port;

	*server = (struct server){0};
	if (!server_urls_are_clean(url, err))
		return false;
	if (span_has_control(url))
		return refuse(err, url, "control character");
	if (!take_scheme(server, &host, err))
		return false;
	for (size_t i = 0; i < host.len; i++)
		if (strchr("/?#\\", host.at[i]) != NULL)
			return refuse(err, url,
			    "only a host and a port may stand in it, no path");
	if (!split_port(&host, &port, url, err) ||
	    !parse_port(server, port, err))
		return false;
	server->host = host_parse(host, err);
	if (server->host == NULL)
		return false;
	server->url = format_url(server);
	return true;
}

void
server_free(struct server *server)
{
	free(server->host);
	free(server->url);
	*server = (struct server){0};
}

bool
server_equal(const struct server *a, const struct server *b)
{
	return a->scheme == b->scheme && a->port == b->port &&
	    span_equal_nocase(span_from(a->host), span_from(b->host));
}
