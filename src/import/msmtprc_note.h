/* Why a line of a msmtprc became no setting. */
#ifndef IMPORT_MSMTPRC_NOTE_H
#define IMPORT_MSMTPRC_NOTE_H

#include <stdbool.h>

#include "import/msmtprc_file.h"

struct msmtprc_note {
	const char *why;
	bool is_left; /* it is not taken over; false: it needs no setting */
};

/* The line counts in this account, and no setting was made of it. */
struct msmtprc_note msmtprc_note_make(
    const struct msmtprc_account *account, const struct msmtprc_line *line);

#endif
