/*
 * TLS never becomes less strict. A profile has one setting `tls`, so all of its
 * servers must need the same value.
 */
#include "import/foreign_server.h"

#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "net/host_name.h"
#include "profile/server_url.h"

unsigned short
foreign_server_port(struct span text)
{
	static const struct {
		const char *name;
		unsigned short port;
	} services[] = {{"smtp", 25}, {"mail", 25}, {"submission", 587},
	    {"submissions", 465}, {"smtps", 465}, {"ssmtp", 465}, {"urd", 465}};
	uint64_t port;

	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++)
		if (span_equal(text, span_from(services[i].name)))
			return services[i].port;
	return span_number(text, 65535, &port) ? (unsigned short)port : 0;
}

/* The word of the setting `tls`. */
static const char *
word_of(const struct foreign_server *server)
{
	switch (server->tls) {
	case FOREIGN_TLS_NONE:
		return "none";
	case FOREIGN_TLS_OPPORTUNISTIC:
		return "opportunistic";
	case FOREIGN_TLS_STARTTLS:
	case FOREIGN_TLS_IMMEDIATE:
		break;
	}
	return server->takes_any ? "opportunistic" : "required";
}

static void
add_url(struct buf *url, const struct foreign_server *server)
{
	const char *protocol = server->is_lmtp ? "lmtp" : "smtp";
	bool is_bare = server->host.len > 0 && server->host.at[0] != '[' &&
	    span_find(server->host, ':') < server->host.len;

	if (server->socket.len > 0) {
		buf_add_format(url, "%s+unix:", protocol);
		buf_add_span(url, server->socket);
		return;
	}
	buf_add_format(url, "%s%s://%s", protocol,
	    !server->is_lmtp && server->tls == FOREIGN_TLS_IMMEDIATE ? "s" : "",
	    is_bare ? "[" : "");
	buf_add_span(url, server->host);
	buf_add_format(url, "%s:%u", is_bare ? "]" : "", server->port);
}

static bool
is_local(const struct foreign_server *server)
{
	return server->socket.len > 0 ||
	    span_equal_nocase(server->host, SPAN("localhost")) ||
	    (host_name_is_address(server->host) &&
		span_starts(server->host, SPAN("127."))) ||
	    span_equal(server->host, SPAN("::1")) ||
	    span_equal(server->host, SPAN("[::1]"));
}

#define ANY_CERTIFICATE "tls = opportunistic: any certificate is accepted"
#define PIN_INSTEAD                                                         \
	" smtpost logs in only if the certificate can be verified, or if "  \
	"tls-pin names its key. To be safe, write tls = required, and add " \
	"the "                                                              \
	"lines for tls-trust = pin that smtpost --server-info prints"

/* The text of the warning; NULL: there is none. */
static const char *
weakness_of(const struct foreign_server *server)
{
	if (is_local(server))
		return NULL;
	if (server->tls == FOREIGN_TLS_NONE)
		return "tls = none: mail goes over the network in clear text, "
		       "and smtpost sends no password this way; if smtpost "
		       "--server-info shows that the server has TLS, remove "
		       "the line tls = none";
	if (server->takes_any && server->tls == FOREIGN_TLS_IMMEDIATE)
		return ANY_CERTIFICATE
		    ", so that an attacker in the network can read "
		    "mail." PIN_INSTEAD;
	if (server->takes_any)
		return ANY_CERTIFICATE
		    ", and if the server refuses STARTTLS, mail is sent in "
		    "clear text, so that an attacker in the network can read "
		    "it." PIN_INSTEAD;
	if (server->tls == FOREIGN_TLS_OPPORTUNISTIC)
		return "tls = opportunistic: an attacker in the network can "
		       "turn TLS off; if the server has TLS, write tls = "
		       "required";
	if (!server->verifies)
		return "the certificate of the server was not checked before, "
		       "but smtpost checks it; if it is not trusted, add the "
		       "lines for tls-trust = pin that smtpost --server-info "
		       "prints";
	return NULL;
}

/* Whether the profile can list the server; if not, a comment says why. */
static bool
is_possible(const struct foreign_server *server, struct span url,
    const char *word, struct import_profile *profile)
{
	struct server parsed = {0};
	struct buf why = {0};
	struct error err;
	bool is_left;

	if (strcmp(word_of(server), word) != 0)
		buf_add_format(&why,
		    "it needs tls = %s, unlike the server before it; put it "
		    "into a profile of its own",
		    word_of(server));
	else if (server->is_lmtp && server->tls == FOREIGN_TLS_IMMEDIATE)
		buf_add_text(
		    &why, "smtpost has no LMTP with TLS from the start");
	else if (server->is_lmtp && server->socket.len == 0 &&
	    server->port == 25)
		buf_add_text(&why, "port 25 is not for LMTP (RFC 2033)");
	else if (!server_url_parse(&parsed, url, &err))
		buf_add_text(&why, err.text);
	server_url_free(&parsed);
	is_left = why.len > 0;
	if (is_left)
		import_profile_leave(
		    profile, span_from(server->keys), buf_text(&why));
	buf_free(&why);
	return !is_left;
}

void
foreign_server_translate(const struct foreign_server *servers, size_t count,
    struct import_profile *profile)
{
	const struct foreign_server *first = NULL;
	const char *told = NULL;
	struct buf urls = {0};

	for (size_t i = 0; i < count; i++) {
		const struct foreign_server *server = &servers[i];
		const char *weakness = weakness_of(server);
		struct buf url = {0};

		add_url(&url, server);
		if (is_possible(server, buf_span(&url),
			word_of(first != NULL ? first : server), profile)) {
			if (first == NULL)
				first = server;
			if (urls.len > 0)
				buf_add_char(&urls, ' ');
			buf_add_span(&urls, buf_span(&url));
			if (weakness != NULL && weakness != told)
				import_profile_warn(profile, weakness);
			told = weakness;
		}
		buf_free(&url);
	}
	if (first != NULL) {
		import_profile_set(
		    profile, "server", buf_span(&urls), first->keys);
		import_profile_set_text(
		    profile, "tls", word_of(first), first->keys);
	}
	buf_free(&urls);
}
