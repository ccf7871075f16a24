#include "fuzz/fuzz.h"

#include "base/base64.h"
#include "tls/root_scan.h"

#define WHOLE_MAX ((size_t)32768)

/* Finds the subject of a block by decoding all of it; false if it has none. */
static bool
subject_of(struct span block, char *room, struct span *subject)
{
	size_t begin = SPAN("-----BEGIN ").len;
	struct span issuer, der = {room, 0}, base64 = span_skip(block, begin);

	base64 = span_skip(base64, span_find(base64, '-') + 5);
	der.len = base64_decode_head(room, WHOLE_MAX, base64);
	return root_scan_names(der, &issuer, subject);
}

/* Finds the next block with this subject, or with one that cannot be read. */
static bool
next_wanted(struct root_scan *all, struct span wanted, struct span *block)
{
	char room[WHOLE_MAX];
	struct span subject;

	while (root_scan_next(all, block))
		if (!subject_of(*block, room, &subject) ||
		    span_equal(subject, wanted))
			return true;
	return false;
}

/* Blocks are in order and within the bundle, and do not overlap. */
static void
check_order(struct span bundle)
{
	struct root_scan scan = {.rest = bundle};
	const char *last = bundle.at;
	struct span block;

	while (root_scan_next(&scan, &block)) {
		CLAIM(block.at >= last);
		last = block.at + block.len;
		CLAIM(last <= bundle.at + bundle.len);
		CLAIM(span_starts(block, SPAN("-----BEGIN ")));
	}
}

/*
 * A scan for the first subject finds all blocks with it, and perhaps blocks
 * whose subject is too far from their beginning to be read.
 */
static void
check_look_up(struct span bundle)
{
	struct root_scan named = {.rest = bundle}, all = {.rest = bundle};
	struct span block, wanted = SPAN("0"), found;
	char room[WHOLE_MAX];
	bool is_more;

	while (root_scan_next(&all, &block))
		if (subject_of(block, room, &wanted))
			break;
	CLAIM(root_scan_add(&named, wanted));
	all = (struct root_scan){.rest = bundle};
	is_more = root_scan_next(&named, &found);
	while (next_wanted(&all, wanted, &block)) {
		while (is_more && found.at < block.at)
			is_more = root_scan_next(&named, &found);
		CLAIM(is_more && found.at == block.at);
		is_more = root_scan_next(&named, &found);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size), issuer, subject;

	check_order(input);
	check_look_up(input);
	if (root_scan_names(input, &issuer, &subject)) {
		CLAIM(issuer.at + issuer.len <= subject.at);
		CLAIM(subject.at + subject.len <= input.at + input.len);
	}
	return 0;
}
