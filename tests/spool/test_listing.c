/* Tests src/spool/listing.c, reason.c and history.c: what a mail waits for. */
#include "rows.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "spool/add.h"
#include "spool/history.h"
#include "spool/listing.h"
#include "spool/reason.h"
#include "spool/record.h"

#define NOW 1764412191

/* Records behind the head; made by record.c. */
enum made { NOTHING, PUT_OFF, NO_SERVER, NO_LOGIN, HELD, LATER, OTHER_HOST };

struct row {
	const char *name;
	enum made made;
	bool is_dead;
	/* Of the profile */
	const char *fault;
	enum schedule_scope trouble;
	int64_t trouble_next; /* 0: there is no trouble */
	/* What is found */
	enum listing_state state;
	const char *waits_for; /* NULL: for the next run */
	const char *text;
	int64_t next;
};

static const struct row rows[] = {
    {"a new mail", NOTHING, .text = ""},
    {"a mail that the server put off", PUT_OFF, .waits_for = "mail",
	.text = "450 4.2.0 Busy", .next = NOW + 300},
    {"no connection when it was tried", NO_SERVER, .waits_for = "server",
	.text = "connection refused"},
    {"a login that was refused", NO_LOGIN, .waits_for = "login",
	.text = "535 5.7.8 No"},
    {"a server in trouble", PUT_OFF, .trouble = SCOPE_SERVER,
	.trouble_next = NOW + 900, .waits_for = "server", .text = "down",
	.next = NOW + 900},
    {"a server that is asked before the mail", PUT_OFF, .trouble = SCOPE_SERVER,
	.trouble_next = NOW + 60, .waits_for = "server", .text = "down",
	.next = NOW + 300},
    {"a login in trouble", NOTHING, .trouble = SCOPE_LOGIN,
	.trouble_next = NOW + 900, .waits_for = "login", .text = "down",
	.next = NOW + 900},
    {"no profile", PUT_OFF, .fault = "gone", .waits_for = "profile",
	.text = "gone"},
    {"a chosen time", LATER, .waits_for = "time", .text = "",
	.next = NOW + 5000},
    {"a held mail", HELD, .trouble_next = NOW + 60, .state = LISTING_HELD,
	.waits_for = "hand", .text = ""},
    {"a mail that was put aside", PUT_OFF, .is_dead = true,
	.state = LISTING_DEAD, .waits_for = "hand", .text = "450 4.2.0 Busy"},
    {"an attempt on another host", OTHER_HOST, .text = ""},
};

static void
add_result(struct buf *out, struct waiting *waiting, enum stage stage,
    enum cause cause, const char *line)
{
	struct outcome outcome = {ACTION_DELAYED, stage, cause, .hint = NULL};
	struct reply reply = {0};
	size_t who = 0;

	if (ascii_is_digit(line[0])) {
		assert_int_equal(
		    reply_take_line(&reply, span_from(line)), REPLY_DONE);
		reply_copy(&outcome.reply, &reply);
	} else
		reply_set_own(&outcome.reply, "%s", line);
	record_add_result(out, waiting, NOW, &who, 1, &outcome);
	reply_free(&reply);
	outcome_free(&outcome);
}

static void
add_records(struct buf *out, struct waiting *waiting, enum made made)
{
	switch (made) {
	case NOTHING:
		break;
	case PUT_OFF:
		add_result(out, waiting, STAGE_RCPT, CAUSE_TEMPORARY,
		    "450 4.2.0 Busy");
		record_add_next(out, waiting, NOW, NOW + 300);
		break;
	case NO_SERVER:
		add_result(out, waiting, STAGE_CONNECT, CAUSE_TEMPORARY,
		    "connection refused");
		break;
	case NO_LOGIN:
		add_result(
		    out, waiting, STAGE_AUTH, CAUSE_LOGIN, "535 5.7.8 No");
		break;
	case HELD:
		record_add_word(out, waiting, NOW, "hold", "0");
		break;
	case LATER:
		record_add_not_before(out, waiting, NOW, NOW + 5000);
		break;
	case OTHER_HOST:
		record_add_try(out, waiting, NOW, (unsigned long)getpid(),
		    "elsewhere.example");
		break;
	}
}

/* Puts the mail into the folder. */
static struct id
put(const struct folder *folder, const struct row *row)
{
	struct envelope_index index = {0};
	struct waiting waiting = {.arrived = NOW};
	struct error err = {0};
	struct buf records = {0};
	char name[FOLDER_NAME_SIZE];
	struct add add;
	int fd;

	waiting.envelope.reverse_path = mem_copy_text("me@example.org");
	envelope_add(&waiting.envelope, &index, "you@example.org");
	assert_true(add_begin(&add, folder, NULL, NOW, &err));
	assert_true(add_commit(&add, &waiting, &err));
	add_release(&add);
	folder_name(name, &add.id, "env");
	/* The records are read back into the recipients. */
	waiting.recipients =
	    mem_new(waiting.envelope.count, sizeof(waiting.recipients[0]));
	add_records(&records, &waiting, row->made);
	fd = openat(folder->mail, name, O_WRONLY | O_APPEND);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, records.data, records.len), records.len);
	close(fd);
	if (row->is_dead)
		assert_int_equal(
		    renameat(folder->mail, name, folder->dead, name), 0);
	buf_free(&records);
	envelope_index_free(&index);
	waiting_free(&waiting);
	return add.id;
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	char root[] = "/tmp/smtpost-listing-XXXXXX";
	struct reason_profile profile = {0};
	struct buf path = {0}, text = {0};
	struct listing listing = {0};
	struct history history;
	struct folder folder;
	struct reason reason;
	struct error err = {0};
	size_t records = 0;
	struct id id;

	assert_non_null(mkdtemp(root));
	buf_add_format(&path, "%s/queue", root);
	assert_true(folder_make(&folder, buf_text(&path), &err));
	id = put(&folder, row);
	if (row->fault != NULL)
		profile.fault = mem_copy_text(row->fault);
	profile.has_trouble = row->trouble_next != 0;
	profile.trouble.scope = row->trouble;
	profile.trouble.next = row->trouble_next;
	profile.trouble.text = mem_copy_text("down");
	assert_false(listing_read(&listing, &folder, !row->is_dead, &id));
	assert_true(listing_read(&listing, &folder, row->is_dead, &id));
	assert_int_equal(listing.file, ENVELOPE_FILE_READ);
	assert_int_equal(listing.state, row->state);
	assert_int_equal(listing.arrived, NOW);
	assert_int_equal(listing_count_open(&listing), 1);
	reason = reason_of(&listing, &profile, NOW);
	if (row->waits_for == NULL)
		assert_null(reason_name(reason.kind));
	else
		assert_string_equal(reason_name(reason.kind), row->waits_for);
	reason_add(&text, &reason);
	assert_string_equal(buf_text(&text), row->text);
	assert_int_equal(reason.next, row->next);
	history_begin(
	    &history, span_head(buf_span(&listing.text), listing.waiting.len));
	for (; history_next(&history); records++)
		assert_int_equal(history_time(&history), NOW);
	assert_int_equal(records,
	    row->made == NOTHING       ? 0
		: row->made == PUT_OFF ? 2
				       : 1);
	history_free(&history);
	listing_free(&listing);
	reason_profile_free(&profile);
	folder_close(&folder);
	buf_clear(&text);
	buf_add_format(&text, "rm -rf '%s'", root);
	assert_int_equal(system(buf_text(&text)), 0);
	buf_free(&text);
	buf_free(&path);
}

/* Each is a cheap way to make root's list slow. */
static const struct row hostile[] = {
    {"a hole behind the head", NOTHING, .text = ""},
    {"another name of the same file", NOTHING, .is_dead = true},
};

static void
test_hostile(void **state)
{
	const struct row *row = *state;
	char root[] = "/tmp/smtpost-listing-XXXXXX";
	const struct row plain = {"a new mail", NOTHING, .text = ""};
	struct buf path = {0}, command = {0};
	struct listing listing = {0};
	char name[FOLDER_NAME_SIZE];
	struct folder folder;
	struct error err = {0};
	struct id id;
	int fd;

	assert_non_null(mkdtemp(root));
	buf_add_format(&path, "%s/queue", root);
	assert_true(folder_make(&folder, buf_text(&path), &err));
	id = put(&folder, &plain);
	folder_name(name, &id, "env");
	fd = openat(folder.mail, name, O_WRONLY);
	assert_int_equal(ftruncate(fd, 32 * 1024 * 1024), 0);
	close(fd);
	if (row->is_dead)
		assert_int_equal(
		    linkat(folder.mail, name, folder.dead, name, 0), 0);
	assert_true(listing_read(&listing, &folder, false, &id));
	assert_int_equal(listing.file,
	    row->is_dead ? ENVELOPE_FILE_FOREIGN : ENVELOPE_FILE_READ);
	assert_in_range(listing.text.len, 0, 1024 * 1024);
	listing_free(&listing);
	folder_close(&folder);
	buf_add_format(&command, "rm -rf '%s'", root);
	assert_int_equal(system(buf_text(&command)), 0);
	buf_free(&command);
	buf_free(&path);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "listing", rows, ROWS(rows), test_row);
	rows_add(&all, "hostile", hostile, ROWS(hostile), test_hostile);
	return rows_end(&all);
}
