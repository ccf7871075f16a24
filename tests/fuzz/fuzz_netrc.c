#include "fuzz/fuzz.h"

#include "profile/netrc.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	struct buf password;

	buf_init(&password, 1024);
	if (netrc_find(input, SPAN("mail.example.org"), SPAN("me"), &password))
		CLAIM(password.len <= input.len);
	buf_wipe(&password);
	buf_init(&password, 1024);
	netrc_find(input, SPAN("a"), (struct span){0}, &password);
	buf_wipe(&password);
	return 0;
}
