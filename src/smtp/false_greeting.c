/*
 * Explains a greeting that is not SMTP. Its text is quoted as a reply is: a
 * secret of ours in it is hidden, and what is foreign is masked.
 */
#include "smtp/false_greeting.h"

#include <stdlib.h>

#include "base/wait.h"
#include "smtp/quote.h"
#include "tls/foreign.h"

/* How long, and for how many octets, to wait for the header of a web page. */
#define PAGE_TIMEOUT ((int64_t)1000)
#define PAGE_MAX ((size_t)8192)

void
false_greeting_hint_at_tls(const struct server *server, struct outcome *trouble)
{
	outcome_set_hint(trouble,
	    "if port %u uses TLS from the start, write smtps:// instead of "
	    "smtp://",
	    (unsigned)server->port);
}

/* Quotes input that no reply was made of: it may still hold a secret. */
static char *
quote_masked(struct dialogue *dialogue, struct span said)
{
	struct buf clean = {0};
	char *quoted;

	echo_replace(&dialogue->echo, said, &clean);
	quoted = quote_words(buf_span(&clean));
	buf_free(&clean);
	return quoted;
}

/* Reads on in an HTTP response to find the page to which it redirects. */
static void
hint_at_login_page(struct dialogue *dialogue, struct outcome *trouble)
{
	struct stream *stream = dialogue->stream;
	int64_t deadline =
	    deadline_earlier(dialogue->deadline, deadline_in(PAGE_TIMEOUT));
	char *host;

	while (stream_input(stream).len < PAGE_MAX &&
	    foreign_location(stream_input(stream)).len == 0 &&
	    stream_fill(stream, deadline))
		;
	host = quote_masked(dialogue, foreign_location(stream_input(stream)));
	outcome_set_hint(trouble,
	    "a login page answers instead of the server: log in to this "
	    "network with a browser first%s%s",
	    host[0] != '\0' ? ", at " : "", host);
	free(host);
}

static void
hint_at_protocol(
    const struct server *server, const char *protocol, struct outcome *trouble)
{
	if (span_equal(span_from(protocol), SPAN("HTTP")))
		outcome_set_hint(trouble,
		    "port %u belongs to a web server, or a login page of this "
		    "network answers instead of the server",
		    (unsigned)server->port);
	else
		outcome_set_hint(trouble,
		    "port %u is for %s; mail is submitted at port 465 "
		    "(smtps://) or 587 (smtp://)",
		    (unsigned)server->port, protocol);
}

void
false_greeting_explain(struct dialogue *dialogue, const struct server *server,
    struct span said, struct outcome *trouble)
{
	const char *wanted = server_url_is_lmtp(server) ? "LMTP" : "SMTP";
	const char *protocol = foreign_protocol(said);
	char *quoted = quote_masked(dialogue, said);

	if (protocol == NULL) {
		outcome_set_own(trouble, STAGE_GREETING, CAUSE_PROTOCOL,
		    "the server's greeting is malformed: \"%s\"", quoted);
	} else if (span_equal(span_from(protocol), SPAN("TLS"))) {
		outcome_set_own(trouble, STAGE_GREETING, CAUSE_PROTOCOL,
		    "the server speaks TLS, not %s", wanted);
		false_greeting_hint_at_tls(server, trouble);
	} else {
		outcome_set_own(trouble, STAGE_GREETING, CAUSE_PROTOCOL,
		    "the server speaks %s, not %s: \"%s\"", protocol, wanted,
		    quoted);
		if (foreign_is_login_page(said))
			hint_at_login_page(dialogue, trouble);
		else
			hint_at_protocol(server, protocol, trouble);
	}
	free(quoted);
}
