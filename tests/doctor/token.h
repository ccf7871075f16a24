/* Makes tokens in the form of RFC 7519, without a real signature. */
#ifndef TESTS_DOCTOR_TOKEN_H
#define TESTS_DOCTOR_TOKEN_H

#include "base/base64.h"
#include "base/buf.h"

/* Adds text in base64url. */
static inline void
token_add_part(struct buf *out, struct span text)
{
	size_t from = out->len;

	base64_encode(out, text);
	for (size_t i = from; i < out->len; i++)
		out->data[i] = out->data[i] == '+' ? '-'
		    : out->data[i] == '/'	   ? '_'
						   : out->data[i];
	while (out->len > from && out->data[out->len - 1] == '=')
		out->len--;
}

/* Adds a token with these claims, a JSON object. */
static inline void
token_add(struct buf *out, struct span claims)
{
	token_add_part(out, SPAN("{\"alg\":\"RS256\"}"));
	buf_add_char(out, '.');
	token_add_part(out, claims);
	buf_add_text(out, ".AbC-_w");
}

#endif
