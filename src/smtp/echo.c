#include "smtp/echo.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define STRETCH ((size_t)8)

/*
 * Access tokens make the secrets long, and then most of a reply can be passed
 * by without a search: two bits are set for every stretch that there is.
 */
#define FILTER_FROM ((size_t)1024)
#define FILTER_BITS 20

struct filter {
	unsigned char bits[(1U << FILTER_BITS) / 8];
};

static void
hash_stretch(const char *at, uint32_t hashes[2])
{
	uint64_t octets;

	memcpy(&octets, at, sizeof(octets));
	octets *= UINT64_C(0x9e3779b97f4a7c15);
	hashes[0] = (uint32_t)(octets >> (64 - FILTER_BITS));
	hashes[1] = (uint32_t)(octets >> (64 - 2 * FILTER_BITS)) &
	    ((1U << FILTER_BITS) - 1);
}

/* NULL where a search costs nothing, or a secret is shorter than a stretch. */
static struct filter *
make_filter(struct span secrets)
{
	struct filter *filter;
	struct span rest = secrets, secret;

	if (secrets.len < FILTER_FROM)
		return NULL;
	while (span_next_word(&rest, "\n", &secret))
		if (secret.len < STRETCH)
			return NULL;
	filter = mem_new(1, sizeof(*filter));
	for (size_t i = 0; i + STRETCH <= secrets.len; i++) {
		uint32_t hashes[2];

		hash_stretch(secrets.at + i, hashes);
		for (size_t j = 0; j < 2; j++)
			filter->bits[hashes[j] / 8] |=
			    (unsigned char)(1U << hashes[j] % 8);
	}
	return filter;
}

static bool
may_begin(const struct filter *filter, struct span text)
{
	uint32_t hashes[2];

	if (filter == NULL)
		return true;
	if (text.len < STRETCH)
		return false;
	hash_stretch(text.at, hashes);
	return filter->bits[hashes[0] / 8] & 1U << hashes[0] % 8 &&
	    filter->bits[hashes[1] / 8] & 1U << hashes[1] % 8;
}

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
	struct filter *filter = make_filter(secrets);

	while (line.len > 0) {
		struct span rest = secrets, secret;
		size_t longest = 0;

		while (may_begin(filter, line) &&
		    span_next_word(&rest, "\n", &secret)) {
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
	free(filter);
}
