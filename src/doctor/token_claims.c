/*
 * Reads the payload of a JSON Web Token. The token is a secret, so that
 * everything that is made from it here is wiped.
 */
#include "doctor/token_claims.h"

#include "base/base64.h"
#include "base/json.h"

#define PAYLOAD_MAX ((size_t)16 * 1024)
#define LIST_MAX ((size_t)4 * 1024) /* octets */

static bool
read_object(struct json *json, const struct buf *text)
{
	return json_read(json, buf_span(text), NULL) &&
	    json_kind(*json) == JSON_OBJECT;
}

/* Adds a string, without control characters. */
static void
add_entry(struct buf *list, struct span string)
{
	for (size_t i = 0; i < string.len; i++)
		buf_add_char(
		    list, ascii_is_control(string.at[i]) ? '?' : string.at[i]);
	buf_add_char(list, '\n');
}

/* Adds a string, or with `has_words` the words in it. */
static void
add_string(struct buf *list, struct json value, bool has_words)
{
	struct buf string;
	struct span rest, word;

	buf_init_secret(&string, PAYLOAD_MAX);
	if (json_add_string(value, &string)) {
		rest = buf_span(&string);
		if (!has_words)
			add_entry(list, rest);
		while (has_words && span_next_word(&rest, " ", &word))
			add_entry(list, word);
	}
	buf_wipe(&string);
}

/* Adds a string or the strings of an array. */
static void
add_list(struct buf *list, struct json value, bool has_words)
{
	struct json_walk items = json_enter(value);

	add_string(list, value, has_words);
	while (!items.is_object && json_next(&items))
		add_string(list, items.value, has_words);
}

static void
take_claims(struct token_claims *claims, struct json json)
{
	struct json scopes = json_find(json, "scp");
	uint64_t expiry = 0;

	if (json_number(
		json_find(json, "exp"), (uint64_t)INT64_MAX / 1000, &expiry))
		claims->expiry = (int64_t)expiry;
	add_list(&claims->audiences, json_find(json, "aud"), false);
	if (json_kind(scopes) == JSON_NONE)
		scopes = json_find(json, "scope");
	add_list(&claims->scopes, scopes, true);
	add_list(&claims->roles, json_find(json, "roles"), true);
}

/* Splits "header.payload.signature"; false for any other number of parts. */
static bool
split(struct span token, struct span parts[3])
{
	for (size_t i = 0; i < 3; i++) {
		size_t dot = span_find(token, '.');

		parts[i] = span_head(token, dot);
		if (dot == 0 || (dot == token.len) != (i == 2))
			return false;
		token = span_skip(token, dot + 1);
	}
	return true;
}

bool
token_claims_read(struct token_claims *claims, struct span token)
{
	struct buf header, payload, signature;
	struct json json = {0};
	struct span parts[3];
	bool is_token = split(token, parts);

	buf_init_secret(&claims->audiences, LIST_MAX);
	buf_init_secret(&claims->scopes, LIST_MAX);
	buf_init_secret(&claims->roles, LIST_MAX);
	buf_init_secret(&header, PAYLOAD_MAX);
	buf_init_secret(&payload, PAYLOAD_MAX);
	buf_init_secret(&signature, PAYLOAD_MAX);
	is_token = is_token && base64_decode_url(&header, parts[0]) &&
	    base64_decode_url(&payload, parts[1]) &&
	    base64_decode_url(&signature, parts[2]) &&
	    read_object(&json, &header) && read_object(&json, &payload);
	if (is_token)
		take_claims(claims, json);
	buf_wipe(&header);
	buf_wipe(&payload);
	buf_wipe(&signature);
	return is_token;
}

bool
token_claims_has(const struct buf *list, struct span text)
{
	return span_has_word(buf_span(list), "\n", text);
}

void
token_claims_free(struct token_claims *claims)
{
	buf_wipe(&claims->audiences);
	buf_wipe(&claims->scopes);
	buf_wipe(&claims->roles);
}
