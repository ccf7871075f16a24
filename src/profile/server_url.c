/*
 * Parses the URL of a server. An invalid port or path could be part of a
 * password, so no error shows it.
 */
#include "profile/server_url.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "net/host_name.h"

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
    {"mx", SCHEME_MX, 0},
};

#define SCHEME_COUNT (sizeof(schemes) / sizeof(schemes[0]))

static bool
refuse(struct error *err, struct span url, const char *why)
{
	char *shown = utf8_excerpt_masked(url, URL_SHOWN_MAX);

	error_set(
	    err, ERROR_CONFIG, "cannot use the server \"%s\": %s", shown, why);
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
		if (colon == url.len)
			break;
		*rest = span_skip(url, colon);
		if (schemes[i].port != 0 && !span_starts(*rest, SPAN("://")))
			break;
		*rest = span_skip(*rest, schemes[i].port != 0 ? 3 : 1);
		server->scheme = schemes[i].scheme;
		server->port = schemes[i].port;
		return true;
	}
	return refuse(err, url,
	    "unknown scheme\n"
	    "hint: write smtp://HOST (STARTTLS, port 587), smtps://HOST (TLS "
	    "from the start, port 465), lmtp://HOST, smtp+unix:/PATH, "
	    "lmtp+unix:/PATH, srv:DOMAIN, or mx: to deliver directly");
}

/* Splits "host:port"; colons in a bracketed address do not count. */
static bool
split_port(
    struct span *host, struct span *port, struct span url, struct error *err)
{
	struct span all = *host;
	size_t end = 0;

	if (all.len > 0 && all.at[0] == '[') {
		end = span_find(all, ']');
		if (end == all.len)
			return refuse(
			    err, url, "there is no ']' after the address");
		end++;
	}
	end += span_find(span_skip(all, end), ':');
	*host = span_head(all, end);
	*port = span_skip(all, end);
	if (all.len > 0 && all.at[0] != '[' && port->len > 0 &&
	    span_find(span_skip(*port, 1), ':') < port->len - 1)
		/* What follows the colon may be a password. */
		return refuse(err,
		    span_head(url, (size_t)(port->at - url.at) + 1),
		    "there is more than one colon\n"
		    "hint: write an IPv6 address in brackets: "
		    "smtps://[2001:db8::1]");
	if (all.len > 0 && all.at[0] == '[' && host->at[host->len - 1] != ']')
		return refuse(err, url, "there is text after the ']'");
	return true;
}

/* The port is not shown: it could be the password of "user:password". */
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

/*
 * Adds "smtps://mail.example.com", or the word alone of a scheme without a
 * port. Returns the scheme's port; 0: none.
 */
static unsigned short
add_scheme(struct buf *out, enum scheme scheme, const char *host)
{
	bool is_v6 = strchr(host, ':') != NULL;
	size_t i = 0;

	while (schemes[i].scheme != scheme)
		i++;
	buf_add_text(out, schemes[i].name);
	if (schemes[i].port != 0)
		buf_add_format(
		    out, "://%s%s%s", is_v6 ? "[" : "", host, is_v6 ? "]" : "");
	return schemes[i].port;
}

static char *
format_url(const struct server *server)
{
	struct buf url = {0};

	if (add_scheme(&url, server->scheme, server->host) == 0)
		buf_add_format(&url, ":%s", server_url_name(server));
	else
		buf_add_format(&url, ":%u", (unsigned)server->port);
	return buf_take_text(&url);
}

void
server_url_add(
    struct buf *out, enum scheme scheme, const char *host, unsigned short port)
{
	if (add_scheme(out, scheme, host) != port)
		buf_add_format(out, ":%u", (unsigned)port);
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
		return refuse(err, url, "the path of the socket is too long");
	server->path = span_copy(path);
	server->host = mem_copy_text("localhost");
	server->url = format_url(server);
	return true;
}

/* The domain of mail addresses: neither an IP address nor a port. */
static bool
parse_domain(struct server *server, struct span domain, struct span url,
    struct error *err)
{
	if (domain.len == 0 || strchr("[_", domain.at[0]) != NULL ||
	    host_name_is_address(domain) ||
	    memchr(domain.at, ':', domain.len) ||
	    memchr(domain.at, '/', domain.len))
		return refuse(err, url,
		    "no domain follows the colon\n"
		    "hint: srv:example.com");
	server->host = host_name_parse(domain, err);
	if (server->host == NULL)
		return false;
	server->url = format_url(server);
	return true;
}

/* Each recipient names its servers, so nothing follows the colon. */
static bool
parse_direct(
    struct server *server, struct span rest, struct span url, struct error *err)
{
	if (rest.len > 0)
		return refuse(err, url,
		    "nothing may follow mx:\n"
		    "hint: mx: delivers to the servers of each recipient's "
		    "domain; for one server, write smtp://HOST or "
		    "smtps://HOST");
	server->host = mem_copy_text("");
	server->url = mem_copy_text("mx:");
	return true;
}

void
server_url_set_exchanger(struct server *server, const char *host)
{
	*server = (struct server){
	    .scheme = SCHEME_SMTP, .host = mem_copy_text(host), .port = 25};
	server->url = format_url(server);
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

const char *
server_url_name(const struct server *server)
{
	if (server->scheme == SCHEME_MX)
		return server->url;
	return server->path != NULL ? server->path : server->host;
}

const char *
server_url_authority(const struct server *server)
{
	const char *end = strstr(server->url, "://");

	if (server->path != NULL)
		return server->path;
	return end != NULL ? end + 3 : server->url;
}

void
server_url_add_place(struct buf *out, const struct server *server)
{
	buf_add_text(out, server_url_name(server));
	if (server->port != 0)
		buf_add_format(out, " port %u", (unsigned)server->port);
}

bool
server_url_is_unix(const struct server *server)
{
	return server->path != NULL;
}

bool
server_url_is_here(const struct server *server)
{
	struct span host = span_from(server->host);

	return server_url_is_unix(server) ||
	    (server->scheme != SCHEME_SRV &&
		(span_equal_nocase(host, SPAN("localhost")) ||
		    span_equal(host, SPAN("::1")) ||
		    (host_name_is_address(host) &&
			span_starts(host, SPAN("127.")))));
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
	if (!server_urls_are_clean(url, err))
		return false;
	if (span_has_control(url))
		return refuse(err, url, "there is a control character in it");
	if (!take_scheme(server, &host, err))
		return false;
	if (server->scheme == SCHEME_SRV)
		return parse_domain(server, host, url, err);
	if (server->scheme == SCHEME_MX)
		return parse_direct(server, host, url, err);
	if (server->port == 0)
		return parse_path(server, host, url, err);
	for (size_t i = 0; i < host.len; i++)
		if (strchr("/?#\\", host.at[i]) != NULL)
			return refuse(err, url,
			    "it may have a host and a port, but no path");
	if (!split_port(&host, &port, url, err) ||
	    !parse_port(server, port, err))
		return false;
	server->host = host_name_parse(host, err);
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
