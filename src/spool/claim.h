/*
 * A claim: a mail that this process has locked. The lock is on ID.eml, which
 * never changes, and ends with the process. What the records say is synced
 * before anybody acts on it, since a killed process may have left them in
 * memory only.
 */
#ifndef SPOOL_CLAIM_H
#define SPOOL_CLAIM_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "spool/folder.h"
#include "spool/waiting.h"

struct claim {
	const struct folder *folder; /* borrowed */
	int place; /* folder->mail or folder->dead: where the files are */
	struct id id;
	int content;  /* ID.eml, locked; read it from its beginning */
	int envelope; /* ID.env, for appending */
	struct waiting waiting;
	bool is_read;	/* the envelope, to its end: records can be added */
	bool is_broken; /* a sync failed: no record may follow */
};

enum claim_result {
	CLAIM_TAKEN,
	CLAIM_BUSY,    /* another process has it */
	CLAIM_GONE,    /* it was finished or removed meanwhile */
	CLAIM_NEWER,   /* a newer smtpost wrote it: it is left alone */
	CLAIM_DAMAGED, /* it is taken, but cannot be sent: it goes to `dead` */
	CLAIM_FAILED,  /* errno: too many open files and the like */
};

/*
 * Takes the mail in `place` without waiting. If it is taken, the torn end of
 * the envelope is cut off, and all that the envelope says is on disk. In every
 * case claim_close follows.
 */
enum claim_result claim_take(struct claim *claim, const struct folder *folder,
    int place, const struct id *id);
void claim_close(struct claim *claim);
/*
 * Whether its records say that nothing is left to do: then claim_finish is
 * next.
 */
bool claim_is_over(const struct claim *claim);

/*
 * Appends records, which record_add_... have made of claim->waiting, and waits
 * for the disk if is_durable. False with errno: the records may or may not be
 * there, and the mail must be left alone.
 */
bool claim_append(struct claim *claim, struct span records, bool is_durable);
/* Reserves space on the disk for this many octets of records, if it can. */
bool claim_reserve(struct claim *claim, size_t octets);

/* Unlinks both files: all is settled, or it was removed. False with errno. */
bool claim_finish(struct claim *claim);
/*
 * Moves it to the folder `mail` or `dead`, durably. The record that says so is
 * written before. A kill at any moment leaves both files together in one of the
 * folders. False with errno; EEXIST: another mail has this ID.
 */
bool claim_move(struct claim *claim, int place);
/*
 * Unlinks what a killed process left under this name: files without an
 * envelope, once their lock can be had.
 */
void claim_sweep(const struct folder *folder, int place, const struct id *id);

#endif
