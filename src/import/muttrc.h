/*
 * A muttrc: what its commands leave behind. Files that it names with `source`
 * are read too; nothing else is opened, and no command is run. Every statement
 * leaves a variable, a hook, a note or a name in `others`.
 */
#ifndef IMPORT_MUTTRC_H
#define IMPORT_MUTTRC_H

#include "import/muttrc_scope.h"
#include "import/translation.h"

/* Commands that mutt runs later, if they set a muttrc_key or read a file. */
struct muttrc_hook {
	const char *type;	      /* "folder-hook"; static */
	struct muttrc_value pattern;  /* of a folder, an address, ... */
	struct muttrc_value commands; /* may hold a password */
};

/* A statement that was not, or need not be, carried out. */
struct muttrc_note {
	char *statement; /* masked; shows no secret */
	char *why;
	bool is_lost; /* mutt would have done something with it */
};

struct muttrc {
	struct translation *translation; /* borrowed, for warnings */
	struct muttrc_scope scope;
	struct muttrc_hook *hooks;
	size_t hook_count;
	struct muttrc_note *notes;
	size_t note_count;
	size_t unnoted; /* statements for whose notes there was no room */
	char **files;	/* the one that is read, then those of `source` */
	size_t file_count;
	struct muttrc_scope others; /* names of commands that are not of mail */
	size_t octets_left;	    /* that files may still have */
	unsigned depth;		    /* of `source` */
	char *home;		    /* NULL: there is none */
};

/*
 * Reads a text that stands in the file `path`; NULL: in none. `outer` has what
 * is set before the text, if it is the commands of a hook; NULL: nothing.
 * Caller frees with muttrc_free.
 */
void muttrc_read(struct muttrc *rc, struct translation *translation,
    const char *path, struct span text, const struct muttrc *outer);
void muttrc_free(struct muttrc *rc);

#endif
