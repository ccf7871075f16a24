/*
 * The syntax of an aliases file, as in sendmail's aliases(5): logical lines
 * "name: target, target" with continuations, comments and quotes. Also the
 * syntax of the lists it includes. alias.h follows a name to its mailboxes.
 */
#ifndef ADDRESS_ALIAS_FILE_H
#define ADDRESS_ALIAS_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "address/mailbox.h"

struct alias_entry {
	char *name;    /* without quotes */
	char *targets; /* as written, continuations joined */
	size_t line;   /* number of its first line, from 1 */
	/* Used by alias.c alone: */
	size_t visit;		/* the last to follow it; 0: none yet */
	struct mailbox *single; /* the result of aliases_single_mailbox */
	bool is_single_known;
};

struct alias_file {
	struct alias_entry *entries; /* sorted by name without case */
	size_t count;
	struct buf notes; /* warnings about the file, one a line */
};

/*
 * Parses the text of a file into *file; `path` is for the notes. If a name
 * occurs twice, the first entry counts.
 */
void alias_file_parse(
    struct alias_file *file, const char *path, struct span text);
/* The entry of a name, ignoring case; NULL if there is none. */
struct alias_entry *alias_file_find(
    const struct alias_file *file, struct span name);
void alias_file_free(struct alias_file *file);

enum alias_target_kind {
	ALIAS_TARGET_ADDRESS, /* an address list, mostly of one */
	ALIAS_TARGET_FINAL,   /* "\name": its own alias is not followed */
	ALIAS_TARGET_INCLUDE, /* a path */
	ALIAS_TARGET_COMMAND,
	ALIAS_TARGET_FILE,
	ALIAS_TARGET_DIRECTIVE, /* ":fail:" and other forms of other programs */
};

struct alias_target {
	enum alias_target_kind kind;
	struct span text; /* as written, without blanks around it */
	struct buf value; /* the address, name or path; owned */
};

/*
 * Takes the next target from the right side of an alias; false if none is left.
 */
bool alias_file_next_target(struct span *rest, struct alias_target *target);
void alias_file_target_free(struct alias_target *target);
/*
 * Takes the next line of an included list that is not empty; false if none is
 * left.
 */
bool alias_file_next_line(struct span *rest, struct span *line);

#endif
