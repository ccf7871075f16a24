/* Visitors of the listener: the input is cut into what each of them sends. */
#include "fuzz/fuzz.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wait.h"
#include "oauth/listener.h"

#define VISITORS 4

static const struct redirect_wanted wanted = {.state = {"S", 1}};

/* Our end of a connection to the listener, as visitor `i`. */
static int
connect_as(struct listener *listener, size_t i, struct span text)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) < 0)
		abort();
	listener->visitors[i].fd = ends[0];
	listener->visitors[i].deadline = DEADLINE_NEVER;
	buf_init_secret(&listener->visitors[i].header, REDIRECT_MAX);
	if (text.len > 0 && write(ends[1], text.at, text.len) < 0)
		abort();
	shutdown(ends[1], SHUT_WR);
	return ends[1];
}

static struct span
take_visit(struct span *input)
{
	size_t len = span_find(*input, '\0');
	struct span visit = span_head(*input, len);

	*input = span_skip(*input, len + 1);
	return visit;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	struct listener listener;
	struct redirect redirect = {0};
	enum redirect_result result = REDIRECT_FOREIGN;
	enum listener_result ended;
	int ends[VISITORS], ready[2];

	if (size > 8192 || pipe(ready) < 0)
		return 0;
	listener_init(&listener);
	for (size_t i = 0; i < VISITORS; i++)
		ends[i] = connect_as(&listener, i, take_visit(&input));
	/* It always ends: no visitor is left then. */
	do {
		bool is_left = false;

		for (size_t i = 0; i < VISITORS; i++)
			is_left |= listener.visitors[i].fd >= 0;
		if (!is_left && write(ready[1], "x", 1) != 1)
			abort();
		ended = listener_wait(&listener, &wanted, ready[0],
		    is_left ? clock_now() + 1 : DEADLINE_NEVER, &redirect,
		    &result);
	} while (ended == LISTENER_TIMEOUT);
	CLAIM(ended == LISTENER_ANSWERED || ended == LISTENER_INPUT);
	CLAIM(ended == LISTENER_INPUT || result == REDIRECT_CODE ||
	    result == REDIRECT_ERROR);
	CLAIM((redirect.code.len > 0) ==
	    (ended == LISTENER_ANSWERED && result == REDIRECT_CODE));
	redirect_free(&redirect);
	listener_close(&listener);
	for (size_t i = 0; i < VISITORS; i++)
		close(ends[i]);
	close(ready[0]);
	close(ready[1]);
	return 0;
}
