#include "profile/server_url.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "address/domain.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#define STANDARD_PORT 1080
/* RFC 1929: the length of each is one octet. */
#define LOGIN_TEXT_MAX ((size_t)255)

static bool
proxy_url_refuse(struct error *err, const char *why)
{
	return error_set(err, ERROR_CONFIG, "cannot use the proxy: %s", why);
}

/* The index of the last c, or span.len. */
static bool
proxy_url_take_scheme(struct span *url)
{
	static const struct span schemes[] = {
	    {"socks5://", 9}, {"socks5h://", 10}};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (!span_starts_nocase(*url, schemes[i]))
			continue;
		*url = span_skip(*url, schemes[i].len);
		return true;
	}
	return false;
}

bool
server_url_proxy_has_password(struct span url)
{
	size_t at = span_find_last(url, '@');

	if (at == url.len)
		return false;
	if (!proxy_url_take_scheme(&url))
		return true;
	at = span_find_last(url, '@');
	return span_find(span_head(url, at), ':') + 1 < at;
}

/* RFC 3986 section 2.1. False: a % that begins nothing, or too long. */
static bool
decode(struct span text, struct buf *out)
{
	buf_init_secret(out, LOGIN_TEXT_MAX);
	for (size_t i = 0; i < text.len; i++) {
		int high, low;

		if (text.at[i] != '%') {
			buf_add_char(out, text.at[i]);
			continue;
		}
		if (text.len - i < 3)
			return false;
		high = ascii_hex_value(text.at[i + 1]);
		low = ascii_hex_value(text.at[i + 2]);
		if (high < 0 || low < 0)
			return false;
		buf_add_char(out, (char)(high * 16 + low));
		i += 2;
	}
	return !out->full;
}

static bool
parse_login(struct proxy *proxy, struct span login, struct error *err)
{
	size_t colon = span_find(login, ':');
	struct buf user = {0};
	bool done = decode(span_head(login, colon), &user) &&
	    decode(span_skip(login, colon + 1), &proxy->password);

	if (done &&
	    (user.len == 0 || span_has_control(buf_span(&user)) ||
		!utf8_is_valid(buf_span(&user))))
		done = proxy_url_refuse(err, "no user in front of the '@'");
	else if (!done)
		proxy_url_refuse(err,
		    "its user or password is longer than 255 octets, or has "
		    "a % that two hexadecimal digits do not follow");
	if (done)
		proxy->user = mem_copy_text(buf_text(&user));
	buf_wipe(&user);
	return done;
}

/* "host", "host:port", "[address]:port" */
static bool
parse_place(struct proxy *proxy, struct span place, struct error *err)
{
	struct span host = place, port = {0};
	size_t colon = span_find_last(place, ':');
	struct error ignored = {0};
	uint64_t number = STANDARD_PORT;

	if (colon < place.len &&
	    (place.at[0] != '[' || place.at[colon - 1] == ']')) {
		host = span_head(place, colon);
		port = span_skip(place, colon + 1);
		if (!span_number(port, 65535, &number) || number == 0)
			return proxy_url_refuse(err,
			    "what follows the host is not a port from 1 to "
			    "65535");
	}
	if (host.len > 0 && host.at[0] != '[' &&
	    span_find(host, ':') < host.len)
		return proxy_url_refuse(
		    err, "an IPv6 address stands in brackets");
	proxy->port = (unsigned short)number;
	proxy->host = server_url_parse_host(host, &ignored);
	return proxy->host != NULL ||
	    proxy_url_refuse(err,
		"what should be its host is neither a name nor an address");
}

bool
server_url_parse_proxy(struct proxy *proxy, struct span url, struct error *err)
{
	size_t at;

	*proxy = (struct proxy){0};
	if (span_has_control(url))
		return proxy_url_refuse(err, "control character");
	if (!proxy_url_take_scheme(&url))
		return proxy_url_refuse(
		    err, "unknown scheme\nhint: proxy = socks5://HOST:PORT");
	at = span_find_last(url, '@');
	if (at < url.len && !parse_login(proxy, span_head(url, at), err)) {
		server_url_free_proxy(proxy);
		return false;
	}
	if (at < url.len)
		url = span_skip(url, at + 1);
	if (!parse_place(proxy, url, err)) {
		server_url_free_proxy(proxy);
		return false;
	}
	return true;
}

void
server_url_print_proxy(const struct proxy *proxy, struct buf *out)
{
	bool is_six;

	if (proxy->host == NULL)
		return;
	buf_add_text(out, "socks5://");
	if (proxy->user != NULL)
		buf_add_format(out, "%s%s@", proxy->user,
		    proxy->password.len > 0 ? ":***" : "");
	is_six = strchr(proxy->host, ':') != NULL;
	buf_add_format(out, "%s%s%s:%u", is_six ? "[" : "", proxy->host,
	    is_six ? "]" : "", (unsigned)proxy->port);
}

void
server_url_free_proxy(struct proxy *proxy)
{
	free(proxy->host);
	free(proxy->user);
	buf_wipe(&proxy->password);
	*proxy = (struct proxy){0};
}

#define URL_SHOWN_MAX ((size_t)128)

static const struct {
	const char *name;
	enum scheme scheme;
	unsigned short port;
} schemes[] = {
    {"smtp", SCHEME_SMTP, 587},
    {"smtps", SCHEME_SMTPS, 465},
    {"lmtp", SCHEME_LMTP, 24},
    {"smtp+unix", SCHEME_SMTP_UNIX, 0},
    {"lmtp+unix", SCHEME_LMTP_UNIX, 0},
    {"srv", SCHEME_SRV, 0},
};

#define SCHEME_COUNT (sizeof(schemes) / sizeof(schemes[0]))

static bool
refuse(struct error *err, struct span url, const char *why)
{
	char *shown = utf8_masked(span_head(url, URL_SHOWN_MAX));

	error_set(
	    err, ERROR_CONFIG, "cannot use the server \"%s\": %s", shown, why);
	free(shown);
	return false;
}

bool
server_url_list_is_clean(struct span urls, struct error *err)
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

bool
server_url_address_is_valid(struct span text)
{
	return is_address(AF_INET, text) || is_address(AF_INET6, text);
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

	error_set(
	    err, ERROR_CONFIG, "cannot use the host \"%s\": %s", shown, why);
	free(shown);
	return false;
}

char *
server_url_parse_host(struct span text, struct error *err)
{
	struct buf name = {0};
	struct error cause = {0};
	char *host = NULL;

	if (text.len > 2 && text.at[0] == '[' && text.at[text.len - 1] == ']') {
		struct span inner = span_skip(span_head(text, text.len - 1), 1);

		if (is_address(AF_INET6, inner))
			return span_copy(inner);
		refuse_host(text, "not an IPv6 address", err);
		return NULL;
	}
	if (server_url_address_is_valid(text))
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
	    !domain_is_name(buf_span(&name)))
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
		if (schemes[i].port != 0 && !span_starts(*rest, SPAN("://")))
			break;
		*rest = span_skip(*rest, schemes[i].port != 0 ? 3 : 1);
		server->scheme = schemes[i].scheme;
		server->port = schemes[i].port;
		return true;
	}
	return refuse(err, url,
	    "unknown scheme\nhint: write smtp://HOST (STARTTLS, port 587), "
	    "smtps://HOST (TLS from the start, port 465), lmtp://HOST, "
	    "smtp+unix:/PATH, lmtp+unix:/PATH or srv:DOMAIN");
}

/* Splits "host:port"; the colons of a bracketed address are its own. */
static bool
split_port(
    struct span *host, struct span *port, struct span url, struct error *err)
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
		/* What stands behind it may be a password. */
		return refuse(err,
		    span_head(url, (size_t)(port->at - url.at) + 1),
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
	if (server->path != NULL)
		buf_add_format(&url, ":%s", server->path);
	else if (server->scheme == SCHEME_SRV)
		buf_add_format(&url, ":%s", server->host);
	else
		buf_add_format(&url, "://%s%s%s:%u", is_v6 ? "[" : "",
		    server->host, is_v6 ? "]" : "", (unsigned)server->port);
	copy = mem_copy_text(buf_text(&url));
	buf_free(&url);
	return copy;
}

/* "lmtp+unix:/run/x"; "lmtp+unix:///run/x" is the same. */
static bool
parse_path(
    struct server *server, struct span path, struct span url, struct error *err)
{
	struct sockaddr_un address;

	if (span_starts(path, SPAN("///")))
		path = span_skip(path, 2);
	if (path.len < 2 || path.at[0] != '/' || path.at[1] == '/')
		return refuse(err, url, "no absolute path follows the colon");
	if (path.len >= sizeof(address.sun_path))
		return refuse(err, url, "the path is too long for a socket");
	server->path = span_copy(path);
	server->host = mem_copy_text("localhost");
	server->url = format_url(server);
	return true;
}

/* The domain of mail addresses: no address, and no port behind it. */
static bool
parse_domain(struct server *server, struct span domain, struct span url,
    struct error *err)
{
	if (domain.len == 0 || strchr("[_", domain.at[0]) != NULL ||
	    server_url_address_is_valid(domain) ||
	    memchr(domain.at, ':', domain.len) ||
	    memchr(domain.at, '/', domain.len))
		return refuse(err, url,
		    "no domain follows the colon\nhint: srv:example.com");
	server->host = server_url_parse_host(domain, err);
	if (server->host == NULL)
		return false;
	server->url = format_url(server);
	return true;
}

void
server_url_set_target(struct server *server, const struct server *domain,
    enum scheme scheme, const char *host, unsigned short port)
{
	*server = (struct server){.scheme = scheme,
	    .host = mem_copy_text(host),
	    .port = port,
	    .domain = mem_copy_text(domain->host)};
	server->url = format_url(server);
}

bool
server_url_is_unix(const struct server *server)
{
	return server->path != NULL;
}

bool
server_url_is_lmtp(const struct server *server)
{
	return server->scheme == SCHEME_LMTP ||
	    server->scheme == SCHEME_LMTP_UNIX;
}

bool
server_url_parse(struct server *server, struct span url, struct error *err)
{
	struct span host = url, port;

	*server = (struct server){0};
	if (!server_url_list_is_clean(url, err))
		return false;
	if (span_has_control(url))
		return refuse(err, url, "control character");
	if (!take_scheme(server, &host, err))
		return false;
	if (server->scheme == SCHEME_SRV)
		return parse_domain(server, host, url, err);
	if (server->port == 0)
		return parse_path(server, host, url, err);
	for (size_t i = 0; i < host.len; i++)
		if (strchr("/?#\\", host.at[i]) != NULL)
			return refuse(err, url,
			    "only a host and a port may stand in it, no path");
	if (!split_port(&host, &port, url, err) ||
	    !parse_port(server, port, err))
		return false;
	server->host = server_url_parse_host(host, err);
	if (server->host == NULL)
		return false;
	server->url = format_url(server);
	return true;
}

void
server_url_free(struct server *server)
{
	free(server->host);
	free(server->path);
	free(server->domain);
	free(server->url);
	*server = (struct server){0};
}

bool
server_url_equal(const struct server *a, const struct server *b)
{
	return a->scheme == b->scheme && a->port == b->port &&
	    span_equal_nocase(span_from(a->host), span_from(b->host)) &&
	    span_equal(span_from(a->path), span_from(b->path));
}
