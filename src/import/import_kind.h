/*
 * The programs whose settings can be read. A new one is a row of the table in
 * import_kind.c. Its reader opens no files but those that the kind names, runs
 * nothing, and prints nothing.
 */
#ifndef IMPORT_IMPORT_KIND_H
#define IMPORT_IMPORT_KIND_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "import/import_file.h"
#include "import/translation.h"

struct import_kind {
	const char *name;	       /* "msmtprc", as in msmtprc:FILE */
	const char *also;	       /* another such name; NULL: none */
	const char *const *file_names; /* the last is NULL */
	bool takes_folder;	       /* it reads a folder, too */
	bool has_files; /* the name alone reads the user's files */
	/* Whether a text is of this kind. */
	bool (*is_like)(struct span text);
	/*
	 * False, with ERROR_DATA or ERROR_NO_INPUT: it cannot be read. If that
	 * is true only of a file that it names, a comment says so.
	 */
	bool (*read)(const struct import_source *source,
	    struct translation *translation, struct error *err);
};

/* The last one has no name. */
extern const struct import_kind import_kinds[];
/* The kind of this name, or of its second one; NULL: there is none. */
const struct import_kind *import_kind_find(struct span name);

/*
 * Reads what `argument` names: FILE, KIND:FILE or, if the kind has such files,
 * KIND; - is standard input. Sets *kind. False with ERROR_NO_INPUT: it cannot
 * be read; or ERROR_DATA: it is not understood.
 */
bool import_kind_read(const char *argument, struct translation *translation,
    const struct import_kind **kind, struct error *err);

#endif
