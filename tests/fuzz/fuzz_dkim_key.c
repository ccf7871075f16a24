#include "fuzz/fuzz.h"

#include "dkim/dkim_key.h"

/* A file is read as a key, and its text as a selector. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = fuzz_input(data, size);
	struct error err = {0};
	struct private_key *key = dkim_key_read(text, "key.pem", &err);
	struct buf record = {0};

	if (key == NULL) {
		CLAIM(err.kind == ERROR_CONFIG);
		fuzz_check_error(&err);
	} else if (private_key_kind(key) == PRIVATE_KEY_RSA) {
		CLAIM(private_key_bits(key) >= DKIM_KEY_BITS_MIN);
		CLAIM(private_key_bits(key) <= DKIM_KEY_BITS_MAX);
	} else {
		CLAIM(dkim_key_add_record(key, &record, &err));
	}
	private_key_free(key);
	if (dkim_key_is_selector(text))
		for (size_t i = 0; i < size; i++)
			CLAIM(ascii_is_alnum(text.at[i]) ||
			    strchr("-.", text.at[i]) != NULL);
	buf_free(&record);
	return 0;
}
