/*
 * The two shapes that words of an address list take: a phrase in front of
 * "<" or ":", or a local part in front of "@" (RFC 5322 section 3.4). Which of
 * them it is shows only afterwards, so both are kept.
 */
#ifndef MAIL_ADDRESS_PATH_H
#define MAIL_ADDRESS_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "mail/address_token.h"

/* Atoms, quoted strings and dots in a row. */
struct words {
	struct buf phrase; /* with one space for what was between them */
	struct buf local;  /* without */
	size_t count;	   /* without the dots */
	size_t from;	   /* where the first begins */
	enum address_token last; /* TOKEN_END: there is none */
	bool blank;		 /* blanks or comments inside */
	bool side_by_side;	 /* two words without a dot between them */
	bool dot_alone; /* a dot that has not a word at both its sides */
	bool encoded;
};

struct path {
	struct words words;
	struct buf domain; /* empty: none */
	size_t end;	   /* of the whole, in the text */
	bool has_final_dot; /* it is not in the domain */
};

/* Nothing in it gets longer than max. */
void path_init(struct path *path, size_t max);
void path_free(struct path *path);
/* Takes all words from the token read last; stops at what is none. */
void words_read(struct words *words, struct address_tokens *tokens);
/*
 * Takes more of them for a phrase alone, and what else a name may hold that
 * should have quotes: at signs, brackets, a backslash.
 */
void words_read_loose(struct words *words, struct address_tokens *tokens);
/* Why the words are no local part; bare: no "@" follows. NULL: they are. */
const char *words_local_fault(const struct words *words, bool bare);
/*
 * A literal, or atoms with dots between, and one behind that is dropped; false
 * at a token that is neither.
 */
bool path_read_domain(struct path *path, struct address_tokens *tokens);

#endif
