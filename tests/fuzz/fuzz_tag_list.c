#include "fuzz/fuzz.h"

#include "doctor/dkim_record.h"
#include "doctor/dmarc_record.h"
#include "doctor/tag_list.h"

/* The same text as a list of tags, as a key of DKIM, and as a policy. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = fuzz_input(data, size), rest = text;
	struct dkim_record key;
	struct dmarc_record policy;
	struct tag tag;
	size_t count = 0;

	while (tag_list_next(&rest, &tag) != TAG_END) {
		CLAIM(++count <= size);
		CLAIM(tag.name.len + tag.value.len < size + 1);
	}
	dkim_record_read(&key, text);
	CLAIM(key.fault != DKIM_TOO_WEAK || key.bits < 1024);
	CLAIM(key.fault != DKIM_FINE || !key.is_rsa || key.bits >= 1024);
	CLAIM(key.bits <= 65536);
	if (dmarc_record_read(&policy, text)) {
		CLAIM(policy.policy <= DMARC_REJECT);
		CLAIM(policy.below <= DMARC_REJECT);
		CLAIM(key.fault != DKIM_FINE);
	}
	return 0;
}
