#include "fuzz/proxy_run.h"

#include <string.h>

#include "net/proxy_http.h"

#define PASSWORD "xyzzy-plugh"

/* The octets of a header up to its empty line; 0: it has none. */
static size_t
find_end(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		struct span rest = span_skip(text, i);

		if (span_starts(rest, SPAN("\n\n")))
			return i + 2;
		if (span_starts(rest, SPAN("\n\r\n")))
			return i + 3;
	}
	return 0;
}

/* "HTTP/1.1 200", a space, any text */
static bool
take_code(struct span header, unsigned *code)
{
	struct span line = span_head(header, span_find(header, '\n'));

	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	*code = 0;
	if (line.len < 12 || memcmp(line.at, "HTTP/1.", 7) != 0 ||
	    !ascii_is_digit(line.at[7]) || line.at[8] != ' ' ||
	    (line.len > 12 && line.at[12] != ' '))
		return false;
	for (size_t i = 9; i < 12; i++) {
		if (!ascii_is_digit(line.at[i]))
			return false;
		*code = *code * 10 + (unsigned)(line.at[i] - '0');
	}
	return *code >= 100 && *code <= 599 && *code != 101;
}

static bool
is_clean(struct span header)
{
	for (size_t i = 0; i < header.len; i++)
		if (ascii_is_control(header.at[i]) && header.at[i] != '\t' &&
		    header.at[i] != '\r' && header.at[i] != '\n')
			return false;
	return true;
}

/* Whether these replies establish a connection; *rest is what follows them. */
static bool
is_connected(struct span *rest)
{
	for (;;) {
		size_t end = find_end(*rest);
		struct span header = span_head(*rest, end);
		unsigned code;

		if (end == 0 || !is_clean(header) || !take_code(header, &code))
			return false;
		*rest = span_skip(*rest, end);
		if (code >= 200)
			return code < 300;
	}
}

/*
 * A proxy sends any octets and closes: the client is connected if and only if
 * RFC 9112 says so, and reads no octet after the reply.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size), rest;
	unsigned choice = fuzz_choice(&input);
	bool has_login = (choice & 1) != 0;
	const struct proxy_target target = {
	    .host = (choice & 2) != 0 ? "mail.example.org" : "2001:db8::1",
	    .port = 465,
	    .user = has_login ? SPAN("me") : (struct span){0},
	    .password = SPAN(PASSWORD),
	};
	struct proxy_run run;
	bool is_done;

	input = rest = span_head(input, 8192);
	is_done = is_connected(&rest);
	CLAIM(input.len < PROXY_HTTP_REPLY_MAX);
	run = proxy_run_with(PROXY_HTTP, &target, input);
	CLAIM((run.result == PROXY_DONE) == is_done);
	CLAIM(!is_done || span_equal(buf_span(&run.left), rest));
	CLAIM(run.reason.len < 512);
	/* No quotation can hold the password. */
	CLAIM(!has_login ||
	    span_find(buf_span(&run.reason), '"') == run.reason.len);
	proxy_run_free(&run);
	return 0;
}
