#include "fuzz/fuzz.h"

#include "message/encoder.h"

static struct buf
encode(struct span input, enum encoding encoding, size_t cut)
{
	struct encoder encoder;
	struct buf out;

	buf_init(&out, input.len * ENCODER_GROWTH + 1024);
	encoder_init(&encoder, encoding);
	for (; input.len > 0; input = span_skip(input, cut))
		encoder_take(&encoder, span_head(input, cut), &out);
	encoder_end(&encoder, &out);
	return out;
}

/*
 * However the input is cut into pieces, the output is the same, with lines of
 * at most 76 octets.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	unsigned choice = fuzz_choice(&input);
	enum encoding encoding = (enum encoding)(choice % 5);
	struct buf whole = encode(input, encoding, input.len + 1);
	struct buf pieces = encode(input, encoding, choice / 5 + 1);
	size_t line = 0;

	CLAIM(span_equal(buf_span(&whole), buf_span(&pieces)));
	for (size_t i = 0; i < whole.len; i++) {
		bool ends = whole.data[i] == '\n' || whole.data[i] == '\r';

		line = ends ? 0 : line + 1;
		CLAIM(line <= 76);
		CLAIM(ends || whole.data[i] == '\t' ||
		    !ascii_is_control(whole.data[i]));
	}
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}
