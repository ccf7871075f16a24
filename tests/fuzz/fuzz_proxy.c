#include "fuzz/proxy_run.h"

#define PASSWORD "xyzzy-plugh"

/* Reads the proxy's replies by RFC 1928 and RFC 1929, for comparison. */
struct book {
	struct span rest;
	bool is_login; /* the proxy chose a login */
};

static bool
take(struct book *book, size_t len)
{
	bool is_there = book->rest.len >= len;

	book->rest = span_skip(book->rest, len);
	return is_there;
}

static bool
take_octet(struct book *book, unsigned *octet)
{
	bool is_there = book->rest.len > 0;

	*octet = fuzz_choice(&book->rest);
	return is_there;
}

static bool
takes_login(struct book *book)
{
	unsigned version, status;

	return take_octet(book, &version) && take_octet(book, &status) &&
	    (version == 1 || version == 5) && status == 0;
}

/* Whether these replies establish a connection. */
static bool
is_connected(struct book *book, bool has_login)
{
	unsigned version, method, code, nothing, type, len;

	if (!take_octet(book, &version) || !take_octet(book, &method) ||
	    version != 5 || (method != 0 && (method != 2 || !has_login)))
		return false;
	book->is_login = method == 2;
	if (book->is_login && !takes_login(book))
		return false;
	if (!take_octet(book, &version) || !take_octet(book, &code) ||
	    version != 5 || code != 0 || !take_octet(book, &nothing) ||
	    !take_octet(book, &type))
		return false;
	if (type == 3)
		return take_octet(book, &len) && take(book, len + 2);
	return (type == 1 && take(book, 6)) || (type == 4 && take(book, 18));
}

static bool
holds(const struct buf *text, struct span part)
{
	for (size_t i = 0; i < text->len; i++)
		if (span_starts(span_skip(buf_span(text), i), part))
			return true;
	return false;
}

/*
 * A proxy sends any octets and closes: the client is connected if and only if
 * the RFCs say so, reads no octet after the reply, and sends no password unless
 * the proxy asked for one.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	unsigned choice = fuzz_choice(&input);
	bool has_login = (choice & 1) != 0;
	const struct proxy_target target = {
	    .host = (choice & 2) != 0 ? "mail.example.org"
		: (choice & 4) != 0   ? "192.0.2.1"
				      : "2001:db8::1",
	    .port = 465,
	    .user = has_login ? SPAN("me") : (struct span){0},
	    .password = SPAN(PASSWORD),
	};
	struct book book;
	struct proxy_run run;
	bool is_done;

	input = span_head(input, 8192);
	book = (struct book){.rest = input};
	is_done = is_connected(&book, has_login);
	run = proxy_run_with(PROXY_SOCKS, &target, input);
	CLAIM((run.result == PROXY_DONE) == is_done);
	CLAIM(!is_done || span_equal(buf_span(&run.left), book.rest));
	CLAIM(holds(&run.said, SPAN(PASSWORD)) == book.is_login);
	CLAIM(!holds(&run.reason, SPAN(PASSWORD)));
	proxy_run_free(&run);
	return 0;
}
