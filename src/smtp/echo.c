#include "smtp/echo.h"

#define STRETCH ((size_t)8)

/* How far two texts agree. */
static size_t
common_length(struct span a, struct span b)
{
	size_t len = 0;

	while (len < a.len && len < b.len && a.at[len] == b.at[len])
		len++;
	return len;
}

/* The longest start of `text` that stands anywhere in `secret`. */
static size_t
longest_echo(struct span text, struct span secret)
{
	size_t least = secret.len < STRETCH ? secret.len : STRETCH;
	size_t longest = 0;

	if (least == 0 || text.len < least)
		return 0;
	for (size_t i = 0; i + least <= secret.len; i++) {
		size_t len;

		if (secret.at[i] != text.at[0])
			continue;
		len = common_length(text, span_skip(secret, i));
		if (len >= least && len > longest)
			longest = len;
	}
	return longest;
}

void
echo_replace(struct buf *out, struct span line, struct span secrets)
{
	while (line.len > 0) {
		struct span rest = secrets, secret;
		size_t longest = 0;

		while (span_next_word(&rest, "\n", &secret)) {
			size_t len = longest_echo(line, secret);

			if (len > longest)
				longest = len;
		}
		if (longest > 0)
			buf_add_text(out, "***");
		else
			buf_add_char(out, line.at[0]);
		line = span_skip(line, longest > 0 ? longest : 1);
	}
}
