/*
 * Takes mails and changes them. Decisions depend only on what is read under the
 * lock. The next record is written directly after the last complete line,
 * since readers stop at a torn one.
 */
#include "spool/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/crc.h"
#include "base/durable.h"
#include "base/lock.h"
#include "spool/compaction.h"
#include "spool/envelope_file.h"

#define BLOCK ((size_t)64 * 1024)

static int
open_file(const struct claim *claim, const char *ending)
{
	char name[FOLDER_NAME_SIZE];

	folder_name(name, &claim->id, ending);
	/* O_NONBLOCK: a FIFO in its place must not stop the run. */
	return openat(
	    claim->place, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
}

static void
unlink_file(const struct claim *claim, const char *ending)
{
	char name[FOLDER_NAME_SIZE];

	folder_name(name, &claim->id, ending);
	unlinkat(claim->place, name, 0);
}

/* A regular file of ours with one name, closed to others but for reading. */
static bool
is_trusted(const struct stat *status)
{
	return S_ISREG(status->st_mode) && status->st_uid == geteuid() &&
	    status->st_nlink == 1 &&
	    (status->st_mode & (S_IWGRP | S_IWOTH | S_IROTH)) == 0;
}

/* Whether the content is the one that the envelope's head describes. */
static enum claim_result
check_content(struct claim *claim, uint64_t size)
{
	char block[BLOCK];
	uint32_t sum = 0;
	uint64_t at = 0;

	if (size != claim->waiting.content_size)
		return CLAIM_DAMAGED;
	while (at < size) {
		ssize_t got =
		    pread(claim->content, block, sizeof(block), (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		/*
		 * A read error of the disk does not mean that the mail is
		 * damaged.
		 */
		if (got < 0)
			return CLAIM_FAILED;
		if (got == 0)
			return CLAIM_DAMAGED;
		sum = crc_add(sum, block, (size_t)got);
		at += (uint64_t)got;
	}
	return sum == claim->waiting.content_sum ? CLAIM_TAKEN : CLAIM_DAMAGED;
}

/* Reads ID.env, and cuts off what follows its last complete line. */
static enum claim_result
read_envelope(struct claim *claim, struct buf *text)
{
	enum claim_result result = CLAIM_TAKEN;
	size_t end;

	switch (envelope_file_read(
	    &claim->waiting, text, claim->envelope, &claim->id)) {
	case ENVELOPE_FILE_READ:
		end = claim->waiting.len;
		if (text->len > end &&
		    (ftruncate(claim->envelope, (off_t)end) < 0 ||
			lseek(claim->envelope, (off_t)end, SEEK_SET) < 0))
			result = CLAIM_FAILED;
		break;
	case ENVELOPE_FILE_NEWER:
		result = CLAIM_NEWER;
		break;
	case ENVELOPE_FILE_DAMAGED:
		result = CLAIM_DAMAGED;
		break;
	case ENVELOPE_FILE_GONE:
	case ENVELOPE_FILE_FOREIGN:
	case ENVELOPE_FILE_FAILED:
		result = CLAIM_FAILED;
		break;
	}
	claim->is_read = result == CLAIM_TAKEN;
	return result;
}

/*
 * Whether the file lost its name before it was locked. The name may then lead
 * to another file: a notification can be made again under its ID.
 */
static enum claim_result
lock(int fd, struct stat *status)
{
	switch (lock_try(fd)) {
	case LOCK_TAKEN:
		if (fstat(fd, status) < 0)
			return CLAIM_FAILED;
		return status->st_nlink == 0 ? CLAIM_GONE : CLAIM_TAKEN;
	case LOCK_BUSY:
		return CLAIM_BUSY;
	case LOCK_FAILED:
		break;
	}
	return CLAIM_FAILED;
}

/* A name that leads to no regular file means a damaged mail. */
static enum claim_result
name_failure(void)
{
	if (errno == ENOENT)
		return CLAIM_GONE;
	return errno == ELOOP || errno == EISDIR || errno == ENXIO
	    ? CLAIM_DAMAGED
	    : CLAIM_FAILED;
}

/*
 * Only a power cut leaves an envelope without its content: the mail was never
 * confirmed to its caller, or it was finished. Then the envelope is locked
 * instead.
 */
static enum claim_result
take_without_content(struct claim *claim, struct buf *text)
{
	enum claim_result result;
	struct stat status;

	claim->envelope = open_file(claim, "env");
	if (claim->envelope < 0)
		return name_failure();
	result = lock(claim->envelope, &status);
	if (result == CLAIM_TAKEN)
		result = is_trusted(&status) ? read_envelope(claim, text)
					     : CLAIM_DAMAGED;
	if (result == CLAIM_TAKEN && !claim_is_over(claim))
		result = CLAIM_DAMAGED;
	return result;
}

/* Whether both names lead to one file. */
static bool
is_same_file(int place, int other, const char *name)
{
	struct stat one, two;

	return fstatat(place, name, &one, AT_SYMLINK_NOFOLLOW) == 0 &&
	    fstatat(other, name, &two, AT_SYMLINK_NOFOLLOW) == 0 &&
	    one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

static int
other_place(const struct claim *claim)
{
	return claim->place == claim->folder->mail ? claim->folder->dead
						   : claim->folder->mail;
}

static bool
has_envelope(const struct claim *claim, int place)
{
	char name[FOLDER_NAME_SIZE];
	struct stat status;

	folder_name(name, &claim->id, "env");
	return fstatat(place, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ||
	    errno != ENOENT;
}

/*
 * A kill in claim_move can leave the content with a second name that has no
 * envelope beside it. Until the move of the envelope is on disk that name
 * stays. False with errno.
 */
static bool
drop_second_name(const struct claim *claim)
{
	int other = other_place(claim);
	char content[FOLDER_NAME_SIZE];

	folder_name(content, &claim->id, "eml");
	return has_envelope(claim, other) ||
	    !is_same_file(claim->place, other, content) ||
	    (durable_sync_folder(claim->place) &&
		unlinkat(other, content, 0) == 0);
}

/* Writes the text to ID.tmp, on disk. Returns its descriptor; -1: failed. */
static int
write_temporary(const struct claim *claim, struct span text)
{
	char name[FOLDER_NAME_SIZE];
	int fd;

	folder_name(name, &claim->id, "tmp");
	fd = openat(claim->place, name,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0 &&
	    (!durable_write(fd, text.at, text.len) || !durable_sync(fd))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/*
 * Puts the shorter text in the place of ID.env. What the old file says is on
 * disk, so it does not matter which of them a power cut leaves, as long as
 * nothing was added to the new one.
 */
static enum claim_result
replace_envelope(struct claim *claim, struct span text, uint32_t sum)
{
	char temporary[FOLDER_NAME_SIZE], envelope[FOLDER_NAME_SIZE];
	int fd = write_temporary(claim, text);

	folder_name(temporary, &claim->id, "tmp");
	folder_name(envelope, &claim->id, "env");
	if (fd < 0) { /* no room: keep the long file */
		unlink_file(claim, "tmp");
		return CLAIM_TAKEN;
	}
	close(claim->envelope);
	claim->envelope = fd;
	claim->waiting.len = text.len;
	claim->waiting.sum = sum;
	/* After a failure either file may have the name. */
	return renameat(claim->place, temporary, claim->place, envelope) == 0 &&
		durable_sync_folder(claim->place)
	    ? CLAIM_TAKEN
	    : CLAIM_FAILED;
}

/* Writes the file anew if that saves at least half of it. */
static enum claim_result
compact(struct claim *claim, struct span text)
{
	enum claim_result result = CLAIM_TAKEN;
	struct buf shorter;
	uint32_t sum;

	buf_init(&shorter, WAITING_OCTETS_MAX);
	compaction_make(&shorter, &sum, &claim->waiting, text, time(NULL));
	if (!shorter.full && shorter.len <= claim->waiting.len / 2)
		result = replace_envelope(claim, buf_span(&shorter), sum);
	buf_free(&shorter);
	return result;
}

/*
 * Makes sure that what the envelope says is on disk. If the file was written
 * anew, its name may be in memory only, so the folder is synced too.
 */
static bool
sync_envelope(const struct claim *claim)
{
	return durable_sync(claim->envelope) &&
	    (!claim->waiting.is_rewritten || durable_sync_folder(claim->place));
}

/* Both files are open, and the lock is ours. */
static enum claim_result
take_both(struct claim *claim, struct stat *content, struct buf *text)
{
	struct stat envelope;
	enum claim_result result;

	if (content->st_nlink == 2 &&
	    (!drop_second_name(claim) || fstat(claim->content, content) < 0))
		return CLAIM_FAILED;
	if (fstat(claim->envelope, &envelope) < 0)
		return CLAIM_FAILED;
	if (!is_trusted(content) || !is_trusted(&envelope))
		return CLAIM_DAMAGED;
	result = read_envelope(claim, text);
	if (result != CLAIM_TAKEN)
		return result;
	unlink_file(claim, "tmp");
	if (!sync_envelope(claim))
		return CLAIM_FAILED;
	if (claim_is_over(claim))
		return CLAIM_TAKEN;
	result = check_content(claim, (uint64_t)content->st_size);
	return result == CLAIM_TAKEN && compaction_is_due(&claim->waiting)
	    ? compact(claim, buf_span(text))
	    : result;
}

static enum claim_result
take(struct claim *claim, struct buf *text)
{
	enum claim_result result;
	struct stat content;

	claim->content = open_file(claim, "eml");
	if (claim->content < 0)
		return errno == ENOENT ? take_without_content(claim, text)
				       : name_failure();
	result = lock(claim->content, &content);
	if (result != CLAIM_TAKEN)
		return result;
	claim->envelope = open_file(claim, "env");
	return claim->envelope < 0 ? name_failure()
				   : take_both(claim, &content, text);
}

enum claim_result
claim_take(struct claim *claim, const struct folder *folder, int place,
    const struct id *id)
{
	enum claim_result result;
	struct buf text = {0};

	*claim = (struct claim){.folder = folder,
	    .place = place,
	    .id = *id,
	    .content = -1,
	    .envelope = -1};
	result = take(claim, &text);
	buf_free(&text);
	return result;
}

void
claim_close(struct claim *claim)
{
	waiting_free(&claim->waiting);
	if (claim->envelope >= 0)
		close(claim->envelope);
	if (claim->content >= 0)
		close(claim->content);
	claim->content = claim->envelope = -1;
}

bool
claim_is_over(const struct claim *claim)
{
	return claim->waiting.is_done || claim->waiting.is_removed;
}

bool
claim_append(struct claim *claim, struct span records, bool is_durable)
{
	if (claim->is_broken) {
		errno = EIO;
		return false;
	}
	claim->is_broken =
	    !durable_write(claim->envelope, records.at, records.len) ||
	    (is_durable && !durable_sync(claim->envelope));
	if (!claim->is_broken)
		claim->waiting.len += records.len;
	return !claim->is_broken;
}

bool
claim_reserve(struct claim *claim, size_t octets)
{
#if defined(__linux__) && defined(FALLOC_FL_KEEP_SIZE)
	/* A file system that cannot reserve space is no failure. */
	return fallocate(claim->envelope, FALLOC_FL_KEEP_SIZE,
		   (off_t)claim->waiting.len, (off_t)octets) == 0 ||
	    (errno != ENOSPC && errno != EDQUOT && errno != EIO);
#else
	(void)claim;
	(void)octets;
	return true;
#endif
}

bool
claim_finish(struct claim *claim)
{
	char name[FOLDER_NAME_SIZE];

	folder_name(name, &claim->id, "env");
	if (unlinkat(claim->place, name, 0) < 0 && errno != ENOENT)
		return false;
	folder_name(name, &claim->id, "eml");
	return unlinkat(claim->place, name, 0) == 0 || errno == ENOENT;
}

static bool
rename_file(struct claim *claim, int place, const char *name)
{
	return renameat(claim->place, name, place, name) == 0 ||
	    errno == ENOENT;
}

/*
 * Links the content into the other folder. On a file system without hard links
 * it is moved, and a kill can then separate it from its envelope.
 */
static bool
link_content(struct claim *claim, int place, const char *name)
{
	if (linkat(claim->place, name, place, name, 0) == 0 || errno == ENOENT)
		return true;
	if (errno == EEXIST) {
		if (is_same_file(claim->place, place, name))
			return true;
		errno = EEXIST; /* another mail has this ID */
		return false;
	}
	return (errno == EPERM || errno == ENOTSUP || errno == ENOSYS ||
		   errno == EMLINK) &&
	    rename_file(claim, place, name);
}

bool
claim_move(struct claim *claim, int place)
{
	char content[FOLDER_NAME_SIZE], envelope[FOLDER_NAME_SIZE];

	folder_name(content, &claim->id, "eml");
	folder_name(envelope, &claim->id, "env");
	/*
	 * The envelope always has its content beside it, and a content without
	 * an envelope would be swept. So the new name of the content must be on
	 * disk before the envelope moves.
	 */
	if (!link_content(claim, place, content) ||
	    !durable_sync_folder(place) ||
	    !rename_file(claim, place, envelope) || !durable_sync_folder(place))
		return false;
	if ((unlinkat(claim->place, content, 0) < 0 && errno != ENOENT) ||
	    !durable_sync_folder(claim->place))
		return false;
	claim->place = place;
	return true;
}

/* Unlinks a file that has no envelope beside it. */
static void
unlink_alone(const struct claim *claim, const char *ending)
{
	if (!has_envelope(claim, claim->place))
		unlink_file(claim, ending);
}

/*
 * Whether a killed claim_move has moved the content alone, where the file
 * system has no links. The next claim moves the envelope.
 */
static bool
is_half_moved(const struct claim *claim, const struct stat *content)
{
	return content->st_nlink == 1 &&
	    has_envelope(claim, other_place(claim));
}

void
claim_sweep(const struct folder *folder, int place, const struct id *id)
{
	struct claim claim = {.folder = folder,
	    .place = place,
	    .id = *id,
	    .content = -1,
	    .envelope = -1};
	struct stat status;

	/* An adder makes and locks the content before any other file. */
	claim.content = open_file(&claim, "eml");
	if (claim.content < 0 && errno == ENOENT)
		unlink_alone(&claim, "tmp");
	else if (claim.content >= 0 &&
	    lock(claim.content, &status) == CLAIM_TAKEN &&
	    !is_half_moved(&claim, &status)) {
		unlink_alone(&claim, "tmp");
		unlink_alone(&claim, "eml");
	}
	claim_close(&claim);
}
