/* Tables of the keys of another program: most keys need no code of their own.
 */
#ifndef IMPORT_IMPORT_KEY_H
#define IMPORT_IMPORT_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "import/import_profile.h"

/*
 * A line of the other program's file, or the part of a line that has one key.
 */
struct import_line {
	struct span key, value;
	struct span whole; /* as comments show it, if it holds no secret */
};

/* Has exactly one of setting, why_not, needless and take. */
struct import_key {
	const char *name;
	const char *setting;  /* of ours: the value is taken over as it is */
	const char *why_not;  /* the reason why it cannot be taken over */
	const char *needless; /* why smtpost needs no setting for it */
	void (*take)(void *reader, const struct import_line *line);
	bool is_secret; /* comments show only its name */
};

struct import_keys {
	const char *program; /* "msmtp" */
	bool is_case_blind;
	const struct import_key *rows; /* the last one has no name */
};

/* NULL: the program has no such key. */
const struct import_key *import_key_find(
    const struct import_keys *keys, struct span name);
/*
 * The beginning of an unknown word that looks like a key. The rest may be a
 * secret, as in "password=abc" or "passwordabc", and must not be shown.
 */
struct span import_key_name(struct span word);
/*
 * Does what the table says about the line's key. For an unknown key, the
 * comment shows only the name. With a known key that has a value, the file is
 * understood. `reader` is for the functions `take`.
 */
void import_key_take(const struct import_keys *keys,
    const struct import_line *line, struct import_profile *profile,
    void *reader);

#endif
