#include "rows.h"

#include <errno.h>
#include <fcntl.h>

#include "base/mem.h"
#include "spool/claim.h"
#include "spool/notification_message.h"
#include "spool/record.h"
#include "spool/tell.h"

/* The outcomes of up to three recipients. */
struct choose_row {
	const char *name;
	enum waiting_kind kind;
	const char *reverse_path;
	enum notification_event event;
	enum notification_need need;
	const char *who; /* "ac": the first and the third */
	struct {
		enum action action;
		unsigned notify;
		bool is_notified;
	} recipients[3];
	bool is_warned;
};

#define MAIL WAITING_MAIL
#define ME "me@example.com"
#define FAILED NOTIFICATION_FAILED
#define EXPIRED NOTIFICATION_EXPIRED
#define DELAYED NOTIFICATION_DELAYED
#define RELAYED NOTIFICATION_RELAYED
#define WANTED NOTIFICATION_WANTED
#define UNWANTED NOTIFICATION_UNWANTED
#define FORBIDDEN NOTIFICATION_FORBIDDEN

static const struct choose_row chosen[] = {
    {"a failure is told unless NOTIFY says otherwise", MAIL, ME, FAILED, WANTED,
	"a", {{ACTION_FAILED, 0, false}}, false},
    {"NOTIFY=FAILURE", MAIL, ME, FAILED, WANTED, "a",
	{{ACTION_FAILED, DSN_FAILURE, false}}, false},
    {"NOTIFY=NEVER", MAIL, ME, FAILED, UNWANTED, "",
	{{ACTION_FAILED, DSN_NEVER, false}}, false},
    {"NOTIFY=SUCCESS,DELAY without FAILURE", MAIL, ME, FAILED, UNWANTED, "",
	{{ACTION_FAILED, DSN_SUCCESS | DSN_DELAY, false}}, false},
    {"only those that failed", MAIL, ME, FAILED, WANTED, "b",
	{{ACTION_RELAYED, 0, false}, {ACTION_FAILED, 0, false},
	    {ACTION_DELAYED, 0, false}},
	false},
    {"only those that ask", MAIL, ME, FAILED, WANTED, "c",
	{{ACTION_FAILED, DSN_NEVER, false}, {ACTION_FAILED, DSN_SUCCESS, false},
	    {ACTION_FAILED, DSN_SUCCESS | DSN_FAILURE, false}},
	false},
    {"whoever was told of is not told of again", MAIL, ME, FAILED, WANTED, "b",
	{{ACTION_FAILED, 0, true}, {ACTION_FAILED, 0, false}}, false},
    {"all were told of", MAIL, ME, FAILED, UNWANTED, "",
	{{ACTION_FAILED, 0, true}}, false},
    {"nobody failed", MAIL, ME, FAILED, UNWANTED, "",
	{{ACTION_RELAYED, 0, false}, {ACTION_DELAYED, 0, false}}, false},
    {"at the end all who do not have it", MAIL, ME, EXPIRED, WANTED, "bc",
	{{ACTION_RELAYED, 0, false}, {ACTION_FAILED, 0, false},
	    {ACTION_DELAYED, 0, false}},
	false},
    {"at the end also those whom no attempt reached", MAIL, ME, EXPIRED, WANTED,
	"a", {{ACTION_NONE, 0, false}}, false},
    {"at the end NOTIFY counts, too", MAIL, ME, EXPIRED, WANTED, "b",
	{{ACTION_DELAYED, DSN_NEVER, false},
	    {ACTION_DELAYED, DSN_FAILURE, false},
	    {ACTION_DELAYED, DSN_DELAY, false}},
	false},
    {"a delay is not told unless NOTIFY has DELAY", MAIL, ME, DELAYED, UNWANTED,
	"", {{ACTION_DELAYED, 0, false}}, false},
    {"NOTIFY=DELAY", MAIL, ME, DELAYED, WANTED, "b",
	{{ACTION_FAILED, DSN_DELAY, false},
	    {ACTION_DELAYED, DSN_FAILURE | DSN_DELAY, false},
	    {ACTION_DELAYED, DSN_FAILURE, false}},
	false},
    {"a delay is told once", MAIL, ME, DELAYED, UNWANTED, "",
	{{ACTION_DELAYED, DSN_DELAY, false}}, true},
    {"a success is not told unless NOTIFY has SUCCESS", MAIL, ME, RELAYED,
	UNWANTED, "", {{ACTION_RELAYED, 0, false}}, false},
    {"NOTIFY=SUCCESS", MAIL, ME, RELAYED, WANTED, "a",
	{{ACTION_RELAYED, DSN_SUCCESS, false},
	    {ACTION_DELAYED, DSN_SUCCESS, false}},
	false},
    {"the null reverse-path is told of nothing", MAIL, "", FAILED, FORBIDDEN,
	"", {{ACTION_FAILED, 0, false}}, false},
    {"nor of the end", MAIL, "", EXPIRED, FORBIDDEN, "",
	{{ACTION_DELAYED, 0, false}}, false},
    {"nor of a delay, which is no harm", MAIL, "", DELAYED, UNWANTED, "",
	{{ACTION_DELAYED, DSN_DELAY, false}}, false},
    {"NOTIFY=NEVER from the null reverse-path", MAIL, "", FAILED, UNWANTED, "",
	{{ACTION_FAILED, DSN_NEVER, false}}, false},
    {"none about a notification", WAITING_NOTIFICATION, "", FAILED, FORBIDDEN,
	"", {{ACTION_FAILED, 0, false}}, false},
    {"none about a notification with a reverse-path", WAITING_NOTIFICATION, ME,
	FAILED, FORBIDDEN, "", {{ACTION_FAILED, 0, false}}, false},
    {"none about a notification that expired", WAITING_NOTIFICATION, ME,
	EXPIRED, FORBIDDEN, "", {{ACTION_DELAYED, DSN_FAILURE, false}}, false},
    {"none about a delayed notification", WAITING_NOTIFICATION, ME, DELAYED,
	UNWANTED, "", {{ACTION_DELAYED, DSN_DELAY, false}}, false},
    {"none about a notification that was relayed", WAITING_NOTIFICATION, ME,
	RELAYED, UNWANTED, "", {{ACTION_RELAYED, DSN_SUCCESS, false}}, false},
};

/* A row without an action is no recipient, unless it is the first. */
static void
fill(struct waiting *about, const struct choose_row *row)
{
	static const char *const paths[] = {
	    "a@b.example", "b@b.example", "c@b.example"};
	struct envelope_index index = {0};

	about->kind = row->kind;
	about->is_warned = row->is_warned;
	about->envelope.reverse_path = mem_copy_text(row->reverse_path);
	about->recipients = mem_new(3, sizeof(about->recipients[0]));
	for (size_t i = 0; i < 3; i++) {
		struct recipient *recipient;

		if (i > 0 && row->recipients[i].action == ACTION_NONE)
			break;
		envelope_add(&about->envelope, &index, paths[i]);
		recipient = &about->envelope.recipients[i];
		recipient->outcome.action = row->recipients[i].action;
		recipient->dsn.notify = row->recipients[i].notify;
		about->recipients[i].is_notified =
		    row->recipients[i].is_notified;
	}
	envelope_index_free(&index);
}

static void
test_choose(void **state)
{
	const struct choose_row *row = *state;
	struct waiting about = {0};
	char names[4] = "";
	size_t *who, count;

	fill(&about, row);
	assert_int_equal(
	    notification_choose(&about, row->event, &who, &count), row->need);
	for (size_t i = 0; i < count; i++)
		names[i] = (char)('a' + (char)who[i]);
	assert_string_equal(names, row->who);
	assert_int_equal(who == NULL, row->need != WANTED);
	free(who);
	waiting_free(&about);
}

struct status_row {
	const char *name;
	enum notification_event event;
	enum action action;
	enum cause cause;
	enum stage stage;
	int code;
	struct status given;
	const char *status;
};

#define NO_STATUS       \
	{               \
		0, 0, 0 \
	}

static const struct status_row statuses[] = {
    {"the server's", FAILED, ACTION_FAILED, CAUSE_REFUSED, STAGE_RCPT, 550,
	{5, 1, 1}, "5.1.1"},
    {"none given", FAILED, ACTION_FAILED, CAUSE_REFUSED, STAGE_RCPT, 550,
	NO_STATUS, "5.0.0"},
    {"a class that does not fit the reply", FAILED, ACTION_FAILED,
	CAUSE_REFUSED, STAGE_RCPT, 550, {4, 2, 2}, "5.0.0"},
    {"our own, given", FAILED, ACTION_FAILED, CAUSE_CONTENT, STAGE_RCPT, 0,
	{5, 6, 7}, "5.6.7"},
    {"the content", FAILED, ACTION_FAILED, CAUSE_CONTENT, STAGE_MAIL, 0,
	NO_STATUS, "5.6.0"},
    {"expired", EXPIRED, ACTION_DELAYED, CAUSE_TEMPORARY, STAGE_RCPT, 450,
	{4, 2, 2}, "5.4.7"},
    {"expired without an attempt", EXPIRED, ACTION_NONE, CAUSE_TEMPORARY,
	STAGE_NONE, 0, NO_STATUS, "5.4.7"},
    {"failed before it could expire", EXPIRED, ACTION_FAILED, CAUSE_REFUSED,
	STAGE_RCPT, 550, {5, 1, 1}, "5.1.1"},
    {"delayed by the server", DELAYED, ACTION_DELAYED, CAUSE_TEMPORARY,
	STAGE_RCPT, 450, {4, 2, 2}, "4.2.2"},
    {"delayed, none given", DELAYED, ACTION_DELAYED, CAUSE_TEMPORARY,
	STAGE_RCPT, 450, NO_STATUS, "4.0.0"},
    {"no connection", DELAYED, ACTION_DELAYED, CAUSE_TEMPORARY, STAGE_CONNECT,
	0, NO_STATUS, "4.4.1"},
    {"a lost connection", DELAYED, ACTION_DELAYED, CAUSE_TEMPORARY,
	STAGE_CONTENT, 0, NO_STATUS, "4.4.2"},
    {"no host", DELAYED, ACTION_DELAYED, CAUSE_NO_HOST, STAGE_CONNECT, 0,
	NO_STATUS, "4.4.4"},
    {"no host, failed", FAILED, ACTION_FAILED, CAUSE_NO_HOST, STAGE_CONNECT, 0,
	NO_STATUS, "5.4.4"},
    {"no login", FAILED, ACTION_FAILED, CAUSE_LOGIN, STAGE_AUTH, 535, NO_STATUS,
	"5.7.8"},
    {"no TLS", DELAYED, ACTION_DELAYED, CAUSE_PROTOCOL, STAGE_TLS, 0, NO_STATUS,
	"4.7.5"},
    {"a broken protocol", DELAYED, ACTION_DELAYED, CAUSE_PROTOCOL, STAGE_EHLO,
	0, NO_STATUS, "4.5.0"},
    {"relayed", RELAYED, ACTION_RELAYED, CAUSE_TEMPORARY, STAGE_CONTENT, 250,
	{2, 6, 0}, "2.6.0"},
    {"relayed, none given", RELAYED, ACTION_RELAYED, CAUSE_TEMPORARY,
	STAGE_CONTENT, 250, NO_STATUS, "2.0.0"},
};

static void
test_status(void **state)
{
	const struct status_row *row = *state;
	struct notification notification = {.event = row->event};
	struct recipient recipient = {0};
	struct buf text = {0};

	recipient.outcome.action = row->action;
	recipient.outcome.cause = row->cause;
	recipient.outcome.stage = row->stage;
	recipient.outcome.reply.code = row->code;
	recipient.outcome.reply.status = row->given;
	reply_status_add(
	    &text, notification_status_of(&notification, &recipient));
	assert_string_equal(buf_text(&text), row->status);
	buf_free(&text);
}

#define NOW 1764412191
#define CONTENT "Subject: x\r\nMessage-ID: <x@example.com>\r\n\r\nHello\n"

/* Puts a mail of one recipient into the spool, and claims it. */
static void
put_mail(struct claim *claim, struct folder *folder, enum action action)
{
	struct waiting mail = {.arrived = NOW, .clock = 5, .uid = 1000};
	struct envelope_index index = {0};
	struct outcome outcome = {
	    .action = action, .stage = STAGE_RCPT, .cause = CAUSE_REFUSED};
	struct error err = {0};
	struct buf records = {0};
	const size_t who[] = {0};
	struct add add;

	mail.profile = mem_copy_text("work");
	mail.config = mem_copy_text("/home/u/a.conf");
	mail.message_id = mem_copy_text("<x@example.com>");
	mail.envelope.reverse_path = mem_copy_text("me@example.com");
	envelope_add(&mail.envelope, &index, "alice@example.org");
	assert_true(add_begin(&add, folder, NULL, NOW, &err));
	assert_true(add_write(&add, CONTENT, sizeof(CONTENT) - 1));
	assert_true(add_commit(&add, &mail, &err));
	add_release(&add);
	assert_int_equal(
	    claim_take(claim, folder, folder->mail, &add.id), CLAIM_TAKEN);
	reply_set_own(&outcome.reply, "No such user");
	outcome.reply.code = 550;
	record_add_result(&records, &claim->waiting, NOW, who, 1, &outcome);
	assert_true(claim_append(claim, buf_span(&records), true));
	outcome_free(&outcome);
	buf_free(&records);
	envelope_index_free(&index);
	waiting_free(&mail);
}

/* The new mail, as a runner finds it. */
static void
check_made(struct folder *folder, const struct id *id, const struct id *parent)
{
	struct claim claim;
	struct waiting *made = &claim.waiting;
	size_t *who, count;

	assert_int_equal(
	    claim_take(&claim, folder, folder->mail, id), CLAIM_TAKEN);
	assert_int_equal(made->kind, WAITING_NOTIFICATION);
	assert_string_equal(made->parent.text, parent->text);
	assert_int_equal(made->arrived, NOW + 60);
	assert_int_equal(made->clock, 65);
	assert_int_equal(made->uid, 1000);
	assert_string_equal(made->profile, "work");
	assert_string_equal(made->config, "/home/u/a.conf");
	assert_false(made->needs_utf8);
	assert_string_equal(made->envelope.reverse_path, "");
	assert_int_equal(made->envelope.count, 1);
	assert_string_equal(
	    made->envelope.recipients[0].forward_path, "me@example.com");
	assert_int_equal(made->envelope.recipients[0].dsn.notify, 0);
	made->envelope.recipients[0].outcome.action = ACTION_FAILED;
	assert_int_equal(notification_choose(made, FAILED, &who, &count),
	    NOTIFICATION_FORBIDDEN);
	claim_close(&claim);
}

static void
make_notification(struct folder *folder, bool disk_is_full)
{
	struct notification notification = {
	    .event = FAILED, .now = NOW + 60, .clock = 65};
	struct waiting made = {0};
	struct error err = {0};
	struct claim claim;
	struct add add;
	size_t *who;
	int full;

	put_mail(&claim, folder, ACTION_FAILED);
	assert_int_equal(notification_choose(
			     &claim.waiting, FAILED, &who, &notification.count),
	    WANTED);
	notification.about = &claim.waiting;
	notification.who = who;
	notification.content = claim.content;
	assert_true(add_begin(&add, folder, NULL, NOW + 60, &err));
	if (disk_is_full) {
		full = open("/dev/full", O_WRONLY | O_CLOEXEC);
		assert_true(dup2(full, add.fd) == add.fd);
		close(full);
		assert_false(
		    notification_message_add(&notification, &add, &made, &err));
		assert_int_equal(err.kind, ERROR_TEMPORARY);
		assert_non_null(strstr(err.text, strerror(ENOSPC)));
		add_abandon(&add);
	} else {
		assert_true(
		    notification_message_add(&notification, &add, &made, &err));
		assert_int_equal(made.message_id[0], '<');
		assert_true(add_commit(&add, &made, &err));
		add_release(&add);
		check_made(folder, &add.id, &claim.waiting.id);
	}
	waiting_free(&made);
	free(who);
	claim_close(&claim);
}

static void
make_one(struct folder *folder, const void *row)
{
	struct folder_list list = {0};

	(void)row;
	make_notification(folder, false);
	assert_true(folder_read(&list, folder->mail));
	assert_int_equal(list.count, 2);
	folder_list_free(&list);
}

static void
make_none(struct folder *folder, const void *row)
{
	struct folder_list list = {0};

	(void)row;
	make_notification(folder, true);
	assert_true(folder_read(&list, folder->mail));
	assert_int_equal(list.count, 1);
	folder_list_free(&list);
}

static void
with_spool(
    void (*function)(struct folder *folder, const void *row), const void *row)
{
	char root[] = "/tmp/smtpost-notification-XXXXXX";
	char command[64 + sizeof(root)];
	struct folder folder = {0};
	struct error err = {0};
	struct buf path = {0};

	assert_non_null(mkdtemp(root));
	buf_add_format(&path, "%s/queue", root);
	assert_true(folder_make(&folder, buf_text(&path), &err));
	function(&folder, row);
	folder_close(&folder);
	buf_free(&path);
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	assert_int_equal(system(command), 0);
}

static void
test_spool(void **state)
{
	(void)state;
	with_spool(make_one, NULL);
}

static void
test_full_disk(void **state)
{
	(void)state;
	if (access("/dev/full", W_OK) != 0)
		skip();
	with_spool(make_none, NULL);
}

struct begun_row {
	const char *name;
	enum notification_event event;
	enum action action; /* of the recipient */
	const char *field;  /* in the notification */
};

static const struct begun_row begun[] = {
    {"of a failure", FAILED, ACTION_FAILED, "\nAction: failed\r\n"},
    {"of the end", EXPIRED, ACTION_DELAYED, "\nStatus: 5.4.7\r\n"},
    {"of a delay", DELAYED, ACTION_DELAYED, "\nAction: delayed\r\n"},
    {"of a success", RELAYED, ACTION_RELAYED, "\nAction: relayed\r\n"},
};

static void
check_content(struct folder *folder, const struct id *id, const char *field)
{
	struct claim claim;
	char text[8192] = "";

	assert_int_equal(
	    claim_take(&claim, folder, folder->mail, id), CLAIM_TAKEN);
	assert_int_equal(claim.waiting.kind, WAITING_NOTIFICATION);
	assert_true(pread(claim.content, text, sizeof(text) - 1, 0) > 0);
	assert_non_null(strstr(text, field));
	assert_non_null(strstr(text, "rfc822; alice@example.org\r\n"));
	claim_close(&claim);
}

/* The process that began the notification was killed before it was made. */
static void
end_begun(struct folder *folder, const void *state)
{
	const struct begun_row *row = state;
	const struct runner_settings settings = runner_settings_of(NULL);
	struct tell tell = {
	    .folder = folder, .settings = &settings, .now = NOW + 60};
	const size_t who[] = {0};
	struct buf records = {0};
	struct claim claim;
	struct id id, mail;

	put_mail(&claim, folder, row->action);
	assert_true(id_make(&id, NOW));
	record_add_notification(
	    &records, &claim.waiting, NOW, &id, row->event, who, 1);
	assert_true(claim_append(&claim, buf_span(&records), true));
	mail = claim.id;
	claim_close(&claim);
	assert_int_equal(
	    claim_take(&claim, folder, folder->mail, &mail), CLAIM_TAKEN);
	assert_int_equal(tell_sender(&tell, &claim, FAILED), TELL_DONE);
	assert_int_equal(tell.made_count, 1);
	assert_string_equal(tell.made[0].text, id.text);
	check_content(folder, &id, row->field);
	/* It is made once, whatever is asked for. */
	assert_int_equal(tell_sender(&tell, &claim, row->event), TELL_NOBODY);
	assert_int_equal(tell.made_count, 1);
	free(tell.made);
	claim_close(&claim);
	buf_free(&records);
}

static void
test_begun(void **state)
{
	with_spool(end_begun, *state);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "choose", chosen, ROWS(chosen), test_choose);
	rows_add(&all, "status", statuses, ROWS(statuses), test_status);
	rows_add_one(&all, "a notification is put into the spool", test_spool);
	rows_add_one(&all, "no room for a notification", test_full_disk);
	rows_add(&all, "begun before a crash", begun, ROWS(begun), test_begun);
	return rows_end(&all);
}
