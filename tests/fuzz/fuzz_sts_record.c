#include "fuzz/fuzz.h"

#include "net/sts_record.h"

#define RECORDS_MAX 8

/* Each line of the input is a TXT record. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = fuzz_input(data, size), text;
	struct dns_record records[RECORDS_MAX] = {{0}};
	struct dns_records list = {.items = records};
	struct buf reason = {0};
	struct span id;
	unsigned policies = 0;

	while (list.count < RECORDS_MAX && span_next_word(&rest, "\n", &text)) {
		policies += span_starts(text, SPAN("v=STSv1;"));
		records[list.count++].data = text;
	}
	id = sts_record_id(&list, &reason);
	CLAIM((id.len == 0) == (reason.len > 0));
	CLAIM(!span_has_control(buf_span(&reason)));
	if (id.len > 0) {
		CLAIM(policies == 1);
		CLAIM(sts_record_is_id(id));
	}
	buf_free(&reason);
	return 0;
}
