#include "doctor/diagnosed.h"
#include "doctor/token.h"

#include <fcntl.h>

#include "doctor/secret_check.h"

/* Nothing listens at this port, so that no login comes to pass. */
#define S "server = smtp://127.0.0.1:1\ntls = none\nuser = me\n"
#define HERE " (FOLDER/config:4)"

/* The findings of a source of the secret. */
struct secret_row {
	const char *name;
	const char *config;
	const char *netrc; /* NULL: there is no file */
	bool no_login;
	const char *findings;
};

static const struct secret_row secrets[] = {
    {"no login", "server = smtp://127.0.0.1:1\n", NULL, false,
	"skipped  secret.get  the profile sends without a login\n"},
    {"a command", S "password-command = echo hunter2\n", NULL, false,
	"ok  secret.get  the login uses password-command" HERE "\n"},
    {"a command that fails", S "password-command = echo hunter2; exit 2\n",
	NULL, false,
	"failure  secret.get  cannot get the password by password-command: "
	"exit "
	"status 2\n"},
    {"a command that is not there", S "password-command = /nowhere/x\n", NULL,
	false,
	"failure  secret.get  cannot get the password by password-command: "
	"exit "
	"status 127: there is no such command\n"},
    {"nothing printed", S "password-command = true\n", NULL, false,
	"failure  secret.get  cannot use the password from password-command: "
	"its first line is empty\n"},
    {"a blank at the end", S "password-command = echo 'hunter2 '\n", NULL,
	false,
	"ok  secret.get  the login uses password-command" HERE "\n"
	"warning  secret.get  the password ends with a blank\n"
	"hint: if it is not part of the password, remove it where the password "
	"is kept\n"},
    {"blanks at both ends", S "password = \" hunter2\t\"\n", NULL, false,
	"ok  secret.get  the login uses password" HERE "\n"
	"warning  secret.get  the password begins and ends with a blank\n"
	"hint: if it is not part of the password, remove it where the password "
	"is kept\n"},
    {"a file", S "password-file = secret\n", NULL, false,
	"ok  secret.get  the login uses password-file" HERE "\n"},
    {"a file that is not there", S "password-file = nothing\n", NULL, false,
	"failure  secret.get  cannot open FOLDER/nothing: No such file or "
	"directory\n"},
    {"netrc", S, "machine 127.0.0.1 login me password hunter2\n", false,
	"ok  secret.get  the login uses netrc\n"},
    {"no source", S, NULL, false,
	"failure  secret.get  cannot log in as me at 127.0.0.1: no password "
	"was found\n"
	"hint: set password-command in profile \"default\", for example "
	"password-command = pass show mail\n"},
    {"--no-login runs no command",
	S "password-command = touch ran; echo hunter2\n", NULL, true,
	"ok  secret.get  the login uses password-command" HERE
	", which was not read\n"},
    {"--no-login, and the command is not there",
	S "password-command = /nowhere/x\n", NULL, true,
	"failure  secret.get  cannot run /nowhere/x: No such file or "
	"directory\n"},
    {"--no-login, and no source", S, NULL, true,
	"failure  secret.get  cannot log in as me at 127.0.0.1: no password "
	"was found\n"
	"hint: set password-command in profile \"default\", for example "
	"password-command = pass show mail\n"},
};

/* Without a terminal of this process, nobody is asked. */
static void
leave_terminal(void)
{
	if (setsid() < 0 && open("/dev/tty", O_RDWR | O_CLOEXEC) >= 0)
		rows_skip("this process cannot leave its terminal");
}

static void
load(struct diagnosed *diagnosed, const char *config, bool no_login)
{
	diagnosed_make(diagnosed);
	folder_write(&diagnosed->folder, "config", 0600, config);
	folder_write(&diagnosed->folder, "secret", 0600, "hunter2\n");
	diagnosed_load(diagnosed, "config", NULL);
	diagnosed->diagnosis.no_login = no_login;
	assert_non_null(diagnosed->diagnosis.profile);
	assert_int_equal(chdir(diagnosed->folder.path), 0);
}

static void
test_secret(void **state)
{
	const struct secret_row *row = *state;
	struct diagnosed diagnosed;

	leave_terminal();
	load(&diagnosed, row->config, row->no_login);
	if (row->netrc != NULL)
		folder_write(&diagnosed.folder, ".netrc", 0600, row->netrc);
	secret_check_get(&diagnosed.diagnosis);
	assert_string_equal(diagnosed_text(&diagnosed), row->findings);
	assert_lacks(row->findings, "hunter2");
	if (row->no_login) {
		assert_int_not_equal(access("ran", F_OK), 0);
		assert_true(
		    span_equal(buf_span(&diagnosed.diagnosis.secret.password),
			SPAN("none")) ||
		    diagnosed.diagnosis.secret_error.kind != ERROR_NONE);
	}
	diagnosed_free(&diagnosed);
}

#define MICROSOFT                                      \
	"server = smtp://smtp.office365.com\nproxy = " \
	"socks5://127.0.0.1:1\nuser = me@example.com\n"
#define ELSEWHERE "server = smtp://127.0.0.1:1\nuser = me\n"
#define MAIL "\"aud\":\"https://outlook.office.com\""

struct token_row {
	const char *name, *config;
	const char *claims; /* NULL: the token is opaque */
	const char *findings;
};

#define SCOPE_HINT                              \
	"hint: ask for a token with the scope " \
	"https://outlook.office.com/SMTP.Send\n"

static const struct token_row tokens[] = {
    {"opaque", ELSEWHERE, NULL,
	"skipped  token.shape  the token says nothing about itself\n"},
    {"good", ELSEWHERE, "{\"exp\":4102444800}",
	"ok  token.shape  the token is valid until 2100-01-01T00:00:00Z\n"},
    {"without a date", ELSEWHERE, "{\"aud\":\"x\"}",
	"ok  token.shape  the token does not say when it expires\n"},
    {"expired", ELSEWHERE, "{\"exp\":1000000000}",
	"failure  token.shape  the token expired on 2001-09-09T01:46:40Z, "
	"DAYS ago: token-command gives an old one\n"
	"hint: run token-command by hand; if it keeps tokens, it has to renew "
	"them in time\n"},
    {"of Microsoft, good", MICROSOFT, "{" MAIL ",\"scp\":\"openid SMTP.Send\"}",
	"ok  token.shape  the token does not say when it expires\n"},
    {"for Graph", MICROSOFT,
	"{\"aud\":\"https://graph.microsoft.com/\",\"scp\":\"SMTP.Send\"}",
	"failure  token.shape  the token is for graph.microsoft.com, not for "
	"outlook.office.com, which SMTP needs\n" SCOPE_HINT},
    {"for Graph, as a number", MICROSOFT,
	"{\"aud\":\"00000003-0000-0000-c000-000000000000\"}",
	"failure  token.shape  the token is for graph.microsoft.com, not for "
	"outlook.office.com, which SMTP needs\n" SCOPE_HINT},
    {"for something hostile", MICROSOFT, "{\"aud\":\"\\u001b[2J hunter2\"}",
	"failure  token.shape  the token is for another service, not for "
	"outlook.office.com, which SMTP needs\n" SCOPE_HINT},
    {"for Graph, but not at Microsoft", ELSEWHERE,
	"{\"aud\":\"https://graph.microsoft.com/\"}",
	"ok  token.shape  the token does not say when it expires\n"},
    {"without the scope", MICROSOFT, "{" MAIL ",\"scp\":\"IMAP.Access\"}",
	"failure  token.shape  the token lacks the scope "
	"SMTP.Send\n" SCOPE_HINT},
    {"of a program", MICROSOFT, "{" MAIL ",\"roles\":[\"SMTP.SendAsApp\"]}",
	"ok  token.shape  the token does not say when it expires\n"},
    {"of a program, without the role", MICROSOFT,
	"{" MAIL ",\"roles\":[\"IMAP.AccessAsApp\"]}",
	"failure  token.shape  the token lacks the role "
	"SMTP.SendAsApp\nhint: give the application the permission "
	"SMTP.SendAsApp, and ask for a new token\n"},
};

/* The age of a token depends on the day; "DAYS" stands for it. */
static void
hide_days(struct buf *text)
{
	const char *found = strstr(buf_text(text), " days ago");
	struct buf copy = {0};
	size_t end, begin;

	if (found == NULL)
		return;
	end = (size_t)(found - text->data);
	begin = end;
	while (ascii_is_digit(text->data[begin - 1]))
		begin--;
	buf_add(&copy, text->data, begin);
	buf_add_text(&copy, "DAYS");
	buf_add_text(&copy, text->data + end + strlen(" days"));
	buf_clear(text);
	buf_add_span(text, buf_span(&copy));
	buf_free(&copy);
}

static void
test_token(void **state)
{
	const struct token_row *row = *state;
	struct diagnosed diagnosed;
	struct buf config = {0};

	buf_add_text(&config, row->config);
	buf_add_text(&config, "token-command = echo ");
	if (row->claims != NULL)
		token_add(&config, span_from(row->claims));
	else
		buf_add_text(&config, "ya29.hunter2");
	buf_add_char(&config, '\n');
	load(&diagnosed, buf_text(&config), false);
	assert_true(diagnosis_fetch_secret(&diagnosed.diagnosis));
	secret_check_token(&diagnosed.diagnosis);
	diagnosed_text(&diagnosed);
	hide_days(&diagnosed.text);
	assert_string_equal(buf_text(&diagnosed.text), row->findings);
	diagnosed_free(&diagnosed);
	buf_free(&config);
}

static void
test_password(void **state)
{
	struct diagnosed diagnosed;

	(void)state;
	load(&diagnosed, S "password = hunter2\n", false);
	assert_true(diagnosis_fetch_secret(&diagnosed.diagnosis));
	secret_check_token(&diagnosed.diagnosis);
	assert_string_equal(diagnosed_text(&diagnosed),
	    "skipped  token.shape  the login uses no token\n");
	diagnosed_free(&diagnosed);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "secret.get", secrets, ROWS(secrets), test_secret);
	rows_add(&all, "token.shape", tokens, ROWS(tokens), test_token);
	rows_add_one(&all, "token.shape of a password", test_password);
	return rows_end(&all);
}
