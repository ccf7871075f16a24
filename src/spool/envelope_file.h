/*
 * ID.env, the envelope file of a mail, read and understood (waiting.h).
 */
#ifndef SPOOL_ENVELOPE_FILE_H
#define SPOOL_ENVELOPE_FILE_H

#include "base/buf.h"
#include "spool/folder.h"
#include "spool/waiting.h"

enum envelope_file {
	ENVELOPE_FILE_READ,
	ENVELOPE_FILE_GONE,    /* the mail was finished or removed meanwhile */
	ENVELOPE_FILE_NEWER,   /* a newer smtpost wrote it */
	ENVELOPE_FILE_DAMAGED, /* it is no envelope that can be used */
	ENVELOPE_FILE_FOREIGN, /* no regular file of the spool's owner */
	ENVELOPE_FILE_FAILED,  /* errno */
};

/*
 * Reads a file that was just opened. `text` is cleared first, and has the
 * octets of the file then. *waiting is freed by the caller in any case.
 */
enum envelope_file envelope_file_read(
    struct waiting *waiting, struct buf *text, int fd, const struct id *id);
/*
 * Finds the file in an open folder, `mail` or `dead`, and reads it without the
 * lock of the mail: to list mails, and to choose those that a run looks at.
 * Nothing is decided from it; that takes a claim (claim.h). A record that is
 * being written does not count yet.
 */
enum envelope_file envelope_file_peek(struct waiting *waiting, struct buf *text,
    const struct folder *folder, int place, const struct id *id);

#endif
