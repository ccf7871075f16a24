#include "fuzz/fuzz.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wait.h"
#include "net/proxy.h"

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

static struct buf
read_all(int fd)
{
	struct buf all;
	char block[4096];
	ssize_t got;

	buf_init(&all, (size_t)1024 * 1024);
	while ((got = recv(fd, block, sizeof(block), MSG_DONTWAIT)) > 0)
		CLAIM(buf_add(&all, block, (size_t)got));
	return all;
}

static bool
holds(const struct buf *text, struct span part)
{
	for (size_t i = 0; i < text->len; i++)
		if (span_starts(span_skip(buf_span(text), i), part))
			return true;
	return false;
}

static void
check_reason(enum proxy_result result, const struct buf *reason)
{
	CLAIM((result == PROXY_DONE) == (reason->len == 0));
	CLAIM(result != PROXY_TIMEOUT && result != PROXY_SIGNAL);
	CLAIM(!span_has_control(buf_span(reason)));
	CLAIM(!holds(reason, SPAN(PASSWORD)));
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
	struct buf reason = {0}, left, said;
	enum proxy_result result;
	int ends[2];
	bool is_done;

	input = span_head(input, 8192);
	book = (struct book){.rest = input};
	is_done = is_connected(&book, has_login);
	CLAIM(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	CLAIM(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
	CLAIM(input.len == 0 ||
	    write(ends[1], input.at, input.len) == (ssize_t)input.len);
	CLAIM(shutdown(ends[1], SHUT_WR) == 0);
	result = proxy_connect(
	    ends[0], PROXY_SOCKS, &target, DEADLINE_NEVER, &reason);
	left = read_all(ends[0]);
	said = read_all(ends[1]);
	CLAIM((result == PROXY_DONE) == is_done);
	CLAIM(!is_done || span_equal(buf_span(&left), book.rest));
	CLAIM(holds(&said, SPAN(PASSWORD)) == book.is_login);
	check_reason(result, &reason);
	close(ends[0]);
	close(ends[1]);
	buf_free(&reason);
	buf_free(&left);
	buf_free(&said);
	return 0;
}
