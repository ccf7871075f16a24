#include "mail/octets.h"

#include <string.h>

/* Of gcc and clang: every machine has them, or the compiler makes do. */
#define LANES 16
/* A count of one octet holds no more. */
#define STEPS_MAX 255

struct octet_lanes {
	unsigned char at __attribute__((vector_size(LANES)));
};

struct word_lanes {
	uint64_t at __attribute__((vector_size(LANES)));
};

static struct octet_lanes
load(const char *at)
{
	struct octet_lanes lanes;

	memcpy(&lanes, at, sizeof(lanes));
	return lanes;
}

static size_t
add_up(struct octet_lanes lanes)
{
	size_t sum = 0;

	for (size_t i = 0; i < LANES; i++)
		sum += lanes.at[i];
	return sum;
}

static void
count_one(struct octet_counts *counts, unsigned char c, char before)
{
	bool starts = before == '\n' || before == '\r';

	counts->lf += c == '\n';
	counts->cr += c == '\r';
	counts->crlf += c == '\n' && before == '\r';
	counts->dots += c == '.' && starts;
	counts->has_eight_bit |= c >= 0x80;
	counts->has_nul |= c == '\0';
}

static void
note_lanes(struct octet_counts *counts, struct octet_lanes high,
    struct octet_lanes nul)
{
	for (size_t i = 0; i < LANES; i++) {
		counts->has_eight_bit |= high.at[i] >= 0x80;
		counts->has_nul |= nul.at[i] != 0;
	}
}

/* An equal lane is all ones, which is -1: so counts grow by subtraction. */
static void
count_lanes(struct octet_counts *counts, const char *at, size_t steps)
{
	struct octet_lanes lf = {{0}}, cr = {{0}}, crlf = {{0}}, dots = {{0}};
	struct octet_lanes high = {{0}}, nul = {{0}};

	for (size_t i = 0; i < steps; i++, at += LANES) {
		struct octet_lanes here = load(at), last = load(at - 1);
		struct octet_lanes is_lf, behind_cr;

		is_lf.at = here.at == '\n';
		behind_cr.at = last.at == '\r';
		lf.at -= is_lf.at;
		cr.at -= here.at == '\r';
		crlf.at -= is_lf.at & behind_cr.at;
		dots.at -= (here.at == '.') &
		    ((last.at == '\n') | behind_cr.at);
		high.at |= here.at;
		nul.at |= here.at == 0;
	}
	counts->lf += add_up(lf);
	counts->cr += add_up(cr);
	counts->crlf += add_up(crlf);
	counts->dots += add_up(dots);
	note_lanes(counts, high, nul);
}

/* The same where there is no CR and nobody asks for dots: half the work. */
static void
count_lf_lanes(struct octet_counts *counts, const char *at, size_t steps)
{
	struct octet_lanes lf = {{0}}, high = {{0}}, nul = {{0}};

	for (size_t i = 0; i < steps; i++, at += LANES) {
		struct octet_lanes here = load(at);

		lf.at -= here.at == '\n';
		high.at |= here.at;
		nul.at |= here.at == 0;
	}
	counts->lf += add_up(lf);
	note_lanes(counts, high, nul);
}

struct octet_counts
octets_count(struct span block, char before, bool wants_dots)
{
	struct octet_counts counts = {0};
	size_t at = 0, steps;
	bool is_full;

	if (block.len == 0)
		return counts;
	is_full = wants_dots || span_find(block, '\r') < block.len;
	count_one(&counts, (unsigned char)block.at[at++], before);
	while (block.len - at >= LANES) {
		steps = (block.len - at) / LANES;
		if (steps > STEPS_MAX)
			steps = STEPS_MAX;
		if (is_full)
			count_lanes(&counts, block.at + at, steps);
		else
			count_lf_lanes(&counts, block.at + at, steps);
		at += steps * LANES;
	}
	for (; at < block.len; at++)
		count_one(&counts, (unsigned char)block.at[at],
		    block.at[at - 1]);
	return counts;
}

void
octets_find_again(struct span block, char octet, size_t at, size_t *found)
{
	if (at == 0 || *found < at)
		*found = at + span_find(span_skip(block, at), octet);
}

static uint64_t
mix(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return sum ^ sum >> 29;
}

/*
 * Not for an adversary, who could only have another message sent in place of
 * his own: it finds what was written between the passes within one tick of
 * the file system's clock. The second sum over the first one (as Fletcher's)
 * finds words that changed places.
 */
uint64_t
octets_sum(uint64_t sum, struct span block)
{
	struct word_lanes words, first = {{sum, 1}}, second = {{0}};
	size_t at = 0, len;

	for (; block.len - at >= sizeof(words); at += sizeof(words)) {
		memcpy(&words, block.at + at, sizeof(words));
		first.at += words.at;
		second.at += first.at;
	}
	sum = mix(sum, block.len);
	for (size_t i = 0; i < LANES / sizeof(sum); i++)
		sum = mix(mix(sum, first.at[i]), second.at[i]);
	for (; at < block.len; at += len) {
		uint64_t word = 0;

		len = block.len - at < sizeof(word) ? block.len - at
						    : sizeof(word);
		memcpy(&word, block.at + at, len);
		sum = mix(sum, word);
	}
	return sum;
}
