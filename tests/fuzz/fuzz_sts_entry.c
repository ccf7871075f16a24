#include "fuzz/fuzz.h"

#include "net/sts_entry.h"

/* What is written is read again; any other text is refused or harmless. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = fuzz_input(data, size);
	struct sts_entry entry, again;
	struct buf out;

	if (!sts_entry_read(&entry, text)) {
		CLAIM(entry.id[0] == '\0' && entry.policy.hosts.len == 0);
		return 0;
	}
	CLAIM(sts_record_is_id(span_from(entry.id)));
	CLAIM(entry.fetched > 0);
	sts_entry_holds(&entry, INT64_MAX);
	buf_init(&out, STS_ENTRY_MAX);
	sts_entry_add(&out, span_from(entry.id), entry.fetched,
	    SPAN("version: STSv1\nmode: none\nmax_age: 1\n"));
	CLAIM(sts_entry_read(&again, buf_span(&out)));
	CLAIM(strcmp(entry.id, again.id) == 0);
	CLAIM(entry.fetched == again.fetched);
	CLAIM(sts_entry_holds(&again, entry.fetched));
	CLAIM(!sts_entry_holds(&again, entry.fetched + 1));
	buf_free(&out);
	sts_entry_free(&entry);
	sts_entry_free(&again);
	return 0;
}
