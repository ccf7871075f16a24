#include "rows.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "spool/clock.h"
#include "spool/schedule.h"
#include "spool/server_state.h"

#define MINUTE ((int64_t)60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const struct schedule usual = {5 * MINUTE, 4 * HOUR};

struct pause_row {
	const char *name;
	unsigned attempts;
	int64_t middle; /* without the share of chance */
};

static const struct pause_row pauses[] = {
    {"after the first attempt", 1, 5 * MINUTE},
    {"after the second", 2, 10 * MINUTE},
    {"after the third", 3, 20 * MINUTE},
    {"after the sixth", 6, 160 * MINUTE},
    {"after the seventh", 7, 240 * MINUTE},
    {"after very many", 4000000000U, 240 * MINUTE},
};

static void
test_pause(void **state)
{
	const struct pause_row *row = *state;

	assert_int_equal(schedule_pause(&usual, row->attempts, 0),
	    row->middle - row->middle / 4);
	assert_int_equal(schedule_pause(&usual, row->attempts, UINT32_MAX),
	    row->middle - row->middle / 4 + row->middle / 2);
}

struct scope_row {
	const char *name;
	enum stage stage;
	enum cause cause;
	enum schedule_scope scope;
};

static const struct scope_row scopes[] = {
    {"no connection", STAGE_CONNECT, CAUSE_TEMPORARY, SCOPE_SERVER},
    {"no such host", STAGE_CONNECT, CAUSE_NO_HOST, SCOPE_SERVER},
    {"5yz greeting", STAGE_GREETING, CAUSE_REFUSED, SCOPE_SERVER},
    {"no STARTTLS", STAGE_EHLO, CAUSE_PROTOCOL, SCOPE_SERVER},
    {"bad certificate", STAGE_TLS, CAUSE_PROTOCOL, SCOPE_SERVER},
    {"login put off", STAGE_AUTH, CAUSE_TEMPORARY, SCOPE_SERVER},
    {"login refused", STAGE_AUTH, CAUSE_LOGIN, SCOPE_LOGIN},
    {"login wanted at MAIL", STAGE_MAIL, CAUSE_LOGIN, SCOPE_LOGIN},
    {"sender put off", STAGE_MAIL, CAUSE_TEMPORARY, SCOPE_MAIL},
    {"recipient put off", STAGE_RCPT, CAUSE_TEMPORARY, SCOPE_MAIL},
    {"content lost", STAGE_CONTENT, CAUSE_TEMPORARY, SCOPE_MAIL},
};

static void
test_scope(void **state)
{
	const struct scope_row *row = *state;
	struct outcome outcome = {
	    .action = ACTION_DELAYED, .stage = row->stage, .cause = row->cause};

	assert_int_equal(schedule_scope(&outcome), row->scope);
}

struct due_row {
	const char *name;
	int64_t now, next, not_before;
	bool is_held;
	enum schedule_state state;
};

static const struct due_row dues[] = {
    {"never tried", 1764412191, 0, 0, false, SCHEDULE_DUE},
    {"its pause lasts", 1000000, 1000001, 0, false, SCHEDULE_LATER},
    {"its pause is over", 1000000, 1000000, 0, false, SCHEDULE_DUE},
    {"the clock was set back a day", 1000000, 1000000 + DAY, 0, false,
	SCHEDULE_DUE},
    {"the clock is at 1970", 0, 1764412191, 0, false, SCHEDULE_DUE},
    {"the year is 2106", 4294967296, 1764412191, 0, false, SCHEDULE_DUE},
    {"sent at a chosen time", 1000000, 0, 1000000 + DAY, false, SCHEDULE_LATER},
    {"held", 1000000, 0, 0, true, SCHEDULE_HELD},
};

static void
test_due(void **state)
{
	const struct due_row *row = *state;
	struct waiting waiting = {.next = row->next,
	    .not_before = row->not_before,
	    .is_held = row->is_held};

	assert_int_equal(
	    schedule_state(&usual, &waiting, row->now), row->state);
}

/* The lifetime of a mail begins at the time that --at chose. */
static void
test_lifetime(void **state)
{
	const struct waiting at_once = {.arrived = 1000, .clock = 50};
	const struct waiting in_a_week = {
	    .arrived = 1000, .clock = 50, .not_before = 1000 + 7 * DAY};

	(void)state;
	assert_int_equal(schedule_left(&at_once, 60, DAY), DAY - 10);
	assert_false(schedule_is_expired(&at_once, 49 + DAY, DAY));
	assert_true(schedule_is_expired(&at_once, 50 + DAY, DAY));
	assert_int_equal(schedule_left(&in_a_week, 50 + 7 * DAY, DAY), DAY);
	assert_false(schedule_is_expired(&in_a_week, 49 + 8 * DAY, DAY));
	assert_true(schedule_is_expired(&in_a_week, 50 + 8 * DAY, DAY));
}

static struct folder *
make_folder(char root[64])
{
	struct folder *folder = mem_new(1, sizeof(*folder));
	struct error err = {0};
	struct buf path = {0};

	strcpy(root, "/tmp/smtpost-schedule-XXXXXX");
	assert_non_null(mkdtemp(root));
	buf_add_format(&path, "%s/queue", root);
	assert_true(folder_make(folder, buf_text(&path), &err));
	buf_free(&path);
	return folder;
}

static void
remove_folder(struct folder *folder, const char *root)
{
	struct buf command = {0};

	folder_close(folder);
	free(folder);
	buf_add_format(&command, "rm -rf '%s'", root);
	assert_int_equal(system(buf_text(&command)), 0);
	buf_free(&command);
}

/* It stands still while no run was, and no jump moves it far. */
static void
test_clock(void **state)
{
	static const struct {
		int64_t now, shows;
		bool is_runner;
		int64_t runner;
	} runs[] = {
	    {1000000, 0, false, 0},
	    {1000300, 300, true, 1000300},
	    {1000300 + 14 * DAY, 300 + 8 * HOUR, false, 1000300},
	    {1000000, 300 + 8 * HOUR, false, 1000300},
	    {1764412191, 300 + 16 * HOUR, false, 1000300},
	    {1764412201, 310 + 16 * HOUR, true, 1764412201},
	    /* Without a battery a clock begins in 1970. */
	    {5, 310 + 16 * HOUR, true, 5},
	};
	char root[64];
	struct folder *folder = make_folder(root);

	(void)state;
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		int64_t shows;

		assert_true(clock_advance(
		    folder, runs[i].now, runs[i].is_runner, &shows));
		assert_int_equal(shows, runs[i].shows);
		assert_true(clock_read(folder, &shows));
		assert_int_equal(shows, runs[i].shows);
		assert_int_equal(clock_last_runner(folder), runs[i].runner);
	}
	remove_folder(folder, root);
}

/* A disk error must not set the clock back: mail would never get old. */
static void
test_unreadable_clock(void **state)
{
	char root[64];
	struct folder *folder = make_folder(root);
	int64_t shows;

	(void)state;
	assert_int_equal(mkdirat(folder->top, "clock", 0700), 0);
	assert_false(clock_read(folder, &shows));
	assert_false(clock_advance(folder, 1000000, true, &shows));
	assert_int_equal(errno, EISDIR);
	assert_int_equal(unlinkat(folder->top, "clock", AT_REMOVEDIR), 0);
	remove_folder(folder, root);
}

static void
test_server_state(void **state)
{
	char root[64];
	struct folder *folder = make_folder(root);
	struct server_state noted = {0};
	struct outcome outcome = {0};

	(void)state;
	assert_false(server_state_read(&noted, folder, "a/../b #1", 7));
	noted.fingerprint = 7;
	outcome_set_own(
	    &outcome, STAGE_CONNECT, CAUSE_TEMPORARY, "connection refused");
	server_state_note(
	    &noted, folder, "a/../b #1", &outcome, &usual, 1000000);
	server_state_free(&noted);
	assert_false(server_state_read(&noted, folder, "a/../b #1", 8));
	assert_false(server_state_read(&noted, folder, "a", 7));
	assert_true(server_state_read(&noted, folder, "a/../b #1", 7));
	assert_int_equal(noted.scope, SCOPE_SERVER);
	assert_int_equal(noted.since, 1000000);
	assert_in_range(noted.next, 1000000 + 225, 1000000 + 375);
	assert_string_equal(noted.text, "connection refused");
	/* The login is tried rarely, from the first time on. */
	outcome_set_own(&outcome, STAGE_AUTH, CAUSE_LOGIN, "no password");
	server_state_note(
	    &noted, folder, "a/../b #1", &outcome, &usual, 2000000);
	outcome_free(&outcome);
	assert_int_equal(noted.scope, SCOPE_LOGIN);
	assert_int_equal(noted.since, 2000000);
	assert_in_range(
	    noted.next, 2000000 + 45 * MINUTE, 2000000 + 75 * MINUTE);
	server_state_free(&noted);
	server_state_forget(folder, "a/../b #1");
	assert_false(server_state_read(&noted, folder, "a/../b #1", 7));
	remove_folder(folder, root);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "pause", pauses, ROWS(pauses), test_pause);
	rows_add(&all, "scope", scopes, ROWS(scopes), test_scope);
	rows_add(&all, "due", dues, ROWS(dues), test_due);
	rows_add_one(
	    &all, "the lifetime begins at the time of --at", test_lifetime);
	rows_add_one(&all, "the spool's clock", test_clock);
	rows_add_one(
	    &all, "a clock that cannot be read stays", test_unreadable_clock);
	rows_add_one(&all, "the state of a server", test_server_state);
	return rows_end(&all);
}
