/* trial.c: what is said to a server, and what is kept of it. */
#include "rows.h"

#include "doctor/trial.h"
#include "smtp/given.h"
#include "smtp/peer.h"

#define HELLO "S 220 mx\nC EHLO client.example\n"
#define LOGIN HELLO "S 250-mx\\n250 AUTH PLAIN\n"
#define AUTH LOGIN "C AUTH PLAIN AHUAc2VjcmV0\n"
#define BYE "C QUIT\nS 221 bye\nE\n"
#define MAIL "C MAIL FROM:<me@example.org>\n"
#define RESET "C RSET\nS 250 ok\n"

struct trial_row {
	const char *name;
	const char *script;
	const char *sender; /* NULL: me@example.org */
	const char *told;   /* the outcome; then what was said; the mechanism */
	size_t servers;	    /* 0: one */
	bool with_secret, no_login;
	enum dsn_return dsn_return;
};

static const struct trial_row trials[] = {
    {"the sender is taken", HELLO "S 250 mx\n" MAIL "S 250 ok\n" RESET BYE,
	.told = "relayed mail -; mail"},
    {"RSET does not matter",
	HELLO "S 250 mx\n" MAIL "S 250 ok\nC RSET\nS 500 what\n" BYE,
	.told = "relayed mail -; mail"},
    {"nor does a connection that is lost there",
	HELLO "S 250 mx\n" MAIL "S 250 ok\nC RSET\n",
	.told = "relayed mail -; mail"},
    {"the null sender", HELLO "S 250 mx\nC MAIL FROM:<>\nS 250 ok\n" RESET BYE,
	.sender = "", .told = "relayed mail -; mail"},
    {"the parameters of a small mail",
	HELLO
	"S 250-mx\\n250-SIZE 1000\\n250-8BITMIME\\n250 DSN\n"
	"C MAIL FROM:<me@example.org> SIZE=500 RET=HDRS\nS 250 ok\n" RESET BYE,
	.told = "relayed mail -; mail", .dsn_return = DSN_RETURN_HEADERS},
    {"a sender beyond ASCII",
	HELLO "S 250-mx\\n250-8BITMIME\\n250 SMTPUTF8\n"
	      "C MAIL FROM:<\xc3\xbc@x> SMTPUTF8\nS 250 ok\n" RESET BYE,
	.sender = "\xc3\xbc@x", .told = "relayed mail -; mail"},
    {"a server without SMTPUTF8", HELLO "S 250 mx\n" BYE,
	.sender = "\xc3\xbc@x", .told = "failed mail - content;"},
    {"the sender is refused", HELLO "S 250 mx\n" MAIL "S 553 no\n" BYE,
	.told = "failed mail 553 refused; mail"},
    {"the sender is put off", HELLO "S 250 mx\n" MAIL "S 451 later\n" BYE,
	.told = "deferred mail 451 temporary; mail"},
    {"421", HELLO "S 250 mx\n" MAIL "S 421 bye\nE\n",
	.told = "deferred mail 421 temporary; mail"},
    {"the connection is lost", HELLO "S 250 mx\n" MAIL,
	.told = "deferred mail - temporary; mail"},
    {"354 to MAIL", HELLO "S 250 mx\n" MAIL "S 354 go\nE\n",
	.told = "deferred mail 354 protocol; mail"},

    {"a login", AUTH "S 235 ok\n" MAIL "S 250 ok\n" RESET BYE,
	.told = "relayed mail -; login mail PLAIN", .with_secret = true},
    {"a login that is refused", AUTH "S 535 no\n" BYE,
	.told = "deferred auth 535 login; login", .with_secret = true},
    {"none is offered", HELLO "S 250 mx\n" BYE,
	.told = "deferred auth - login;", .with_secret = true},
    {"only whether it is possible", LOGIN BYE, .told = "relayed auth -;",
	.with_secret = true, .no_login = true},
    {"it is not possible", HELLO "S 250 mx\n" BYE,
	.told = "deferred auth - login;", .with_secret = true,
	.no_login = true},
    {"no login is needed", HELLO "S 250 mx\n" MAIL "S 250 ok\n" RESET BYE,
	.told = "relayed mail -; mail", .no_login = true},

    {"another server takes it",
	"S 421 bye\nE\nA\n" HELLO "S 250 mx\n" MAIL "S 250 ok\n" RESET BYE,
	.told = "relayed mail -; mail", .servers = 2},
    {"no other server after MAIL", HELLO "S 250 mx\n" MAIL "S 451 no\n" BYE,
	.told = "deferred mail 451 temporary; mail", .servers = 2},
    {"no other server after 535", AUTH "S 535 no\n" BYE,
	.told = "deferred auth 535 login; login", .servers = 2,
	.with_secret = true},
};

static void
test_trial(void **state)
{
	const struct trial_row *row = *state;
	struct secret secret = {.is_set = true};
	struct server servers[2];
	struct trial trial = {0};
	struct given given;
	struct buf told = {0};
	struct peer peer;
	struct trial_options options = {
	    .profile = &given.profile,
	    .secret = row->with_secret ? &secret : NULL,
	    .sender = row->sender != NULL ? row->sender : "me@example.org",
	    .deadline = DEADLINE_NEVER,
	    .no_login = row->no_login,
	};

	given_init(&given, SPAN(GIVEN_MESSAGE), "a@x");
	given.profile.user = mem_copy_text("u");
	given.profile.dsn_return = row->dsn_return;
	buf_add_text(&secret.password, "secret");
	peer_start(&peer, row->script);
	given_server(&given, peer.port);
	servers[0] = servers[1] = given.server;
	given.profile.servers = servers;
	given.profile.server_count = row->servers ? row->servers : 1;
	trial_run(&trial, &options);
	peer_end(&peer);
	assert_true(trial.is_done);
	given_tell(&told, &trial.outcome);
	buf_add_text(&told, ";");
	if (trial.is_login_said)
		buf_add_text(&told, " login");
	if (trial.is_mail_said)
		buf_add_text(&told, " mail");
	if (trial.mechanism != NULL)
		buf_add_format(&told, " %s", trial.mechanism);
	assert_string_equal(buf_text(&told), row->told);
	assert_string_equal(trial.address, "127.0.0.1");
	assert_int_equal(trial.login_time >= 0, trial.is_login_said);
	assert_int_equal(trial.mail_time >= 0, trial.is_mail_said);
	trial_free(&trial);
	buf_free(&told);
	buf_wipe(&secret.password);
	given_free(&given);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "trial", trials, ROWS(trials), test_trial);
	return rows_end(&all);
}
