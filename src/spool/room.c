/*
 * Counts the mails of a spool and asks the file system for its free space. The
 * sizes are those of the contents; an envelope file is small.
 */
#include "spool/room.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

/* This must stay free, or 5 % of the disk if that is less. */
#define FREE_MIN ((uint64_t)64 * 1024 * 1024)

void
room_add_size(struct buf *out, uint64_t octets)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
	uint64_t tenths = octets / 1024 * 10 + octets % 1024 * 10 / 1024;
	size_t unit = 0;

	if (octets < 1024) {
		buf_add_format(out, "%" PRIu64 " octets", octets);
		return;
	}
	for (; tenths >= 10240 && unit < 3; unit++)
		tenths /= 1024;
	if (tenths % 10 == 0)
		buf_add_format(out, "%" PRIu64 " %s", tenths / 10, units[unit]);
	else
		buf_add_format(out, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10,
		    tenths % 10, units[unit]);
}

/* `is` and `limit` are the two sizes of the sentence. */
static bool
refuse(const struct folder *folder, bool is_disk, uint64_t is, uint64_t limit,
    struct error *err)
{
	struct buf one = {0}, other = {0};

	room_add_size(&one, is);
	room_add_size(&other, limit);
	error_set(err, ERROR_TEMPORARY,
	    "cannot put the mail into the queue %s: it would %s %s%s %s%s",
	    folder->path, is_disk ? "leave" : "hold", buf_text(&one),
	    is_disk ? " of the disk free, and" : ", and max-queue allows",
	    buf_text(&other), is_disk ? " must stay free" : "");
	buf_free(&one);
	buf_free(&other);
	return false;
}

static bool
check_disk(const struct folder *folder, uint64_t octets, struct error *err)
{
	struct statvfs status;
	uint64_t block, left, keep;

	/* A file system that cannot say how much is free may be used. */
	if (fstatvfs(folder->mail, &status) < 0 || status.f_blocks == 0)
		return true;
	block = status.f_frsize > 0 ? status.f_frsize : status.f_bsize;
	left = status.f_bavail * block;
	keep = status.f_blocks * block / 20;
	if (keep > FREE_MIN)
		keep = FREE_MIN;
	left = left > octets ? left - octets : 0;
	return left >= keep || refuse(folder, true, left, keep, err);
}

/* The octets of all contents. */
static uint64_t
count_octets(const struct folder *folder, const struct folder_list *list)
{
	char name[FOLDER_NAME_SIZE];
	struct stat status;
	uint64_t total = 0;

	for (size_t i = 0; i < list->count; i++) {
		folder_name(name, &list->ids[i], "eml");
		if (fstatat(folder->mail, name, &status, AT_SYMLINK_NOFOLLOW) ==
			0 &&
		    status.st_size > 0)
			total += (uint64_t)status.st_size;
	}
	return total;
}

static bool
check_limit(const struct folder *folder, const struct queue_limit *limit,
    uint64_t octets, struct error *err)
{
	struct folder_list list = {0};
	uint64_t count, total;

	if (!folder_read(&list, folder->mail)) {
		folder_list_free(&list);
		return error_set(err, ERROR_TEMPORARY,
		    "cannot read the queue %s: %s", folder->path,
		    strerror(errno));
	}
	count = list.count;
	total = count < limit->mails ? count_octets(folder, &list) : 0;
	folder_list_free(&list);
	if (count >= limit->mails)
		return error_set(err, ERROR_TEMPORARY,
		    "cannot put the mail into the queue %s: it holds %" PRIu64
		    " mails, and max-queue allows %" PRIu64,
		    folder->path, count, limit->mails);
	return (total <= limit->octets && octets <= limit->octets - total) ||
	    refuse(folder, false, total + octets, limit->octets, err);
}

bool
room_check(const struct folder *folder, const struct queue_limit *limit,
    uint64_t octets, struct error *err)
{
	return check_limit(folder, limit, octets, err) &&
	    check_disk(folder, octets, err);
}
