/*
 * Walks over the tags of the document once, with the names of the open elements
 * on a stack. Text counts only in the elements that describe a server.
 */
#include "doctor/autoconfig.h"

#include <string.h>

#include "address/domain.h"
#include "base/text.h"

#define DEPTH_MAX 16
#define TEXT_MAX ((size_t)512)

struct reader {
	struct autoconfig *found;
	struct span rest, domain;
	struct span open[DEPTH_MAX]; /* the names of the open elements */
	size_t depth;
	size_t server;	 /* the depth of an outgoingServer; 0: none */
	size_t oauth;	 /* that of an oAuth2; 0: none */
	struct buf text; /* of the element that is open */
	struct autoconfig_server one;
	bool has_socket, is_complete;
};

static bool
refuse(struct buf *reason, const char *why)
{
	buf_add_text(reason, why);
	return false;
}

/* The octets before the mark, which is skipped; false: it is not there. */
static bool
take_until(struct span *rest, struct span mark, struct span *before)
{
	for (size_t i = 0; i + mark.len <= rest->len; i++)
		if (memcmp(rest->at + i, mark.at, mark.len) == 0) {
			*before = span_head(*rest, i);
			*rest = span_skip(*rest, i + mark.len);
			return true;
		}
	return false;
}

/* Adds text without its entities; unknown ones stay as they are. */
static void
add_text(struct reader *reader, struct span text)
{
	static const struct {
		const char *name;
		char value;
	} entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'},
	    {"&quot;", '"'}, {"&apos;", '\''}};

	while (text.len > 0 && reader->text.len < TEXT_MAX) {
		size_t used = 1;
		char c = text.at[0];

		for (size_t i = 0; c == '&' && i < 5; i++)
			if (span_starts(text, span_from(entities[i].name))) {
				used = strlen(entities[i].name);
				c = entities[i].value;
				break;
			}
		buf_add_char(&reader->text, c);
		text = span_skip(text, used);
	}
}

/* Whether the attributes of a tag hold type="smtp". */
static bool
is_smtp(struct span rest)
{
	for (;;) {
		struct span name, value;
		char quote;
		size_t end;

		rest = span_trim(rest);
		end = span_find(rest, '=');
		name = span_trim(span_head(rest, end));
		rest = span_trim(span_skip(rest, end + 1));
		if (rest.len == 0)
			return false;
		quote = rest.at[0];
		if (quote != '"' && quote != '\'')
			return false;
		rest = span_skip(rest, 1);
		value = span_head(rest, span_find(rest, quote));
		rest = span_skip(rest, value.len + 1);
		if (span_equal(name, SPAN("type")))
			return span_equal(value, SPAN("smtp"));
	}
}

/* The host, in which %EMAILDOMAIN% stands for the domain. */
static void
take_host(struct reader *reader, struct span text)
{
	struct buf host = {0};
	struct span before;

	while (take_until(&text, SPAN("%EMAILDOMAIN%"), &before)) {
		buf_add_span(&host, before);
		buf_add_span(&host, reader->domain);
	}
	buf_add_span(&host, text);
	if (domain_is_fqdn(buf_span(&host)) &&
	    host.len < sizeof(reader->one.host)) {
		for (size_t i = 0; i < host.len; i++)
			reader->one.host[i] = ascii_lower(host.data[i]);
		reader->one.host[host.len] = '\0';
	}
	buf_free(&host);
}

/* Only the first login that is known counts, but OAuth counts anywhere. */
static void
take_login(struct autoconfig_server *server, struct span text)
{
	static const struct {
		const char *name;
		enum autoconfig_login login;
	} logins[] = {
	    {"password-cleartext", AUTOCONFIG_LOGIN_PASSWORD},
	    {"plain", AUTOCONFIG_LOGIN_PASSWORD},
	    {"password-encrypted", AUTOCONFIG_LOGIN_HIDDEN},
	    {"secure", AUTOCONFIG_LOGIN_HIDDEN},
	    {"OAuth2", AUTOCONFIG_LOGIN_OAUTH},
	    {"client-IP-address", AUTOCONFIG_LOGIN_NONE},
	    {"none", AUTOCONFIG_LOGIN_NONE},
	};

	for (size_t i = 0; i < sizeof(logins) / sizeof(logins[0]); i++) {
		if (!span_equal(text, span_from(logins[i].name)))
			continue;
		if (server->login == AUTOCONFIG_LOGIN_UNSAID)
			server->login = logins[i].login;
		server->has_oauth |= logins[i].login == AUTOCONFIG_LOGIN_OAUTH;
	}
}

/* The text of oAuth2/issuer; the first one counts. */
static void
take_issuer(struct reader *reader)
{
	struct span text = span_trim(buf_span(&reader->text));
	char *issuer = reader->found->issuer;

	if (issuer[0] == '\0' && text.len > 0 &&
	    text.len <= AUTOCONFIG_ISSUER_MAX && !span_has_control(text))
		memcpy(issuer, text.at, text.len);
}

/* The text of a child of outgoingServer. */
static void
take_value(struct reader *reader, struct span name)
{
	struct span text = span_trim(buf_span(&reader->text));
	uint64_t port = 0;

	if (span_equal(name, SPAN("hostname"))) {
		take_host(reader, text);
	} else if (span_equal(name, SPAN("port"))) {
		span_number(text, 65535, &port);
		reader->one.port = (unsigned short)port;
	} else if (span_equal(name, SPAN("socketType"))) {
		reader->one.is_smtps = span_equal(text, SPAN("SSL"));
		reader->has_socket =
		    reader->one.is_smtps || span_equal(text, SPAN("STARTTLS"));
	} else if (span_equal(name, SPAN("username"))) {
		reader->one.has_local_user =
		    span_equal(text, SPAN("%EMAILLOCALPART%"));
	} else if (span_equal(name, SPAN("authentication"))) {
		take_login(&reader->one, text);
	}
}

/* A server without TLS, or of which a value is missing, does not count. */
static void
take_server(struct reader *reader)
{
	struct autoconfig *found = reader->found;

	if (reader->one.host[0] != '\0' && reader->one.port > 0 &&
	    reader->has_socket && found->count < AUTOCONFIG_SERVERS_MAX)
		found->servers[found->count++] = reader->one;
	reader->server = 0;
}

static bool
open_element(struct reader *reader, struct span tag, struct buf *reason)
{
	size_t end = 0;
	struct span name;
	bool in_config, in_provider;

	while (end < tag.len && !ascii_is_space(tag.at[end]))
		end++;
	name = span_head(tag, end);
	if (name.len == 0)
		return refuse(reason, "it is not XML");
	if (reader->depth == DEPTH_MAX)
		return refuse(reason, "its XML is too deep");
	reader->open[reader->depth++] = name;
	in_config = span_equal(reader->open[0], SPAN("clientConfig"));
	in_provider = in_config && reader->depth == 3 &&
	    span_equal(reader->open[1], SPAN("emailProvider"));
	if (in_provider && span_equal(name, SPAN("outgoingServer")) &&
	    is_smtp(span_skip(tag, end))) {
		reader->server = reader->depth;
		reader->one = (struct autoconfig_server){0};
		reader->has_socket = false;
	}
	/* The ISPDB has oAuth2 in clientConfig itself. */
	if ((in_provider || (in_config && reader->depth == 2)) &&
	    span_equal(name, SPAN("oAuth2")))
		reader->oauth = reader->depth;
	buf_clear(&reader->text);
	return true;
}

static bool
close_element(struct reader *reader, struct span name, struct buf *reason)
{
	name = span_trim(name);
	if (reader->depth == 0 ||
	    !span_equal(reader->open[reader->depth - 1], name))
		return refuse(reason, "its XML is not well-formed");
	if (reader->server > 0 && reader->depth == reader->server + 1)
		take_value(reader, name);
	if (reader->depth == reader->server)
		take_server(reader);
	if (reader->oauth > 0 && reader->depth == reader->oauth + 1 &&
	    span_equal(name, SPAN("issuer")))
		take_issuer(reader);
	if (reader->depth == reader->oauth)
		reader->oauth = 0;
	reader->depth--;
	reader->is_complete = reader->depth == 0;
	buf_clear(&reader->text);
	return true;
}

/* What follows a "<"; a ">" in an attribute is no end of its tag. */
static bool
take_tag(struct reader *reader, struct buf *reason)
{
	struct span *rest = &reader->rest, tag;
	char quote = '\0';
	size_t end = 0;

	if (span_starts(*rest, SPAN("!--")))
		return take_until(rest, SPAN("-->"), &tag) ||
		    refuse(reason, "its XML is cut off");
	if (span_starts(*rest, SPAN("?")))
		return take_until(rest, SPAN("?>"), &tag) ||
		    refuse(reason, "its XML is cut off");
	if (span_starts(*rest, SPAN("!")))
		return refuse(reason, "it has a DOCTYPE or a CDATA section");
	while (end < rest->len && (quote != '\0' || rest->at[end] != '>')) {
		char c = rest->at[end++];

		if (quote == c)
			quote = '\0';
		else if (quote == '\0' && (c == '"' || c == '\''))
			quote = c;
	}
	if (end == rest->len)
		return refuse(reason, "its XML is cut off");
	tag = span_head(*rest, end);
	*rest = span_skip(*rest, end + 1);
	if (span_starts(tag, SPAN("/")))
		return close_element(reader, span_skip(tag, 1), reason);
	if (tag.len == 0 || tag.at[tag.len - 1] != '/')
		return open_element(reader, tag, reason);
	return true; /* an empty element says nothing of a server */
}

bool
autoconfig_read(struct autoconfig *found, struct span document,
    struct span domain, struct buf *reason)
{
	struct reader reader = {
	    .found = found, .rest = document, .domain = domain};
	struct span text;
	bool done = true;

	*found = (struct autoconfig){0};
	while (done && !reader.is_complete && reader.rest.len > 0) {
		size_t end = span_find(reader.rest, '<');

		text = span_head(reader.rest, end);
		reader.rest = span_skip(reader.rest, end);
		if (reader.server > 0 || reader.oauth > 0)
			add_text(&reader, text);
		if (reader.rest.len > 0) {
			reader.rest = span_skip(reader.rest, 1);
			done = take_tag(&reader, reason);
		}
	}
	buf_free(&reader.text);
	if (done && !reader.is_complete)
		done = refuse(reason, "its XML is cut off");
	if (done && found->count == 0)
		done = refuse(reason,
		    "it names no server for outgoing mail that uses TLS");
	if (!done)
		*found = (struct autoconfig){0};
	return done;
}
