/*
 * The commands of a .mailrc that set variables, as s-nail runs them when it
 * sends mail: in macros, accounts and conditions too. Only variables that
 * decide how mail is sent are kept; comments name the rest.
 */
#ifndef IMPORT_S_NAIL_SCRIPT_H
#define IMPORT_S_NAIL_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/text.h"
#include "import/import_profile.h"

struct s_nail_variable {
	char *name;
	struct buf value; /* wiped */
	bool is_set;	  /* false: an inner scope has unset it */
	bool is_known;	  /* false: only s-nail knows the value */
	bool is_used;	  /* a profile has it, or a comment names it */
};

/* The variables of an account, or of all. */
struct s_nail_scope {
	struct s_nail_scope *outer; /* NULL: this is the scope of all */
	struct s_nail_variable *variables;
	size_t count;
};

/* A macro or an account. */
struct s_nail_block {
	char *name;
	struct span body; /* borrowed from the text */
	bool is_account;
	bool is_used; /* a macro was called, or an account became a profile */
};

struct s_nail_script {
	struct import_profile *top; /* borrowed: for comments */
	struct s_nail_scope all;
	/* Each stays where it is: a block that runs may define others. */
	struct s_nail_block **blocks;
	size_t count;
	char *account;		     /* what the file switches to; NULL: none */
	struct buf others, commands; /* lists of names for a comment each */
	size_t steps;		     /* lines that were run */
	size_t octets;		     /* of these lines, and of blocks in them */
	bool is_too_much;
};

/* Runs the text in the scope: that of all, or of an account. */
void s_nail_script_run(
    struct s_nail_script *script, struct s_nail_scope *scope, struct span text);
/* NULL: the variable is not set in this scope nor in the outer one. */
struct s_nail_variable *s_nail_script_find(
    struct s_nail_scope *scope, struct span name);
/* How a comment shows the variable; secrets and URLs without their values. */
void s_nail_script_add_line(
    struct buf *line, const struct s_nail_variable *variable);
void s_nail_script_free_scope(struct s_nail_scope *scope);
void s_nail_script_free(struct s_nail_script *script);

#endif
