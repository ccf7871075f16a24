/*
 * A table of the first words of other protocols. TLS needs it for servers that
 * answer a handshake in plaintext, SMTP for unexpected greetings.
 */
#include "tls/foreign.h"

static const struct {
	struct span begins;
	const char *protocol;
} protocols[] = {
    {{"HTTP/", 5}, "HTTP"},
    {{"<!DOCTYPE", 9}, "HTTP"},
    {{"<html", 5}, "HTTP"},
    {{"* OK", 4}, "IMAP"},
    {{"* PREAUTH", 9}, "IMAP"},
    {{"* BYE", 5}, "IMAP"},
    {{"+OK", 3}, "POP3"},
    {{"-ERR", 4}, "POP3"},
    {{"SSH-", 4}, "SSH"},
    {{"RFB ", 4}, "VNC"},
    {{"\"IMPLEMENTATION\"", 16}, "ManageSieve"},
    /* TLS records: an alert and a handshake message. */
    {{"\x15\x03", 2}, "TLS"},
    {{"\x16\x03", 2}, "TLS"},
};

const char *
foreign_protocol(struct span said)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (span_starts_nocase(said, protocols[i].begins))
			return protocols[i].protocol;
	return NULL;
}

bool
foreign_is_login_page(struct span said)
{
	struct span word;
	uint64_t code;

	return span_starts_nocase(said, SPAN("HTTP/")) &&
	    span_next_word(&said, " ", &word) &&
	    span_next_word(&said, " \r\n", &word) &&
	    span_number(word, 599, &code) && (code / 100 == 3 || code == 511);
}

struct span
foreign_location(struct span answer)
{
	struct span line, none = {NULL, 0};

	while (span_next_word(&answer, "\r\n", &line)) {
		size_t scheme;

		if (!span_starts_nocase(line, SPAN("Location:")))
			continue;
		line = span_trim(span_skip(line, SPAN("Location:").len));
		scheme = span_find(line, ':');
		if (!span_starts(span_skip(line, scheme), SPAN("://")))
			return none; /* a path on the same host */
		line = span_skip(line, scheme + 3);
		line = span_head(line, span_find(line, '/'));
		return span_head(line, span_find(line, '?'));
	}
	return none;
}
