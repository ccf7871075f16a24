#include "fuzz/fuzz.h"

#include "base/json.h"
#include "doctor/token.h"
#include "doctor/token_claims.h"

static void
check_list(const struct buf *list)
{
	CLAIM(
	    list->len == 0 || list->data[list->len - 1] == '\n' || list->full);
	for (size_t i = 0; i < list->len; i++)
		CLAIM(
		    list->data[i] == '\n' || !ascii_is_control(list->data[i]));
}

static bool
read_claims(struct span token)
{
	struct token_claims claims = {0};
	bool is_token = token_claims_read(&claims, token);

	CLAIM(claims.expiry >= 0);
	CLAIM(is_token ||
	    (claims.expiry == 0 && claims.audiences.len == 0 &&
		claims.scopes.len == 0 && claims.roles.len == 0));
	check_list(&claims.audiences);
	check_list(&claims.scopes);
	check_list(&claims.roles);
	token_claims_has(&claims.audiences, SPAN("https://a.example"));
	token_claims_free(&claims);
	return is_token;
}

/* The input is read as a token, and as the payload of one. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = fuzz_input(data, size);
	struct buf token;
	struct json json;

	read_claims(input);
	if (size > 8192)
		return 0;
	buf_init(&token, (size_t)64 * 1024);
	token_add(&token, input);
	json_read(&json, input, NULL);
	CLAIM(
	    read_claims(buf_span(&token)) == (json_kind(json) == JSON_OBJECT));
	buf_free(&token);
	return 0;
}
