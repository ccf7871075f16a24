#include "fuzz/fuzz.h"

#include "dkim/body_hash.h"

/* A line without its end, by the words of RFC 6376 section 3.4.4. */
static void
add_line(struct span line, struct buf *out)
{
	size_t len = line.len;

	while (len > 0 && ascii_is_blank(line.at[len - 1]))
		len--;
	for (size_t i = 0; i < len; i++)
		if (!ascii_is_blank(line.at[i]))
			buf_add_char(out, line.at[i]);
		else if (i == 0 || !ascii_is_blank(line.at[i - 1]))
			buf_add_char(out, ' ');
}

/* The canonical form in memory: the whole body, line by line. */
static void
make_canonical(struct span body, struct buf *out)
{
	size_t end = 0; /* behind the last line with text */

	while (body.len > 0) {
		size_t before = out->len, len = 0;

		while (len < body.len &&
		    !(body.at[len] == '\r' && len + 1 < body.len &&
			body.at[len + 1] == '\n'))
			len++;
		add_line(span_head(body, len), out);
		if (out->len > before)
			end = out->len + 2;
		buf_add_text(out, "\r\n");
		body = span_skip(body, len + 2);
	}
	out->len = end;
}

/* The first octet chooses how the body is cut; all cuts give one hash. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span body = fuzz_input(data, size), rest;
	size_t cut = fuzz_choice(&body) + 1;
	unsigned char want[SHA256_OCTETS], got[SHA256_OCTETS];
	struct body_hash hash;
	struct buf canonical;

	buf_init(&canonical, 2 * size + 2);
	make_canonical(body, &canonical);
	CLAIM(!canonical.full);
	CLAIM(sha256_of(buf_span(&canonical), want));
	body_hash_init(&hash);
	for (rest = body; rest.len > 0; rest = span_skip(rest, cut))
		body_hash_take(&hash, span_head(rest, cut));
	CLAIM(body_hash_end(&hash, got));
	CLAIM(memcmp(want, got, SHA256_OCTETS) == 0);
	buf_free(&canonical);
	return 0;
}
