#include "rows.h"

#include "net/sts_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"

#define POLICY "version: STSv1\nmode: enforce\nmx: mx.example\nmax_age: 600\n"
#define X63 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X61 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X253 X63 "." X63 "." X63 "." X61

/* A folder for each test: `state` in it does not exist yet. */
struct place {
	char top[64];
	char *state;
};

static void
make_place(struct place *place)
{
	snprintf(place->top, sizeof(place->top), "/tmp/test_sts.XXXXXX");
	assert_non_null(mkdtemp(place->top));
	place->state = file_path_in(place->top, "state/sts");
}

static void
remove_place(struct place *place)
{
	char command[96];

	snprintf(command, sizeof(command), "rm -rf %s", place->top);
	assert_int_equal(system(command), 0);
	free(place->state);
}

static void
make_file(
    const struct place *place, const char *name, const char *text, size_t len)
{
	char *path = file_path_in(place->state, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
	free(path);
}

static void
set_age(const struct place *place, const char *name, time_t age)
{
	char *path = file_path_in(place->state, name);
	struct timespec times[2] = {
	    {.tv_nsec = UTIME_OMIT}, {.tv_sec = time(NULL) - age}};

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	free(path);
}

static bool
is_there(const struct place *place, const char *name)
{
	char *path = file_path_in(place->state, name);
	struct stat status;
	bool found = lstat(path, &status) == 0;

	free(path);
	return found;
}

static bool
store(const struct place *place, const char *domain, const char *id)
{
	struct error err = {0};
	struct buf text = {0};
	bool done;

	sts_entry_add(&text, span_from(id), 1000, SPAN(POLICY));
	done = sts_cache_store(place->state, domain, buf_span(&text), &err);
	assert_int_equal(err.kind, done ? ERROR_NONE : ERROR_TEMPORARY);
	assert_int_equal(err.text[0] == '\0', done);
	buf_free(&text);
	return done;
}

/* The ID that is found; "": nothing; "!": nothing, with an error. */
static const char *
find(const struct place *place, const char *domain)
{
	static char id[STS_RECORD_ID_MAX + 1];
	struct sts_entry entry;
	struct error err = {0};
	bool done = sts_cache_find(place->state, domain, &entry, &err);

	assert_int_equal(done, entry.id[0] != '\0');
	assert_int_equal(err.kind == ERROR_NONE, err.text[0] == '\0');
	assert_true(err.kind == ERROR_NONE || err.kind == ERROR_TEMPORARY);
	memcpy(id, entry.id, sizeof(id));
	if (err.kind != ERROR_NONE)
		memcpy(id, "!", 2);
	sts_entry_free(&entry);
	return id;
}

static void
test_store(void **state)
{
	mode_t masks[] = {0, 0777}, old = umask(0);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct place place;
		struct stat status;
		char *path;

		make_place(&place);
		umask(masks[i]);
		assert_string_equal(find(&place, "a.example"), "");
		assert_false(is_there(&place, ""));
		assert_true(store(&place, "a.example", "1"));
		assert_string_equal(find(&place, "a.example"), "1");
		assert_string_equal(find(&place, "A.Example"), "1");
		assert_true(store(&place, "A.EXAMPLE", "2"));
		assert_string_equal(find(&place, "a.example"), "2");
		assert_string_equal(find(&place, "b.example"), "");
		path = file_path_in(place.state, "a.example");
		assert_int_equal(stat(path, &status), 0);
		assert_int_equal(status.st_mode & 07777, 0600);
		assert_int_equal(stat(place.state, &status), 0);
		assert_int_equal(status.st_mode & 07777, 0700);
		free(path);
		umask(old);
		remove_place(&place);
	}
}

struct name_row {
	const char *name, *domain;
	bool has_file;
};

static const struct name_row names[] = {
    {"a name", "a.example", true},
    {"one label", "example", true},
    {"an underscore", "_a.example", true},
    {"253 octets", X253, true},
    {"254 octets", X253 "x", false},
    {"nothing", "", false},
    {"the folder", ".", false},
    {"the folder above", "..", false},
    {"a way out", "../a.example", false},
    {"a slash", "a/b", false},
    {"a path", "/tmp/a", false},
    {"a dot in front", ".a.example", false},
    {"two dots", "a..example", false},
    {"a final dot", "a.example.", false},
    {"the sign of temporary files", "+a.example", false},
    {"an address literal", "[192.0.2.1]", false},
    {"a line feed", "a\nb", false},
    {"not ASCII", "b\303\274cher.example", false},
};

/* A domain without a file is no error. */
static void
test_name(void **state)
{
	const struct name_row *row = *state;
	struct error err = {0};
	struct place place;
	bool has_failure;

	make_place(&place);
	assert_true(store(&place, row->domain, "1"));
	assert_int_equal(is_there(&place, row->domain), row->has_file);
	assert_string_equal(
	    find(&place, row->domain), row->has_file ? "1" : "");
	assert_true(
	    sts_cache_store_failure(place.state, row->domain, SPAN("2"), &err));
	has_failure =
	    sts_cache_has_failure(place.state, row->domain, SPAN("2"));
	assert_int_equal(has_failure, row->has_file);
	remove_place(&place);
}

#define ENTRY "id 1\nfetched 1000\n\n" POLICY

/* A file, or what else has the name of a domain. */
struct file_row {
	const char *name;
	const char *content; /* NULL: prepare makes it */
	void (*prepare)(const char *path);
	bool is_found;
};

static void
make_world_writable(const char *path)
{
	assert_int_equal(chmod(path, 0602), 0);
}

static void
make_group_writable(const char *path)
{
	assert_int_equal(chmod(path, 0620), 0);
}

static void
make_foreign(const char *path)
{
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(path, 12345, (gid_t)-1), 0);
}

/* To an entry that is good. */
static void
make_link(const char *path)
{
	char target[96];
	int fd;

	snprintf(target, sizeof(target), "%s.target", path);
	fd = open(target, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_int_equal(write(fd, ENTRY, strlen(ENTRY)), strlen(ENTRY));
	close(fd);
	assert_int_equal(symlink(target, path), 0);
}

static void
make_fifo(const char *path)
{
	assert_int_equal(mkfifo(path, 0600), 0);
}

static void
make_folder(const char *path)
{
	assert_int_equal(mkdir(path, 0700), 0);
}

static void
make_long(const char *path)
{
	assert_int_equal(truncate(path, STS_ENTRY_MAX + 1), 0);
}

static const struct file_row files[] = {
    {"an entry", ENTRY, NULL, true},
    {"an unknown word", "next 5\n" ENTRY, NULL, true},
    {"the first of a word", "id 1\nid 2\nfetched 5\nfetched 9\n\n" POLICY, NULL,
	true},
    {"an empty file", "", NULL, false},
    {"no ID", "fetched 1000\n\n" POLICY, NULL, false},
    {"an ID that is none", "id ../x\nfetched 1000\n\n" POLICY, NULL, false},
    {"no time", "id 1\n\n" POLICY, NULL, false},
    {"a time that is none", "id 1\nfetched soon\n\n" POLICY, NULL, false},
    {"a time that no clock says",
	"id 1\nfetched 9223372036854775807\n\n" POLICY, NULL, false},
    {"no policy", "id 1\nfetched 1000\n", NULL, false},
    {"a policy that is cut off",
	"id 1\nfetched 1000\n\nversion: STSv1\nmode: enf", NULL, false},
    {"a file that is too long", ENTRY, make_long, false},
    {"others can write to it", ENTRY, make_world_writable, false},
    {"its group can write to it", ENTRY, make_group_writable, false},
    {"it belongs to another user", ENTRY, make_foreign, false},
    {"a symbolic link", NULL, make_link, false},
    {"a FIFO", NULL, make_fifo, false},
    {"a folder", NULL, make_folder, false},
};

/* What cannot be used is told, and replaced, except for a folder. */
static void
test_file(void **state)
{
	const struct file_row *row = *state;
	struct place place;
	char *path;

	make_place(&place);
	assert_true(store(&place, "b.example", "1"));
	path = file_path_in(place.state, "a.example");
	if (row->content != NULL)
		make_file(
		    &place, "a.example", row->content, strlen(row->content));
	if (row->prepare != NULL)
		row->prepare(path);
	assert_string_equal(
	    find(&place, "a.example"), row->is_found ? "1" : "!");
	assert_int_equal(
	    store(&place, "a.example", "3"), row->prepare != make_folder);
	assert_string_equal(
	    find(&place, "a.example"), row->prepare != make_folder ? "3" : "!");
	free(path);
	remove_place(&place);
}

/* The folder itself: others must not be able to change what is in it. */
struct folder_row {
	const char *name;
	void (*prepare)(const char *path);
	bool is_used;
};

static void
link_folder(const char *path)
{
	char moved[96];

	snprintf(moved, sizeof(moved), "%s.moved", path);
	assert_int_equal(rename(path, moved), 0);
	assert_int_equal(symlink(moved, path), 0);
}

static void
open_folder(const char *path)
{
	assert_int_equal(chmod(path, 0777), 0);
}

static void
share_folder(const char *path)
{
	assert_int_equal(chmod(path, 0755), 0);
}

static void
replace_folder(const char *path)
{
	char moved[96];
	int fd;

	snprintf(moved, sizeof(moved), "%s.moved", path);
	assert_int_equal(rename(path, moved), 0);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static const struct folder_row folders[] = {
    {"a folder that others can enter", share_folder, true},
    {"a folder that others can change", open_folder, false},
    {"a folder of another user", make_foreign, false},
    {"a symbolic link to a folder", link_folder, false},
    {"a file", replace_folder, false},
};

static void
test_folder(void **state)
{
	const struct folder_row *row = *state;
	struct error err = {0};
	struct place place;
	bool done;

	make_place(&place);
	assert_true(store(&place, "a.example", "1"));
	row->prepare(place.state);
	assert_string_equal(
	    find(&place, "a.example"), row->is_used ? "1" : "!");
	assert_int_equal(store(&place, "a.example", "2"), row->is_used);
	done =
	    sts_cache_store_failure(place.state, "a.example", SPAN("3"), &err);
	assert_int_equal(done, row->is_used);
	done = sts_cache_has_failure(place.state, "a.example", SPAN("3"));
	assert_int_equal(done, row->is_used);
	remove_place(&place);
}

/* A file is where a folder above it should be. */
static void
test_no_place(void **state)
{
	struct place place;
	char *above;

	(void)state;
	make_place(&place);
	above = file_path_in(place.top, "state");
	assert_int_equal(mkdir(above, 0700), 0);
	replace_folder(above);
	assert_false(store(&place, "a.example", "1"));
	assert_string_equal(find(&place, "a.example"), "!");
	free(above);
	remove_place(&place);
}

static void
test_failure(void **state)
{
	struct error err = {0};
	struct place place;

	(void)state;
	make_place(&place);
	assert_false(
	    sts_cache_has_failure(place.state, "a.example", SPAN("1")));
	assert_true(store(&place, "a.example", "1"));
	assert_true(
	    sts_cache_store_failure(place.state, "a.example", SPAN("2"), &err));
	assert_true(sts_cache_has_failure(place.state, "a.example", SPAN("2")));
	/* Another ID may be fetched at once, the old policy stays. */
	assert_false(
	    sts_cache_has_failure(place.state, "a.example", SPAN("3")));
	assert_false(
	    sts_cache_has_failure(place.state, "b.example", SPAN("2")));
	assert_string_equal(find(&place, "a.example"), "1");
	set_age(&place, ".a.example", STS_CACHE_PAUSE - 10);
	assert_true(sts_cache_has_failure(place.state, "a.example", SPAN("2")));
	set_age(&place, ".a.example", STS_CACHE_PAUSE + 10);
	assert_false(
	    sts_cache_has_failure(place.state, "a.example", SPAN("2")));
	/* The clock was set back, or that of the file system is ahead. */
	set_age(&place, ".a.example", -1000);
	assert_false(
	    sts_cache_has_failure(place.state, "a.example", SPAN("2")));
	set_age(&place, ".a.example", -1);
	assert_true(sts_cache_has_failure(place.state, "a.example", SPAN("2")));
	/* A policy that is fetched ends it. */
	set_age(&place, ".a.example", 0);
	assert_true(store(&place, "a.example", "2"));
	assert_false(is_there(&place, ".a.example"));
	remove_place(&place);
}

/* Leftovers, and entries that no policy can outlive, are removed. */
static void
test_leftovers(void **state)
{
	struct error err = {0};
	struct place place;

	(void)state;
	make_place(&place);
	assert_true(store(&place, "a.example", "1"));
	assert_true(store(&place, "b.example", "1"));
	assert_true(
	    sts_cache_store_failure(place.state, "c.example", SPAN("2"), &err));
	make_file(&place, "+new", "x", 1);
	make_file(&place, "+old", "x", 1);
	set_age(&place, "a.example", STS_POLICY_AGE_MAX + 100);
	set_age(&place, ".c.example", 4000);
	set_age(&place, "+old", 4000);
	assert_true(store(&place, "d.example", "1"));
	assert_false(is_there(&place, "a.example"));
	assert_true(is_there(&place, "b.example"));
	assert_false(is_there(&place, ".c.example"));
	assert_true(is_there(&place, "+new"));
	assert_false(is_there(&place, "+old"));
	remove_place(&place);
}

/* Of too many entries the oldest goes. Failures do not drive them out. */
static void
test_many(void **state)
{
	struct error err = {0};
	struct place place;
	char name[32];

	(void)state;
	make_place(&place);
	assert_true(store(&place, "first.example", "1"));
	for (int i = 1; i < STS_CACHE_MAX; i++) {
		snprintf(name, sizeof(name), "d%d.example", i);
		make_file(&place, name, ENTRY, strlen(ENTRY));
		set_age(&place, name, 1000 + i);
	}
	assert_true(sts_cache_store_failure(
	    place.state, "other.example", SPAN("2"), &err));
	assert_true(is_there(&place, "d999.example"));
	assert_true(store(&place, "last.example", "1"));
	assert_false(is_there(&place, "d999.example"));
	assert_true(is_there(&place, "d998.example"));
	assert_true(is_there(&place, "first.example"));
	assert_true(is_there(&place, "last.example"));
	assert_true(is_there(&place, ".other.example"));
	remove_place(&place);
}

static void
test_holds(void **state)
{
	struct sts_entry entry;

	(void)state;
	assert_true(sts_entry_read(&entry, SPAN(ENTRY)));
	assert_true(sts_entry_holds(&entry, 1000));
	assert_true(sts_entry_holds(&entry, 1599));
	assert_false(sts_entry_holds(&entry, 1600));
	/* The clock was set back. */
	assert_true(sts_entry_holds(&entry, 10));
	sts_entry_free(&entry);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "an entry is stored and found", test_store);
	rows_add(&all, "name", names, ROWS(names), test_name);
	rows_add(&all, "file", files, ROWS(files), test_file);
	rows_add(&all, "folder", folders, ROWS(folders), test_folder);
	rows_add_one(&all, "there is no place", test_no_place);
	rows_add_one(&all, "a failure is remembered", test_failure);
	rows_add_one(&all, "what is left over is removed", test_leftovers);
	rows_add_one(&all, "the oldest of too many is removed", test_many);
	rows_add_one(&all, "an entry holds for max_age", test_holds);
	return rows_end(&all);
}
