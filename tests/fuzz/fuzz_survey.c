#include "fuzz/fuzz.h"

#include "cli/extension_text.h"
#include "doctor/survey_address.h"

/* Of one line: a short text without controls, and none of the server's. */
static void
check_line(struct span line)
{
	struct buf out = {0};
	bool is_known = extension_text_add(&out, line);

	CLAIM(is_known == (out.len > 0));
	CLAIM(out.len < 200);
	CLAIM(!span_has_control(buf_span(&out)));
	CLAIM(span_is_ascii(buf_span(&out)));
	buf_free(&out);
}

/* A reply to EHLO, as it is kept. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = fuzz_input(data, size), line;
	size_t octets = 0;

	while (survey_address_next_line(&rest, &line)) {
		octets += line.len;
		CLAIM(octets <= size);
		check_line(line);
	}
	CLAIM(rest.len == 0);
	return 0;
}
