#include "mail/address_path.h"

void
path_init(struct path *path, size_t max)
{
	*path = (struct path){0};
	buf_init(&path->words.phrase, max);
	buf_init(&path->words.local, max);
	buf_init(&path->domain, max);
}

void
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

void
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

void
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
 * Dots at the ends or side by side are against the grammar, but people have
 * such addresses; with blanks among them it is not clear what was meant.
 */
const char *
words_local_fault(const struct words *words, bool bare)
{
	if (words->count == 0)
		return "there is no local part";
	if (words->side_by_side)
		return "a comma is missing, or <...> around the address "
		       "behind a name";
	if (words->encoded)
		return "an encoded word is no local part";
	if (words->blank && (bare || words->dot_alone))
		return "blanks and dots make no local part";
	return NULL;
}

/* Whether the domain can end here, so that a dot in front is its last. */
static bool
ends_domain(enum address_token kind)
{
	return kind == TOKEN_END || kind == TOKEN_COMMA ||
	    kind == TOKEN_SEMICOLON || kind == TOKEN_COLON ||
	    kind == TOKEN_LESS || kind == TOKEN_GREATER;
}

bool
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
