#include "base/signals.h"
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/wait.h"
#include "profile/secret.h"
#include "profile/secret_command.h"
#include "profile/secret_line.h"

static char host[] = "mail.example", second[] = "b.example";
static char url[] = "smtp://mail.example:587", user[] = "me", name[] = "work";

/* A profile with a login and no source; @ in text stands for the folder. */
static struct profile
make_profile(struct server *servers)
{
	servers[0] = (struct server){.host = host, .url = url, .port = 587};
	servers[1] = (struct server){.host = second, .url = url, .port = 587};
	return (struct profile){.name = name,
	    .servers = servers,
	    .server_count = 2,
	    .user = user,
	    .password_fd = -1};
}

/* Checks the secret (NULL: none), or the error, and frees it. */
static void
check_fetch(const struct profile *profile, const char *secret_text,
    enum error_kind kind, const char *error)
{
	struct secret secret;
	struct error err = {0};
	bool done = secret_fetch(&secret, profile, false, &err);

	if (done != (secret_text != NULL))
		fail_msg("%s", done ? "there is a secret" : err.text);
	if (done) {
		assert_true(secret.is_set);
		assert_string_equal(buf_text(&secret.password), secret_text);
	} else {
		assert_false(secret.is_set);
		assert_int_equal(secret.password.len, 0);
		assert_int_equal(err.kind, kind);
		assert_contains(err.text, error);
		assert_lacks(err.text, "hunter2");
	}
	secret_free(&secret);
}

struct command_row {
	const char *name, *command, *secret;
	enum error_kind kind;
	const char *error;
};

static const struct command_row commands[] = {
    {"first line", "printf 'hunter2\\nuser: me\\n'", "hunter2", 0, NULL},
    {"no line end", "printf hunter2", "hunter2", 0, NULL},
    {"CRLF", "printf 'hunter2\\r\\n'", "hunter2", 0, NULL},
    {"blanks are kept", "echo ' a b '", " a b ", 0, NULL},
    {"shell", "x=hunter; echo $x'2' | cat", "hunter2", 0, NULL},
    {"stdin is empty", "cat; echo x", "x", 0, NULL},
    {"stdin is /dev/null", "test /dev/stdin -ef /dev/null && echo x", "x", 0,
	NULL},
    {"only three descriptors",
	"for i in 3 4 5 6 7 8 9; do eval \"true <&$i\" 2>/dev/null && exit 1;"
	" done; echo x",
	"x", 0, NULL},
    {"SIGPIPE ends it", "yes hunter2 | head -1", "hunter2", 0, NULL},
    {"signals as before", "trap - PIPE TERM; (kill -PIPE $$); echo x", NULL,
	ERROR_TEMPORARY, "signal 13"},
    {"much behind the line", "echo x; head -c 1000000 /dev/zero", "x", 0, NULL},
    {"agent keeps the pipe", "echo x; sleep 5 &", "x", 0, NULL},
    {"closed output", "echo x; exec >&-; sleep 0.1", "x", 0, NULL},
    {"nothing", "true", NULL, ERROR_TEMPORARY, "first line is empty"},
    {"empty line", "echo; echo hunter2", NULL, ERROR_TEMPORARY,
	"first line is empty"},
    {"failure", "echo hunter2; exit 3", NULL, ERROR_TEMPORARY, "exit status 3"},
    {"126", "echo hunter2; exit 126", NULL, ERROR_CONFIG, "exit status 126"},
    {"no such command", "/nonexistent/hunter2 2>/dev/null", NULL, ERROR_CONFIG,
	"exit status 127"},
    {"killed", "kill -9 $$", NULL, ERROR_TEMPORARY, "signal 9"},
    {"NUL", "printf 'hunter2\\000x\\n'", NULL, ERROR_TEMPORARY, "NUL"},
    {"carriage return", "printf 'hunter2\\rx\\n'", NULL, ERROR_TEMPORARY,
	"carriage return"},
    {"too long", "head -c 4097 /dev/zero | tr '\\0' x", NULL, ERROR_TEMPORARY,
	"4096"},
};

static void
test_command(void **state)
{
	const struct command_row *row = *state;
	struct server servers[2];
	struct profile profile = make_profile(servers);
	char *command = strdup(row->command);
	int64_t start = clock_now();
	int open_one = open("/dev/null", O_RDONLY);
	int stdin_before = dup(STDIN_FILENO), ends[2];

	/* As callers leave it: ignored, inherited, not blocked. */
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "message\n", 8), 8);
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	profile.password_command = command;
	check_fetch(&profile, row->secret, row->kind, row->error);
	assert_true(clock_now() - start < 4000);
	assert_true(signal(SIGCHLD, SIG_DFL) == SIG_IGN);
	dup2(stdin_before, STDIN_FILENO);
	close(stdin_before);
	close(open_one);
	free(command);
}

struct token_row {
	const char *name, *command, *token;
	enum error_kind kind;
	const char *error;
};

static const struct token_row tokens[] = {
    {"first line", "printf 'ya29.hunter2\\nexpires: never\\n'", "ya29.hunter2",
	0, NULL},
    {"not told to renew", "echo x$SMTPOST_TOKEN_RENEW", "x", 0, NULL},
    {"longer than a password", "printf %05000d 0", NULL, 0, NULL},
    {"the longest", "printf %016384d 0", NULL, 0, NULL},
    {"too long", "printf %016385d 0", NULL, ERROR_TEMPORARY,
	"the token from token-command: it is longer than 16384"},
    {"a blank", "echo 'Bearer hunter2'", NULL, ERROR_TEMPORARY,
	"not allowed in a token"},
    {"a control", "printf 'hunter2\\001x'", NULL, ERROR_TEMPORARY,
	"not allowed in a token"},
    {"beyond ASCII", "printf 'hunter2\\303\\244'", NULL, ERROR_TEMPORARY,
	"not allowed in a token"},
    {"nothing", "true", NULL, ERROR_TEMPORARY, "first line is empty"},
    {"failure", "echo hunter2; exit 3", NULL, ERROR_TEMPORARY,
	"cannot get the token by token-command: exit status 3"},
    {"no such command", "/nonexistent/hunter2 2>/dev/null", NULL, ERROR_CONFIG,
	"exit status 127"},
};

static void
test_token(void **state)
{
	const struct token_row *row = *state;
	struct server servers[2];
	struct profile profile = make_profile(servers);
	char *command = strdup(row->command);
	struct secret secret;
	struct error err = {0};

	profile.token_command = command;
	assert_int_equal(
	    secret_fetch(&secret, &profile, false, &err), !row->error);
	assert_int_equal(secret.is_set, !row->error);
	assert_int_equal(secret.password.len, 0);
	if (row->token != NULL)
		assert_string_equal(buf_text(&secret.token), row->token);
	if (row->error != NULL) {
		assert_int_equal(err.kind, row->kind);
		assert_contains(err.text, row->error);
		assert_lacks(err.text, "hunter2");
		assert_int_equal(secret.token.len, 0);
	}
	secret_free(&secret);
	free(command);
}

static const struct token_row renewals[] = {
    {"told to renew", "echo ${SMTPOST_TOKEN_RENEW-old}", "1", 0, NULL},
    {"the same again", "echo old", NULL, ERROR_NONE, NULL},
    {"not any more", "test -z \"$SMTPOST_TOKEN_RENEW\" && echo old", NULL,
	ERROR_TEMPORARY, "exit status 1"},
};

static void
test_renewal(void **state)
{
	const struct token_row *row = *state;
	struct server servers[2];
	struct profile profile = make_profile(servers);
	char *command = strdup(row->command);
	struct secret secret;
	struct error err = {0};

	profile.token_command = command;
	assert_true(secret_fetch(&secret, &profile, false, &err));
	assert_string_equal(buf_text(&secret.token), "old");
	assert_int_equal(
	    secret_renew_token(&secret, &profile, DEADLINE_NEVER, &err),
	    row->token != NULL	     ? TOKEN_RENEWED
		: row->error != NULL ? TOKEN_FAILED
				     : TOKEN_SAME);
	assert_string_equal(
	    buf_text(&secret.token), row->token != NULL ? row->token : "old");
	assert_int_equal(err.kind, row->kind);
	if (row->error != NULL)
		assert_contains(err.text, row->error);
	secret_free(&secret);
	free(command);
}

/* Where the submission has no time left, the command has none. */
static void
test_late_renewal(void **state)
{
	struct server servers[2];
	struct profile profile = make_profile(servers);
	char command[] = "exec sleep 60";
	struct secret secret = {0};
	struct error err = {0};

	(void)state;
	profile.token_command = command;
	assert_int_equal(
	    secret_renew_token(&secret, &profile, clock_now(), &err),
	    TOKEN_FAILED);
	assert_int_equal(err.kind, ERROR_TEMPORARY);
	assert_contains(err.text, "it took too long");
	secret_free(&secret);
}

struct wanted_row {
	const char *name;
	const char *auth, *user, *certificate; /* NULL: not set */
	bool is_wanted;
};

static const struct wanted_row wanteds[] = {
    {"a user", NULL, "me", NULL, true},
    {"no login", NULL, NULL, NULL, false},
    {"none", "none", "me", "c", false},
    {"a certificate alone", NULL, NULL, "c", false},
    {"EXTERNAL", "EXTERNAL", NULL, "c", true},
    {"EXTERNAL with a user", "EXTERNAL", "me", "c", true},
    {"EXTERNAL, its certificate dropped", "EXTERNAL", NULL, NULL, false},
    {"another mechanism", "PLAIN", NULL, "c", false},
};

/* EXTERNAL needs no password. */
static void
test_wanted(void **state)
{
	const struct wanted_row *row = *state;
	struct server servers[2];
	struct profile profile = make_profile(servers);
	char *auth = row->auth != NULL ? strdup(row->auth) : NULL;
	char *login = row->user != NULL ? strdup(row->user) : NULL;
	char certificate[] = "/nonexistent";
	struct secret secret;
	struct error err = {0};

	profile.user = login;
	profile.tls_cert = row->certificate != NULL ? certificate : NULL;
	if (auth != NULL)
		profile.auth = (struct name_list){&auth, 1};
	assert_int_equal(secret_is_wanted(&profile), row->is_wanted);
	if (row->is_wanted && auth != NULL) {
		assert_true(secret_fetch(&secret, &profile, false, &err));
		assert_true(secret.is_set);
		secret_free(&secret);
	}
	free(auth);
	free(login);
}

struct limit_row {
	const char *name, *command;
	int64_t most; /* milliseconds until it must be over */
};

static const struct limit_row limits[] = {
    {"silence", "sleep 30", 2000},
    {"line, but no end", "echo hunter2; exec sleep 30", 2000},
    {"endless output", "exec yes hunter2", 2000},
    {"output closed", "exec >&-; exec sleep 30", 2000},
    {"deaf to TERM", "trap '' TERM; while :; do sleep 0.1; done", 5000},
};

static void
test_limit(void **state)
{
	const struct limit_row *row = *state;
	int64_t start = clock_now();
	struct buf secret = {0};
	struct error err = {0};

	assert_false(secret_command_read(&secret,
	    &(struct secret_command){.text = row->command, .milliseconds = 300},
	    &err));
	assert_true(clock_now() - start < row->most);
	assert_int_equal(err.kind, ERROR_TEMPORARY);
	assert_contains(err.text, "too long");
	assert_int_equal(secret.len, 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child left */
}

/* TERM while the command runs: it is ended and nothing is left. */
static void
test_interrupted(void **state)
{
	pid_t child = fork();
	int status = 0;

	(void)state;
	if (child == 0) {
		struct buf secret = {0};
		struct error err = {0};
		bool done;

		signals_catch();
		done = secret_command_read(&secret,
		    &(struct secret_command){
			.text = "kill -TERM $PPID; sleep 30",
			.milliseconds = 60000},
		    &err);
		_exit(!done && err.kind == ERROR_TEMPORARY &&
			    strstr(err.text, "signal") != NULL &&
			    waitpid(-1, NULL, WNOHANG) < 0
			? 0
			: 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

struct file_row {
	const char *name, *content;
	mode_t mode;
	const char *secret;
	enum error_kind kind;
	const char *error;
};

static const struct file_row files[] = {
    {"first line", "hunter2\nx\n", 0600, "hunter2", 0, NULL},
    {"no line end", "hunter2", 0400, "hunter2", 0, NULL},
    {"CRLF", "hunter2\r\n", 0600, "hunter2", 0, NULL},
    {"group can read", "hunter2\n", 0440, "hunter2", 0, NULL},
    {"group can read and we write", "hunter2\n", 0640, "hunter2", 0, NULL},
    {"others can read", "hunter2\n", 0604, NULL, ERROR_CONFIG, "can read"},
    {"others can write", "hunter2\n", 0602, NULL, ERROR_CONFIG, "can write"},
    {"empty", "", 0600, NULL, ERROR_CONFIG, "first line is empty"},
    {"empty line", "\nhunter2\n", 0600, NULL, ERROR_CONFIG, "is empty"},
    {"carriage return", "hunter2\rx\n", 0600, NULL, ERROR_CONFIG, "carriage"},
    {"not there", NULL, 0, NULL, ERROR_CONFIG, "cannot open"},
};

static void
test_file(void **state)
{
	const struct file_row *row = *state;
	struct server servers[2];
	struct profile profile = make_profile(servers);
	struct folder folder;

	folder_make(&folder);
	if (row->content != NULL)
		folder_write(&folder, "pw", row->mode, row->content);
	profile.password_file = folder_path(&folder, "pw");
	check_fetch(&profile, row->secret, row->kind, row->error);
	free(profile.password_file);
	folder_remove(&folder);
}

struct size_row {
	const char *name;
	size_t size;	   /* of the file: its first line, then zeros */
	const char *error; /* NULL: there is none */
};

static const struct size_row sizes[] = {
    {"empty", 0, "its first line is empty"},
    {"a line", 8, NULL},
    {"as large as can be", SECRET_READ_MAX, NULL},
    {"larger", SECRET_READ_MAX + 1, "it is larger than 65536 octets"},
};

static void
check_error(bool done, const struct error *err, const char *expected)
{
	assert_int_equal(done, expected == NULL);
	if (expected == NULL)
		return;
	assert_int_equal(err->kind, ERROR_CONFIG);
	assert_contains(err->text, expected);
}

/* --dry-run says the same of the size as the submission would. */
static void
test_size(void **state)
{
	const struct size_row *row = *state;
	struct server servers[2];
	struct profile profile = make_profile(servers);
	struct buf content = {.max = SECRET_READ_MAX + 1};
	struct secret secret;
	struct error err = {0};
	struct folder folder;

	folder_make(&folder);
	if (row->size > 0)
		buf_add_text(&content, "hunter2\n");
	while (content.len < row->size)
		buf_add_char(&content, '0');
	folder_write_span(&folder, "pw", 0600, buf_span(&content));
	profile.password_file = folder_path(&folder, "pw");
	check_error(
	    secret_fetch(&secret, &profile, false, &err), &err, row->error);
	secret_free(&secret);
	check_error(secret_locate(&secret, &profile, &err), &err, row->error);
	secret_free(&secret);
	free(profile.password_file);
	buf_free(&content);
	folder_remove(&folder);
}

struct descriptor_row {
	const char *name, *content;
	bool stays_open; /* the writing end: no end of file */
	const char *secret;
	enum error_kind kind;
	const char *error;
};

static const struct descriptor_row descriptors[] = {
    {"line", "hunter2\n", false, "hunter2", 0, NULL},
    {"no line end", "hunter2", false, "hunter2", 0, NULL},
    {"no end of file", "hunter2\r\n", true, "hunter2", 0, NULL},
    {"two lines", "hunter2\nx", true, "hunter2", 0, NULL},
    {"nothing", "", false, NULL, ERROR_TEMPORARY, "is empty"},
    {"empty line", "\n", false, NULL, ERROR_CONFIG, "is empty"},
};

static void
test_descriptor(void **state)
{
	const struct descriptor_row *row = *state;
	struct server servers[2];
	struct profile profile = make_profile(servers);
	size_t len = strlen(row->content);
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], row->content, len), len);
	if (!row->stays_open)
		close(ends[1]);
	profile.password_fd = ends[0];
	check_fetch(&profile, row->secret, row->kind, row->error);
	assert_int_equal(fcntl(ends[0], F_GETFD), -1); /* closed */
	if (row->stays_open)
		close(ends[1]);
	check_fetch(&profile, NULL, ERROR_CONFIG, strerror(EBADF));
}

struct implied_row {
	const char *name;
	const char *credential, *netrc; /* content; NULL: not there */
	mode_t netrc_mode;
	bool redirected;
	const char *secret;
	enum error_kind kind;
	const char *error;
};

#define FIRST "machine mail.example login me password "
#define SECOND "machine b.example login me password "
#define NETRC FIRST "n\n" SECOND "n\n"

static const struct implied_row implied[] = {
    {"nothing", NULL, NULL, 0, false, NULL, ERROR_CONFIG, "password-command"},
    {"credential", "hunter2\n", NULL, 0, false, "hunter2", 0, NULL},
    {"credential before netrc", "hunter2", NETRC, 0600, false, "hunter2", 0,
	NULL},
    {"empty credential", "", NETRC, 0600, false, NULL, ERROR_CONFIG,
	"is empty"},
    {"credential is not for another server", "hunter2", NULL, 0, true, NULL,
	ERROR_CONFIG, "no password was found"},
    {"netrc for another server", "hunter2", NETRC, 0600, true, "n", 0, NULL},
    {"netrc", NULL, NETRC, 0600, false, "n", 0, NULL},
    {"netrc of another", NULL, "machine c login me password hunter2\n", 0600,
	false, NULL, ERROR_CONFIG, "no password was found"},
    {"open netrc", NULL, NETRC, 0644, false, NULL, ERROR_CONFIG,
	".netrc: it holds a secret"},
    {"open netrc of another", NULL, "machine c login me password hunter2\n",
	0644, false, NULL, ERROR_CONFIG, "no password was found"},
    {"empty password in netrc", NULL, FIRST "\"\"\n" SECOND "\"\"\n", 0600,
	false, NULL, ERROR_CONFIG, "is empty"},
    {"two lines in netrc", NULL,
	FIRST "\"hunter2\nx\"\n" SECOND "\"hunter2\nx\"\n", 0600, false, NULL,
	ERROR_CONFIG, "line end"},
    {"a credential needs no netrc", "n\n", SECOND "hunter2\n", 0600, false, "n",
	0, NULL},
};

static void
test_implied(void **state)
{
	const struct implied_row *row = *state;
	struct server servers[2];
	struct profile profile = make_profile(servers);
	struct folder folder;
	char *path;

	folder_make(&folder);
	path = folder_path(&folder, "run");
	setenv("CREDENTIALS_DIRECTORY", path, 1);
	if (row->credential != NULL)
		folder_write(
		    &folder, "run/smtpost.work", 0440, row->credential);
	if (row->netrc != NULL)
		folder_write(&folder, ".netrc", row->netrc_mode, row->netrc);
	profile.is_redirected = row->redirected;
	check_fetch(&profile, row->secret, row->kind, row->error);
	unsetenv("CREDENTIALS_DIRECTORY");
	free(path);
	folder_remove(&folder);
}

struct hosts_row {
	const char *name, *netrc;
	size_t servers;
	mode_t mode;
	const char *secret; /* NULL: refused */
};

/* No server may see the password of another. */
static const struct hosts_row hosts[] = {
    {"the only server", FIRST "n\n", 1, 0600, "n"},
    {"the only server beside another", FIRST "n\n" SECOND "x\n", 1, 0600, "n"},
    {"the second server alone", SECOND "hunter2\n", 2, 0600, NULL},
    {"the first server alone", FIRST "hunter2\n", 2, 0600, NULL},
    {"another password", FIRST "hunter2\n" SECOND "hunter22\n", 2, 0600, NULL},
    {"another user",
	FIRST "hunter2\nmachine b.example login you password hunter2\n", 2,
	0600, NULL},
    {"an empty one for the second", FIRST "hunter2\n" SECOND "\"\"\n", 2, 0600,
	NULL},
    {"an empty one for the first", FIRST "\"\"\n" SECOND "hunter2\n", 2, 0600,
	NULL},
    {"another one in an open netrc", FIRST "hunter2\n" SECOND "hunter22\n", 2,
	0644, NULL},
    {"the default of all", "default login me password n\n", 2, 0600, "n"},
    {"the default of the second", FIRST "n\ndefault login me password n\n", 2,
	0600, "n"},
    {"another default", FIRST "hunter2\ndefault login me password hunter22\n",
	2, 0600, NULL},
    {"the first entry of a host counts", NETRC SECOND "hunter2\n", 2, 0600,
	"n"},
};

static void
test_hosts(void **state)
{
	const struct hosts_row *row = *state;
	struct server servers[2];
	struct profile profile = make_profile(servers);
	struct folder folder;

	folder_make(&folder);
	folder_write(&folder, ".netrc", row->mode, row->netrc);
	profile.server_count = row->servers;
	check_fetch(&profile, row->secret, ERROR_CONFIG,
	    "the same password for every server of profile \"work\"");
	folder_remove(&folder);
}

static void
test_setting(void **state)
{
	struct server servers[2];
	struct profile profile = make_profile(servers);
	struct secret secret;
	struct error err = {0};
	char text[] = "none", *none = text;

	(void)state;
	buf_add_text(&profile.password, "hunter2");
	check_fetch(&profile, "hunter2", 0, NULL);
	buf_wipe(&profile.password);
	/* Without a login there is nothing to fetch. */
	profile.user = NULL;
	assert_true(secret_fetch(&secret, &profile, false, &err));
	assert_false(secret.is_set);
	secret_free(&secret);
	profile.user = user;
	profile.auth = (struct name_list){.names = &none, .count = 1};
	assert_true(secret_fetch(&secret, &profile, false, &err));
	assert_false(secret.is_set);
	secret_free(&secret);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "command", commands, ROWS(commands), test_command);
	rows_add(&all, "token", tokens, ROWS(tokens), test_token);
	rows_add(&all, "renewal", renewals, ROWS(renewals), test_renewal);
	rows_add_one(&all, "renewal without time", test_late_renewal);
	rows_add(&all, "wanted", wanteds, ROWS(wanteds), test_wanted);
	rows_add(&all, "limit", limits, ROWS(limits), test_limit);
	rows_add_one(&all, "a signal", test_interrupted);
	rows_add(&all, "file", files, ROWS(files), test_file);
	rows_add(&all, "file size", sizes, ROWS(sizes), test_size);
	rows_add(&all, "descriptor", descriptors, ROWS(descriptors),
	    test_descriptor);
	rows_add(&all, "implied", implied, ROWS(implied), test_implied);
	rows_add(&all, "netrc of", hosts, ROWS(hosts), test_hosts);
	rows_add_one(&all, "setting", test_setting);
	return rows_end(&all);
}
