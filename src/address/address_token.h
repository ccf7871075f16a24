/*
 * The tokens of an address list, one at a time (RFC 5322 sections 3.2 and 4.1):
 * quotes and quoted pairs decoded, comments and folding taken out. Time is
 * linear in the text. address_list.c decides what a sequence of tokens means.
 */
#ifndef ADDRESS_ADDRESS_TOKEN_H
#define ADDRESS_ADDRESS_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define ADDRESS_COMMENT_DEPTH_MAX 64 /* comments in comments */

enum address_token {
	TOKEN_END,
	TOKEN_ATOM,    /* may have octets above 127 */
	TOKEN_ENCODED, /* an atom that begins with "=?" (RFC 2047) */
	TOKEN_QUOTED,
	TOKEN_LITERAL, /* a domain literal, with its brackets */
	TOKEN_FAULT,   /* no token can be read from here on */
	TOKEN_COMMA = ',',
	TOKEN_DOT = '.',
	TOKEN_COLON = ':',
	TOKEN_SEMICOLON = ';',
	TOKEN_LESS = '<',
	TOKEN_GREATER = '>',
	TOKEN_AT = '@',
};

struct address_tokens {
	struct span text;
	size_t next; /* the first octet not yet read */
	/* The token read last: */
	enum address_token kind;
	size_t from;	    /* offset of its first octet */
	size_t ended;	    /* offset of the end of the token before it */
	bool after_blank;   /* blanks or comments are before it */
	struct span word;   /* decoded; valid until the next token */
	const char *fault;  /* the reason for TOKEN_FAULT */
	struct buf decoded; /* owns the text of `word` if decoding changes it */
	struct buf comment; /* the last comment passed, decoded */
	size_t comments;    /* how many comments were passed */
};

/* Borrows `text`; address_tokens_next reads the first token. */
void address_tokens_init(struct address_tokens *tokens, struct span text);
void address_tokens_free(struct address_tokens *tokens);
void address_tokens_next(struct address_tokens *tokens);
/*
 * Turns a fault that may occur in a name without quotes (a backslash, a closing
 * bracket or parenthesis without its opening one) into an atom of that octet.
 * False for any other fault, which is left unchanged.
 */
bool address_tokens_pass_fault(struct address_tokens *tokens);
/*
 * Whether an octet is atext, which atoms consist of (RFC 5322 section 3.2.3).
 * Octets above 127 are (RFC 6532 section 3.2).
 */
bool address_token_is_atext(char c);

#endif
