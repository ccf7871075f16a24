#include "fuzz/fuzz.h"

#include "tls/dane.h"

#define RECORDS_MAX 32

/* The strongest digest for its usage and selector, or none, is kept. */
static void
check_choice(struct dane_record *records, size_t count)
{
	struct dane_record all[RECORDS_MAX];
	size_t kept;

	memcpy(all, records, sizeof(all));
	kept = dane_choose(records, count);
	CLAIM(kept <= count && (kept > 0) == (count > 0));
	for (size_t i = 0; i < kept; i++)
		for (size_t k = 0; k < count; k++)
			CLAIM(records[i].matching == 0 ||
			    all[k].usage != records[i].usage ||
			    all[k].selector != records[i].selector ||
			    all[k].matching <= records[i].matching);
}

/* Records, each with its length in front, and no certificate. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	struct dane_record records[RECORDS_MAX] = {0};
	size_t count = 0;

	while (input.len > 0 && count < RECORDS_MAX) {
		size_t high = fuzz_choice(&input), low = fuzz_choice(&input);
		struct span octets = span_head(input, high << 8 | low);
		struct dane_record *record = &records[count];
		bool is_usable = dane_read(octets, record);

		CLAIM(dane_judge(octets, NULL, 0) ==
		    (is_usable ? DANE_MISFIT : DANE_UNUSABLE));
		if (is_usable) {
			CLAIM(record->usage == DANE_TA ||
			    record->usage == DANE_EE);
			CLAIM(record->selector <= 1 && record->matching <= 2);
			CLAIM(record->data.at + record->data.len ==
			    octets.at + octets.len);
			CLAIM(dane_authority(record).len == 0 ||
			    record->matching == 0);
			count++;
		}
		input = span_skip(input, octets.len);
	}
	check_choice(records, count);
	return 0;
}
