/*
 * Puts a dot in front of every line that begins with one. The text is not
 * copied: a dot that must be doubled is the last octet of one piece and the
 * first octet of the next.
 */
#include "message/dot_stuffing.h"

static bool
give(const struct dot_stuffing *stuffing, struct span piece)
{
	return piece.len == 0 ||
	    stuffing->sink->write(stuffing->sink->context, piece.at, piece.len);
}

bool
dot_stuffing_write(void *context, const char *data, size_t len)
{
	struct dot_stuffing *stuffing = context;
	struct span text = {data, len};
	size_t given = 0, at;

	for (at = span_find(text, '.'); at < len;
	     at += 1 + span_find(span_skip(text, at + 1), '.')) {
		if (at > 0 ? data[at - 1] != '\n' : stuffing->in_line)
			continue;
		if (!give(stuffing, span_skip(span_head(text, at + 1), given)))
			return false;
		given = at;
	}
	if (len > 0)
		stuffing->in_line = data[len - 1] != '\n';
	return give(stuffing, span_skip(text, given));
}
