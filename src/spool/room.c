/*
 * Counts the mails of a spool and asks the file system for its free space. The
 * sizes are those of the contents; an envelope file is small, unless somebody
 * wants to fill the spool of another user.
 */
#include "spool/room.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/durable.h"
#include "spool/line.h"

/* This must stay free, or 5 % of the disk if that is less. */
#define FREE_MIN ((uint64_t)64 * 1024 * 1024)
/* So many octets of an envelope file hold the line about its arrival. */
#define HEAD_READ ((size_t)512)
/* So many mails are measured for each mail that is added. */
#define FEW ((size_t)100)
#define ID_SECOND_LEN 8 /* digits of an ID that are the second of arrival */

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

/*
 * `is` and `limit` are the two sizes in the sentence. `whose` is as in
 * check_usage; NULL: the sizes are about the disk.
 */
static bool
refuse(const struct folder *folder, const char *whose, uint64_t is,
    uint64_t limit, struct error *err)
{
	struct buf one = {0}, other = {0};

	room_add_size(&one, is);
	room_add_size(&other, limit);
	error_set(err, ERROR_TEMPORARY,
	    "cannot put the mail into the queue %s: it would %s %s%s%s %s%s",
	    folder->path, whose != NULL ? "hold" : "leave", buf_text(&one),
	    whose != NULL ? whose : " of the disk free",
	    whose != NULL ? ", and max-queue allows" : ", and",
	    buf_text(&other), whose != NULL ? "" : " must stay free");
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
	return left >= keep || refuse(folder, NULL, left, keep, err);
}

/* How many mails there are, and the octets of their contents. */
struct usage {
	uint64_t mails, octets;
};

static uint64_t
size_of(const struct folder *folder, const struct id *id, const char *ending)
{
	char name[FOLDER_NAME_SIZE];
	struct stat status;

	folder_name(name, id, ending);
	if (fstatat(folder->mail, name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
	    status.st_size < 0)
		return 0;
	return (uint64_t)status.st_size;
}

/* Whether the head of the envelope says that this user handed the mail over. */
static bool
is_of_user(const struct folder *folder, const struct id *id, uid_t uid)
{
	char name[FOLDER_NAME_SIZE], head[HEAD_READ], ending[32];
	int len =
	    snprintf(ending, sizeof(ending), " uid %lu", (unsigned long)uid);
	struct span rest, line;
	uint32_t sum = 0;
	ssize_t got;

	folder_name(name, id, "env");
	got = folder_read_file(folder->mail, name, head, sizeof(head));
	rest = (struct span){head, got > 0 ? (size_t)got : 0};
	while (line_next(&rest, &sum, &line))
		if (span_starts(line, SPAN("arrived ")))
			return line.len > (size_t)len &&
			    span_equal(span_skip(line, line.len - (size_t)len),
				(struct span){ending, (size_t)len});
	return false;
}

/* The mails of this user; NULL: all mails. */
static struct usage
measure(const struct folder *folder, const struct folder_list *list,
    const uid_t *uid, bool with_envelopes)
{
	struct usage usage = {0};

	for (size_t i = 0; i < list->count; i++) {
		const struct id *id = &list->ids[i];

		if (uid != NULL && !is_of_user(folder, id, *uid))
			continue;
		usage.mails++;
		usage.octets += size_of(folder, id, "eml");
		if (with_envelopes)
			usage.octets += size_of(folder, id, "env");
	}
	return usage;
}

/* The file `size`: what the mails up to this ID held when it was written. */
struct measured {
	struct id last;
	struct usage usage;
};

/* False unless it is whole. */
static bool
read_measured(const struct folder *folder, struct measured *measured)
{
	char line[64];
	struct span rest = {line, 0}, word;
	ssize_t got = folder_read_file(folder->top, "size", line, sizeof(line));

	if (got <= 0 || line[got - 1] != '\n')
		return false;
	rest.len = (size_t)got - 1;
	return span_next_word(&rest, " ", &word) &&
	    id_read(&measured->last, word) &&
	    span_next_word(&rest, " ", &word) &&
	    span_number(word, SIZE_MAX, &measured->usage.mails) &&
	    span_next_word(&rest, " ", &word) &&
	    span_number(word, INT64_MAX, &measured->usage.octets);
}

/*
 * How many mails are older than the second of the last one: within a second,
 * the order of IDs is not that of arrival.
 */
static size_t
count_old(const struct folder_list *list)
{
	size_t old = list->count;

	while (old > 0 &&
	    strncmp(list->ids[old - 1].text, list->ids[list->count - 1].text,
		ID_SECOND_LEN) == 0)
		old--;
	return old;
}

/* It is not missed: then all mails are measured again. */
static void
write_measured(const struct folder *folder, const struct id *last,
    const struct usage *usage)
{
	char line[64];
	int len = snprintf(line, sizeof(line), "%s %" PRIu64 " %" PRIu64 "\n",
	    last->text, usage->mails, usage->octets);
	int fd = openat(folder->top, "size",
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
	    0600);

	if (fd < 0)
		return;
	(void)!durable_write(fd, line, (size_t)len);
	close(fd);
}

/* All mails are counted, and those from that index on are measured. */
static struct usage
measure_from(
    const struct folder *folder, const struct folder_list *list, size_t from)
{
	const struct folder_list some = {list->ids + from, list->count - from};
	struct usage usage = measure(folder, &some, NULL, false);

	usage.mails = list->count;
	return usage;
}

/*
 * What the mails hold at the most, from what was written when they were
 * measured last, and from the few that came since. False: that says nothing.
 */
static bool
estimate(const struct folder *folder, const struct folder_list *list,
    struct usage *usage)
{
	struct measured measured;
	size_t old = list->count;

	if (!read_measured(folder, &measured))
		return false;
	while (
	    old > 0 && strcmp(list->ids[old - 1].text, measured.last.text) > 0)
		old--;
	if (list->count - old > FEW || old > measured.usage.mails)
		return false;
	*usage = measure_from(folder, list, old);
	usage->octets += measured.usage.octets;
	return true;
}

/* All mails; their sizes only if the answer can depend on them. */
static struct usage
measure_all(const struct folder *folder, const struct folder_list *list,
    const struct queue_limit *limit, uint64_t octets)
{
	struct folder_list old = {list->ids, count_old(list)};
	struct usage usage, rest;

	if (list->count > FEW && estimate(folder, list, &usage) &&
	    usage.octets <= limit->octets &&
	    octets <= limit->octets - usage.octets)
		return usage;
	usage = measure(folder, &old, NULL, false);
	if (old.count > FEW)
		write_measured(folder, &list->ids[old.count - 1], &usage);
	rest = measure_from(folder, list, old.count);
	rest.octets += usage.octets;
	return rest;
}

/* `whose` is "" or " of one user" */
static bool
check_usage(const struct folder *folder, const struct usage *usage,
    const struct queue_limit *limit, uint64_t octets, const char *whose,
    struct error *err)
{
	if (usage->mails >= limit->mails)
		return error_set(err, ERROR_TEMPORARY,
		    "cannot put the mail into the queue %s: it holds %" PRIu64
		    " mails%s, and max-queue allows %" PRIu64,
		    folder->path, usage->mails, whose, limit->mails);
	if (usage->octets <= limit->octets &&
	    octets <= limit->octets - usage->octets)
		return true;
	return refuse(
	    folder, whose, usage->octets + octets, limit->octets, err);
}

static bool
check_limit(const struct folder *folder, const struct queue_limit *limit,
    uid_t uid, uint64_t octets, struct error *err)
{
	const struct queue_limit half = {limit->mails / 2, limit->octets / 2};
	bool is_guest = uid != folder->owner;
	struct folder_list list = {0};
	struct usage usage;
	bool has_room;

	if (!folder_read(&list, folder->mail)) {
		folder_list_free(&list);
		return error_set(err, ERROR_TEMPORARY,
		    "cannot read the queue %s: %s", folder->path,
		    strerror(errno));
	}
	usage = is_guest ? measure(folder, &list, NULL, true)
			 : measure_all(folder, &list, limit, octets);
	has_room = check_usage(folder, &usage, limit, octets, "", err);
	/* The envelopes are read only if the answer can depend on them. */
	if (has_room && is_guest &&
	    (usage.mails >= half.mails ||
		usage.octets + octets > half.octets)) {
		usage = measure(folder, &list, &uid, true);
		has_room = check_usage(
		    folder, &usage, &half, octets, " of one user", err);
	}
	folder_list_free(&list);
	return has_room;
}

bool
room_check(const struct folder *folder, const struct queue_limit *limit,
    uid_t uid, uint64_t octets, struct error *err)
{
	return check_limit(folder, limit, uid, octets, err) &&
	    check_disk(folder, octets, err);
}
