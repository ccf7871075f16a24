/*
 * The accounts of a msmtprc, with the defaults and with what they inherit.
 * Lines that msmtp would refuse become comments in the profile of their
 * account.
 */
#ifndef IMPORT_MSMTPRC_FILE_H
#define IMPORT_MSMTPRC_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "import/msmtprc_key.h"
#include "import/translation.h"

struct msmtprc_account {
	struct span name;		/* empty for the defaults */
	struct import_profile *profile; /* borrowed */
	/* NULL: what msmtp does by default */
	struct msmtprc_line *values[MSMTPRC_KEY_COUNT];
	/* The only account that it inherits; 0: none or several. */
	size_t parent;
};

struct msmtprc_file {
	/* [0] are the defaults as they are before the first account. */
	struct msmtprc_account **accounts;
	size_t count;
	struct msmtprc_line **lines; /* those that msmtp accepts */
	size_t line_count;
};

/* Reads the text, which must outlive the file. Free the file afterwards. */
void msmtprc_file_read(struct msmtprc_file *file, struct span text,
    struct translation *translation);
void msmtprc_file_free(struct msmtprc_file *file);
/* The index of the account; 0, that of the defaults: there is none. */
size_t msmtprc_file_find(const struct msmtprc_file *file, struct span name);
/*
 * Removes the next line from the text, with the first word as its key.
 * False: no line is left. A comment has an empty key.
 */
bool msmtprc_file_next_line(struct span *text, struct span *key,
    struct span *value, struct span *whole);
/* The value that counts; empty if there is none. */
struct span msmtprc_file_value(
    const struct msmtprc_account *account, enum msmtprc_key key);
bool msmtprc_file_has(
    const struct msmtprc_account *account, enum msmtprc_key key);
bool msmtprc_file_is(const struct msmtprc_account *account,
    enum msmtprc_key key, const char *value);

#endif
