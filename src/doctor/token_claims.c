/*
 * Reads the payload of a JSON Web Token. The token is a secret, so that
 * everything that is made from it here is wiped.
 */
#include "doctor/token_claims.h"

#include "base/base64.h"
#include "base/json.h"

#define PAYLOAD_MAX ((size_t)16 * 1024)
#define LIST_MAX ((size_t)4 * 1024) /* octets */

/* Adds what base64url (RFC 4648 section 5) encodes. */
static bool
decode(struct buf *out, struct span part)
{
	struct buf base64;
	bool done;

	buf_init_secret(&base64, PAYLOAD_MAX * 2);
	for (size_t i = 0; i < part.len; i++) {
		char c = part.at[i];

		buf_add_char(&base64, c == '-' ? '+' : c == '_' ? '/' : c);
	}
	for (size_t i = part.len; i % 4 != 0; i++)
		buf_add_char(&base64, '=');
	done = !base64.full && span_find(part, '+') == part.len &&
	    span_find(part, '/') == part.len &&
	    span_find(part, '=') == part.len &&
	    base64_decode(out, buf_span(&base64));
	buf_wipe(&base64);
	return done;
}

static bool
is_object(const struct buf *json)
{
	struct span text = buf_span(json);

	return json_enter(&text, '{');
}

/* Adds an entry. A backslash only protects the character behind it. */
static void
add_entry(struct buf *list, struct span string)
{
	bool is_escaped = false;

	for (size_t i = 0; i < string.len; i++) {
		char c = string.at[i];

		is_escaped = c == '\\' && !is_escaped;
		if (!is_escaped)
			buf_add_char(list, ascii_is_control(c) ? '?' : c);
	}
	buf_add_char(list, '\n');
}

/* Adds a string, the words in it, or the strings of an array. */
static void
add_list(struct buf *list, struct span value, bool has_words)
{
	struct span string, word, item = value;
	bool is_array = json_enter(&value, '[');

	while (!is_array || json_next_item(&value, &item)) {
		if (json_take_string(&item, &string)) {
			if (!has_words)
				add_entry(list, string);
			while (has_words && span_next_word(&string, " ", &word))
				add_entry(list, word);
		}
		if (!is_array)
			break;
	}
}

/* The whole seconds of a number; 0 for what is none. */
static int64_t
read_seconds(struct span value)
{
	uint64_t seconds;

	if (!span_number(span_head(value, span_find(value, '.')),
		(uint64_t)INT64_MAX / 1000, &seconds))
		return 0;
	return (int64_t)seconds;
}

static void
take_claims(struct token_claims *claims, struct span json)
{
	struct span name, value;

	json_enter(&json, '{');
	while (json_next_member(&json, &name, &value)) {
		if (span_equal(name, SPAN("exp")))
			claims->expiry = read_seconds(value);
		else if (span_equal(name, SPAN("aud")))
			add_list(&claims->audiences, value, false);
		else if (span_equal(name, SPAN("scp")) ||
		    span_equal(name, SPAN("scope")))
			add_list(&claims->scopes, value, true);
		else if (span_equal(name, SPAN("roles")))
			add_list(&claims->roles, value, true);
	}
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
	struct span parts[3];
	bool is_token = split(token, parts);

	buf_init_secret(&claims->audiences, LIST_MAX);
	buf_init_secret(&claims->scopes, LIST_MAX);
	buf_init_secret(&claims->roles, LIST_MAX);
	buf_init_secret(&header, PAYLOAD_MAX);
	buf_init_secret(&payload, PAYLOAD_MAX);
	buf_init_secret(&signature, PAYLOAD_MAX);
	is_token = is_token && decode(&header, parts[0]) &&
	    decode(&payload, parts[1]) && decode(&signature, parts[2]) &&
	    is_object(&header) && is_object(&payload);
	if (is_token)
		take_claims(claims, buf_span(&payload));
	buf_wipe(&header);
	buf_wipe(&payload);
	buf_wipe(&signature);
	return is_token;
}

bool
token_claims_has(const struct buf *list, struct span text)
{
	struct span rest = buf_span(list), entry;

	while (span_next_word(&rest, "\n", &entry))
		if (span_equal_nocase(entry, text))
			return true;
	return false;
}

void
token_claims_free(struct token_claims *claims)
{
	buf_wipe(&claims->audiences);
	buf_wipe(&claims->scopes);
	buf_wipe(&claims->roles);
}
