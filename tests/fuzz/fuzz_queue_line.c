#include "fuzz/fuzz.h"

#include "spool/line.h"

/* Words, which are the input's lines, are read back as they were written. */
static void
check_words(struct span input)
{
	struct buf line = {0}, word = {0};
	struct span rest, text, given, words = input;
	uint32_t sum = 0, again = 0;

	for (rest = input; rest.len > 0;
	     rest = span_skip(rest, given.len + 1)) {
		given = span_head(rest, span_find(rest, '\n'));
		line_add(&line, 0, given);
	}
	if (line.len == 0)
		line_add_number(&line, 0, input.len);
	line_end(&line, 0, &sum);
	rest = buf_span(&line);
	CLAIM(line_next(&rest, &again, &text));
	CLAIM(rest.len == 0 && sum == again);
	while (words.len > 0) {
		given = span_head(words, span_find(words, '\n'));
		words = span_skip(words, given.len + 1);
		buf_clear(&word);
		CLAIM(line_next_word(&text, &word));
		CLAIM(span_equal(buf_span(&word), given));
	}
	CLAIM(input.len == 0 || text.len == 0);
	buf_free(&line);
	buf_free(&word);
}

/* Any octets: what is read is not longer, and stops at what is damaged. */
static void
check_octets(struct span input)
{
	struct span rest = input, line;
	struct buf word = {0};
	uint32_t sum = 0;
	size_t before;

	for (before = rest.len; line_next(&rest, &sum, &line);
	     before = rest.len) {
		CLAIM(rest.len + line.len < before);
		while (line_next_word(&line, &word))
			continue;
	}
	CLAIM(rest.len == before);
	rest = input;
	buf_clear(&word);
	while (line_next_word(&rest, &word))
		continue;
	CLAIM(word.len <= input.len);
	buf_free(&word);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);

	check_words(input);
	check_octets(input);
	return 0;
}
