/*
 * The words of an address list, one at a time (RFC 5322 section 3.2 and 4.1):
 * quotes and quoted pairs decoded, comments and folding taken out. Time is
 * linear in the text, comment depth is bounded, nothing recurs. What an order
 * of words means is not known here.
 */
#ifndef ADDRESS_ADDRESS_TOKEN_H
#define ADDRESS_ADDRESS_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/text.h"

#define ADDRESS_COMMENT_DEPTH_MAX 64

enum address_token {
	TOKEN_END,
	TOKEN_ATOM,    /* octets beyond ASCII are let in */
	TOKEN_ENCODED, /* an atom that begins as an encoded word does */
	TOKEN_QUOTED,
	TOKEN_LITERAL, /* a domain literal, with its brackets */
	TOKEN_FAULT,   /* no token can be read here; it stays so */
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
	size_t from;	    /* where it begins */
	size_t ended;	    /* where the one before it ended */
	bool after_blank;   /* blanks or comments in front of it */
	struct span word;   /* decoded; valid until the next token */
	const char *fault;  /* why, for TOKEN_FAULT */
	struct buf decoded; /* behind `word` where decoding changes it */
	struct buf comment; /* the last comment passed, decoded */
	size_t comments;    /* how many were passed */
};

/* Borrows text. No token is read yet. */
void address_tokens_init(struct address_tokens *tokens, struct span text);
void address_tokens_free(struct address_tokens *tokens);
void address_tokens_next(struct address_tokens *tokens);
/*
 * The same behind a fault, if that is one that a name without quotes may have:
 * a backslash, or the end of a pair that was not begun. False: it is not, and
 * the fault stays.
 */
bool address_tokens_pass_fault(struct address_tokens *tokens);
/* RFC 5322 section 3.2.3 and RFC 6532 section 3.2: octets from 128 on too. */
bool address_token_is_atext(char c);

#endif
