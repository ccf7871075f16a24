#include "fuzz/fuzz.h"

#include "address/domain.h"
#include "net/host_name.h"

/* The wire form is a name or a literal, and converting it again changes
 * nothing. */
static void
check_ascii(struct span input)
{
	struct buf out = {0}, again = {0};
	struct error err = {0};
	bool done = domain_to_ascii(input, &out, &err);
	struct span name = buf_span(&out);

	if (done) {
		CLAIM(domain_is_name(name) != domain_is_literal(name));
		CLAIM(name.len <= 255);
		CLAIM(domain_to_ascii(name, &again, &err));
		CLAIM(span_equal(name, buf_span(&again)));
	} else {
		CLAIM(name.len == 0);
		CLAIM(!domain_is_ldh(input) || !domain_is_fqdn(input));
		CLAIM(!domain_is_literal(input));
		fuzz_check_error(&err);
	}
	if (domain_is_ldh(input) || domain_is_literal(input))
		CLAIM(!done || span_equal(name, input));
	buf_free(&out);
	buf_free(&again);
}

/* A host is a name or an address, and parsing it again changes nothing. */
static void
check_host(struct span input)
{
	struct error err = {0};
	char *host = host_name_parse(input, &err), *again;

	if (host == NULL) {
		fuzz_check_error(&err);
		return;
	}
	CLAIM(domain_is_name(span_from(host)) ||
	    host_name_is_address(span_from(host)));
	if (strchr(host, ':') == NULL) {
		again = host_name_parse(span_from(host), &err);
		CLAIM(again != NULL && strcmp(host, again) == 0);
		free(again);
	}
	free(host);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_ascii(fuzz_input(data, size));
	check_host(fuzz_input(data, size));
	return 0;
}
