#include "fuzz/fuzz.h"

#include "oauth/redirect.h"

static const struct redirect_wanted wanted = {
    .state = {"S", 1}, .issuer = "https://i", .needs_iss = false};

static bool
has(struct span text, const char *wanted_text)
{
	struct span part = span_from(wanted_text);

	for (size_t i = 0; i < text.len; i++)
		if (span_starts(span_skip(text, i), part))
			return true;
	return false;
}

/* Nothing without our state counts, and a code is safe to send on. */
static void
check(enum redirect_result result, struct redirect *redirect, struct span text)
{
	struct span code = buf_span(&redirect->code);

	CLAIM((result == REDIRECT_CODE) == (code.len > 0));
	CLAIM((result == REDIRECT_ERROR) == (redirect->error.len > 0));
	if (result == REDIRECT_CODE || result == REDIRECT_ERROR ||
	    result == REDIRECT_ISSUER)
		CLAIM(has(text, "S") || has(text, "%53"));
	CLAIM(code.len <= text.len);
	for (size_t i = 0; i < code.len; i++)
		CLAIM(code.at[i] > ' ' && code.at[i] <= '~');
	redirect_free(redirect);
}

/* The input is read as what a person pastes, and as a request. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	struct redirect redirect;
	enum redirect_result result;

	result = redirect_read_address(&redirect, input, &wanted);
	CLAIM(result != REDIRECT_METHOD);
	check(result, &redirect, input);
	result = redirect_read_request(&redirect, input, &wanted);
	check(result, &redirect, input);
	if (result == REDIRECT_CODE)
		CLAIM(span_starts(input, SPAN("GET /?")) ||
		    span_starts_nocase(input, SPAN("GET http://")));
	return 0;
}
