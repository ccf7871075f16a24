#include "rows.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "spool/add.h"
#include "spool/claim.h"
#include "spool/record.h"

#define NOW 1764412191

/* A spool in a folder of its own, which the test removes. */
struct place {
	char root[64];
	char *path;
	struct folder folder;
};

static struct place *
set_up(void)
{
	struct place *place = mem_new(1, sizeof(*place));
	struct error err = {0};
	struct buf path = {0};

	strcpy(place->root, "/tmp/smtpost-spool-XXXXXX");
	assert_non_null(mkdtemp(place->root));
	buf_add_format(&path, "%s/state/queue", place->root);
	place->path = mem_copy_text(buf_text(&path));
	buf_free(&path);
	assert_true(folder_make(&place->folder, place->path, &err));
	return place;
}

static void
tear_down(struct place *place)
{
	struct buf command = {0};

	folder_close(&place->folder);
	buf_add_format(&command, "rm -rf '%s'", place->root);
	assert_int_equal(system(buf_text(&command)), 0);
	buf_free(&command);
	free(place->path);
	free(place);
}

static struct id
put(struct place *place, const char *content)
{
	struct envelope_index index = {0};
	struct waiting waiting = {.arrived = NOW};
	struct error err = {0};
	struct add add;

	waiting.envelope.reverse_path = mem_copy_text("me@example.org");
	envelope_add(&waiting.envelope, &index, "you@example.org");
	assert_true(add_begin(&add, &place->folder, NULL, NOW, &err));
	assert_true(add_write(&add, content, strlen(content)));
	assert_true(add_commit(&add, &waiting, &err));
	add_release(&add);
	envelope_index_free(&index);
	waiting_free(&waiting);
	return add.id;
}

static size_t
count_mails(int fd)
{
	struct folder_list list = {0};
	size_t mails;

	assert_true(folder_read(&list, fd));
	mails = list.count;
	folder_list_free(&list);
	return mails;
}

static size_t
count_remains(struct place *place)
{
	struct folder_list list = {0};
	size_t names;

	assert_true(folder_read_remains(&list, place->folder.mail));
	names = list.count;
	folder_list_free(&list);
	return names;
}

static void
try_add_and_claim(struct place *place)
{
	struct id id = put(place, "Subject: x\n\nbody\n");
	struct claim claim, other;

	assert_int_equal(count_mails(place->folder.mail), 1);
	assert_int_equal(
	    claim_take(&claim, &place->folder, place->folder.mail, &id),
	    CLAIM_TAKEN);
	assert_string_equal(claim.waiting.id.text, id.text);
	assert_int_equal(claim.waiting.content_size, 17);
	assert_int_equal(
	    claim_take(&other, &place->folder, place->folder.mail, &id),
	    CLAIM_BUSY);
	claim_close(&other);
	assert_true(claim_finish(&claim));
	claim_close(&claim);
	assert_int_equal(
	    claim_take(&claim, &place->folder, place->folder.mail, &id),
	    CLAIM_GONE);
	claim_close(&claim);
	assert_int_equal(count_mails(place->folder.mail), 0);
	assert_int_equal(count_remains(place), 0);
}

/* Nothing of a mail that was not committed counts, or stays. */
static void
try_abandon(struct place *place)
{
	struct error err = {0};
	struct add add;

	assert_true(add_begin(&add, &place->folder, NULL, NOW, &err));
	assert_true(add_write(&add, "x", 1));
	assert_int_equal(count_mails(place->folder.mail), 0);
	claim_sweep(&place->folder, place->folder.mail, &add.id);
	assert_int_equal(count_remains(place), 1);
	add_abandon(&add);
	assert_int_equal(count_remains(place), 0);
}

/* What a killed adder left is swept; a whole mail is not. */
static void
try_sweep(struct place *place)
{
	struct id whole = put(place, "x\n");
	struct folder_list list = {0};
	struct error err = {0};
	struct add add;

	assert_true(add_begin(&add, &place->folder, NULL, NOW, &err));
	add_release(&add);
	assert_true(folder_read_remains(&list, place->folder.mail));
	assert_int_equal(list.count, 1);
	claim_sweep(&place->folder, place->folder.mail, &list.ids[0]);
	claim_sweep(&place->folder, place->folder.mail, &whole);
	folder_list_free(&list);
	assert_int_equal(count_remains(place), 0);
	assert_int_equal(count_mails(place->folder.mail), 1);
}

static bool
has_file(int fd, const struct id *id, const char *ending)
{
	char name[FOLDER_NAME_SIZE];

	folder_name(name, id, ending);
	return faccessat(fd, name, F_OK, 0) == 0;
}

/* A content without an envelope is swept from dead, unless it is moving. */
static void
try_sweep_dead(struct place *place)
{
	struct id id = put(place, "x\n");
	char name[FOLDER_NAME_SIZE];
	struct folder *folder = &place->folder;

	folder_name(name, &id, "eml");
	assert_int_equal(linkat(folder->mail, name, folder->dead, name, 0), 0);
	claim_sweep(folder, folder->dead, &id);
	assert_false(has_file(folder->dead, &id, "eml"));
	assert_true(has_file(folder->mail, &id, "eml"));
	assert_int_equal(renameat(folder->mail, name, folder->dead, name), 0);
	claim_sweep(folder, folder->dead, &id);
	assert_true(has_file(folder->dead, &id, "eml"));
	folder_name(name, &id, "env");
	assert_int_equal(unlinkat(folder->mail, name, 0), 0);
	claim_sweep(folder, folder->dead, &id);
	assert_false(has_file(folder->dead, &id, "eml"));
}

static void
append(struct claim *claim, const char *keyword, const char *word)
{
	struct buf text = {0};

	record_add_word(&text, &claim->waiting, NOW, keyword, word);
	assert_true(claim_append(claim, buf_span(&text), true));
	buf_free(&text);
}

/* A torn record is cut off before the next one is written. */
static void
try_torn(struct place *place)
{
	struct id id = put(place, "x\n");
	char name[FOLDER_NAME_SIZE];
	struct claim claim;
	int fd;

	folder_name(name, &id, "env");
	fd = openat(place->folder.mail, name, O_WRONLY | O_APPEND);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "hold 17644", 10), 10);
	close(fd);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
		    claim_take(&claim, &place->folder, place->folder.mail, &id),
		    CLAIM_TAKEN);
		assert_int_equal(claim.waiting.is_held, i);
		append(&claim, "hold", "root");
		claim_close(&claim);
	}
}

/* As many attempts as make the envelope worth writing anew. */
static void
add_attempts(struct claim *claim, unsigned count)
{
	struct outcome outcome = {0};
	struct buf text;
	size_t who = 0;

	buf_init(&text, WAITING_OCTETS_MAX);
	outcome_set_own(&outcome, STAGE_RCPT, CAUSE_TEMPORARY, "greylisted");
	for (unsigned i = 0; i < count; i++) {
		record_add_try(&text, &claim->waiting, NOW, 4711, "host");
		record_add_result(
		    &text, &claim->waiting, NOW, &who, 1, &outcome);
		record_add_next(&text, &claim->waiting, NOW, NOW + 300);
	}
	assert_true(claim_append(claim, buf_span(&text), true));
	buf_free(&text);
	outcome_free(&outcome);
}

static off_t
envelope_size(struct place *place, const struct id *id)
{
	char name[FOLDER_NAME_SIZE];
	struct stat status;

	folder_name(name, id, "env");
	assert_int_equal(fstatat(place->folder.mail, name, &status, 0), 0);
	return status.st_size;
}

/* A claim writes a long envelope anew, and records go on behind it. */
static void
try_compaction(struct place *place)
{
	struct id id = put(place, "x\n");
	off_t sizes[3];

	for (unsigned i = 0; i < 3; i++) {
		struct claim claim;

		assert_int_equal(
		    claim_take(&claim, &place->folder, place->folder.mail, &id),
		    CLAIM_TAKEN);
		assert_int_equal(claim.waiting.attempts, i * 10000);
		sizes[i] = envelope_size(place, &id);
		assert_int_equal(claim.waiting.len, sizes[i]);
		add_attempts(&claim, 10000);
		assert_true(envelope_size(place, &id) > 1024 * 1024);
		claim_close(&claim);
		assert_int_equal(count_remains(place), 0);
	}
	assert_true(sizes[1] < 1000 && sizes[2] < 1000);
}

/* Where there is no room for a second file, the long one goes on. */
static void
try_no_compaction(struct place *place)
{
	struct id id = put(place, "x\n");
	char name[FOLDER_NAME_SIZE];
	struct claim claim;

	folder_name(name, &id, "tmp");
	assert_int_equal(
	    claim_take(&claim, &place->folder, place->folder.mail, &id),
	    CLAIM_TAKEN);
	add_attempts(&claim, 10000);
	claim_close(&claim);
	/* A folder cannot be opened as a file, nor unlinked. */
	assert_int_equal(mkdirat(place->folder.mail, name, 0700), 0);
	assert_int_equal(
	    claim_take(&claim, &place->folder, place->folder.mail, &id),
	    CLAIM_TAKEN);
	append(&claim, "hold", "root");
	claim_close(&claim);
	assert_true(envelope_size(place, &id) > 1024 * 1024);
	assert_int_equal(unlinkat(place->folder.mail, name, AT_REMOVEDIR), 0);
	assert_int_equal(
	    claim_take(&claim, &place->folder, place->folder.mail, &id),
	    CLAIM_TAKEN);
	assert_true(claim.waiting.is_held);
	claim_close(&claim);
	assert_true(envelope_size(place, &id) < 1000);
}

/* Into `dead` and back. */
static void
try_dead(struct place *place)
{
	struct id id = put(place, "x\n");
	struct claim claim;

	assert_int_equal(
	    claim_take(&claim, &place->folder, place->folder.mail, &id),
	    CLAIM_TAKEN);
	append(&claim, "dead", "why not");
	assert_true(claim_move(&claim, place->folder.dead));
	claim_close(&claim);
	assert_int_equal(count_mails(place->folder.mail), 0);
	assert_int_equal(count_mails(place->folder.dead), 1);
	assert_int_equal(
	    claim_take(&claim, &place->folder, place->folder.dead, &id),
	    CLAIM_TAKEN);
	assert_true(claim.waiting.is_dead);
	append(&claim, "release", "root");
	assert_false(claim.waiting.is_dead);
	assert_true(claim_move(&claim, place->folder.mail));
	claim_close(&claim);
	assert_int_equal(count_mails(place->folder.mail), 1);
	assert_int_equal(count_mails(place->folder.dead), 0);
}

/* A killed claim_move left the content in both folders. */
static void
try_half_moved(struct place *place)
{
	struct id id = put(place, "x\n");
	char name[FOLDER_NAME_SIZE];
	struct claim claim;

	folder_name(name, &id, "eml");
	for (int i = 0; i < 2; i++) {
		int here = i == 0 ? place->folder.mail : place->folder.dead;
		int there = i == 0 ? place->folder.dead : place->folder.mail;

		assert_int_equal(linkat(here, name, there, name, 0), 0);
		assert_int_equal(
		    claim_take(&claim, &place->folder, here, &id), CLAIM_TAKEN);
		assert_int_equal(faccessat(there, name, F_OK, 0), -1);
		assert_int_equal(linkat(here, name, there, name, 0), 0);
		assert_true(claim_move(&claim, there));
		assert_int_equal(faccessat(here, name, F_OK, 0), -1);
		claim_close(&claim);
		assert_int_equal(count_mails(here), 0);
		assert_int_equal(count_mails(there), 1);
	}
}

/* A mail never replaces another one of the same ID. */
static void
try_same_id(struct place *place)
{
	struct id id = put(place, "x\n");
	char name[FOLDER_NAME_SIZE];
	struct claim claim;
	int fd;

	folder_name(name, &id, "eml");
	fd = openat(place->folder.dead, name, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(
	    claim_take(&claim, &place->folder, place->folder.mail, &id),
	    CLAIM_TAKEN);
	assert_false(claim_move(&claim, place->folder.dead));
	assert_int_equal(errno, EEXIST);
	claim_close(&claim);
	assert_int_equal(count_mails(place->folder.mail), 1);
}

/* Changes one thing about a mail's files; it is damaged then. */
struct damage_row {
	const char *name;
	const char *command; /* for the shell, in the folder `mail` */
};

static const struct damage_row damages[] = {
    {"content that is shorter", ": >$(ls *.eml)"},
    {"content with another octet",
	"printf y | dd of=$(ls *.eml) "
	"conv=notrunc status=none"},
    {"an envelope without a whole head", "printf 'smtpost' >$(ls *.env)"},
    {"an empty envelope", ": >$(ls *.env)"},
    {"a content that everybody reads", "chmod 0644 *.eml"},
    {"an envelope that others write", "chmod 0620 *.env"},
    {"a content with two names", "ln *.eml other"},
    {"a symbolic link as envelope",
	"mv *.env x; ln -s x $(basename *.eml .eml).env"},
    {"a FIFO as content", "f=$(echo *.eml); rm $f; mkfifo -m 600 $f"},
    {"no content", "rm *.eml"},
};

static void
test_damage(void **state)
{
	const struct damage_row *row = *state;
	struct buf command = {0};
	struct place *place = set_up();
	struct id id = put(place, "x\n");
	struct claim claim;

	buf_add_format(
	    &command, "cd %s/mail && { %s; }", place->path, row->command);
	assert_int_equal(system(buf_text(&command)), 0);
	assert_int_equal(
	    claim_take(&claim, &place->folder, place->folder.mail, &id),
	    CLAIM_DAMAGED);
	assert_true(claim_move(&claim, place->folder.dead));
	claim_close(&claim);
	assert_int_equal(count_mails(place->folder.mail), 0);
	buf_free(&command);
	tear_down(place);
}

struct use_row {
	const char *name;
	void (*use)(struct place *place);
};

static const struct use_row uses[] = {
    {"a mail is added, claimed and finished", try_add_and_claim},
    {"a mail that is given up leaves nothing", try_abandon},
    {"remains of a killed adder are swept", try_sweep},
    {"remains are swept from dead", try_sweep_dead},
    {"a torn record is cut off", try_torn},
    {"a long envelope is written anew", try_compaction},
    {"a long envelope stays where it cannot be", try_no_compaction},
    {"a mail goes to dead and comes back", try_dead},
    {"a mail that is half moved is whole", try_half_moved},
    {"a mail does not replace another", try_same_id},
};

static void
test_use(void **state)
{
	const struct use_row *row = *state;
	struct place *place = set_up();

	row->use(place);
	tear_down(place);
}

struct distrust_row {
	const char *name;
	const char *command; /* for the shell, in the folder above the spool */
};

static const struct distrust_row distrusted[] = {
    {"others may write to it", "chmod 0722 queue"},
    {"others may write to mail", "chmod 0722 queue/mail"},
    {"a symbolic link", "mv queue other; ln -s other queue"},
    {"mail is a symbolic link", "mv queue/mail x; ln -s ../x queue/mail"},
    {"of a newer smtpost", "echo smtpost-queue 2 >queue/format"},
    {"not a folder", "rm -rf queue; : >queue"},
};

static void
test_distrust(void **state)
{
	const struct distrust_row *row = *state;
	struct place *place = set_up();
	struct folder folder;
	struct error err = {0};
	struct buf command = {0};

	buf_add_format(
	    &command, "cd %s/state && { %s; }", place->root, row->command);
	assert_int_equal(system(buf_text(&command)), 0);
	assert_false(folder_make(&folder, place->path, &err));
	assert_int_equal(err.kind, ERROR_TEMPORARY);
	folder_close(&folder);
	buf_free(&command);
	tear_down(place);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "spool", uses, ROWS(uses), test_use);
	rows_add(&all, "damage", damages, ROWS(damages), test_damage);
	rows_add(
	    &all, "not trusted", distrusted, ROWS(distrusted), test_distrust);
	return rows_end(&all);
}
