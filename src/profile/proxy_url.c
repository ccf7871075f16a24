/*
 * Parses and prints the URL of a proxy. No error shows any part of the
 * URL, since every part of it could be a password.
 */
#include "profile/proxy_url.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "net/host_name.h"
#include "net/tunnel.h"

/* RFC 1929: the length of each is one octet. */
#define LOGIN_TEXT_MAX ((size_t)255)

static bool
refuse(struct error *err, const char *why)
{
	return error_set(err, ERROR_CONFIG, "cannot use the proxy: %s", why);
}

#define COMMAND SPAN("command:")

/* The schemes; without a standard port the URL must have one. */
static const struct scheme {
	struct span begin;
	enum proxy_kind kind;
	unsigned short port;
} schemes[] = {
    {{"socks5://", 9}, PROXY_SOCKS, 1080},
    {{"socks5h://", 10}, PROXY_SOCKS, 1080},
    {{"http://", 7}, PROXY_HTTP, 0},
};

/* Takes the scheme and "://" off *url; NULL: it is not known. */
static const struct scheme *
take_scheme(struct span *url)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (!span_starts_nocase(*url, schemes[i].begin))
			continue;
		*url = span_skip(*url, schemes[i].begin.len);
		return &schemes[i];
	}
	return NULL;
}

static bool
refuse_scheme(struct span url, struct error *err)
{
	if (span_starts_nocase(url, SPAN("https://")))
		return refuse(err,
		    "TLS to the proxy itself (https://) is not supported\n"
		    "hint: with proxy = http://HOST:PORT the connection to the "
		    "mail server has TLS all the same");
	return refuse(err,
	    "unknown scheme\n"
	    "hint: proxy = socks5://HOST:PORT, http://HOST:PORT or "
	    "command:TEXT");
}

bool
proxy_url_is_command(struct span url)
{
	return span_starts_nocase(url, COMMAND);
}

bool
proxy_url_has_password(struct span url)
{
	size_t at = span_find_last(url, '@');

	if (at == url.len || proxy_url_is_command(url))
		return false;
	if (take_scheme(&url) == NULL)
		return true;
	at = span_find_last(url, '@');
	return span_find(span_head(url, at), ':') + 1 < at;
}

static bool
parse_login(struct proxy *proxy, struct span login, struct error *err)
{
	size_t colon = span_find(login, ':');
	struct buf user = {0};
	bool done;

	buf_init_secret(&user, LOGIN_TEXT_MAX);
	buf_init_secret(&proxy->password, LOGIN_TEXT_MAX);
	done = buf_add_unescaped(&user, span_head(login, colon)) &&
	    buf_add_unescaped(&proxy->password, span_skip(login, colon + 1));

	if (done &&
	    (user.len == 0 || span_has_control(buf_span(&user)) ||
		!utf8_is_valid(buf_span(&user))))
		done = refuse(err, "there is no user before the '@'");
	else if (done && proxy->kind == PROXY_HTTP &&
	    span_find(buf_span(&user), ':') < user.len)
		done = refuse(err, "HTTP takes no ':' in a user");
	else if (!done)
		refuse(err,
		    "its user or password is longer than 255 octets, or has "
		    "a % that two hexadecimal digits do not follow");
	if (done)
		proxy->user = mem_copy_text(buf_text(&user));
	if (done && proxy->password.len == 0)
		proxy->fetched = mem_new(1, sizeof(*proxy->fetched));
	buf_wipe(&user);
	return done;
}

/* "host", "host:port", "[address]:port" */
static bool
parse_place(struct proxy *proxy, struct span place,
    unsigned short standard_port, struct error *err)
{
	struct span host = place, port = {0};
	size_t colon = span_find_last(place, ':');
	struct error ignored = {0};
	uint64_t number = standard_port;

	if (colon < place.len &&
	    (place.at[0] != '[' || place.at[colon - 1] == ']')) {
		host = span_head(place, colon);
		port = span_skip(place, colon + 1);
		if (!span_number(port, 65535, &number) || number == 0)
			return refuse(err,
			    "what follows the host is not a port from 1 to "
			    "65535");
	}
	if (host.len > 0 && host.at[0] != '[' &&
	    span_find(host, ':') < host.len)
		return refuse(err, "an IPv6 address must be in brackets");
	proxy->port = (unsigned short)number;
	proxy->host = host_name_parse(host, &ignored);
	if (proxy->host == NULL)
		return refuse(err,
		    "what should be its host is neither a name nor an address");
	return proxy->port != 0 ||
	    refuse(err,
		"its port is missing\n"
		"hint: proxy = http://HOST:PORT, often with the port 3128 or "
		"8080");
}

static bool
parse_command(struct proxy *proxy, struct span text, struct error *err)
{
	text = span_trim(text);
	if (text.len == 0)
		return refuse(err,
		    "there is no command after \"command:\"\n"
		    "hint: proxy = command:ssh HOST nc %h %p");
	if (!tunnel_takes(text))
		return refuse(err,
		    "in a command, % may begin only %h (the host), %n (the "
		    "same), %p (the port) and %%");
	proxy->kind = PROXY_COMMAND;
	proxy->command = span_copy(text);
	return true;
}

static bool
parse(struct proxy *proxy, struct span url, struct error *err)
{
	const struct scheme *scheme;
	size_t at;

	if (proxy_url_is_command(url))
		return parse_command(proxy, span_skip(url, COMMAND.len), err);
	scheme = take_scheme(&url);
	at = span_find_last(url, '@');
	if (scheme == NULL)
		return refuse_scheme(url, err);
	proxy->kind = scheme->kind;
	if (at < url.len && !parse_login(proxy, span_head(url, at), err))
		return false;
	if (at < url.len)
		url = span_skip(url, at + 1);
	/* The variable http_proxy often has a slash at its end. */
	if (proxy->kind == PROXY_HTTP && url.len > 0 &&
	    url.at[url.len - 1] == '/')
		url.len--;
	return parse_place(proxy, url, scheme->port, err);
}

bool
proxy_url_parse(struct proxy *proxy, struct span url, struct error *err)
{
	*proxy = (struct proxy){0};
	if (span_has_control(url))
		return refuse(err, "there is a control character in it");
	if (parse(proxy, url, err))
		return true;
	proxy_url_free(proxy);
	return false;
}

struct span
proxy_url_password(const struct proxy *proxy)
{
	return buf_span(
	    proxy->fetched != NULL ? proxy->fetched : &proxy->password);
}

void
proxy_url_print(const struct proxy *proxy, struct buf *out)
{
	bool is_six;

	if (proxy->kind == PROXY_NONE)
		return;
	if (proxy->kind == PROXY_COMMAND) {
		buf_add_format(out, "command:%s", proxy->command);
		return;
	}
	buf_add_text(out, proxy->kind == PROXY_HTTP ? "http://" : "socks5://");
	if (proxy->user != NULL)
		buf_add_format(out, "%s%s@", proxy->user,
		    proxy->password.len > 0 ? ":***" : "");
	is_six = strchr(proxy->host, ':') != NULL;
	buf_add_format(out, "%s%s%s:%u", is_six ? "[" : "", proxy->host,
	    is_six ? "]" : "", (unsigned)proxy->port);
}

void
proxy_url_add_name(const struct proxy *proxy, struct buf *out)
{
	if (proxy->kind == PROXY_COMMAND)
		buf_add_text(out, "proxy command");
	else
		buf_add_format(out, "proxy %s port %u", proxy->host,
		    (unsigned)proxy->port);
}

void
proxy_url_free(struct proxy *proxy)
{
	free(proxy->command);
	free(proxy->host);
	free(proxy->user);
	buf_wipe(&proxy->password);
	if (proxy->fetched != NULL)
		buf_wipe(proxy->fetched);
	free(proxy->fetched);
	*proxy = (struct proxy){0};
}
