/*
 * The parser of MAIL and RCPT arguments. Comments and display names in a path
 * are refused, because other programs may read them differently; source routes
 * are skipped (RFC 5321 appendix C).
 */
#include "serve/server_argument.h"

#include <stdlib.h>
#include <string.h>

#include "address/address_list.h"
#include "base/mem.h"
#include "base/utf8.h"

#define ORIGINAL_MAX ((size_t)500) /* RFC 3461 section 4.2 */

/* The length up to one of `ends` outside of quotes and brackets, or all. */
static size_t
bare_length(struct span text, const char *ends)
{
	bool is_quoted = false, is_literal = false;
	size_t len = 0;

	for (; len < text.len; len++) {
		char c = text.at[len];

		if (is_quoted && c == '\\')
			len++;
		else if (c == '"' && !is_literal)
			is_quoted = !is_quoted;
		else if (!is_quoted && c == '[')
			is_literal = true;
		else if (!is_quoted && c == ']')
			is_literal = false;
		else if (!is_quoted && !is_literal && strchr(ends, c) != NULL)
			break;
	}
	return len < text.len ? len : text.len;
}

/* RFC 5321 appendix C: a source route is ignored. */
static struct span
skip_route(struct span path)
{
	size_t colon;

	if (path.len == 0 || path.at[0] != '@')
		return path;
	colon = bare_length(path, ":");
	return colon < path.len ? span_skip(path, colon + 1) : path;
}

static bool
parse_path(struct span path, struct mailbox *mailbox, struct error *err)
{
	path = skip_route(path);
	/*
	 * Unlike a header field, a path must have no text around the address.
	 */
	if (memchr(path.at, '\0', path.len) != NULL ||
	    bare_length(path, " \t()<>,;:") < path.len)
		return error_set(err, ERROR_DATA, "not a valid address");
	if (!address_list_parse_reverse_path(mailbox, path, err))
		return false;
	if (mailbox->name == NULL)
		return true;
	mailbox_free(mailbox);
	return error_set(err, ERROR_DATA, "not a valid address");
}

bool
server_argument_take_path(struct span *rest, struct span prefix,
    struct mailbox *mailbox, struct error *err)
{
	struct span path;
	size_t len;

	*mailbox = (struct mailbox){0};
	if (!span_starts_nocase(*rest, prefix))
		return error_set(err, ERROR_USAGE,
		    "the argument must be %s<address>", prefix.at);
	*rest = span_trim(span_skip(*rest, prefix.len));
	if (rest->len == 0)
		return error_set(err, ERROR_DATA, "not a valid address");
	if (rest->at[0] == '<') {
		path = span_skip(*rest, 1);
		len = bare_length(path, ">");
		if (len == path.len)
			return error_set(
			    err, ERROR_DATA, "not a valid address");
		*rest = span_skip(path, len + 1);
	} else {
		path = *rest;
		len = bare_length(path, " \t");
		*rest = span_skip(path, len);
	}
	if (rest->len > 0 && rest->at[0] != ' ' && rest->at[0] != '\t')
		return error_set(err, ERROR_DATA, "not a valid address");
	return parse_path(span_head(path, len), mailbox, err);
}

void
server_argument_free_parameters(struct server_parameters *parameters)
{
	free(parameters->envelope_id);
	free(parameters->dsn.original);
	*parameters = (struct server_parameters){0};
}

static bool
take_size(struct span value, struct server_parameters *parameters)
{
	return value.len <= 20 &&
	    span_number(value, UINT64_MAX, &parameters->size);
}

static bool
take_body(struct span value, struct server_parameters *parameters)
{
	parameters->has_eight_bit = span_equal_nocase(value, SPAN("8BITMIME"));
	return parameters->has_eight_bit ||
	    span_equal_nocase(value, SPAN("7BIT"));
}

static bool
take_utf8(struct span value, struct server_parameters *parameters)
{
	(void)value;
	parameters->is_utf8 = true;
	return true;
}

static bool
take_return(struct span value, struct server_parameters *parameters)
{
	return dsn_parse_return(value, &parameters->dsn_return);
}

/* Checked after decoding, because xtext could hide control characters. */
static bool
take_envelope_id(struct span value, struct server_parameters *parameters)
{
	struct buf id = {0};
	bool done = dsn_xtext_decode(&id, value) &&
	    dsn_envelope_id_is_valid(buf_span(&id));

	if (done)
		parameters->envelope_id = mem_copy_text(buf_text(&id));
	buf_free(&id);
	return done;
}

static bool
take_notify(struct span value, struct server_parameters *parameters)
{
	return dsn_parse_notify(value, &parameters->dsn.notify);
}

/*
 * Adds an ORCPT address if it is valid xtext or, of the type "utf-8", valid by
 * RFC 6533 section 3. Characters beyond ASCII are written as \x{HEX}, which any
 * server accepts.
 */
static bool
add_original(struct buf *out, struct span type, struct span value)
{
	bool is_utf8 = span_equal_nocase(type, SPAN("utf-8"));
	struct buf decoded = {0};
	bool done;

	while (value.len > 0) {
		uint32_t character;
		size_t len = utf8_decode(value, &character);

		if (len == 0 || (len > 1 && !is_utf8) ||
		    (len > 1 && character < 0xa0))
			return false;
		if (len > 1)
			buf_add_format(out, "\\x{%02X}", (unsigned)character);
		else
			buf_add_char(out, value.at[0]);
		value = span_skip(value, len);
	}
	done = out->len > 0 && !out->full &&
	    dsn_xtext_decode(&decoded, buf_span(out)) &&
	    span_is_ascii(buf_span(&decoded)) &&
	    !span_has_control(buf_span(&decoded));
	buf_free(&decoded);
	return done;
}

/* "rfc822;" and xtext: kept in wire form once it is known to be valid. */
static bool
take_original(struct span value, struct server_parameters *parameters)
{
	size_t semicolon = span_find(value, ';');
	struct span type = span_head(value, semicolon);
	struct buf address = {.max = 4 * ORIGINAL_MAX};
	bool done = value.len <= ORIGINAL_MAX && semicolon > 0 &&
	    semicolon < value.len - 1;

	for (size_t i = 0; done && i < semicolon; i++)
		done = ascii_is_alnum(value.at[i]) || value.at[i] == '-';
	done = done &&
	    add_original(&address, type, span_skip(value, semicolon + 1)) &&
	    type.len + 1 + address.len <= ORIGINAL_MAX;
	if (done) {
		struct buf whole = {.max = 2 * ORIGINAL_MAX};

		buf_add_format(&whole, "%.*s;%s", (int)type.len, type.at,
		    buf_text(&address));
		parameters->dsn.original = buf_take_text(&whole);
	}
	buf_free(&address);
	return done;
}

static const struct {
	struct span name;
	bool is_rcpt, is_flag;
	bool (*take)(struct span value, struct server_parameters *parameters);
} known[] = {
    {{"SIZE", 4}, false, false, take_size},
    {{"BODY", 4}, false, false, take_body},
    {{"SMTPUTF8", 8}, false, true, take_utf8},
    {{"RET", 3}, false, false, take_return},
    {{"ENVID", 5}, false, false, take_envelope_id},
    {{"NOTIFY", 6}, true, false, take_notify},
    {{"ORCPT", 5}, true, false, take_original},
};

#define KNOWN_COUNT (sizeof(known) / sizeof(known[0]))

enum server_parameter_result
server_argument_take_parameters(
    struct span rest, bool is_rcpt, struct server_parameters *parameters)
{
	bool seen[KNOWN_COUNT] = {false};
	struct span word;

	*parameters = (struct server_parameters){0};
	while (span_next_word(&rest, " \t", &word)) {
		size_t equals = span_find(word, '='), i = 0;
		struct span name = span_head(word, equals);

		while (i < KNOWN_COUNT &&
		    (known[i].is_rcpt != is_rcpt ||
			!span_equal_nocase(name, known[i].name)))
			i++;
		if (i == KNOWN_COUNT)
			return SERVER_PARAMETERS_UNKNOWN;
		if (seen[i] || (equals == word.len) != known[i].is_flag ||
		    !known[i].take(span_skip(word, equals + 1), parameters))
			return SERVER_PARAMETERS_MALFORMED;
		seen[i] = true;
	}
	return SERVER_PARAMETERS_DONE;
}
