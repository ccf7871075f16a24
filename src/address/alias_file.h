/*
 * The text of an aliases file, as sendmail's aliases(5) has it: logical lines
 * "name: target, target" with continuations, comments and quotes; and of the
 * lists that it includes. What a name comes to in the end is alias.h's.
 */
#ifndef ADDRESS_ALIAS_FILE_H
#define ADDRESS_ALIAS_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "address/mailbox.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

struct alias_entry {
	char *name;    /* without quotes */
	char *targets; /* as written, continuations joined */
	size_t line;   /* where it begins, from 1 */
	/* alias.c's: */
	size_t visit;	      /* the last that came by; 0: none yet */
	struct mailbox *lone; /* what aliases_single_mailbox found */
	bool is_lone_known;
};

struct alias_file {
	struct alias_entry *entries; /* by name, case-blind */
	size_t count;
	struct buf notes; /* lines that mean something else, one a line */
};

/* Of an alias that stands there twice the first counts. */
void alias_file_parse(
    struct alias_file *file, const char *path, struct span text);
/* The entry of the name, case-blind; NULL: none. */
struct alias_entry *alias_file_find(
    const struct alias_file *file, struct span name);
void alias_file_free(struct alias_file *file);

enum alias_target_kind {
	ALIAS_TARGET_ADDRESS, /* an address list, mostly of one */
	ALIAS_TARGET_FINAL,   /* a name that no alias is looked up for */
	ALIAS_TARGET_INCLUDE, /* a path */
	ALIAS_TARGET_COMMAND,
	ALIAS_TARGET_FILE,
	ALIAS_TARGET_DIRECTIVE, /* ":fail:" and the like of other programs */
};

struct alias_target {
	enum alias_target_kind kind;
	struct span text; /* as written, trimmed */
	struct buf value; /* what the kind says it is; owned */
};

/* Takes the next target out of the right side of an alias; false: no more. */
bool alias_file_next_target(struct span *rest, struct alias_target *target);
void alias_file_target_free(struct alias_target *target);
/* Takes the next line that says anything out of an included list. */
bool alias_file_next_line(struct span *rest, struct span *line);

#endif
