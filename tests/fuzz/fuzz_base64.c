#include "fuzz/fuzz.h"

#include "base/base64.h"
#include "envelope/dsn.h"

/* Decoding the encoded octets yields the same octets. */
static void
check_there(struct span input)
{
	struct buf coded, again;

	buf_init(&coded, input.len * 4 + 8);
	buf_init(&again, input.len + 1);
	CLAIM(base64_encode(&coded, input));
	CLAIM(base64_decode(&again, buf_span(&coded)));
	CLAIM(span_equal(buf_span(&again), input));
	buf_clear(&coded);
	buf_clear(&again);
	CLAIM(dsn_xtext_encode(&coded, input));
	CLAIM(dsn_xtext_decode(&again, buf_span(&coded)));
	CLAIM(span_equal(buf_span(&again), input));
	buf_free(&coded);
	buf_free(&again);
}

/*
 * Valid base64 has only one form: encoding the decoded octets yields it again.
 */
static void
check_back(struct span input)
{
	struct buf plain, again;

	buf_init(&plain, input.len + 1);
	buf_init(&again, input.len * 4 + 8);
	if (base64_decode(&plain, input)) {
		CLAIM(base64_encode(&again, buf_span(&plain)));
		CLAIM(span_equal(buf_span(&again), input));
	}
	buf_clear(&plain);
	buf_clear(&again);
	if (dsn_xtext_decode(&plain, input))
		CLAIM(plain.len <= input.len);
	buf_free(&plain);
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_there(fuzz_input(data, size));
	check_back(fuzz_input(data, size));
	return 0;
}
