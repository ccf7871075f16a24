/*
 * Reads a line as nullmailer 2.2 does (lib/argparse.cc, src/send.cc,
 * protocols/protocol.cc), with its mistakes: an escaped character takes the one
 * after it along, so that in "a\\" the second quote is part of the word.
 */
#include "import/nullmailer_remote.h"

#include <string.h>

static const char *const option_names[NULLMAILER_OPTION_COUNT] = {
    [NULLMAILER_HOST] = "host",
    [NULLMAILER_PORT] = "port",
    [NULLMAILER_USER] = "user",
    [NULLMAILER_PASS] = "pass",
    [NULLMAILER_AUTH_LOGIN] = "auth-login",
    [NULLMAILER_AUTH_EXTERNAL] = "auth-external",
    [NULLMAILER_SOURCE] = "source",
    [NULLMAILER_TLS] = "tls",
    [NULLMAILER_SSL] = "ssl",
    [NULLMAILER_STARTTLS] = "starttls",
    [NULLMAILER_X509CERTFILE] = "x509certfile",
    [NULLMAILER_X509KEYFILE] = "x509keyfile",
    [NULLMAILER_X509CAFILE] = "x509cafile",
    [NULLMAILER_X509CRLFILE] = "x509crlfile",
    [NULLMAILER_X509FMTDER] = "x509fmtder",
    [NULLMAILER_INSECURE] = "insecure",
    [NULLMAILER_TLS_ANON_AUTH] = "tls-anon-auth",
};

#define BIT(option) (1U << (option))

static const unsigned valued = BIT(NULLMAILER_HOST) | BIT(NULLMAILER_PORT) |
    BIT(NULLMAILER_USER) | BIT(NULLMAILER_PASS) | BIT(NULLMAILER_SOURCE) |
    BIT(NULLMAILER_X509CERTFILE) | BIT(NULLMAILER_X509KEYFILE) |
    BIT(NULLMAILER_X509CAFILE) | BIT(NULLMAILER_X509CRLFILE);
static const unsigned mechanisms =
    BIT(NULLMAILER_AUTH_LOGIN) | BIT(NULLMAILER_AUTH_EXTERNAL);
/* The servers of one profile may differ in these. */
static const unsigned of_server = BIT(NULLMAILER_HOST) | BIT(NULLMAILER_PORT) |
    BIT(NULLMAILER_TLS) | BIT(NULLMAILER_SSL) | BIT(NULLMAILER_STARTTLS);

const char *
nullmailer_remote_option_name(enum nullmailer_option option)
{
	return option_names[option];
}

/* isspace(3) of C */
static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t
add_at(struct buf *word, struct span line, size_t at)
{
	if (at < line.len)
		buf_add_char(word, line.at[at]);
	return at + 1;
}

/* Adds the word that begins there; returns where it ends. */
static size_t
take_word(struct span line, size_t at, struct buf *word)
{
	while (at < line.len && !is_space(line.at[at])) {
		char c = line.at[at];

		if (c == '\\') {
			at = add_at(word, line, at + 1);
			at = add_at(word, line, at);
		} else if (c == '\'') {
			for (at++; at < line.len && line.at[at] != '\'';)
				at = add_at(word, line, at);
			at++;
		} else if (c == '"') {
			for (at++; at < line.len && line.at[at] != '"';) {
				if (line.at[at] == '\\')
					at = add_at(word, line, at + 1);
				at = add_at(word, line, at);
			}
			at++;
		} else {
			at = add_at(word, line, at);
		}
	}
	return at;
}

/* False: no word is left. */
static bool
next_word(struct span *line, struct buf *word)
{
	size_t at = 0;

	buf_wipe(word);
	buf_init_secret(word, line->len + 1);
	while (at < line->len && is_space(line->at[at]))
		at++;
	if (at >= line->len)
		return false;
	*line = span_skip(*line, take_word(*line, at, word));
	return true;
}

static const char *
set_port(struct nullmailer_remote *remote, struct span value)
{
	uint64_t port = 0;

	if (value.len > 0 && value.at[0] == '+')
		value = span_skip(value, 1);
	if (value.len > 0 && !span_number(value, 65535, &port))
		return "its port is not a number up to 65535, so nullmailer "
		       "cannot use this server";
	remote->port = (unsigned short)port;
	return NULL;
}

static const char *
set_option(struct nullmailer_remote *remote, enum nullmailer_option option,
    struct span value)
{
	if (BIT(option) & mechanisms)
		remote->given &= ~mechanisms;
	remote->given |= BIT(option);
	buf_wipe(&remote->values[option]);
	buf_init_secret(&remote->values[option], value.len + 1);
	buf_add_span(&remote->values[option], value);
	if (option == NULLMAILER_PORT)
		return set_port(remote, value);
	return NULL;
}

/* user=NAME or starttls, without hyphens before it */
static const char *
take_long_option(struct nullmailer_remote *remote, struct span word)
{
	size_t end = span_find(word, '=');
	bool has_value = end < word.len;

	for (int i = 0; i < NULLMAILER_OPTION_COUNT; i++) {
		if (!span_equal(
			span_head(word, end), span_from(option_names[i])))
			continue;
		if (has_value == ((BIT(i) & valued) != 0))
			return set_option(remote, (enum nullmailer_option)i,
			    span_skip(word, end + 1));
		return has_value
		    ? "one of its options takes no value but has one, so "
		      "nullmailer never uses this server"
		    : "one of its options lacks its value, which must be in "
		      "the same word, as in --user=NAME, so nullmailer never "
		      "uses this server";
	}
	return "one of its words is no option of nullmailer, which therefore "
	       "never uses this server";
}

/* Two leading hyphens do not count. */
static const char *
take_option(struct nullmailer_remote *remote, struct span word)
{
	if (span_starts(word, SPAN("--")))
		word = span_skip(word, 2);
	if (word.at[0] != '-')
		return take_long_option(remote, word);
	if (span_starts(word, SPAN("-p")) && word.len > 2)
		return set_option(remote, NULLMAILER_PORT, span_skip(word, 2));
	if (span_equal(word, SPAN("-")) || span_equal(word, SPAN("--")))
		return NULL;
	return take_long_option(
	    remote, span_skip(word, span_starts(word, SPAN("--")) ? 2 : 0));
}

/* The second word names a program; without it that is smtp. */
static const char *
take_protocol(struct span *line)
{
	struct buf word = {0};
	bool has_word = next_word(line, &word);
	const char *why = NULL;

	if (has_word && span_equal(buf_span(&word), SPAN("qmqp")))
		why = "smtpost does not speak QMQP, the protocol of this "
		      "server";
	else if (has_word && !span_equal(buf_span(&word), SPAN("smtp")))
		why = "the second word is not smtp, but another program for a "
		      "protocol";
	buf_wipe(&word);
	return why;
}

static const char *
take_options(struct nullmailer_remote *remote, struct span line)
{
	struct buf word = {0};
	const char *why = NULL;

	/* An empty word ends them. */
	while (why == NULL && next_word(&line, &word) && word.len > 0 &&
	    !span_equal(buf_span(&word), SPAN("--")))
		why = take_option(remote, buf_span(&word));
	buf_wipe(&word);
	return why;
}

static const char *
check(const struct nullmailer_remote *remote)
{
	if (remote->host.len == 0)
		return "the line does not name a server";
	for (size_t i = 0; i < remote->host.len; i++)
		if (!ascii_is_alnum(remote->host.data[i]) &&
		    memchr("-._:%[]", remote->host.data[i], 7) == NULL)
			return "its first word is not the name of a server";
	if (!nullmailer_remote_uses_tls(remote) ||
	    !nullmailer_remote_has(remote, NULLMAILER_TLS_ANON_AUTH))
		return NULL;
	for (int i = NULLMAILER_X509CERTFILE; i <= NULLMAILER_X509CRLFILE; i++)
		if (nullmailer_remote_has(remote, (enum nullmailer_option)i))
			return "tls-anon-auth excludes the options for "
			       "certificates, so nullmailer never uses this "
			       "server";
	return NULL;
}

const char *
nullmailer_remote_parse(struct nullmailer_remote *remote, struct span line)
{
	struct buf *host = &remote->values[NULLMAILER_HOST];
	const char *why;

	next_word(&line, &remote->host);
	why = take_protocol(&line);
	if (why == NULL)
		why = take_options(remote, line);
	if (nullmailer_remote_has(remote, NULLMAILER_HOST)) {
		buf_wipe(&remote->host);
		remote->host = *host;
		*host = (struct buf){0};
	}
	return why != NULL ? why : check(remote);
}

void
nullmailer_remote_free(struct nullmailer_remote *remote)
{
	buf_wipe(&remote->host);
	for (int i = 0; i < NULLMAILER_OPTION_COUNT; i++)
		buf_wipe(&remote->values[i]);
}

bool
nullmailer_remote_has(
    const struct nullmailer_remote *remote, enum nullmailer_option option)
{
	return (remote->given & BIT(option)) != 0;
}

bool
nullmailer_remote_uses_tls(const struct nullmailer_remote *remote)
{
	return nullmailer_remote_has(remote, NULLMAILER_TLS) ||
	    nullmailer_remote_has(remote, NULLMAILER_SSL) ||
	    nullmailer_remote_has(remote, NULLMAILER_STARTTLS);
}

bool
nullmailer_remote_agrees(
    const struct nullmailer_remote *a, const struct nullmailer_remote *b)
{
	bool agrees = ((a->given ^ b->given) & ~of_server) == 0 &&
	    nullmailer_remote_uses_tls(a) == nullmailer_remote_uses_tls(b);

	for (int i = 0; i < NULLMAILER_OPTION_COUNT && agrees; i++)
		agrees = BIT(i) & of_server ||
		    span_equal(
			buf_span(&a->values[i]), buf_span(&b->values[i]));
	return agrees;
}
