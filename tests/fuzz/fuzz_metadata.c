/* The first line of the input is the issuer, the rest what it says of itself.
 */
#include "fuzz/fuzz.h"

#include "net/url.h"
#include "oauth/metadata.h"

static void
check_url(const char *text)
{
	struct buf reason = {0};
	struct url url;

	if (text == NULL)
		return;
	CLAIM(url_parse(&url, span_from(text), &reason));
	url_free(&url);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	struct span issuer = span_head(input, span_find(input, '\n'));
	struct metadata metadata;
	struct error err = {0};
	struct buf url = {0};

	if (metadata_read(
		&metadata, issuer, span_skip(input, issuer.len + 1), &err)) {
		CLAIM(metadata.token != NULL);
		check_url(metadata.token);
		check_url(metadata.authorize);
		check_url(metadata.device);
		check_url(metadata.revoke);
		check_url(metadata.registration);
		CLAIM(metadata.authorize != NULL ||
		    !(metadata.flows & PROVIDER_BROWSER));
		CLAIM(metadata.scopes == NULL ||
		    !span_has_control(span_from(metadata.scopes)));
		metadata_free(&metadata);
	} else {
		CLAIM(err.kind == ERROR_CONFIG);
		fuzz_check_error(&err);
	}
	metadata_add_url(&url, issuer, false);
	metadata_add_url(&url, issuer, true);
	buf_free(&url);
	return 0;
}
