/* A document that describes the mail servers of example.org. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "address/domain.h"
#include "doctor/autoconfig.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct autoconfig found;
	struct buf reason = {0};
	bool done = autoconfig_read(
	    &found, fuzz_input(data, size), SPAN("example.org"), &reason);

	CLAIM(done == (found.count > 0));
	CLAIM(done == (reason.len == 0));
	CLAIM(found.count <= AUTOCONFIG_SERVERS_MAX);
	for (size_t i = 0; i < found.count; i++) {
		CLAIM(domain_is_fqdn(span_from(found.servers[i].host)));
		CLAIM(found.servers[i].port > 0);
	}
	CLAIM(memchr(found.issuer, '\0', sizeof(found.issuer)) != NULL);
	CLAIM(done || found.issuer[0] == '\0');
	CLAIM(!span_has_control(span_from(found.issuer)));
	buf_free(&reason);
	return 0;
}
