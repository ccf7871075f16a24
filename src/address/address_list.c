/*
 * A parser of address lists. The first words of a member may turn out to be a
 * display name or a local part, so they are kept as both until "<", "@", a
 * comma or the end decides.
 */
#include "address/address_list.h"

#include <stdlib.h>
#include <string.h>

#include "address/address_token.h"
#include "base/mem.h"
#include "base/utf8.h"

/* Atoms, quoted strings and dots in a row. */
struct words {
	struct buf phrase; /* as a display name: blanks become one space */
	struct buf local;  /* as a local part: without blanks */
	size_t count;	   /* of the words, dots not counted */
	size_t from;	   /* offset of the first in the text */
	enum address_token last; /* TOKEN_END: no words yet */
	bool blank;		 /* there are blanks or comments between them */
	bool side_by_side;	 /* two words have no dot between them */
	bool dot_alone;		 /* a dot lacks a word on one of its sides */
	bool encoded;		 /* one is an encoded word (RFC 2047) */
};

struct path {
	struct words words;
	struct buf domain;  /* empty: none */
	size_t end;	    /* offset of the end of the path in the text */
	bool has_final_dot; /* a dot followed the domain, and was dropped */
};

/* `max` is the maximum length of each of its texts, in octets. */
static void
path_init(struct path *path, size_t max)
{
	*path = (struct path){0};
	buf_init(&path->words.phrase, max);
	buf_init(&path->words.local, max);
	buf_init(&path->domain, max);
}

static void
path_free(struct path *path)
{
	buf_free(&path->words.phrase);
	buf_free(&path->words.local);
	buf_free(&path->domain);
}

static void
words_clear(struct words *words)
{
	struct buf phrase = words->phrase, local = words->local;

	buf_clear(&phrase);
	buf_clear(&local);
	*words = (struct words){.phrase = phrase, .local = local};
}

static void
words_add(struct words *words, const struct address_tokens *token)
{
	bool first = words->last == TOKEN_END;

	if (first)
		words->from = token->from;
	if (!first && token->after_blank) {
		buf_add_char(&words->phrase, ' ');
		words->blank = true;
	}
	buf_add_span(&words->phrase, token->word);
	buf_add_span(&words->local, token->word);
	if (token->kind == TOKEN_DOT) {
		if (first || words->last == TOKEN_DOT)
			words->dot_alone = true;
	} else {
		if (!first && words->last != TOKEN_DOT)
			words->side_by_side = true;
		words->count++;
	}
	if (token->kind == TOKEN_ENCODED)
		words->encoded = true;
	words->last = token->kind;
}

/* Reads words, beginning with the current token, up to a token that is none. */
static void
words_read(struct words *words, struct address_tokens *tokens)
{
	words_clear(words);
	while (tokens->kind == TOKEN_ATOM || tokens->kind == TOKEN_ENCODED ||
	    tokens->kind == TOKEN_QUOTED || tokens->kind == TOKEN_DOT) {
		words_add(words, tokens);
		address_tokens_next(tokens);
	}
	if (words->last == TOKEN_DOT)
		words->dot_alone = true;
}

/*
 * The same, but also accepts what display names without their quotes contain:
 * at signs, brackets, a backslash.
 */
static void
words_read_loose(struct words *words, struct address_tokens *tokens)
{
	for (;;) {
		switch (tokens->kind) {
		case TOKEN_FAULT:
			if (!address_tokens_pass_fault(tokens))
				return;
			break;
		case TOKEN_ATOM:
		case TOKEN_ENCODED:
		case TOKEN_QUOTED:
		case TOKEN_DOT:
		case TOKEN_AT:
		case TOKEN_LITERAL:
			break;
		default:
			return;
		}
		words_add(words, tokens);
		address_tokens_next(tokens);
	}
}

/*
 * Why the words are not a local part; NULL if they are one. `bare`: no "@"
 * follows. Dots at the ends or in a row break the grammar, but such addresses
 * exist; with blanks between them they are ambiguous.
 */
static const char *
words_local_fault(const struct words *words, bool bare)
{
	if (words->count == 0)
		return "the local part is missing";
	if (words->side_by_side)
		return "a comma is missing, or <...> around the address after "
		       "a name";
	if (words->encoded)
		return "an encoded word cannot be a local part";
	if (words->blank && (bare || words->dot_alone))
		return "the local part has blanks around its dots";
	return NULL;
}

/* Whether a domain can end at this token, so that a dot before it is final. */
static bool
ends_domain(enum address_token kind)
{
	return kind == TOKEN_END || kind == TOKEN_COMMA ||
	    kind == TOKEN_SEMICOLON || kind == TOKEN_COLON ||
	    kind == TOKEN_LESS || kind == TOKEN_GREATER;
}

/*
 * Reads a literal, or atoms with dots between them; a final dot is dropped.
 * False at a token that is neither.
 */
static bool
path_read_domain(struct path *path, struct address_tokens *tokens)
{
	struct buf *domain = &path->domain;

	buf_clear(domain);
	path->has_final_dot = false;
	if (tokens->kind == TOKEN_LITERAL) {
		buf_add_span(domain, tokens->word);
		address_tokens_next(tokens);
		return true;
	}
	while (tokens->kind == TOKEN_ATOM) {
		buf_add_span(domain, tokens->word);
		address_tokens_next(tokens);
		if (tokens->kind != TOKEN_DOT)
			return true;
		address_tokens_next(tokens);
		path->has_final_dot = ends_domain(tokens->kind);
		if (path->has_final_dot)
			return true;
		buf_add_char(domain, '.');
	}
	return false;
}

#define SHOWN_OCTETS 60
#define FOUND_OCTETS 24

struct parser {
	struct address_tokens tokens;
	struct path front;	   /* the start of a member: a name or a path */
	struct path angle;	   /* what is in its angle brackets */
	struct address_list *list; /* borrowed */
	struct error *err;	   /* borrowed */
	bool is_loose;	 /* the front is a name that lacks its quotes */
	size_t member;	 /* offset of the member in the text */
	size_t comments; /* how many comments came before it */
	bool in_group;
	bool one_only;	   /* commas and groups are refused */
	bool null_allowed; /* "<>" is the null reverse-path */
	bool null;	   /* "<>" was read */
};

static void
parser_init(struct parser *parser, struct address_list *list, struct span text,
    struct error *err)
{
	/* At worst there is a space in front of every octet. */
	size_t max = 2 * text.len + 2;

	*parser = (struct parser){.list = list, .err = err};
	address_tokens_init(&parser->tokens, text);
	path_init(&parser->front, max);
	path_init(&parser->angle, max);
}

static void
parser_free(struct parser *parser)
{
	address_tokens_free(&parser->tokens);
	path_free(&parser->front);
	path_free(&parser->angle);
}

static bool
refuse_at(struct parser *parser, size_t at, const char *why)
{
	struct span text = parser->tokens.text;
	char *member =
	    utf8_excerpt_masked(span_skip(text, parser->member), SHOWN_OCTETS);
	char *found = utf8_excerpt_masked(span_skip(text, at), FOUND_OCTETS);

	error_set(parser->err, ERROR_DATA, "cannot read the address '%s': %s",
	    member, why);
	if (at < text.len)
		error_add(parser->err, ", at '%s'", found);
	else
		error_add(parser->err, ", at the end");
	free(member);
	free(found);
	return false;
}

/* Refuses the current token; a token that cannot be read has its own reason. */
static bool
refuse(struct parser *parser, const char *why)
{
	const struct address_tokens *tokens = &parser->tokens;

	if (tokens->kind == TOKEN_FAULT)
		why = tokens->fault;
	return refuse_at(parser, tokens->from, why);
}

/* Reads the domain; the current token is the "@" before it. */
static bool
read_domain(struct parser *parser, struct path *path)
{
	address_tokens_next(&parser->tokens);
	return path_read_domain(path, &parser->tokens) ||
	    refuse(parser, "a part of the domain is missing");
}

/* Reads a local part, and a domain if an "@" follows. */
static bool
read_path(struct parser *parser, struct path *path)
{
	bool bare = parser->tokens.kind != TOKEN_AT;
	const char *fault = words_local_fault(&path->words, bare);

	buf_clear(&path->domain);
	path->has_final_dot = false;
	if (fault != NULL)
		return refuse(parser, fault);
	if (!bare && !read_domain(parser, path))
		return false;
	path->end = parser->tokens.ended;
	return true;
}

/* Skips a route (RFC 5322 section 4.4, obs-route; RFC 5321 appendix C). */
static bool
skip_route(struct parser *parser)
{
	struct address_tokens *tokens = &parser->tokens;
	bool hop = false;

	if (tokens->kind != TOKEN_AT && tokens->kind != TOKEN_COMMA)
		return true;
	for (;;) {
		while (tokens->kind == TOKEN_COMMA)
			address_tokens_next(tokens);
		if (tokens->kind != TOKEN_AT)
			break;
		if (!read_domain(parser, &parser->angle))
			return false;
		hop = true;
		if (tokens->kind != TOKEN_COMMA)
			break;
	}
	if (!hop || tokens->kind != TOKEN_COLON)
		return refuse(parser, "the ':' after the route is missing");
	address_tokens_next(tokens);
	return true;
}

/* "mailto:", copied from a link together with the address. */
static bool
is_link(const struct words *words)
{
	return span_equal_nocase(buf_span(&words->phrase), SPAN("mailto"));
}

static bool
refuse_link(struct parser *parser)
{
	return refuse_at(
	    parser, parser->tokens.from, "mailto: is not part of an address");
}

static bool
read_angle(struct parser *parser)
{
	struct address_tokens *tokens = &parser->tokens;

	address_tokens_next(tokens);
	if (tokens->kind == TOKEN_GREATER) {
		if (!parser->null_allowed)
			return refuse(parser, "there is no address in <>");
		if (parser->front.words.last != TOKEN_END)
			return refuse(
			    parser, "<> cannot have a name in front of it");
		parser->null = true;
		address_tokens_next(tokens);
		return true;
	}
	if (!skip_route(parser))
		return false;
	words_read(&parser->angle.words, tokens);
	if (tokens->kind == TOKEN_COLON && is_link(&parser->angle.words))
		return refuse_link(parser);
	if (!read_path(parser, &parser->angle))
		return false;
	if (tokens->kind != TOKEN_GREATER)
		return refuse(parser, "the '>' after the address is missing");
	address_tokens_next(tokens);
	return true;
}

static bool
at_member_end(const struct parser *parser)
{
	enum address_token kind = parser->tokens.kind;

	return kind == TOKEN_END || kind == TOKEN_COMMA ||
	    kind == TOKEN_SEMICOLON;
}

static struct mailbox_place
place_of(const struct parser *parser, const struct path *path)
{
	const struct address_tokens *tokens = &parser->tokens;
	struct span member = span_head(span_skip(tokens->text, parser->member),
	    tokens->from - parser->member);

	while (member.len > 0 && strchr(" \t\r\n", member.at[member.len - 1]))
		member.len--;
	return (struct mailbox_place){
	    .from = parser->member,
	    .to = parser->member + member.len,
	    .address = path->words.from,
	    .address_end = path->end,
	    .comments = tokens->comments - parser->comments,
	    .in_brackets = path == &parser->angle,
	    .has_loose_name = parser->is_loose,
	    .has_final_dot = path->has_final_dot,
	};
}

/*
 * An address that is quoted as a whole is a local part without a domain, which
 * is never meant.
 */
static bool
refuse_quoted(struct parser *parser)
{
	struct span member = span_skip(parser->tokens.text, parser->member);
	char *shown = utf8_excerpt_masked(
	    span_trim(span_head(member, parser->tokens.from - parser->member)),
	    SHOWN_OCTETS);

	error_set(parser->err, ERROR_DATA,
	    "cannot use the address '%s': the quotes enclose the domain too; "
	    "only the part before the @ may be quoted",
	    shown);
	free(shown);
	return false;
}

/* A mailbox without a display name takes its comment as one: "addr (Name)". */
static bool
append(struct parser *parser, const struct path *path, struct span name)
{
	struct address_list *list = parser->list;
	struct mailbox *mailbox;

	if (!at_member_end(parser))
		return refuse(parser, "a comma is missing");
	if (path->domain.len == 0 &&
	    span_find(buf_span(&path->words.local), '@') <
		path->words.local.len)
		return refuse_quoted(parser);
	if (span_trim(name).len == 0)
		name = span_trim(buf_span(&parser->tokens.comment));
	mailbox = mem_append(&list->mailboxes, &list->count, sizeof(*mailbox));
	mailbox->local = span_copy(buf_span(&path->words.local));
	if (path->domain.len > 0)
		mailbox->domain = span_copy(buf_span(&path->domain));
	if (name.len > 0)
		mailbox->name = span_copy(name);
	mailbox->place = place_of(parser, path);
	return true;
}

/*
 * The offset of the end of the pair that begins at `at`. Comments may be
 * nested.
 */
static size_t
skip_pair(struct span text, size_t at, char begin, char end)
{
	size_t depth = 1;

	for (at++; at < text.len; at++) {
		if (text.at[at] == '\\')
			at++;
		else if (text.at[at] == end && --depth == 0)
			break;
		else if (text.at[at] == begin && begin == '(')
			depth++;
	}
	return at;
}

/* Whether the member has a "<" outside of quotes and comments. */
static bool
has_angle(const struct parser *parser)
{
	struct span text = parser->tokens.text;

	for (size_t at = parser->member; at < text.len; at++) {
		switch (text.at[at]) {
		case '<':
			return true;
		case ',':
		case ';':
		case ':':
			return false;
		case '"':
			at = skip_pair(text, at, '"', '"');
			break;
		case '[':
			at = skip_pair(text, at, '[', ']');
			break;
		case '(':
			at = skip_pair(text, at, '(', ')');
			break;
		case '\\':
			at++;
			break;
		}
	}
	return false;
}

/*
 * Reads "Name@Org <a@b.example>" or "[Team] Name <a@b.example>": many programs
 * forget the quotes around such a name. Such a name is not ambiguous if angle
 * brackets end the member.
 */
static bool
read_loose(struct parser *parser)
{
	parser->null_allowed = false;
	parser->is_loose = true;
	words_read_loose(&parser->front.words, &parser->tokens);
	if (parser->tokens.kind != TOKEN_LESS)
		return refuse(parser, "this is not allowed here");
	return read_angle(parser) &&
	    append(
		parser, &parser->angle, buf_span(&parser->front.words.phrase));
}

/* Opens the group whose name was read, or refuses it; the ":" is not read. */
static bool
check_group(struct parser *parser)
{
	if (is_link(&parser->front.words))
		return refuse_link(parser);
	if (parser->one_only)
		return refuse(
		    parser, "only one address is allowed here, not a group");
	if (parser->in_group)
		return refuse(parser, "a group cannot be inside a group");
	if (parser->front.words.count == 0)
		return refuse(parser, "the group has no name");
	parser->in_group = true;
	return true;
}

/*
 * Reads a mailbox, the name of a group, or nothing, because members may be
 * empty. Stops at a "," or ";" or the end, or at the ":" of a group.
 */
static bool
read_member(struct parser *parser)
{
	struct address_tokens *tokens = &parser->tokens;
	struct path *front = &parser->front;

	parser->member = tokens->from;
	parser->comments = tokens->comments;
	parser->is_loose = false;
	buf_clear(&tokens->comment); /* it is not part of the member */
	words_read(&front->words, tokens);
	if (tokens->kind == TOKEN_LESS) {
		if (!read_angle(parser))
			return false;
		if (!parser->null)
			return append(parser, &parser->angle,
			    buf_span(&front->words.phrase));
		return at_member_end(parser) ||
		    refuse(parser, "nothing can follow <>");
	}
	if (tokens->kind == TOKEN_COLON)
		return check_group(parser);
	if (at_member_end(parser) && front->words.last == TOKEN_END)
		return true;
	if (!at_member_end(parser) && has_angle(parser))
		return read_loose(parser);
	if (tokens->kind != TOKEN_AT && !at_member_end(parser))
		return refuse(parser, "this is not allowed here");
	return read_path(parser, front) &&
	    append(parser, front, (struct span){0});
}

/* Reads the token between two members; a ";" also ends the group. */
static bool
read_separator(struct parser *parser)
{
	struct address_tokens *tokens = &parser->tokens;

	if (tokens->kind == TOKEN_END)
		return true;
	if (parser->one_only)
		return refuse(
		    parser, "only one address is allowed here, not a list");
	if (tokens->kind != TOKEN_SEMICOLON) {
		address_tokens_next(tokens);
		return true;
	}
	if (!parser->in_group)
		return refuse(parser,
		    "the ';' ends no group; separate "
		    "addresses by commas");
	parser->in_group = false;
	address_tokens_next(tokens);
	if (tokens->kind != TOKEN_COMMA && tokens->kind != TOKEN_END)
		return refuse(parser, "a comma is missing after the group");
	return true;
}

static bool
read_list(struct parser *parser)
{
	address_tokens_next(&parser->tokens);
	do {
		if (!read_member(parser) || !read_separator(parser))
			return false;
	} while (parser->tokens.kind != TOKEN_END);
	if (parser->in_group)
		return refuse(parser, "the ';' that ends the group is missing");
	return true;
}

static void
shorten(struct address_list *list, size_t count)
{
	while (list->count > count)
		mailbox_free(&list->mailboxes[--list->count]);
	if (count > 0)
		return;
	free(list->mailboxes);
	list->mailboxes = NULL;
}

void
address_list_free(struct address_list *list)
{
	shorten(list, 0);
}

bool
address_list_parse(
    struct address_list *list, struct span text, struct error *err)
{
	size_t before = list->count;
	struct parser parser;
	bool parsed;

	parser_init(&parser, list, text, err);
	parsed = read_list(&parser);
	if (!parsed)
		shorten(list, before);
	parser_free(&parser);
	return parsed;
}

static bool
parse_one(struct mailbox *mailbox, struct span text, bool null_allowed,
    struct error *err)
{
	struct address_list list = {0};
	struct parser parser;
	bool parsed;

	*mailbox = (struct mailbox){0};
	if (null_allowed && text.len == 0)
		return true;
	parser_init(&parser, &list, text, err);
	parser.one_only = true;
	parser.null_allowed = null_allowed;
	parsed = read_list(&parser);
	if (parsed && list.count == 0 && !parser.null)
		parsed = refuse(&parser, "there is no address");
	if (parsed && list.count == 1) {
		*mailbox = list.mailboxes[0];
		list.count = 0;
	}
	address_list_free(&list);
	parser_free(&parser);
	return parsed;
}

bool
address_list_parse_mailbox(
    struct mailbox *mailbox, struct span text, struct error *err)
{
	return parse_one(mailbox, text, false, err);
}

bool
address_list_parse_reverse_path(
    struct mailbox *mailbox, struct span text, struct error *err)
{
	return parse_one(mailbox, text, true, err);
}
