#include "sink.h"

#include <stdlib.h>
#include <string.h>

static void
take(struct session *session, size_t len)
{
	if (session->options->hashes)
		gnutls_hash(session->content, session->in + session->at, len);
	if (session->saved != NULL)
		fwrite(session->in + session->at, 1, len, session->saved);
	session->octets += len;
	session->at += len;
}

/*
 * Takes the content up to the next dot that begins a line; the two octets after
 * that dot are in the input then. False at the end of the input.
 */
static bool
find_dot(struct session *session, char last[2])
{
	const char *begin = session->in + session->at;
	const char *end = session->in + session->end;
	const char *dot = begin;
	size_t len;
	bool found = false;

	while ((dot = memchr(dot, '.', (size_t)(end - dot))) != NULL) {
		char one = dot - begin >= 1 ? dot[-1] : last[1];
		char two = dot - begin >= 2 ? dot[-2]
		    : dot - begin == 1	    ? last[1]
					    : last[0];

		if (one == '\n' && two == '\r') {
			found = true;
			break;
		}
		dot++;
	}
	len = (size_t)((found ? dot : end) - begin);
	if (len == 1)
		last[0] = last[1];
	else if (len >= 2)
		last[0] = begin[len - 2];
	if (len >= 1)
		last[1] = begin[len - 1];
	take(session, len);
	return found;
}

bool
take_stuffed(struct session *session)
{
	char last[2] = {'\r', '\n'};

	for (;;) {
		if (!find_dot(session, last)) {
			if (!session_fill(session))
				return false;
			continue;
		}
		while (session->end - session->at < 3)
			if (!session_fill(session))
				return false;
		session->at++;
		if (memcmp(session->in + session->at, "\r\n", 2) == 0)
			break;
		/* the octet after a stuffed dot is content, even a dot */
		last[0] = last[1];
		last[1] = session->in[session->at];
		take(session, 1);
	}
	session->at += 2;
	session->by = "DATA";
	session->messages++;
	session_say(session, "250 taken\r\n");
	return true;
}

bool
take_chunk(struct session *session, const char *words)
{
	unsigned long long left = strtoull(words, NULL, 10);

	if (strstr(words, "LAST") != NULL)
		session->messages++;
	while (left > 0) {
		size_t len = session->end - session->at;

		if (len > left)
			len = (size_t)left;
		take(session, len);
		left -= len;
		if (left > 0 && !session_fill(session))
			return false;
	}
	session->by = "BDAT";
	session_say(session, "250 taken\r\n");
	return true;
}
