/*
 * Address lists of RFC 5322 section 3.4 and 4.4: groups, comments, quoted
 * local parts, routes, domain literals, null members, the obsolete forms; and
 * names that should have quotes and have none. Iterative and bounded; what is
 * unclear is refused, never guessed: no result names another mailbox than was
 * written.
 */
#ifndef ADDRESS_ADDRESS_LIST_H
#define ADDRESS_ADDRESS_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "address/address_token.h"
#include "address/mailbox.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

#define ADDRESS_COMMENT_DEPTH_MAX 64

struct address_list {
	struct mailbox *mailboxes;
	size_t count;
};

void address_list_free(struct address_list *list);
/*
 * Parses a list and appends its mailboxes; members of groups count like
 * others. `text` may be folded (line ends count as blanks when a blank
 * follows; elsewhere they are an error). On failure the list is unchanged and
 * the error (ERROR_DATA) shows what was read, masked, and says where it went
 * wrong.
 */
bool address_list_parse(
    struct address_list *list, struct span text, struct error *err);
/*
 * One mailbox and nothing else; "" and "<>" are the null reverse-path when
 * `null_allowed`: true, with mailbox all zero.
 */
bool address_list_parse_one(struct mailbox *mailbox, struct span text,
    bool null_allowed, struct error *err);

/*
 * The two shapes that words of an address list take: a phrase in front of
 * "<" or ":", or a local part in front of "@" (RFC 5322 section 3.4). Which of
 * them it is shows only afterwards, so both are kept.
 */
/* Atoms, quoted strings and dots in a row. */
struct words {
	struct buf phrase;	 /* with one space for what was between them */
	struct buf local;	 /* without */
	size_t count;		 /* without the dots */
	size_t from;		 /* where the first begins */
	enum address_token last; /* TOKEN_END: there is none */
	bool blank;		 /* blanks or comments inside */
	bool side_by_side;	 /* two words without a dot between them */
	bool dot_alone; /* a dot that has not a word at both its sides */
	bool encoded;
};

struct path {
	struct words words;
	struct buf domain;  /* empty: none */
	size_t end;	    /* of the whole, in the text */
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
