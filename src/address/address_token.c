/*
 * Splits an address list into tokens. A fault is a token too, so that the
 * parser reports it where it stops.
 */
#include "address/address_token.h"

#include <string.h>

void
address_tokens_init(struct address_tokens *tokens, struct span text)
{
	*tokens = (struct address_tokens){.text = text};
	/* Decoding adds two brackets at most. */
	buf_init(&tokens->decoded, text.len + 2);
	buf_init(&tokens->comment, text.len + 2);
}

void
address_tokens_free(struct address_tokens *tokens)
{
	buf_free(&tokens->decoded);
	buf_free(&tokens->comment);
}

static bool
fault(struct address_tokens *tokens, size_t from, const char *why)
{
	tokens->kind = TOKEN_FAULT;
	tokens->from = from;
	tokens->fault = why;
	return false;
}

bool
address_token_is_atext(char c)
{
	return !ascii_is_control(c) && strchr("()<>[]:;@\\,.\" ", c) == NULL;
}

/* Passes a line end that a blank follows (RFC 5322 section 2.2.3). */
static bool
skip_line_end(struct address_tokens *tokens)
{
	struct span text = tokens->text;
	size_t at = tokens->next;
	size_t after = at + 1;

	if (text.at[at] == '\r' && after < text.len && text.at[after] == '\n')
		after++;
	if (after >= text.len || !ascii_is_blank(text.at[after]))
		return fault(
		    tokens, at, "a line end is not followed by a blank");
	tokens->next = after;
	return true;
}

/*
 * Reads one octet, or a quoted pair, inside quotes, a comment or a literal.
 * The control characters of obs-qtext and obs-ctext are refused: an address
 * with one cannot be sent.
 */
static bool
take_octet(struct address_tokens *tokens, struct buf *out)
{
	struct span text = tokens->text;
	size_t at = tokens->next;
	char c = text.at[at];

	if (c == '\r' || c == '\n')
		return skip_line_end(tokens);
	if (c == '\\') {
		if (at + 1 == text.len)
			return fault(tokens, at, "nothing follows a backslash");
		c = text.at[++at];
	}
	if (ascii_is_control(c) && c != '\t')
		return fault(tokens, at, "there is a control character");
	buf_add_char(out, c);
	tokens->next = at + 1;
	return true;
}

static bool
skip_comment(struct address_tokens *tokens)
{
	size_t from = tokens->next, depth = 0;

	buf_clear(&tokens->comment);
	while (tokens->next < tokens->text.len) {
		char c = tokens->text.at[tokens->next];

		if (c == '(' && ++depth > ADDRESS_COMMENT_DEPTH_MAX)
			return fault(tokens, tokens->next,
			    "comments are nested too deeply");
		if (c == ')' && --depth == 0) {
			tokens->next++;
			tokens->comments++;
			return true;
		}
		if (c == '(' && depth == 1)
			tokens->next++;
		else if (!take_octet(tokens, &tokens->comment))
			return false;
	}
	return fault(tokens, from, "a comment is not closed");
}

static bool
skip_blanks(struct address_tokens *tokens)
{
	struct span text = tokens->text;

	tokens->after_blank = false;
	while (tokens->next < text.len) {
		char c = text.at[tokens->next];

		if (ascii_is_blank(c))
			tokens->next++;
		else if (c == '\r' || c == '\n') {
			if (!skip_line_end(tokens))
				return false;
		} else if (c == '(') {
			if (!skip_comment(tokens))
				return false;
		} else {
			break;
		}
		tokens->after_blank = true;
	}
	return true;
}

/* Reads up to the closing quote or bracket. */
static void
read_enclosed(struct address_tokens *tokens, enum address_token kind, char end)
{
	size_t from = tokens->next++;

	buf_clear(&tokens->decoded);
	while (tokens->next < tokens->text.len) {
		if (tokens->text.at[tokens->next] == end) {
			tokens->next++;
			tokens->kind = kind;
			return;
		}
		if (!take_octet(tokens, &tokens->decoded))
			return;
	}
	fault(tokens, from,
	    end == '"' ? "a quote is not closed" : "a bracket is not closed");
}

static void
read_quoted(struct address_tokens *tokens)
{
	read_enclosed(tokens, TOKEN_QUOTED, '"');
	tokens->word = buf_span(&tokens->decoded);
}

/* Drops blanks next to the brackets; domain.c refuses other blanks. */
static void
read_literal(struct address_tokens *tokens)
{
	struct buf inner;
	struct span trimmed;

	read_enclosed(tokens, TOKEN_LITERAL, ']');
	if (tokens->kind != TOKEN_LITERAL)
		return;
	inner = tokens->decoded;
	trimmed = span_trim(buf_span(&inner));
	buf_init(&tokens->decoded, tokens->text.len + 2);
	buf_add_char(&tokens->decoded, '[');
	buf_add_span(&tokens->decoded, trimmed);
	buf_add_char(&tokens->decoded, ']');
	buf_free(&inner);
	tokens->word = buf_span(&tokens->decoded);
}

static bool
is_encoded_text(char c)
{
	return c != '?' && !ascii_is_control(c) && strchr("<>\\\"", c) == NULL;
}

/*
 * The length of the encoded word at the start of the text (RFC 2047 section 2);
 * 0 if there is none. Programs put specials, octets above 127 and blanks into
 * such words, against section 5, so a comma inside does not end the address.
 * Text with both a blank and an "@" may be several members, so it is not taken
 * as an encoded word. Each scan ends at the next question mark, which keeps the
 * time linear.
 */
static size_t
encoded_word_len(struct span text)
{
	size_t at = 2, begin;
	bool has_blank = false, has_at = false;

	while (at < text.len && text.at[at] != '?' &&
	    address_token_is_atext(text.at[at]))
		at++;
	if (at == 2 || at + 3 > text.len || text.at[at] != '?' ||
	    !ascii_is_alpha(text.at[at + 1]) || text.at[at + 2] != '?')
		return 0;
	begin = at += 3;
	while (at < text.len && is_encoded_text(text.at[at])) {
		has_blank |= text.at[at] == ' ';
		has_at |= text.at[at++] == '@';
	}
	if (at == begin || (has_blank && has_at) ||
	    !span_starts(span_skip(text, at), SPAN("?=")))
		return 0;
	return at + 2;
}

static void
read_atom(struct address_tokens *tokens)
{
	struct span rest = span_skip(tokens->text, tokens->next);
	size_t len = 0;

	tokens->kind = TOKEN_ATOM;
	if (span_starts(rest, SPAN("=?"))) {
		tokens->kind = TOKEN_ENCODED;
		len = encoded_word_len(rest);
	}
	while (len < rest.len && address_token_is_atext(rest.at[len]))
		len++;
	tokens->word = span_head(rest, len);
	tokens->next += len;
}

bool
address_tokens_pass_fault(struct address_tokens *tokens)
{
	size_t from = tokens->from;
	char c;

	if (tokens->kind != TOKEN_FAULT || from >= tokens->text.len ||
	    from != tokens->next)
		return false;
	c = tokens->text.at[from];
	if (c != '\\' && c != ')' && c != ']')
		return false;
	tokens->kind = TOKEN_ATOM;
	tokens->word = span_head(span_skip(tokens->text, from), 1);
	tokens->next++;
	return true;
}

void
address_tokens_next(struct address_tokens *tokens)
{
	char c;

	if (tokens->kind == TOKEN_FAULT)
		return;
	tokens->ended = tokens->next;
	if (!skip_blanks(tokens))
		return;
	tokens->from = tokens->next;
	tokens->word = (struct span){0};
	if (tokens->next == tokens->text.len) {
		tokens->kind = TOKEN_END;
		return;
	}
	c = tokens->text.at[tokens->next];
	switch (c) {
	case '"':
		read_quoted(tokens);
		break;
	case '[':
		read_literal(tokens);
		break;
	case ',':
	case '.':
	case ':':
	case ';':
	case '<':
	case '>':
	case '@':
		tokens->kind = (enum address_token)c;
		tokens->word =
		    span_head(span_skip(tokens->text, tokens->next), 1);
		tokens->next++;
		break;
	case ')':
		fault(tokens, tokens->next, "a ')' has no '(' before it");
		break;
	case ']':
		fault(tokens, tokens->next, "a ']' has no '[' before it");
		break;
	case '\\':
		fault(tokens, tokens->next,
		    "a backslash is allowed only inside quotes");
		break;
	default:
		if (ascii_is_control(c))
			fault(tokens, tokens->next,
			    "there is a control character");
		else
			read_atom(tokens);
	}
}
